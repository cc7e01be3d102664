#!/bin/sh
# Prints the Python to build the virtual environment with: the first that is 3.11 or newer and can make one.
# PYTHON=... names one instead. Says what to install when there is none.
set -u
seen=""
for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3 python}; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
    seen=$name
    "$name" -c 'import ensurepip, venv' >/dev/null 2>&1 || continue
    command -v "$name"
    exit 0
done
if [ -n "$seen" ]; then
    echo "$seen cannot make virtual environments: its venv or ensurepip module is missing." >&2
    echo "On Debian and Ubuntu: apt-get install python3-venv. Then run make again." >&2
else
    echo "Python 3.11 or newer is needed, and none was found (PYTHON=/path/to/python names one)." >&2
fi
exit 1

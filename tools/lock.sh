#!/bin/sh
# Writes requirements.txt, requirements-s3.txt and requirements-dev.txt anew: the newest versions that the .in files allow, for every
# platform and Python from 3.11 on, each file of each package with its hash. `make lock` runs it.
set -eu
cd "$(dirname "$0")/.."
lock() {
    .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@" >/dev/null
}
lock requirements.in --output-file requirements.txt
# The same versions in all files, so that tests run what is served.
lock --constraints requirements.txt requirements-s3.in --output-file requirements-s3.txt
lock --constraints requirements.txt --constraints requirements-s3.txt requirements-dev.in --output-file requirements-dev.txt
if grep -nE '^--|://|file:' requirements.txt requirements-s3.txt requirements-dev.txt; then
    echo "The lines above name an address or a path of this machine; they must not be kept." >&2
    exit 1
fi

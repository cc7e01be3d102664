"""Looks over the code without running it: format, lint, types, import contracts, templates, catalogues, security.

`make check` starts it and then runs the tests. Every check is made even if one fails; the end of the output names
those that did.
"""

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# What we write in Python; the rest of the folder belongs to tools and installations.
CODE = ["app", "migrations", "tests", "tools", "gunicorn.conf.py", "wsgi.py"]
CHECKS = {
    "format": ["ruff", "format", "--check", "--output-format=concise", *CODE],
    "lint": ["ruff", "check", "--output-format=concise", *CODE],
    "types": ["mypy", "--no-error-summary"],
    "import contracts": ["lint-imports", "--no-logo"],
    "templates": ["djlint", "app", "--lint", "--quiet"],
    "catalogues": ["python", "tools/catalogues.py", "--check"],
    "security": ["bandit", "--quiet", "--recursive", "--configfile", "pyproject.toml", "app", "wsgi.py"],
}


def main(wanted: list[str]) -> int:
    """Make the checks named, or all; give the exit status."""
    unknown = [name for name in wanted if name not in CHECKS]
    if unknown:
        say(f"There is no check called {', '.join(unknown)}; there are: {', '.join(CHECKS)}")
        return 2
    failed = [name for name in wanted or CHECKS if not holds(name)]
    say(f"Checks failed: {', '.join(failed)}" if failed else "All checks hold")
    return 1 if failed else 0


def holds(name: str) -> bool:
    """Make one check; show what it says only if it fails."""
    began = time.monotonic()
    program, *arguments = CHECKS[name]
    present = [part for part in arguments if part not in CODE or (ROOT / part).exists()]
    done = subprocess.run(
        [BIN / program, *present],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        say(done.stdout.strip())
    say(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)")
    return done.returncode == 0


def say(line: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Makes .venv and installs the pinned requirements into it: `environment.py runtime` or `environment.py dev`.

Runs on any Python 3.11+ without packages. What is installed is remembered in .venv/installed.json by the content of
the requirement files, so that a second run has nothing to do and says nothing.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
NOTE = FOLDER / "installed.json"
RUNTIME, DEV = "requirements.txt", "requirements-dev.txt"
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"
SETS = {"runtime": RUNTIME, "dev": DEV}


def main(wanted: str) -> int:
    """Bring .venv up to `wanted` ("runtime" or "dev"); give the exit status."""
    # requirements-dev.txt holds everything of requirements.txt: lock.sh sees to that.
    needed = [RUNTIME] if wanted == "runtime" else [RUNTIME, DEV]
    hashes = {name: hashlib.sha256((ROOT / name).read_bytes()).hexdigest() for name in SETS.values()}
    note = read_note()
    if note and all(note.get(name) == hashes[name] for name in needed):
        return 0
    began = time.monotonic()
    if not note:
        say(f"Making the virtual environment .venv with Python {sys.version.split()[0]}")
        # System packages and leftovers of another Python must not shine through.
        venv.create(FOLDER, clear=True, with_pip=True, symlinks=True)
    say(f"Installing the pinned packages of {SETS[wanted]}")
    NOTE.unlink(missing_ok=True)
    if not install(SETS[wanted]):
        say("Some packages could not be installed; the lines above say why.")
        return 1
    note = {"python": version_within(), "folder": str(FOLDER)} | {name: hashes[name] for name in needed}
    NOTE.write_text(json.dumps(note, indent=2) + "\n")
    say(f"Virtual environment ready ({time.monotonic() - began:.0f} s)")
    return 0


def read_note() -> dict[str, str]:
    """Give what is installed, or nothing when .venv is absent, moved, half made, or of another Python."""
    try:
        note: dict[str, str] = json.loads(NOTE.read_text())
    except (OSError, ValueError):
        return {}
    # Scripts in .venv/bin name their interpreter by full path, so a moved folder has to be made anew.
    return note if note.get("folder") == str(FOLDER) and note.get("python") == version_within() else {}


def version_within() -> str:
    """Give the version of .venv's own Python, such as "3.11", or "" when it no longer runs.

    It need not be the Python that runs this: which one PATH finds first may differ from one terminal to the next.
    """
    try:
        told = subprocess.run([PYTHON, "-c", VERSION], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return told.stdout.strip()


def install(requirements: str) -> bool:
    """Install exactly what the file lists, each package checked against its hashes; tell whether it worked."""
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", "--no-input"]
    # Nothing is compiled ahead: the modules that are really used compile at the first start, the rest
    # (a fifth of the size) never.
    command = [*pip, "install", "--no-compile", "--require-hashes", "-r", str(ROOT / requirements)]
    environment = os.environ | {"PIP_REQUIRE_VIRTUALENV": "1"}
    if subprocess.run(command, env=environment, check=False).returncode:
        return False
    # Python 3.11 puts setuptools into every new environment; nothing here uses it.
    subprocess.run([*pip, "uninstall", "--yes", "setuptools"], check=False, stderr=subprocess.DEVNULL)
    return True


def say(line: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

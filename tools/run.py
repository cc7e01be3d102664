"""Runs the whole portal in one terminal: prepares it, then serves pages and does the background work.

`make run` starts it. Ctrl-C or SIGTERM ends both programs together; if one of them fails, so does the whole.
"""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = int(os.environ.get("PORT") or "8000")
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
# One process with several threads is what a person trying the portal needs; `make serve` has its own figures.
SERVER = [sys.executable, "-m", "gunicorn", "--config=gunicorn.conf.py", "--workers=1", "wsgi:application"]
PROGRAMS = {"web server": SERVER, "background worker": [*FLASK, "worker"]}
# gunicorn gives what it began ten seconds to finish; then everything is ended for good.
STOP_SECONDS = 12
START_SECONDS = 60
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM, or the terminal was closed."""


def main() -> int:
    """Prepare, start, watch, stop; give the exit status."""
    for ending in ENDINGS:
        signal.signal(ending, stop)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if address_is_taken():
            say(f"Something else answers at {HOST}, port {PORT}. Choose another: PORT={PORT + 1} make run")
            return 1
        running["preparation"] = start([*FLASK, "setup"])
        failed = running.pop("preparation").wait()
        if failed:
            say("The portal could not be prepared; the lines above say why.")
            return failed
        for name, command in PROGRAMS.items():
            running[name] = start(command)
        return watch(running)
    except Stopped:
        return 0
    finally:
        end(running)


def watch(running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Say once when the first page can be had; come back when a program ends by itself."""
    announced, began = False, time.monotonic()
    while True:
        for name, program in running.items():
            if program.poll() is not None:
                say(f"The {name} ended by itself (status {program.returncode}); stopping the rest.")
                return 1
        if not announced and answers():
            announced = True
            say(f"Taawun answers at {address()} (Ctrl-C stops it)")
        elif not announced and time.monotonic() - began > START_SECONDS:
            say(f"No page after {START_SECONDS} seconds; stopping.")
            return 1
        time.sleep(1 if announced else 0.1)


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a program that Ctrl-C reaches only through us, and that the kernel ends should we be killed."""
    # What Python has compiled it keeps, whatever the environment says: without that each start takes twice as long.
    keeping = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=keeping,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - no thread runs here; it makes one system call.
    )


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent dies (Linux; elsewhere a kill -9 leaves the programs running)."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


def end(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """End every program kindly, and what does not listen for good."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    for program in running.values():
        if program.poll() is None:
            program.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for program in running.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(max(0.0, deadline - time.monotonic()))
        # The program's own children, if any are left, share its process group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()


def address() -> str:
    """Give the address of the first page as a browser on this machine would type it."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - read here, not bound.
    host = everywhere.get(HOST, f"[{HOST}]" if ":" in HOST else HOST)
    return f"http://{host}:{PORT}/"


def address_is_taken() -> bool:
    """Tell whether another program already listens there; without this, gunicorn would retry for five seconds."""
    family = socket.AF_INET6 if ":" in HOST else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError:
            return True
    return False


def answers() -> bool:
    """Tell whether the server answers at all; a refusal is an answer."""
    # A proxy of the environment must not come between us and our own server.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(address() + "healthz", timeout=2).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def stop(_number: int, _frame: FrameType | None) -> None:
    """Turn a signal into the way out that tidies up."""
    raise Stopped


def say(line: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

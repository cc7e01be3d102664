"""A worker in a process of its own that stops at a place the test names, so that it can be killed right there.

    python -m tests.listings.loading_worker      reads one line of JSON: settings, instance, place

It says the place when it has reached it, and waits there for its end.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
from typing import Any

ROOT = pathlib.Path(__file__).parents[2]
PLACES = ("reading", "checking", "before commit", "after commit")


def kill_at(place: str, settings: dict[str, str], instance: pathlib.Path) -> None:
    """Let a worker do what is due until it comes to the place, and end it there with SIGKILL."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.listings.loading_worker"],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert worker.stdin
    assert worker.stdout
    try:
        worker.stdin.write(
            json.dumps({"settings": settings, "instance": str(instance), "place": place}) + "\n"
        )
        worker.stdin.flush()
        assert worker.stdout.readline().strip() == place
    finally:
        worker.kill()
        worker.wait(20)
        worker.stdin.close()
        worker.stdout.close()


def _stop(place: str) -> None:
    sys.stdout.write(place + "\n")
    sys.stdout.flush()
    time.sleep(120)


def _second_call(action: Any, place: str) -> Any:
    """The action, but a stop in place of its second call."""
    calls: list[int] = []

    def instead(*given: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            _stop(place)
        return action(*given)

    return instead


def _live() -> None:
    from app import config, create_app
    from app.core import jobs
    from app.listings.services.loading import keeping, taking, working

    given = json.loads(sys.stdin.readline())
    place = given["place"]
    if place == "reading":
        working._kept = _second_call(working._kept, place)
    elif place == "checking":
        taking.keep_checked = _second_call(taking.keep_checked, place)
    elif place == "before commit":
        keeping.notices.load_done = lambda *_given: _stop(place)
    elif place == "after commit":
        working.tidy = lambda *_given: _stop(place)
    app = create_app(config.load({**os.environ, **given["settings"]}, pathlib.Path(given["instance"])))
    with app.app_context():
        jobs.run_due(f"worker {os.getpid()}")


if __name__ == "__main__":
    _live()

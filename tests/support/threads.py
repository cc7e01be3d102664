"""Several people at once in one process: threads, each with its own connection. For processes see tests/races."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from app.core.db import db
from app.core.errors import DomainError


def race(app: Flask, runs: Sequence[Callable[[], Any]]) -> list[str]:
    """Run all at once; what each ended with: `won`, the code of a refusal, or the name of an unexpected error."""
    ended: list[str] = []
    start = threading.Barrier(len(runs))

    def one(run: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                start.wait(30)
                run()
                ended.append("won")
            except DomainError as refusal:
                ended.append(refusal.code)
            except Exception as problem:  # noqa: BLE001 - whatever it is, the test names it
                ended.append(type(problem).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=one, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    assert len(ended) == len(runs)
    return ended

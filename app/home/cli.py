"""The worker: all periodic work of all features, mails among it."""

import logging
import os
import secrets
import signal
import socket
import threading
from types import FrameType

import click
from flask.cli import with_appcontext
from flask.globals import app_ctx

from app.core import jobs, schema
from app.core.db import db
from app.core.tracing import request_id

PAUSE_SECONDS = 1.5
PAUSE_AFTER_FAULT = 10.0
log = logging.getLogger(__name__)


@click.command("worker", help="Do the background work (mails, reminders, lapses) until told to stop.")
@click.option("--once", is_flag=True, help="do what is due now, then end")
@with_appcontext
def worker(once: bool) -> None:
    """Run what is due, again and again; any number of workers may run beside each other.

    SIGTERM and SIGINT end it after the job at hand.
    """
    logging.basicConfig(level=logging.INFO, format="worker: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    stopping = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        log.info("stopping (%s)", signal.Signals(number).name)
        stopping.set()

    if not once:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
    holder = f"{socket.gethostname()}:{os.getpid()}"
    application = app_ctx.app
    log.info("%s jobs, as %s", len(jobs.JOBS), holder)
    ready = False
    while not stopping.is_set():
        pause = PAUSE_SECONDS
        # A context of its own each time: its database session ends with it and sees fresh data the next time.
        with application.app_context():
            request_id.set(f"job-{secrets.token_hex(6)}")
            try:
                ready = ready or _is_set_up()
                done = _round(holder) if ready else 0
                if done:
                    log.info("%s things done", done)
            except Exception as problem:  # noqa: BLE001 - the database may be away for a while: wait for it
                log.warning("the round failed: %s", type(problem).__name__)
                pause = PAUSE_AFTER_FAULT
        if once:
            return
        stopping.wait(pause)
    log.info("stopped")


def _is_set_up() -> bool:
    if schema.current() == schema.newest():
        return True
    log.info("waiting for the database to be set up")
    return False


def _round(holder: str) -> int:
    try:
        return jobs.run_due(holder)
    finally:
        db.session.remove()


cli = worker

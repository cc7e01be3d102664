"""The worker: all periodic work of all features, mails among it. And the checks of all that is kept."""

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

from app.core import checks, jobs, schema
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


@click.command("check", help="Walk through all that is kept and say what is not as it should be.")
@with_appcontext
def check() -> None:
    """Run every check; the exit status is 1 when anything is wrong."""
    count = 0
    for name, read in checks.CHECKS.items():
        found = 0
        for sentence in read():
            found += 1
            click.echo(f"{name}: {sentence}")
        count += found
        if not found:
            click.echo(f"{name}: all is as it should be")
    if count:
        raise click.ClickException(f"{count} things are not as they should be")


cli = (worker, check)

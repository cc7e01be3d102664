"""Work in the background: periodic actions, each taken by one worker at a time through a lease in the database.

A feature marks an action with `@periodic`; the worker (`flask worker`) calls `run_due` in a loop. An action that
is run twice acts once: it looks for what is due and marks it in the same transaction.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, dialects
from app.core.db import Base, db, transaction
from app.core.errors import Conflict

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)


class JobLease(Base):
    """Who runs a job until when, and when it ran last."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(80), unique=True)
    holder: Mapped[str | None] = mapped_column(String(120))
    until: Mapped[datetime]
    last_run_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(200))


@dataclass(frozen=True)
class Job:
    """A periodic action: name, how often, what to call."""

    name: str
    every: timedelta
    run: Callable[[], int]


JOBS: dict[str, Job] = {}


def periodic(name: str, every: timedelta) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Mark an action that returns how many things it did; the worker calls it about every `every`."""

    def register(action: Callable[[], int]) -> Callable[[], int]:
        JOBS[name] = Job(name, every, action)
        return action

    return register


def _take(job: Job, holder: str) -> bool:
    now = clock.now()
    with transaction(system=f"take the lease of {job.name}"):
        taken = db.session.execute(
            update(JobLease)
            .where(JobLease.name == job.name, JobLease.until <= now)
            .values(holder=holder, until=now + LEASE)
            .returning(JobLease.id)
            .execution_options(synchronize_session=False)
        ).first()
        if taken is None and db.session.scalar(select(JobLease.id).where(JobLease.name == job.name)) is None:
            db.session.add(JobLease(name=job.name, holder=holder, until=now + LEASE))
            return True
    return taken is not None


def _give_back(job: Job, holder: str, error: str | None) -> None:
    now = clock.now()
    with transaction(system=f"give back the lease of {job.name}"):
        db.session.execute(
            update(JobLease)
            .where(JobLease.name == job.name, JobLease.holder == holder)
            .values(until=now + job.every, last_run_at=now, last_error=error)
            .execution_options(synchronize_session=False)
        )


def _whose_time_has_come() -> list[Job]:
    """The jobs that `_take` would get as it looks now; another worker may be quicker."""
    now = clock.now()
    later = set(db.session.scalars(select(JobLease.name).where(JobLease.until > now)))
    db.session.rollback()
    return [job for job in JOBS.values() if job.name not in later]


def run_due(holder: str) -> int:
    """Run every job whose lease is free and whose time has come; returns how many things were done.

    A job that fails is logged and tried again after its interval; the others go on. Where nothing is due this costs one
    statement, and nobody who writes has to wait for it.
    """
    done = 0
    for job in _whose_time_has_come():
        try:
            if not _take(job, holder):
                continue
        except Conflict:
            continue
        error: str | None = None
        try:
            done += job.run()
        except Exception as problem:
            log.exception("job %s failed", job.name)
            error = type(problem).__name__
            db.session.rollback()
        _give_back(job, holder, error)
    return done


@periodic("core.survey", every=timedelta(days=1))
def survey() -> int:
    """Keep the database's planner informed. Nothing of ours is done."""
    dialects.survey(db.engine)
    return 0

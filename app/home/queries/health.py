"""Whether the portal is well: the database, its shape, the worker, the mails."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.accounts.policies import administer
from app.core import clock, schema
from app.core.access import Actor, demand
from app.core.db import db
from app.core.jobs import JobLease
from app.notifications.queries import oldest_waiting

WORKER_SILENT = timedelta(minutes=5)
MAIL_LATE = timedelta(minutes=15)


def why_not_ready() -> str | None:
    """`database` when it does not answer, `schema` when a migration is missing, None when all is well."""
    try:
        current = schema.current()
    except SQLAlchemyError:
        return "database"
    return None if current == schema.newest() else "schema"


@dataclass(frozen=True)
class Health:
    """In words for everybody: whether background work goes on, and whether mails go out."""

    worker_ran_at: datetime | None
    is_worker_well: bool
    is_mail_well: bool


def health() -> Health:
    """How things are now; two statements."""
    ran = db.session.scalar(select(func.max(JobLease.last_run_at)))
    due = oldest_waiting()
    now = clock.now()
    return Health(
        worker_ran_at=ran,
        is_worker_well=ran is not None and now - ran < WORKER_SILENT,
        is_mail_well=due is None or now - due < MAIL_LATE,
    )


def jobs_of(actor: Actor) -> list[Any]:
    """Every background job with name, last_run_at, last_error and holder. Raises NotAllowed."""
    demand(administer, actor)
    rows = db.session.execute(
        select(JobLease.name, JobLease.last_run_at, JobLease.last_error, JobLease.holder).order_by(
            JobLease.name
        )
    )
    return list(rows)

"""What happens by itself: the giver is reminded before the day, both sides when it has passed, the receiver of what waits
for its confirmation. Each is said once for a line; who said it is kept in LedgerReminder.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, literal_column, select

from app.core import clock, jobs
from app.core.db import db, lock_id, transaction
from app.ledger import notices
from app.ledger.models import LedgerLine, LedgerReminder

AT_ONCE = 200
BEFORE = timedelta(days=7)
CONFIRM_AFTER = timedelta(days=7)
_OPEN: Any = literal_column(
    "ledger_line.state IN ('pledged', 'delivered', 'disputed')"
)  # as the partial index says it


def _due(what: str, *conditions: Any) -> list[int]:
    """The lines of which this has not been said, the nearest due first."""
    said = exists().where(LedgerReminder.line_id == LedgerLine.id, LedgerReminder.what == what)
    return list(
        db.session.scalars(
            select(LedgerLine.id)
            .where(_OPEN, *conditions, ~said)
            .order_by(LedgerLine.due_at, LedgerLine.id)
            .limit(AT_ONCE)
        )
    )


def _say(
    what: str, keys: list[int], still: Callable[[LedgerLine], bool], tell: Callable[[LedgerLine], None]
) -> int:
    """Say it of each line in a transaction of its own, unless it was said or is no longer so."""
    done = 0
    for key in keys:
        with transaction(system=f"a line of the ledger: {what}"):
            line = lock_id(LedgerLine, key)
            said = select(LedgerReminder.id).where(LedgerReminder.line_id == key, LedgerReminder.what == what)
            if not still(line) or db.session.scalar(said) is not None:
                continue
            db.session.add(LedgerReminder(line_id=key, what=what))
            tell(line)
            done += 1
    return done


@jobs.periodic("ledger.remind", every=timedelta(minutes=30))
def remind() -> int:
    """Tell of days that come near, days that have passed, and what waits for its confirmation."""
    now = clock.now()
    pledged, delivered = LedgerLine.state == "pledged", LedgerLine.state == "delivered"
    done = _say(
        "late",
        _due("late", pledged, LedgerLine.due_at < now),
        lambda line: line.is_late,
        notices.late,
    )
    done += _say(
        "due_soon",
        _due("due_soon", pledged, LedgerLine.due_at >= now, LedgerLine.due_at <= now + BEFORE),
        lambda line: line.state == "pledged" and not line.is_late,
        notices.due_soon,
    )
    return done + _say(
        "confirm",
        _due("confirm", delivered, LedgerLine.state_since <= now - CONFIRM_AFTER),
        lambda line: line.state == "delivered",
        notices.confirm,
    )

"""The one clock. Instants are aware and in UTC; working days follow an institution's weekend and zone."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKEND = (6, 7)
_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The present instant, aware, UTC, to the microsecond."""
    return _set_to.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let it be another instant for a while: for a history that is told afterwards, and for tests.

    Raises ValueError for an instant without a zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    token = _set_to.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)


def today(zone: str = "UTC") -> date:
    """The day it is now in a zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def add_working_days(
    start: datetime, days: int, weekend: Collection[int] = WEEKEND, zone: str = "UTC"
) -> datetime:
    """The end (last second) of the `days`-th working day after `start`, in `zone`; weekend as ISO weekdays, Monday 1.

    >>> add_working_days(datetime(2026, 11, 20, 9, tzinfo=UTC), 1).isoformat()
    '2026-11-23T23:59:59+00:00'
    """
    if len(set(weekend)) >= 7:
        raise ValueError("a week needs a working day")
    day = start.astimezone(ZoneInfo(zone)).date()
    left = days
    while left > 0:
        day += timedelta(days=1)
        if day.isoweekday() not in weekend:
            left -= 1
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def halfway(start: datetime, end: datetime) -> datetime:
    """The instant at which a reminder is due."""
    return start + (end - start) / 2

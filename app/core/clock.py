"""The one clock. Instants are aware and in UTC; working days follow an institution's weekend, holidays and zone."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
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


@lru_cache(maxsize=512)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country (ISO code) in a year, as far as they are known; none for an unknown country."""
    import holidays  # large, and wanted by few requests

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def is_working_day(day: date, weekend: Collection[int] = WEEKEND, country: str = "") -> bool:
    """Whether people work that day; weekend as ISO weekdays, Monday 1.

    >>> is_working_day(date(2026, 11, 20), (5, 6)), is_working_day(date(2026, 9, 23), (5, 6), "SA")
    (False, False)
    """
    return day.isoweekday() not in weekend and not (country and day in public_holidays(country, day.year))


def _next_working_day(day: date, weekend: Collection[int], country: str) -> date:
    # A year without a working day is no calendar of anybody's; the bound keeps a wrong one from running on.
    if len(set(weekend)) >= 7:
        raise ValueError("a week needs a working day")
    for _ in range(366):
        if is_working_day(day, weekend, country):
            return day
        day += timedelta(days=1)
    raise ValueError("a year needs a working day")


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def due_at(day: date, weekend: Collection[int] = WEEKEND, zone: str = "UTC", country: str = "") -> datetime:
    """The last second of a day, or of the next working day when nobody works on it, in `zone`.

    >>> due_at(date(2026, 11, 20), (5, 6), "Asia/Riyadh", "SA").isoformat()
    '2026-11-22T20:59:59+00:00'
    """
    return _end_of(_next_working_day(day, weekend, country), zone)


def add_working_days(
    start: datetime,
    days: int,
    weekend: Collection[int] = WEEKEND,
    zone: str = "UTC",
    country: str = "",
) -> datetime:
    """The end (last second) of the `days`-th working day after `start`, in `zone`; weekend as ISO weekdays, Monday 1.

    With a country (ISO code) its public holidays are skipped as well.

    >>> add_working_days(datetime(2026, 11, 20, 9, tzinfo=UTC), 1).isoformat()
    '2026-11-23T23:59:59+00:00'
    """
    day = start.astimezone(ZoneInfo(zone)).date()
    for _ in range(days):
        day = _next_working_day(day + timedelta(days=1), weekend, country)
    return _end_of(day, zone)


def working_days_since(
    start: datetime, weekend: Collection[int] = WEEKEND, zone: str = "UTC", country: str = ""
) -> int:
    """How many working days have begun in `zone` since the day of an instant; 0 on that day and before it."""
    day, last = start.astimezone(ZoneInfo(zone)).date(), today(zone)
    found = 0
    while day < last:
        day += timedelta(days=1)
        found += is_working_day(day, weekend, country)
    return found


def halfway(start: datetime, end: datetime) -> datetime:
    """The instant at which a reminder is due."""
    return start + (end - start) / 2

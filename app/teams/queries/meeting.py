"""The meeting planner: which hours of the week suit a team across time zones, and how to take turns at the odd ones.

Pure arithmetic over (name, zone, weekend); an hour is odd for somebody when it lies before 8, at or after 18, or on
their institution's weekend. Local hours are those of the week that begins on `monday`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

FIRST_HOUR, LAST_HOUR = 8, 18
NIGHT = (22, 6)  # asking this of somebody weighs more than an early or late hour
BEST = 8
TURNS = 4


@dataclass(frozen=True)
class Local:
    """One member's hour: the local instant, whether it is odd, and how heavily it weighs."""

    name: str
    at: datetime
    is_odd: bool
    weight: int


@dataclass(frozen=True)
class Slot:
    """An hour of the week in UTC (ISO weekday, hour), with each member's local time."""

    day: int
    hour: int
    at: datetime
    locals: tuple[Local, ...]

    @property
    def code(self) -> str:
        """How a form names it, such as `2-13`."""
        return f"{self.day}-{self.hour}"

    @property
    def odd(self) -> int:
        """For how many members it is odd."""
        return sum(1 for local in self.locals if local.is_odd)

    @property
    def weight(self) -> int:
        """How heavily it weighs on all together."""
        return sum(local.weight for local in self.locals)


def _local(member: Any, at: datetime) -> Local:
    here = at.astimezone(ZoneInfo(member.zone))
    is_weekend = here.isoweekday() in set(member.weekend)
    is_odd = is_weekend or not FIRST_HOUR <= here.hour < LAST_HOUR
    is_night = here.hour >= NIGHT[0] or here.hour < NIGHT[1]
    return Local(
        member.display_name,
        here,
        is_odd,
        (1 if is_odd else 0) + (3 if is_night else 0) + (1 if is_weekend else 0),
    )


def slots(members: Sequence[Any], monday: date) -> list[Slot]:
    """All 168 hours of the week."""
    start = datetime.combine(monday, time(0), UTC)
    found = []
    for step in range(7 * 24):
        at = start + timedelta(hours=step)
        found.append(Slot(at.isoweekday(), at.hour, at, tuple(_local(member, at) for member in members)))
    return found


def best(found: Sequence[Slot], most: int = BEST) -> list[Slot]:
    """The hours that weigh least; at most two of a day, so that there is a choice."""
    chosen: list[Slot] = []
    for slot in sorted(found, key=lambda one: (one.weight, one.odd, one.day, one.hour)):
        if sum(1 for other in chosen if other.day == slot.day) < 2:
            chosen.append(slot)
        if len(chosen) == most:
            break
    return chosen


def turns(found: Sequence[Slot], count: int = TURNS) -> list[Slot]:
    """A series of hours in which the odd ones go round: each next hour is the one that leaves the heaviest load lightest."""
    if not found or not found[0].locals:
        return []
    load = [0] * len(found[0].locals)
    lightest = min(slot.weight for slot in found)
    bearable = [slot for slot in found if slot.weight <= lightest + len(load)]
    series: list[Slot] = []
    for _turn in range(count):
        slot = min(
            bearable,
            key=lambda one: (
                max(have + local.weight for have, local in zip(load, one.locals, strict=True)),
                one.weight,
                sum((have + local.weight) ** 2 for have, local in zip(load, one.locals, strict=True)),
                one in series,
                one.day,
                one.hour,
            ),
        )
        series.append(slot)
        load = [have + local.weight for have, local in zip(load, slot.locals, strict=True)]
    return series


def odd_hours(series: Sequence[Slot]) -> list[tuple[str, int]]:
    """(member, how many odd hours) over a series of meetings."""
    if not series:
        return []
    return [
        (local.name, sum(1 for slot in series if slot.locals[place].is_odd))
        for place, local in enumerate(series[0].locals)
    ]

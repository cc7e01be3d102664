"""How the demonstration is told: events at past instants, played in their order through the portal's own actions.

What is in the files has no dates of its own except closing days; those move with the day of loading, so that the
demonstration is as young next year as it was when it was written.
"""

import heapq
import json
import pathlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Any, TypeVar

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.core import clock, jobs
from app.core.access import Actor
from app.core.db import Base, db

DATA = pathlib.Path(__file__).parents[1] / "data"
WRITTEN_ON = date(2026, 11, 22)
BEGINS = 186  # days ago
# Work that has nothing to do with the story, or that begins with a clean session.
QUIET = ("accounts.", "notifications.", "listings.loads", "listings.lapse_loads", "core.")
Row = dict[str, Any]
Event = tuple[float, int, Callable[[], Any]]
Found = TypeVar("Found", bound=Base)


@lru_cache(maxsize=32)
def rows(name: str) -> tuple[Row, ...]:
    """The rows of one file of `data/`."""
    return tuple(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))


class Story:
    """Events by their instants, and who and what has come up in them, by the keys of the files."""

    def __init__(self) -> None:
        self.now = clock.now()
        self.people: dict[str, int] = {}
        self.institutions: dict[str, int] = {}  # by ROR identifier
        self.consortia: dict[str, int] = {}
        self.problems: dict[str, int] = {}
        self.teams: dict[str, int] = {}
        self.listings: dict[str, int] = {}
        self.projects: dict[str, int] = {}
        self.comments: dict[str, int] = {}
        self.interests: dict[str, int] = {}
        self.agreements: dict[str, int] = {}
        self.commitments: dict[str, int] = {}  # agreement/commitment
        self.outcomes: dict[str, int] = {}
        self._events: list[Event] = []
        self._count = 0

    def ago(self, days: float) -> datetime:
        """The instant so many days ago; what is earlier stays earlier, though everything happens between 6 and 16 o'clock."""
        instant = self.now - timedelta(days=days)
        morning = datetime.combine(instant.date(), time(6), UTC)
        part = (instant - datetime.combine(instant.date(), time(0), UTC)) / timedelta(days=1)
        return min(morning + part * timedelta(hours=10), self.now)

    def at(self, days: float, act: Callable[..., Any], *facts: Any, **more: Any) -> None:
        """Let `act(story, *facts, **more)` happen so many days ago; what is told first happens first among equals."""
        self._count += 1
        event: Event = (-days, self._count, partial(act, self, *facts, **more))
        heapq.heappush(self._events, event)

    def later(self, day: str | None) -> date | None:
        """A day of the files, moved to the time of loading."""
        if day is None:
            return None
        return date.fromisoformat(day) + (self.now.date() - WRITTEN_ON)

    def actor(self, key: str) -> Actor:
        """A person of the files as somebody who asks, with all they hold at this moment of the story."""
        return actor_for(db.session.get_one(Person, self.people[key]))

    def record(self, kind: type[Found], key: int) -> Found:
        """The record as it is at this moment of the story."""
        return db.session.get_one(kind, key)

    def play(self) -> int:
        """Let everything happen in its order; what lapses or is due in between does so. Returns how many events."""
        for days in (*range(BEGINS, 30, -6), *range(30, 0, -1), 0.01):
            self.at(days, _do_what_is_due)
        done = 0
        while self._events:
            days, _number, act = heapq.heappop(self._events)
            with clock.at(self.ago(-days)):
                act()
                db.session.flush()  # as the end of its transaction would, were it not inside of ours
            done += 1
        return done


def _do_what_is_due(_story: Story) -> None:
    for job in list(jobs.JOBS.values()):
        if not job.name.startswith(QUIET):
            job.run()

"""How an owner answers, and what stands beside a listing or problem on its page.

What counts is whether an answer came and how soon, never which: a no counts as much as a yes. Silence counts as none.
"""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import median
from typing import Any

from sqlalchemy import Integer, String, cast, literal, null, or_, select, union_all

from app.core.access import Actor, No
from app.core.db import UtcDateTime, db
from app.core.kept import kept
from app.interest import policies
from app.interest.models import OPEN_STATES, Interest

FEWEST = 5  # nothing is said of an owner before so many interests have ended in an answer or in silence
NEWEST = 200
MOST_OWN = 5


@dataclass(frozen=True)
class Replies:
    """Of the newest interests that ended in an answer or in silence: how many were answered, after how many hours half of them."""

    asked: int
    answered: int
    median_hours: float | None


@dataclass(frozen=True)
class Own:
    """An interest about a thing that the reader sees: whether they are on the owner's side of it."""

    id: int
    state: str
    is_owner: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in OPEN_STATES

    @property
    def is_live(self) -> bool:
        """Whether it waits for an answer, or both said yes and nothing came of it yet."""
        return self.is_open or self.state == "accepted"


@dataclass(frozen=True)
class Beside:
    """What the page of a listing or problem shows of interest: how its institution answers, and what the reader has to do with."""

    replies: Replies | None
    own: tuple[Own, ...] = ()

    @property
    def to_answer(self) -> list[Own]:
        """Those that wait for the reader's side."""
        return [one for one in self.own if one.is_owner and one.is_open]

    @property
    def sent(self) -> list[Own]:
        """Those of the reader's side, the newest first."""
        return [one for one in self.own if not one.is_owner]


def _ended(institution_id: Any) -> Any:
    return (
        select(
            literal("ended").label("part"),
            Interest.id,
            Interest.state,
            cast(null(), Integer).label("owner_institution_id"),
            Interest.asked_at,
            Interest.replied_at,
        )
        .where(
            Interest.owner_institution_id == institution_id,
            or_(Interest.replied_at.is_not(None), Interest.state == "lapsed"),
        )
        .order_by(Interest.id.desc())
        .limit(NEWEST)
    )


@kept
def _replies(institution_id: Any) -> Any:
    return _ended(institution_id)


@kept
def _beside(reader: Any, kind: str, institution_id: Any, thing_id: Any) -> Any:
    ended = _ended(institution_id).subquery("ended")
    if not reader.is_signed_in:
        return select(ended)
    about = Interest.listing_id if kind == "listing" else Interest.problem_id
    own = (
        select(
            cast(literal("own"), String).label("part"),
            Interest.id,
            Interest.state,
            # Of both sides the sender's counts: nobody answers themselves.
            select(1).where(policies.answering(reader)).correlate(Interest).scalar_subquery(),
            cast(null(), UtcDateTime()),
            cast(null(), UtcDateTime()),
        )
        .where(about == thing_id, policies.visible(reader))
        .order_by(Interest.id.desc())
        .limit(MOST_OWN)
        .subquery("own")
    )
    return union_all(select(ended), select(own))


def _of(rows: list[Any]) -> Replies | None:
    if len(rows) < FEWEST:
        return None
    hours = [
        (row.replied_at - row.asked_at).total_seconds() / 3600 for row in rows if row.replied_at is not None
    ]
    return Replies(len(rows), len(hours), median(hours) if hours else None)


def replies_of(institution_id: int) -> Replies | None:
    """How an institution answers; None before five interests ended in an answer or in silence. One statement."""
    return _of(list(db.session.execute(*_replies(institution_id=institution_id))))


def beside_page(actor: Actor, kind: str, thing: Any, askers: Collection[int] = ()) -> dict[str, Any]:
    """What `interest/_beside.html` shows on the page of a listing or problem; one statement.

    `askers` are the institutions that a listing names, where only named ones may ask.
    """
    found = beside(actor, kind, thing)
    is_open = policies.blocked(thing) is None and thing.state != "draft"
    answer = policies.send(actor, thing, askers)
    may_send = is_open and (answer or not actor.is_signed_in)
    # Whoever is of the owner's side expects no button; others read why there is none.
    says_why = is_open and actor.is_signed_in and answer != policies.OWN_INSTITUTION
    return {
        "interest": found,
        "interest_new_path": f"/interest/new?{kind}={thing.id}" if may_send else None,
        "interest_why_not": answer.text if says_why and isinstance(answer, No) else "",
        "interest_opened": actor.holds(f"opened_{kind}", thing.id),
    }


def beside(actor: Actor, kind: str, thing: Any) -> Beside:
    """What stands beside a listing or problem; one statement."""
    call = _beside(actor, kind, institution_id=thing.institution_id, thing_id=thing.id)
    rows = list(db.session.execute(*call))
    own = tuple(Own(row.id, row.state, bool(row[3])) for row in rows if row.part == "own")
    return Beside(_of([row for row in rows if row.part == "ended"]), own)

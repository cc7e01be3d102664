"""The list of interests: what waits for an answer or was answered, and what was sent."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select

from app.core import paging
from app.core.access import Actor
from app.core.db import alias, db
from app.institutions.models import Institution
from app.interest import policies
from app.interest.models import Interest
from app.listings.models import Listing
from app.problems.models import Problem

MOST_IN_CSV = 5000
NEWEST = paging.Sort("newest", Interest.asked_at, Interest.id)
OLDEST = paging.Sort("oldest", Interest.asked_at, Interest.id, descending=False)
SORTS = {sort.name: sort for sort in (NEWEST, OLDEST)}
SIDES = ("to_answer", "sent")
_OWNER = alias(Institution)  # once: making one costs a millisecond


@dataclass(frozen=True)
class Wanted:
    """Which interests: the side on which the reader stands, and states (none for all)."""

    side: str = "to_answer"
    states: Collection[str] = ()


def _matching(actor: Actor, wanted: Wanted) -> Select[Any]:
    side = policies.sent_by(actor) if wanted.side == "sent" else policies.answering(actor)
    query = select(Interest.id).where(side)
    return query.where(Interest.state.in_(sorted(wanted.states))) if wanted.states else query


def _rows(actor: Actor, wanted: Wanted) -> Any:
    """What a row of the list says. No names of persons: these open with the yes, on the page alone."""
    return (
        _matching(actor, wanted)
        .join(Institution, Institution.id == Interest.institution_id)
        .join(_OWNER, _OWNER.id == Interest.owner_institution_id)
        .outerjoin(Listing, Listing.id == Interest.listing_id)
        .outerjoin(Problem, Problem.id == Interest.problem_id)
        .with_only_columns(
            Interest.id,
            Interest.state,
            Interest.listing_id,
            Interest.problem_id,
            func.coalesce(Listing.title, Problem.title).label("title"),
            func.coalesce(Listing.language, Problem.language).label("language"),
            func.coalesce(Listing.direction, literal("problem")).label("direction"),
            Institution.name.label("sender"),
            _OWNER.name.label("owner"),
            Interest.asked_at,
            Interest.due_at,
            Interest.replied_at,
            Interest.decided_at,
        )
    )


def page(actor: Actor, wanted: Wanted, sort: str = "newest", cursor: str | None = None) -> paging.Page:
    """A page of the reader's interests. Raises DomainError(`bad_cursor`)."""
    return paging.page_by_key(_rows(actor, wanted), SORTS[sort], cursor)


def count(actor: Actor, wanted: Wanted) -> tuple[int, bool]:
    """How many there are, counted up to a thousand, and whether there are more."""
    return paging.capped_count(_matching(actor, wanted))


def export(actor: Actor, wanted: Wanted, sort: str = "newest") -> list[Any]:
    """What is filtered, for a file."""
    order = SORTS[sort]
    columns = (order.column, order.key)
    query = _rows(actor, wanted).order_by(
        *(column.desc() if order.descending else column for column in columns)
    )
    return list(db.session.execute(query.limit(MOST_IN_CSV)))


def thing_number(row: Any) -> str:
    """The public number of what a row is about."""
    if row.problem_id is not None:
        return f"P-{row.problem_id:04d}"
    return f"{'O' if row.direction == 'offer' else 'N'}-{row.listing_id:04d}"

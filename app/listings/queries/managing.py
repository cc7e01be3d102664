"""What an institution's representatives see of their own listings, in every state."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.core import leaving
from app.core.access import Actor
from app.core.db import db
from app.core.paging import Page, Sort, page_by_key
from app.institutions.models import Institution
from app.listings.models import LISTING_STATES, Listing
from app.listings.policies import represented
from app.listings.queries.detail import number_of

MANAGED_AT_ONCE = 50
MOST_TO_TAKE = 10_000
_NEWEST = Sort("newest", Listing.id, Listing.id)


@dataclass(frozen=True)
class Managed:
    """A page of own listings, and how many there are of each state (all pages)."""

    page: Page
    numbers: dict[str, int]


def managed(actor: Actor, state: str = "", cursor: str | None = None) -> Managed:
    """The listings of the institutions that the person represents, newest first; two statements."""
    counted = (
        select(Listing.state, func.count().label("number")).where(represented(actor)).group_by(Listing.state)
    )
    numbers = {row.state: row.number for row in db.session.execute(counted)}
    query: Any = (
        select(
            Listing.id,
            Listing.direction,
            Listing.kind,
            Listing.catalogue,
            Listing.state,
            Listing.title,
            Listing.language,
            Listing.external_id,
            Listing.valid_until,
            Listing.confirmed_at,
            Listing.touched_at,
            Institution.name.label("institution"),
        )
        .join(Institution, Institution.id == Listing.institution_id)
        .where(represented(actor))
    )
    if state:
        query = query.where(Listing.state == state)
    page = page_by_key(query, _NEWEST, cursor, MANAGED_AT_ONCE)
    return Managed(page, {name: numbers[name] for name in LISTING_STATES.names if name in numbers})


@leaving.belongings("listings")
def begun_by(person_id: int) -> list[dict[str, Any]]:
    """What a person began for an institution, for the file of their own data. Its texts belong to the institution."""
    rows = db.session.execute(
        select(Listing.id, Listing.direction, Listing.title, Listing.state, Listing.created_at)
        .where(Listing.created_by_id == person_id)
        .order_by(Listing.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {
            "number": number_of(row),
            "title": row.title,
            "state": row.state,
            "begun_at": row.created_at.isoformat(),
        }
        for row in rows
    ]

"""Reads for who writes a listing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.consortia import queries as consortia
from app.consortia.models import Consortium
from app.core.access import Actor
from app.core.db import db
from app.institutions.models import Affiliation, Institution
from app.listings.models import FIRST_REVIEWED, PART_FIELDS, Listing, ListingAsker, ListingLine


@dataclass(frozen=True)
class Places:
    """For whom and where a person may post: institutions (id, name), consortia (id, name), and which pairs fit."""

    institutions: list[tuple[int, str]]
    consortia: list[tuple[int, str]]
    pairs: frozenset[tuple[int, int]]


def places_to_post(actor: Actor) -> Places:
    """The institutions that the person represents, and the consortia that take listings from them."""
    ids = sorted(actor.ids("representative"))
    if not ids:
        return Places([], [], frozenset())
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .where(Institution.id.in_(ids))
        .order_by(Institution.sort_name, Institution.id)
    )
    found = consortia.open_to(ids)
    names = dict.fromkeys((consortium_id, name) for _institution, consortium_id, name in found)
    return Places(
        [(row.id, row.name) for row in rows],
        list(names),
        frozenset((institution_id, consortium_id) for institution_id, consortium_id, _name in found),
    )


def consortia_of(institution_id: int) -> list[tuple[int, str]]:
    """The consortia that take listings of an institution: (id, name)."""
    return [(key, name) for _institution, key, name in consortia.open_to([institution_id])]


def usual_consortium(institution_id: int) -> int | None:
    """Where a new listing of an institution is posted: to the open consortium, else to the first that takes it."""
    ids = [key for key, _name in consortia_of(institution_id)]
    is_open = db.session.scalar(select(Consortium.id).where(Consortium.is_open, Consortium.id.in_(ids)))
    return is_open or next(iter(ids), None)


def contacts_of(institution_id: int) -> list[tuple[int, str]]:
    """Who may be the contact of an institution's listings, its representatives: (person id, name)."""
    rows = db.session.execute(
        select(Person.id, Person.display_name)
        .join(Affiliation, Affiliation.person_id == Person.id)
        .where(
            Affiliation.institution_id == institution_id,
            Affiliation.state == "active",
            Affiliation.role == "representative",
        )
        .order_by(Person.display_name, Person.id)
    )
    return [(row.id, row.display_name) for row in rows]


def lines(listing_id: int) -> list[Any]:
    """What comes back: rows of (kind, text)."""
    return list(
        db.session.execute(
            select(ListingLine.kind, ListingLine.text)
            .where(ListingLine.listing_id == listing_id)
            .order_by(ListingLine.position, ListingLine.id)
        )
    )


def askers(listing_id: int) -> list[tuple[int, str]]:
    """The institutions that may ask: (id, name)."""
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .join(ListingAsker, ListingAsker.institution_id == Institution.id)
        .where(ListingAsker.listing_id == listing_id)
        .order_by(Institution.sort_name, Institution.id)
    )
    return [(row.id, row.name) for row in rows]


def values_of(listing: Listing) -> dict[str, Any]:
    """All that its parts hold, by field; `wants` as {kind, text}, `askers` as ids."""
    names = [name for fields in PART_FIELDS.values() for name in fields if name not in {"wants", "askers"}]
    return {
        **{name: getattr(listing, name) for name in names},
        "direction": listing.direction,
        "wants": [{"kind": row.kind, "text": row.text} for row in lines(listing.id)],
        "askers": [key for key, _name in askers(listing.id)],
    }


def has_earned_trust(institution_id: int) -> bool:
    """Whether so many of its listings were published that further ones need nobody else's eyes first."""
    first = (
        select(Listing.id)
        .where(Listing.institution_id == institution_id, Listing.published_at.is_not(None))
        .limit(FIRST_REVIEWED)
        .subquery()
    )
    return db.session.execute(select(func.count()).select_from(first)).scalar_one() >= FIRST_REVIEWED

"""Reads of loads: one's own, their rows, and what rows are compared with."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.consortia import queries as consortia
from app.consortia.models import Consortium
from app.core import vocab
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.paging import Page, Sort, page_by_key
from app.institutions.models import Affiliation, Institution
from app.listings.models import Listing, ListingAsker, ListingLine, ListingLoad, ListingLoadRow
from app.listings.models.loading_columns import COLUMNS, plain_key

_NUMBER = re.compile(r"[ON]-(\d{4,9})")
NEWEST = Sort("newest", ListingLoad.received_at, ListingLoad.id)
IN_ORDER = Sort("row", ListingLoadRow.number, ListingLoadRow.id, descending=False)
ROWS_SHOWN = 25
# The fields of a listing that a file can set, by the name of the column.
FIELDS = {
    name: {"contact": "contact_id", "consortium": "consortium_id"}.get(name, name)
    for name in COLUMNS
    if name not in {"ror", "wants", "askers"}
}


@dataclass(frozen=True)
class Around:
    """What rows may refer to: the institution loaded for and its usual values, its representatives by address, its
    consortia by `plain_key` of their names, and institutions by ROR identifier (or `#` and number).
    """

    institution_id: int
    person_id: int
    language: str
    usual: dict[str, Any]
    representatives: dict[str, int]
    consortia: dict[str, int]
    institutions: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A listing as it stands: its values by field (with `wants` and `askers`), and what decides whether it may change."""

    id: int
    state: str
    version: int
    catalogue: str
    values: dict[str, Any]
    localised: dict[str, Any]
    published_at: Any
    listed_at: Any


def _visible(actor: Actor) -> ColumnElement[bool]:
    return or_(
        ListingLoad.person_id == (actor.id or 0), ListingLoad.institution_id.in_(actor.ids("representative"))
    )


def get(actor: Actor, load_id: int) -> ListingLoad:
    """A load of one's own or of an institution that one represents, with its institution. Raises NotFound."""
    found = db.session.scalars(
        select(ListingLoad)
        .options(joinedload(ListingLoad.institution), joinedload(ListingLoad.person))
        .where(ListingLoad.id == load_id, _visible(actor))
    ).first()
    if found is None:
        raise NotFound
    return found


def mine(actor: Actor, cursor: str | None = None) -> Page:
    """Loads, the newest first: rows of the load's columns with `institution` and `person`."""
    query: Any = (
        select(
            ListingLoad.id,
            ListingLoad.state,
            ListingLoad.file_name,
            ListingLoad.received_at,
            ListingLoad.rows_total,
            ListingLoad.new,
            ListingLoad.updated,
            ListingLoad.unchanged,
            ListingLoad.faulty,
            Institution.name.label("institution"),
            Person.display_name.label("person"),
        )
        .join(Institution, Institution.id == ListingLoad.institution_id)
        .join(Person, Person.id == ListingLoad.person_id)
        .where(_visible(actor))
    )
    return page_by_key(query, NEWEST, cursor)


def rows(load_id: int, only_faulty: bool = False, cursor: str | None = None) -> Page:
    """Rows of a load in the file's order."""
    query = select(
        ListingLoadRow.id,
        ListingLoadRow.number,
        ListingLoadRow.outcome,
        ListingLoadRow.identifier,
        ListingLoadRow.title,
        ListingLoadRow.faults,
        ListingLoadRow.cells,
    ).where(ListingLoadRow.load_id == load_id)
    if only_faulty:
        query = query.where(ListingLoadRow.outcome == "faulty")
    return page_by_key(query, IN_ORDER, cursor, ROWS_SHOWN)


def row(load: ListingLoad, number: int) -> ListingLoadRow:
    """One row of a load by its number in the file. Raises NotFound."""
    found = db.session.scalars(
        select(ListingLoadRow).where(ListingLoadRow.load_id == load.id, ListingLoadRow.number == number)
    ).first()
    if found is None:
        raise NotFound
    return found


def next_faulty(load: ListingLoad, after: int) -> int | None:
    """The number of the next faulty row after this one, else of the first; None without any."""
    faulty = select(func.min(ListingLoadRow.number)).where(
        ListingLoadRow.load_id == load.id, ListingLoadRow.outcome == "faulty"
    )
    return db.session.scalar(faulty.where(ListingLoadRow.number > after)) or db.session.scalar(faulty)


def faulty_rows(load_id: int) -> list[Any]:
    """All faulty rows in the file's order, for the report."""
    return list(
        db.session.execute(
            select(
                ListingLoadRow.number,
                ListingLoadRow.identifier,
                ListingLoadRow.title,
                ListingLoadRow.faults,
                ListingLoadRow.cells,
            )
            .where(ListingLoadRow.load_id == load_id, ListingLoadRow.outcome == "faulty")
            .order_by(ListingLoadRow.number)
        )
    )


def portion(load_id: int, after: int, most: int, outcomes: Collection[str] | None = None) -> list[Any]:
    """Rows (id, number, identifier, cells, outcome) that follow a number, in order."""
    query = select(
        ListingLoadRow.id,
        ListingLoadRow.number,
        ListingLoadRow.identifier,
        ListingLoadRow.cells,
        ListingLoadRow.outcome,
    ).where(ListingLoadRow.load_id == load_id, ListingLoadRow.number > after)
    if outcomes is not None:
        query = query.where(ListingLoadRow.outcome.in_(outcomes))
    return list(db.session.execute(query.order_by(ListingLoadRow.number).limit(most)))


def first_rows(load_id: int, identifiers: Collection[str]) -> dict[str, int]:
    """Identifier → number of the first row in which it stands."""
    found = db.session.execute(
        select(ListingLoadRow.identifier, func.min(ListingLoadRow.number))
        .where(ListingLoadRow.load_id == load_id, ListingLoadRow.identifier.in_(identifiers))
        .group_by(ListingLoadRow.identifier)
    )
    return dict(found.all())


# ---- what rows are compared with ---------------------------------------------------------------------------


def around(load: ListingLoad) -> Around:
    """What the rows of a load may refer to; `institutions` is filled in for each portion."""
    institution = db.session.get_one(Institution, load.institution_id)
    people = db.session.execute(
        select(Person.email, Person.id)
        .join(Affiliation, Affiliation.person_id == Person.id)
        .where(
            Affiliation.institution_id == load.institution_id,
            Affiliation.state == "active",
            Affiliation.role == "representative",
            Person.email.is_not(None),
        )
    )
    open_to = [key for _institution, key, _name in consortia.open_to([load.institution_id])]
    named = db.session.execute(select(Consortium.id, Consortium.names).where(Consortium.id.in_(open_to)))
    return Around(
        institution_id=load.institution_id,
        person_id=load.person_id,
        language=load.language,
        usual={
            "consortium_id": open_to[0] if open_to else None,
            "country": institution.country,
            "zone": vocab.canonical_timezone(institution.zone) or "",
            "languages": list(institution.working_languages),
        },
        representatives={email: key for email, key in people if email},
        consortia={plain_key(name): key for key, names in named for name in names.values()},
    )


def institutions_by(codes: Iterable[str]) -> dict[str, int]:
    """ROR identifiers (and `#` with our own number) to institution ids; unknown ones are left out."""
    wanted = set(codes)
    own = [int(code[1:]) for code in wanted if code.startswith("#")]
    rors = [code for code in wanted if not code.startswith("#")]
    if not wanted:
        return {}
    found = db.session.execute(
        select(Institution.id, Institution.ror).where(
            or_(Institution.ror.in_(rors), Institution.id.in_(own)),
            Institution.state.not_in(["closed", "merged"]),
        )
    )
    by_code: dict[str, int] = {}
    for key, ror in found:
        by_code[f"#{key}"] = key
        if ror:
            by_code[ror] = key
    return {code: by_code[code] for code in wanted if code in by_code}


def standing(institution_id: int, identifiers: Collection[str]) -> dict[str, Standing]:
    """The listings of an institution with these identifiers as they stand, by identifier; three statements.

    What has no identifier of its own is found by its public number, as the file of one's own listings names it.
    """
    wanted = [identifier for identifier in identifiers if identifier]
    if not wanted:
        return {}
    names = sorted(set(FIELDS.values()))
    numbers = {int(match[1]): match[0] for match in map(_NUMBER.fullmatch, wanted) if match}
    found = db.session.execute(
        select(
            Listing.id,
            Listing.state,
            Listing.version,
            Listing.catalogue,
            Listing.localised,
            Listing.published_at,
            Listing.listed_at,
            *(getattr(Listing, name) for name in names),
        ).where(
            Listing.institution_id == institution_id,
            or_(
                Listing.external_id.in_(wanted),
                and_(Listing.id.in_(list(numbers)), Listing.external_id.is_(None)),
            ),
        )
    ).all()
    ids = [row.id for row in found]
    wants, askers = lines_of(ids), askers_of(ids)
    return {
        (row.external_id or numbers[row.id]): Standing(
            id=row.id,
            state=row.state,
            version=row.version,
            catalogue=row.catalogue,
            localised=row.localised,
            published_at=row.published_at,
            listed_at=row.listed_at,
            values={
                **{name: getattr(row, name) for name in names},
                "external_id": row.external_id or numbers[row.id],
                "wants": wants.get(row.id, []),
                "askers": askers.get(row.id, []),
            },
        )
        for row in found
    }


def lines_of(ids: Collection[int]) -> dict[int, list[dict[str, str]]]:
    """What comes back of many listings: id → [{kind, text}] in order."""
    found: dict[int, list[dict[str, str]]] = {}
    if ids:
        for row in db.session.execute(
            select(ListingLine.listing_id, ListingLine.kind, ListingLine.text)
            .where(ListingLine.listing_id.in_(ids))
            .order_by(ListingLine.listing_id, ListingLine.position, ListingLine.id)
        ):
            found.setdefault(row.listing_id, []).append({"kind": row.kind, "text": row.text})
    return found


def askers_of(ids: Collection[int]) -> dict[int, list[int]]:
    """Who may ask for many listings: id → institution ids in order."""
    found: dict[int, list[int]] = {}
    if ids:
        for row in db.session.execute(
            select(ListingAsker.listing_id, ListingAsker.institution_id)
            .where(ListingAsker.listing_id.in_(ids))
            .order_by(ListingAsker.listing_id, ListingAsker.institution_id)
        ):
            found.setdefault(row.listing_id, []).append(row.institution_id)
    return found


def versions(ids: Collection[int]) -> dict[int, int]:
    """The versions of listings, their rows held until the transaction ends."""
    if not ids:
        return {}
    found = db.session.execute(
        select(Listing.id, Listing.version).where(Listing.id.in_(ids)).order_by(Listing.id).with_for_update()
    )
    return dict(found.all())

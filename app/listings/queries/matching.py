"""Which listings a list is asked for, as a select of ids: by words, by filters, by who asks.

A filter for one value drives the query from the facet's own index, which holds the usual order; the other filters are
asked row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    Date,
    Select,
    String,
    and_,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app.core import clock, index, kept
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.paging import COUNT_CAP, Sort
from app.listings.models import Listing, ListingFacet
from app.listings.policies import listed

FACETS = ("kind", "country", "institution", "consortium", "sdg", "field", "readiness", "language")
DRIVERS = ("institution", "country", "readiness", "kind", "field", "sdg", "consortium", "language")
PLAIN = {"direction": "direction", "group": "kind_group", "cost": "cost_basis"}  # facet → column
MONTHS = 12
SORTS = {
    "newest": Sort("newest", Listing.listed_at, Listing.id),
    "ending": Sort("ending", Listing.valid_until, Listing.id, descending=False),
}


@dataclass(frozen=True)
class Wanted:
    """What is asked of a list: its catalogue, words, chosen values by facet (`free` holds a month as `2027-01`), order."""

    catalogue: str
    q: str = ""
    chosen: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = "newest"

    def of(self, name: str) -> list[str]:
        """The chosen values of one facet."""
        return list(self.chosen.get(name) or [])


def months() -> list[date]:
    """The first days of this month and the next eleven, and of the one after."""
    first = clock.today().replace(day=1)
    return [
        date(first.year + (first.month - 1 + at) // 12, (first.month - 1 + at) % 12 + 1, 1)
        for at in range(MONTHS + 1)
    ]


@dataclass(frozen=True)
class Asking:
    """Who asks for what. Two of them are equal when their statements differ in `values` alone.

    Putting the statements of a list together takes several times longer than running them, so they are kept.
    """

    shape: tuple[Any, ...]
    actor: Actor = field(compare=False)
    wanted: Wanted = field(compare=False)
    found: list[int] | None = field(compare=False)  # by the words, if there are any

    @classmethod
    def of(cls, actor: Actor, wanted: Wanted) -> "Asking":
        """The question; its words are looked up."""
        found = index.hits(wanted.catalogue, wanted.q, COUNT_CAP + 1) if wanted.q else None
        many = tuple((name, min(len(wanted.of(name)), 2)) for name in FACETS)
        fixed = (wanted.catalogue, wanted.sort, *(tuple(sorted(wanted.of(name))) for name in PLAIN))
        reader = (actor.is_signed_in, actor.roles)
        shape = (db.engine.dialect.name, *reader, get_locale(), found is not None, many, fixed)
        return cls((*shape, bool(wanted.of("free"))), actor, wanted, found)

    def values(self, statement: Any) -> dict[str, Any]:
        """The parameters of a statement."""
        starts = months()
        found = kept.reader_values(self.actor, statement) | {"today": clock.today()}
        found |= {f"month_{at}": day for at, day in enumerate(starts)}
        found |= {f"all_{name}": self.wanted.of(name) for name in FACETS}
        found |= {f"one_{name}": next(iter(self.wanted.of(name)), "") for name in DRIVERS}
        found["chosen_institutions"] = [int(value) for value in self.wanted.of("institution")]
        found |= self._period(starts)
        if self.found is not None:
            found["hits"] = index.hit_value(self.found)
        return found

    def _period(self, starts: list[date]) -> dict[str, date]:
        codes = [month_code(day) for day in starts]
        at = [codes.index(value) for value in self.wanted.of("free") if value in codes[:-1]]
        if not at:
            return {}
        return {"free_first": starts[min(at)], "free_end": starts[max(at) + 1]}


def month_code(day: date) -> str:
    """The month of a day as the address names it.

    >>> month_code(date(2027, 1, 15))
    '2027-01'
    """
    return f"{day.year:04d}-{day.month:02d}"


def matches(
    asking: Asking, *, skip: str | None = None, driven: bool = True, order: str | None = None
) -> tuple[Select[Any], Sort]:
    """A select of the ids that match, and the sort to page it by; `skip` leaves one facet out."""
    wanted, order = asking.wanted, order or asking.wanted.sort
    sort = SORTS[order]
    query = select(Listing.id)
    driver = None
    if asking.found is not None:
        found = index.among(asking.found).subquery("hit_ids")
        query = query.select_from(found).join(Listing, Listing.id == found.c.ref_id)
    elif driven:
        driver = next((name for name in DRIVERS if name != skip and len(wanted.of(name)) == 1), None)
    if driver is not None:
        query = query.select_from(ListingFacet).join(Listing, Listing.id == ListingFacet.listing_id)
        query = query.where(
            ListingFacet.catalogue == wanted.catalogue,
            ListingFacet.facet == driver,
            ListingFacet.value == bindparam(f"one_{driver}", type_=String),
        )
        if order == "newest":
            sort = Sort("newest", ListingFacet.listed_at, ListingFacet.listing_id)
    for name in FACETS:
        if wanted.of(name) and name not in {skip, driver}:
            query = query.where(_has(wanted.catalogue, name))
    conditions = [Listing.catalogue == wanted.catalogue, listed(kept.any_like(asking.actor))]
    return query.where(*conditions, *_plain_conditions(wanted, skip, order)), sort


def _has(catalogue: str, name: str) -> ColumnElement[bool]:
    """That a listing has one of the values. Of countries and institutions there are many with few each: looked up first."""
    values = bindparam(f"all_{name}", type_=String, expanding=True)
    if name in {"country", "institution"}:
        found = select(ListingFacet.listing_id).where(
            ListingFacet.catalogue == catalogue, ListingFacet.facet == name, ListingFacet.value.in_(values)
        )
        return Listing.id.in_(found)
    other = aliased(ListingFacet)
    return exists().where(other.listing_id == Listing.id, other.facet == name, other.value.in_(values))


def _plain_conditions(wanted: Wanted, skip: str | None, order: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        getattr(Listing, column).in_(wanted.of(name))
        for name, column in PLAIN.items()
        if wanted.of(name) and name != skip
    ]
    if wanted.of("free") and skip != "free":
        found.append(free_in(Listing, "free_first", "free_end"))
    if order == "ending":
        found.append(Listing.valid_until >= bindparam("today", type_=Date))
    return found


def free_in(of: Any, first: str, end: str) -> ColumnElement[bool]:
    """That it can be had on some day from `first` to before `end` (names of parameters)."""
    return and_(
        or_(of.free_from.is_(None), of.free_from < bindparam(end, type_=Date)),
        or_(of.free_until.is_(None), of.free_until > bindparam(first, type_=Date)),
    )

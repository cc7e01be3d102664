"""The two lists, Resources and Exchange: filtered, counted, sorted, paged by key.

Two statements whatever is asked, and one that looks words up: one counts (at most 1,001 matches, so that it costs the
same at any size) and tells how the filters divide what was found, one reads a page. A filter for one value drives the
query from the facet's own index, which holds the usual order; the other filters are asked row by row.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app.consortia.models import Consortium
from app.consortia.queries import name_column
from app.core import clock, index
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.paging import COUNT_CAP, PAGE_SIZE, Page, Sort, page_by_key
from app.institutions.models import Institution
from app.listings.models import Listing, ListingFacet
from app.listings.policies import listed, reader_kind, reader_values

FACETS = ("kind", "country", "institution", "consortium", "sdg", "field", "readiness", "language")
DRIVERS = ("institution", "country", "readiness", "kind", "field", "sdg", "consortium", "language")
PLAIN = {"direction": "direction", "group": "kind_group", "cost": "cost_basis"}  # facet → column
MONTHS = 12
SORTS = {
    "newest": Sort("newest", Listing.listed_at, Listing.id),
    "ending": Sort("ending", Listing.valid_until, Listing.id, descending=False),
}
MOST_EXPORTED = 10_000


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


@dataclass
class Found:
    """A page of rows, the capped total, facet → value → count (without those whose own matches are too many), names."""

    page: Page
    total: tuple[int, bool]
    counts: dict[str, dict[str, int]]
    names: dict[str, list[tuple[str, str]]]  # of institutions and consortia: (id as text, name)


def months() -> list[date]:
    """The first days of this month and the next eleven, and of the one after."""
    first = clock.today().replace(day=1)
    return [
        date(first.year + (first.month - 1 + at) // 12, (first.month - 1 + at) % 12 + 1, 1)
        for at in range(MONTHS + 1)
    ]


def find(actor: Actor, wanted: Wanted, cursor: str | None, size: int = PAGE_SIZE) -> Found:
    """A page of the list with its counts, in two statements. Raises DomainError(`bad_cursor`)."""
    asking = Asking.of(actor, wanted)
    total, counts, names = _read_counts(db.session.execute(_counting(asking), asking.values))
    # Few matches: start from the facet. Many: walk the order's own index and ask the facets row by row.
    driven = wanted.sort == "newest" or not total[1]
    query, sort = _page_rows(asking, driven)
    page = page_by_key(query, sort, cursor, size, kept_with=asking.values)
    return Found(page, total, counts, names)


def export(actor: Actor, wanted: Wanted) -> list[int]:
    """The ids of what is filtered, at most 10,000, in the list's order."""
    asking = Asking.of(actor, wanted)
    query, sort = matches(asking, driven=wanted.sort == "newest")
    order = (sort.column.desc(), sort.key.desc()) if sort.descending else (sort.column.asc(), sort.key.asc())
    return list(db.session.scalars(query.order_by(*order).limit(MOST_EXPORTED), asking.values))


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
        shape = (db.engine.dialect.name, reader_kind(actor), get_locale(), found is not None, many, fixed)
        return cls((*shape, bool(wanted.of("free"))), actor, wanted, found)

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the statements."""
        starts = months()
        found = reader_values(self.actor) | {"today": clock.today()}
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


@lru_cache(maxsize=64)
def _page_rows(asking: Asking, driven: bool) -> tuple[Select[Any], Sort]:
    query, sort = matches(asking, driven=driven)
    return query.add_columns(*row_columns()).join(Institution, Institution.id == Listing.institution_id), sort


def row_columns() -> list[Any]:
    """What a row of a list shows. The detail is no part of it."""
    return [
        Listing.direction,
        Listing.kind,
        Listing.catalogue,
        Listing.state,
        Listing.title,
        Listing.summary,
        Listing.language,
        Listing.localised,
        Listing.quantity,
        Listing.unit,
        Listing.is_remote,
        Listing.country,
        Listing.cost_basis,
        Listing.is_gift,
        Listing.valid_until,
        Listing.confirmed_at,
        Institution.name.label("institution"),
    ]


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
    conditions = [Listing.catalogue == wanted.catalogue, listed(asking.actor)]
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
        found.append(_free_in(Listing, "free_first", "free_end"))
    if order == "ending":
        found.append(Listing.valid_until >= bindparam("today", type_=Date))
    return found


def _free_in(of: Any, first: str, end: str) -> ColumnElement[bool]:
    """That it can be had on some day from `first` to before `end` (names of parameters)."""
    return and_(
        or_(of.free_from.is_(None), of.free_from < bindparam(end, type_=Date)),
        or_(of.free_until.is_(None), of.free_until > bindparam(first, type_=Date)),
    )


# ---- counting --------------------------------------------------------------------------------------------


def first_matches(asking: Asking, skip: str | None = None) -> Any:
    """The newest 1,001 matches, as a common table."""
    order = "ending" if asking.wanted.sort == "ending" else "newest"
    query, sort = matches(asking, skip=skip, order=order)
    query = query.add_columns(
        Listing.direction,
        Listing.kind_group,
        Listing.cost_basis,
        Listing.free_from,
        Listing.free_until,
        Listing.institution_id,
        Listing.consortium_id,
    )
    if sort.descending:
        query = query.order_by(sort.column.desc(), sort.key.desc())
    # As a constant, not as a parameter: the planner of SQLite then knows that these are few.
    most: Any = literal_column(str(int(COUNT_CAP) + 1))
    return query.limit(most).cte(f"matches_{skip or 'all'}")


def _row(facet: str, value: Any, number: Any, label: Any = None) -> Select[Any]:
    return select(
        literal(facet).label("facet"),
        cast(value, String).label("value"),
        number.label("number"),
        cast(null() if label is None else label, String).label("label"),
    )


@lru_cache(maxsize=64)
def _counting(asking: Asking) -> Any:
    """One statement of the total, and of how each facet divides what was found, for `_read_counts`."""
    wanted = asking.wanted
    everything = first_matches(asking)
    parts = [_row("total", literal("all"), func.count()).select_from(everything)]
    together: list[str] = []
    for name in (*PLAIN, *FACETS, "free"):
        over = first_matches(asking, name) if wanted.of(name) else everything
        if over is not everything:
            parts.append(_row("total", literal(name), func.count()).select_from(over))
        if name == "free":
            parts.append(_divide_months(over))
        elif over is everything:
            together.append(name)
        else:
            parts.append(_divide([name], over))
        if name in {"institution", "consortium"}:
            parts.append(_names(name, over))
    parts.append(_divide(together, everything))
    if wanted.of("institution"):
        chosen = bindparam("chosen_institutions", type_=Integer, expanding=True)
        parts.append(
            _row("institution", Institution.id, literal(0), Institution.name).where(
                Institution.id.in_(chosen)
            )
        )
    return union_all(*parts)


def _few(over: Any) -> ColumnElement[bool]:
    """Whether the numbers of these matches would be shown; if not, they are not read either."""
    return select(func.count()).select_from(over).scalar_subquery() <= COUNT_CAP


def _divide(names: list[str], over: Any) -> Select[Any]:
    """The values of each match as one text, to be counted by us: both databases then look them up match by match.

    Grouped by the database, they would be read from the facets' index as a whole.
    """
    looked_up = [name for name in names if name in FACETS]
    texts: list[Any] = [
        literal(f"{name}:") + over.c[column] for name, column in PLAIN.items() if name in names
    ]
    if looked_up:
        values = (
            select(func.aggregate_strings(ListingFacet.facet + ":" + ListingFacet.value, ","))
            .where(ListingFacet.listing_id == over.c.id)
            .correlate(over)
            .scalar_subquery()
        )
        texts.append(func.coalesce(values, ""))
    whole = texts[0]
    for text in texts[1:]:
        whole = whole + "," + text
    return _row("values", literal(",".join(names)), literal(1), whole).select_from(over).where(_few(over))


def _divide_months(over: Any) -> Select[Any]:
    """How many can be had in each of the next months, as one text of numbers."""
    numbers = [
        cast(func.sum(case((_free_in(over.c, f"month_{at}", f"month_{at + 1}"), 1), else_=0)), String)
        for at in range(MONTHS)
    ]
    whole = numbers[0]
    for number in numbers[1:]:
        whole = whole + "," + number
    return _row("free", literal(""), func.count(), whole).select_from(over).where(_few(over))


def _names(name: str, over: Any) -> Select[Any]:
    if name == "institution":
        query = _row(name, Institution.id, func.count(), func.max(Institution.name))
        query = query.select_from(over).join(Institution, Institution.id == over.c.institution_id)
        return query.where(_few(over)).group_by(Institution.id)
    query = _row(name, Consortium.id, func.count(), func.max(name_column()))
    query = query.select_from(over).join(Consortium, Consortium.id == over.c.consortium_id)
    return query.group_by(Consortium.id)


def _read_counts(
    rows: Any,
) -> tuple[tuple[int, bool], dict[str, dict[str, int]], dict[str, list[tuple[str, str]]]]:
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in (*PLAIN, *FACETS, "free")}
    names: dict[str, dict[str, str]] = {"institution": {}, "consortium": {}}
    texts: dict[str, list[str]] = {}
    for row in rows:
        if row.facet == "total":
            totals[row.value] = row.number
        elif row.facet == "values":
            texts.setdefault(row.value, []).append(row.label)
        elif row.facet == "free":
            numbers = (row.label or "").split(",") if row.number else []
            counts["free"] = {
                month_code(day): int(number) for day, number in zip(months(), numbers, strict=False)
            }
        else:
            names[row.facet][row.value] = row.label or ""
    for wanted_names, found in texts.items():
        known = set(wanted_names.split(","))
        for pair, number in Counter(",".join(found).split(",")).items():
            name, _colon, value = pair.partition(":")
            # Of fields only the 26 that the list offers.
            if name in known and (name != "field" or value.startswith("f")):
                counts[name][value] = number
    for name in list(counts):
        if totals.get(name, totals["all"]) > COUNT_CAP:
            del counts[name]
    total = min(totals["all"], COUNT_CAP), totals["all"] > COUNT_CAP
    by_name = {
        name: sorted(
            pairs.items(), key=lambda pair: (-counts.get(name, {}).get(pair[0], 0), pair[1].casefold())
        )
        for name, pairs in names.items()
    }
    return total, counts, by_name

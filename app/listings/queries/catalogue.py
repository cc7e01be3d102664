"""The two lists, Resources and Exchange: filtered, counted, sorted, paged by key.

Two statements whatever is asked, and one that looks words up: one counts (at most 1,001 matches, so that it costs the
same at any size) and tells how the filters divide what was found, one reads a page.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.sql import ColumnElement

from app.consortia.models import Consortium
from app.consortia.queries import name_column
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.paging import (
    COUNT_CAP,
    PAGE_SIZE,
    Page,
    Sort,
    at_least,
    count_pairs,
    counted_up,
    lone,
    page_by_key,
)
from app.institutions.models import Institution
from app.listings.models import Listing, ListingFacet
from app.listings.queries.matching import (
    DRIVERS,
    FACETS,
    MONTHS,
    PLAIN,
    Asking,
    Wanted,
    free_in,
    matches,
    month_code,
    months,
)
from app.translating.queries import localised_columns

MOST_EXPORTED = 10_000
MOST_NAMED = 40  # institutions offered to choose from: those with most of what was found


@dataclass
class Found:
    """A page of rows, the capped total, facet → value → count (without those whose own matches are too many), names."""

    page: Page
    total: tuple[int, bool]
    counts: dict[str, dict[str, int]]
    names: dict[str, list[tuple[str, str]]]  # of institutions and consortia: (id as text, name)


def find(actor: Actor, wanted: Wanted, cursor: str | None, size: int = PAGE_SIZE) -> Found:
    """A page of the list with its counts, in two statements. Raises DomainError(`bad_cursor`)."""
    asking = Asking.of(actor, wanted)
    found = _divided(asking)
    # Few matches: start from the facet. Many: walk the order's own index and ask the facets row by row.
    driven = wanted.sort == "newest" or not found.total[1]
    query, sort = _page_rows(asking, driven)
    found.page = page_by_key(query, sort, cursor, size, kept_with=asking.values(query))
    return found


def divided(actor: Actor, wanted: Wanted) -> Found:
    """The same without rows, for the map; one statement."""
    return _divided(Asking.of(actor, wanted))


def _divided(asking: Asking) -> Found:
    counting = _counting(asking)
    total, counts, names = _read_counts(db.session.execute(counting, asking.values(counting)))
    return Found(Page([]), total, counts, names)


def export(actor: Actor, wanted: Wanted) -> list[int]:
    """The ids of what is filtered, at most 10,000, in the list's order."""
    asking = Asking.of(actor, wanted)
    query, sort = matches(asking, driven=wanted.sort == "newest")
    order = (sort.column.desc(), sort.key.desc()) if sort.descending else (sort.column.asc(), sort.key.asc())
    ordered = query.order_by(*order).limit(MOST_EXPORTED)
    return list(db.session.scalars(ordered, asking.values(ordered)))


@lru_cache(maxsize=64)
def _page_rows(asking: Asking, driven: bool) -> tuple[Select[Any], Sort]:
    query, sort = matches(asking, driven=driven)
    return query.add_columns(*row_columns()).join(Institution, Institution.id == Listing.institution_id), sort


def row_columns() -> list[Any]:
    """What a row of a list shows, in the reader's language where a translation was accepted. Never the detail."""
    return [
        Listing.direction,
        Listing.kind,
        Listing.catalogue,
        Listing.state,
        *localised_columns(Listing, get_locale()),
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
    entries = _entries(asking, skip)
    if entries is not None:
        query = query.where(entries <= COUNT_CAP)
    return query.limit(most).cte(f"matches_{skip or 'all'}")


def _entries(asking: Asking, skip: str | None) -> Any:
    """How many entries, up to 1,001, the one filter has that is left without `skip`; None if another number of them is left.

    They are counted in the index alone. If they are too many to be divided, the matches need not be looked at.
    """
    name = lone(asking.wanted.chosen, skip, DRIVERS)
    if name is None or asking.found is not None or asking.wanted.sort != "newest":
        return None
    one = bindparam(f"one_{name}", type_=String)
    return counted_up(
        ListingFacet.catalogue == asking.wanted.catalogue,
        ListingFacet.facet == name,
        ListingFacet.value == one,
    )


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
            number = at_least(_entries(asking, name))
            parts.append(_row("total", literal(name), number).select_from(over))
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
    """The values of all matches as one text, to be counted by us: both databases then look them up match by match.

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
    whole: Any = texts[0]
    for text in texts[1:]:
        whole = whole + "," + text
    together = func.aggregate_strings(whole, ",")
    return _row("values", literal(",".join(names)), literal(1), together).select_from(over).where(_few(over))


def _divide_months(over: Any) -> Select[Any]:
    """How many can be had in each of the next months, as one text of numbers."""
    numbers = [
        cast(func.sum(case((free_in(over.c, f"month_{at}", f"month_{at + 1}"), 1), else_=0)), String)
        for at in range(MONTHS)
    ]
    whole: Any = numbers[0]
    for number in numbers[1:]:
        whole = whole + "," + number
    return _row("free", literal(""), func.count(), whole).select_from(over).where(_few(over))


def _names(name: str, over: Any) -> Select[Any]:
    """The institutions with most of what was found, or the consortia. Their names are looked up one by one: joined, SQLite
    would walk through all institutions there are.
    """
    record, label, column = (
        (Institution, Institution.name, over.c.institution_id)
        if name == "institution"
        else (Consortium, name_column(), over.c.consortium_id)
    )
    query = select(column.label("of_id"), func.count().label("number")).where(column.is_not(None))
    query = query.group_by(column)
    if name == "institution":
        query = query.where(_few(over)).order_by(func.count().desc(), column).limit(MOST_NAMED)
    most = query.subquery()
    named = select(label).where(record.id == most.c.of_id).correlate(most).scalar_subquery()
    return _row(name, most.c.of_id, most.c.number, named).select_from(most)


def _read_counts(
    rows: Any,
) -> tuple[tuple[int, bool], dict[str, dict[str, int]], dict[str, list[tuple[str, str]]]]:
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in (*PLAIN, *FACETS, "free")}
    names: dict[str, dict[str, str]] = {"institution": {}, "consortium": {}}
    for row in rows:
        if row.facet == "total":
            totals[row.value] = row.number
        elif row.facet == "values":
            count_pairs(counts, row.value.split(","), row.label or "")
        elif row.facet == "free":
            numbers = (row.label or "").split(",") if row.number else []
            counts["free"] = {
                month_code(day): int(number) for day, number in zip(months(), numbers, strict=False)
            }
        else:
            names[row.facet][row.value] = row.label or ""
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

"""The public list: filtered, counted, sorted, paged by key.

Two statements whatever is asked: one counts (at most 1,001 matches, so that it costs the same at any size) and tells
how the filters divide what was found, one reads a page. A filter for one value drives the query from the facet's own
index, which holds the usual order; the other filters are asked row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Select,
    String,
    and_,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
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
from app.core.paging import COUNT_CAP, PAGE_SIZE, Page, Sort, page_by_key
from app.institutions.models import Institution
from app.problems.models import NO_END, OPEN_STATES, Problem, ProblemFacet
from app.problems.policies import in_states, listed

FACETS = ("sdg", "field", "country", "need")
DRIVERS = ("country", "need", "field", "sdg")  # the one that narrows most comes first
UNTIL_DAYS = ("30", "90", "365")
SORTS = {
    "newest": Sort("newest", Problem.listed_at, Problem.id),
    "deadline": Sort("deadline", Problem.closes_on, Problem.id, descending=False),
    "endorsed": Sort("endorsed", Problem.endorsements, Problem.id),
}
MOST_EXPORTED = 10_000


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list: words, chosen values (state, sdg, field, country, need, consortium, until), order."""

    q: str = ""
    chosen: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = "newest"

    def of(self, name: str) -> list[str]:
        """The chosen values of one facet."""
        return list(self.chosen.get(name) or [])


@dataclass
class Found:
    """A page of rows, the capped total, and facet → value → count (a facet whose own matches are too many is left out)."""

    page: Page
    total: tuple[int, bool]
    counts: dict[str, dict[str, int]]
    consortia: list[tuple[str, str]]


def find(actor: Actor, wanted: Wanted, cursor: str | None, size: int = PAGE_SIZE) -> Found:
    """A page of the list with its counts, in two statements. Raises DomainError(`bad_cursor`)."""
    total, counts, consortia = _count(actor, wanted)
    # Few matches: start from the facet. Many: walk the order's own index and ask the facets row by row.
    driven = wanted.sort == "newest" or not total[1]
    query, sort = _matches(actor, wanted, driven=driven)
    page = page_by_key(query.add_columns(*_columns()).join(Institution), sort, cursor, size)
    return Found(page, total, counts, consortia)


def export(actor: Actor, wanted: Wanted) -> list[Any]:
    """The rows of the list for a file, at most 10,000, in its order."""
    query, sort = _matches(actor, wanted, driven=wanted.sort == "newest")
    order = (sort.column.desc(), sort.key.desc()) if sort.descending else (sort.column.asc(), sort.key.asc())
    query = query.add_columns(
        *_columns(),
        Problem.sdg_goals,
        Problem.fields,
        Problem.affected_where,
        Problem.published_at,
        name_column().label("consortium"),
    )
    query = query.join(Institution).join(Consortium, Consortium.id == Problem.consortium_id)
    return list(db.session.execute(query.order_by(*order).limit(MOST_EXPORTED)))


def _columns() -> list[Any]:
    needs = (
        select(func.aggregate_strings(ProblemFacet.value, ","))
        .where(ProblemFacet.problem_id == Problem.id, ProblemFacet.facet == "need")
        .correlate(Problem)
        .scalar_subquery()
    )
    return [
        Problem.title,
        Problem.summary,
        Problem.language,
        Problem.state,
        Problem.closes_on,
        Problem.endorsements,
        Problem.teams_open,
        Problem.teams_at_work,
        Institution.name.label("institution"),
        needs.label("needs"),
    ]


def _matches(
    actor: Actor, wanted: Wanted, *, skip: str | None = None, driven: bool = True
) -> tuple[Select[Any], Sort]:
    """A select of the ids that match, and the sort to page it by; `skip` leaves one facet out."""
    sort = SORTS[wanted.sort]
    query = select(Problem.id)
    hits = index.matching("problem", wanted.q, COUNT_CAP + 1) if wanted.q else None
    driver = None
    if hits is not None:
        found = hits.subquery("hit_ids")
        query = query.select_from(found).join(Problem, Problem.id == found.c.ref_id)
    elif driven:
        driver = next((name for name in DRIVERS if name != skip and len(wanted.of(name)) == 1), None)
    if driver is not None:
        query = query.select_from(ProblemFacet).join(Problem, Problem.id == ProblemFacet.problem_id)
        query = query.where(ProblemFacet.facet == driver, ProblemFacet.value == wanted.of(driver)[0])
        if wanted.sort == "newest":
            sort = Sort("newest", ProblemFacet.listed_at, ProblemFacet.problem_id)
    for name in FACETS:
        if wanted.of(name) and name not in {skip, driver}:
            query = query.where(_has(name, wanted.of(name)))
    return query.where(listed(actor), *_plain_conditions(wanted, skip)), sort


def _has(name: str, values: list[str]) -> ColumnElement[bool]:
    """That a problem has one of the values. Countries are many and few each: their problems are looked up first."""
    if name == "country":
        found = select(ProblemFacet.problem_id).where(
            ProblemFacet.facet == name, ProblemFacet.value.in_(values)
        )
        return Problem.id.in_(found)
    other = aliased(ProblemFacet)
    return exists().where(other.problem_id == Problem.id, other.facet == name, other.value.in_(values))


def _plain_conditions(wanted: Wanted, skip: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.of("state") and skip != "state":
        found.append(in_states(wanted.of("state")))
    if wanted.of("consortium") and skip != "consortium":
        found.append(Problem.consortium_id.in_([int(value) for value in wanted.of("consortium")]))
    if wanted.of("until") and skip != "until":
        days = max(int(value) for value in wanted.of("until"))
        found += [in_states(OPEN_STATES), _within(func.coalesce(Problem.closes_on, NO_END), days)]
    if wanted.sort == "deadline":
        found.append(Problem.closes_on >= clock.today())
    return found


def _within(closes_on: Any, days: int) -> ColumnElement[bool]:
    today = clock.today()
    return and_(closes_on >= today, closes_on <= today + timedelta(days=days))


# ---- counting --------------------------------------------------------------------------------------------


def _first_matches(actor: Actor, wanted: Wanted, skip: str | None = None) -> Any:
    """The newest 1,001 matches, as a common table."""
    newest = Wanted(wanted.q, wanted.chosen, "deadline" if wanted.sort == "deadline" else "newest")
    query, sort = _matches(actor, newest, skip=skip)
    query = query.add_columns(Problem.state, Problem.consortium_id, Problem.closes_on)
    if sort.descending:
        query = query.order_by(sort.column.desc(), sort.key.desc())
    # As a constant, not as a parameter: the planner of SQLite then knows that these are few.
    most: Any = literal_column(str(int(COUNT_CAP) + 1))
    return query.limit(most).cte(f"matches_{skip or 'all'}")


def _row(facet: Any, value: Any, number: Any, label: Any = None) -> Select[Any]:
    return select(
        (literal(facet) if isinstance(facet, str) else facet).label("facet"),
        cast(value, String).label("value"),
        number.label("number"),
        cast(null() if label is None else label, String).label("label"),
    )


def _count(
    actor: Actor, wanted: Wanted
) -> tuple[tuple[int, bool], dict[str, dict[str, int]], list[tuple[str, str]]]:
    """(total, capped), counts, consortia among the matches; one statement."""
    everything = _first_matches(actor, wanted)
    parts = [_row("total", literal("all"), func.count()).select_from(everything)]
    plain: list[Any] = []
    for name in ("state", "consortium", "until", *FACETS):
        over = _first_matches(actor, wanted, name) if wanted.of(name) else everything
        if over is not everything:
            parts.append(_row("total", literal(name), func.count()).select_from(over))
        if name in FACETS and over is everything:
            plain.append(name)
        else:
            parts += _divide(name, over)
    if plain:
        parts.append(_divide_facets(plain, everything))
    return _read_counts(db.session.execute(union_all(*parts)))


def _divide(name: str, over: Any) -> list[Select[Any]]:
    if name == "state":
        return [_row("state", over.c.state, func.count()).select_from(over).group_by(over.c.state)]
    if name == "consortium":
        query = _row("consortium", Consortium.id, func.count(), func.max(name_column()))
        return [
            query.select_from(over)
            .join(Consortium, Consortium.id == over.c.consortium_id)
            .group_by(Consortium.id)
        ]
    if name == "until":
        return [
            _row("until", literal(days), func.count())
            .select_from(over)
            .where(over.c.state.in_(OPEN_STATES), _within(over.c.closes_on, int(days)))
            for days in UNTIL_DAYS
        ]
    return [_divide_facets([name], over)]


def _divide_facets(names: list[str], over: Any) -> Select[Any]:
    """The values of each match as one text, to be counted by us: both databases then look them up match by match.

    Grouped by the database, they would be read from the facets' index as a whole.
    """
    # Too many matches: their numbers would not be shown, so they are not read either.
    few = select(func.count()).select_from(over).scalar_subquery() <= COUNT_CAP
    values = (
        select(func.aggregate_strings(ProblemFacet.facet + ":" + ProblemFacet.value, ","))
        .where(ProblemFacet.problem_id == over.c.id)
        .correlate(over)
        .scalar_subquery()
    )
    return _row("values", literal(",".join(names)), literal(1), values).select_from(over).where(few)


def _read_counts(rows: Any) -> tuple[tuple[int, bool], dict[str, dict[str, int]], list[tuple[str, str]]]:
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in ("state", "consortium", "until", *FACETS)}
    consortia: list[tuple[str, str]] = []
    for row in rows:
        if row.facet == "total":
            totals[row.value] = row.number
            continue
        if row.facet == "values":
            _add_values(counts, row.value.split(","), (row.label or "").split(","))
            continue
        counts[row.facet][row.value] = row.number
        if row.facet == "consortium":
            consortia.append((row.value, row.label or ""))
    for name in list(counts):
        if totals.get(name, totals["all"]) > COUNT_CAP:
            del counts[name]
    total = min(totals["all"], COUNT_CAP), totals["all"] > COUNT_CAP
    return total, counts, sorted(consortia, key=lambda pair: pair[1].casefold())


def _add_values(counts: dict[str, dict[str, int]], names: list[str], pairs: list[str]) -> None:
    """Count one match for each of its values; of fields only the 26 that the list offers."""
    for pair in pairs:
        name, _colon, value = pair.partition(":")
        if name in names and (name != "field" or value.startswith("f")):
            counts[name][value] = counts[name].get(value, 0) + 1

"""The public list: filtered, counted, sorted, paged by key.

Two statements whatever is asked, and one that looks words up: one counts (at most 1,001 matches, so that it costs the
same at any size) and tells how the filters divide what was found, one reads a page. A filter for one value drives the query from the facet's own
index, which holds the usual order; the other filters are asked row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    and_,
    bindparam,
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
from app.core import clock, index, kept
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
from app.problems.models import NO_END, OPEN_STATES, Problem, ProblemFacet
from app.problems.policies import in_states, listed
from app.translating.queries import localised_columns

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
    asking = _Asking.of(actor, wanted)
    counting = _counting(asking)
    total, counts, consortia = _read_counts(db.session.execute(counting, asking.values(counting)).all())
    # Few matches: start from the facet. Many: walk the order's own index and ask the facets row by row.
    driven = wanted.sort == "newest" or not total[1]
    query, sort = _page_rows(asking, driven)
    page = page_by_key(query, sort, cursor, size, kept_with=asking.values(query))
    return Found(page, total, counts, consortia)


def export(actor: Actor, wanted: Wanted) -> list[Any]:
    """The rows of the list for a file, at most 10,000, in its order, in the words of their authors."""
    asking = _Asking.of(actor, wanted)
    query, sort = _matches(asking, driven=wanted.sort == "newest")
    order = (sort.column.desc(), sort.key.desc()) if sort.descending else (sort.column.asc(), sort.key.asc())
    query = query.add_columns(
        *_columns(),
        Problem.title,
        Problem.summary,
        Problem.language,
        Problem.localised,
        Problem.sdg_goals,
        Problem.fields,
        Problem.affected_where,
        Problem.published_at,
        name_column().label("consortium"),
    )
    query = query.join(Institution).join(Consortium, Consortium.id == Problem.consortium_id)
    return list(db.session.execute(query.order_by(*order).limit(MOST_EXPORTED), asking.values(query)))


@dataclass(frozen=True)
class _Asking:
    """Who asks for what. Two of them are equal when their statements differ in `values` alone.

    Putting the statements of the list together takes several times longer than running them, so they are kept.
    """

    shape: tuple[Any, ...]
    actor: Actor = field(compare=False)
    wanted: Wanted = field(compare=False)
    found: list[int] | None = field(compare=False)  # by the words, if there are any

    @classmethod
    def of(cls, actor: Actor, wanted: Wanted) -> "_Asking":
        """The question; its words are looked up."""
        found = index.hits("problem", wanted.q, COUNT_CAP + 1) if wanted.q else None
        many = tuple((name, min(len(wanted.of(name)), 2)) for name in (*FACETS, "consortium"))
        fixed = (wanted.sort, tuple(sorted(wanted.of("state"))), tuple(wanted.of("until")))
        shape = (
            db.engine.dialect.name,
            actor.is_signed_in,
            actor.roles,
            get_locale(),
            found is not None,
            many,
            fixed,
        )
        return cls(shape, actor, wanted, found)

    def values(self, statement: Any) -> dict[str, Any]:
        """The parameters of a statement."""
        today = clock.today()
        found = kept.reader_values(self.actor, statement) | {"today": today}
        found |= {f"day_{days}": today + timedelta(days=int(days)) for days in UNTIL_DAYS}
        found |= {f"all_{name}": self.wanted.of(name) for name in FACETS}
        found |= {f"one_{name}": next(iter(self.wanted.of(name)), "") for name in DRIVERS}
        found["consortia"] = [int(value) for value in self.wanted.of("consortium")]
        if self.found is not None:
            found["hits"] = index.hit_value(self.found)
        return found


@lru_cache(maxsize=64)
def _page_rows(asking: _Asking, driven: bool) -> tuple[Select[Any], Sort]:
    query, sort = _matches(asking, driven=driven)
    texts = localised_columns(Problem, get_locale())
    return query.add_columns(*texts, *_columns()).join(Institution), sort


def _columns() -> list[Any]:
    needs = (
        select(func.aggregate_strings(ProblemFacet.value, ","))
        .where(ProblemFacet.problem_id == Problem.id, ProblemFacet.facet == "need")
        .correlate(Problem)
        .scalar_subquery()
    )
    return [
        Problem.state,
        Problem.closes_on,
        Problem.endorsements,
        Problem.teams_open,
        Problem.teams_at_work,
        Institution.name.label("institution"),
        needs.label("needs"),
    ]


def _matches(
    asking: _Asking, *, skip: str | None = None, driven: bool = True, order: str | None = None
) -> tuple[Select[Any], Sort]:
    """A select of the ids that match, and the sort to page it by; `skip` leaves one facet out."""
    wanted, order = asking.wanted, order or asking.wanted.sort
    sort = SORTS[order]
    query = select(Problem.id)
    driver = None
    if asking.found is not None:
        found = index.among(asking.found).subquery("hit_ids")
        query = query.select_from(found).join(Problem, Problem.id == found.c.ref_id)
    elif driven:
        driver = next((name for name in DRIVERS if name != skip and len(wanted.of(name)) == 1), None)
    if driver is not None:
        query = query.select_from(ProblemFacet).join(Problem, Problem.id == ProblemFacet.problem_id)
        one = bindparam(f"one_{driver}", type_=String)
        query = query.where(ProblemFacet.facet == driver, ProblemFacet.value == one)
        if order == "newest":
            sort = Sort("newest", ProblemFacet.listed_at, ProblemFacet.problem_id)
    for name in FACETS:
        if wanted.of(name) and name not in {skip, driver}:
            query = query.where(_has(name, len(wanted.of(name)) == 1))
    return query.where(listed(kept.any_like(asking.actor)), *_plain_conditions(wanted, skip, order)), sort


def _has(name: str, is_one: bool) -> ColumnElement[bool]:
    """That a problem has one of the values. Countries are many and few each: their problems are looked up first."""
    values = bindparam(f"all_{name}", type_=String, expanding=True)
    if name == "country":
        found = select(ProblemFacet.problem_id).where(
            ProblemFacet.facet == name, ProblemFacet.value.in_(values)
        )
        return Problem.id.in_(found)
    other = aliased(ProblemFacet)
    # Of one value PostgreSQL knows that a problem has it once, and need not sort out those that have it twice.
    fits = other.value == bindparam(f"one_{name}", type_=String) if is_one else other.value.in_(values)
    return exists().where(other.problem_id == Problem.id, other.facet == name, fits)


def _plain_conditions(wanted: Wanted, skip: str | None, order: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.of("state") and skip != "state":
        found.append(in_states(sorted(wanted.of("state"))))
    if wanted.of("consortium") and skip != "consortium":
        found.append(Problem.consortium_id.in_(bindparam("consortia", type_=Integer, expanding=True)))
    if wanted.of("until") and skip != "until":
        days = max(wanted.of("until"), key=int)
        found += [in_states(OPEN_STATES), _within(func.coalesce(Problem.closes_on, NO_END), days)]
    if order == "deadline":
        found.append(Problem.closes_on >= bindparam("today", type_=Date))
    return found


def _within(closes_on: Any, days: str) -> ColumnElement[bool]:
    """That a day is one of the next `days`, one of UNTIL_DAYS."""
    return and_(
        closes_on >= bindparam("today", type_=Date), closes_on <= bindparam(f"day_{days}", type_=Date)
    )


# ---- counting --------------------------------------------------------------------------------------------


def _first_matches(asking: _Asking, skip: str | None = None) -> Any:
    """The newest 1,001 matches, as a common table."""
    order = "deadline" if asking.wanted.sort == "deadline" else "newest"
    query, sort = _matches(asking, skip=skip, order=order)
    query = query.add_columns(Problem.state, Problem.consortium_id, Problem.closes_on)
    if sort.descending:
        query = query.order_by(sort.column.desc(), sort.key.desc())
    # As a constant, not as a parameter: the planner of SQLite then knows that these are few.
    most: Any = literal_column(str(int(COUNT_CAP) + 1))
    entries = _entries(asking, skip)
    if entries is not None:
        query = query.where(entries <= COUNT_CAP)
    return query.limit(most).cte(f"matches_{skip or 'all'}")


def _entries(asking: _Asking, skip: str | None) -> Any:
    """How many entries, up to 1,001, the one filter has that is left without `skip`; None if another number of them is left.

    They are counted in the index alone. If they are too many to be divided, the matches need not be looked at.
    """
    name = lone(asking.wanted.chosen, skip, DRIVERS)
    if name is None or asking.found is not None or asking.wanted.sort != "newest":
        return None
    one = bindparam(f"one_{name}", type_=String)
    return counted_up(ProblemFacet.facet == name, ProblemFacet.value == one)


def _row(facet: Any, value: Any, number: Any, label: Any = None) -> Select[Any]:
    return select(
        (literal(facet) if isinstance(facet, str) else facet).label("facet"),
        cast(value, String).label("value"),
        number.label("number"),
        cast(null() if label is None else label, String).label("label"),
    )


@lru_cache(maxsize=64)
def _counting(asking: _Asking) -> Any:
    """One statement of the total, and of how each facet divides what was found, for `_read_counts`."""
    wanted = asking.wanted
    everything = _first_matches(asking)
    parts = [_row("total", literal("all"), func.count()).select_from(everything)]
    plain: list[Any] = []
    for name in ("state", "consortium", "until", *FACETS):
        over = _first_matches(asking, name) if wanted.of(name) else everything
        if over is not everything:
            number = at_least(_entries(asking, name))
            parts.append(_row("total", literal(name), number).select_from(over))
        if name in FACETS and over is everything:
            plain.append(name)
        else:
            parts += _divide(name, over)
    if plain:
        parts.append(_divide_facets(plain, everything))
    return union_all(*parts)


def _divide(name: str, over: Any) -> list[Select[Any]]:
    if name == "state":
        states = _row("state", over.c.state, func.count()).select_from(over).where(_are_few(over))
        return [states.group_by(over.c.state)]
    if name == "consortium":
        column = over.c.consortium_id
        found = select(column.label("of_id"), func.count().label("number")).group_by(column).subquery()
        # Looked up one by one: joined, SQLite would make an index of the matches first.
        named = select(name_column()).where(Consortium.id == found.c.of_id).correlate(found).scalar_subquery()
        return [_row("consortium", found.c.of_id, found.c.number, named).select_from(found)]
    if name == "until":
        return [
            _row("until", literal(days), func.count())
            .select_from(over)
            .where(_are_few(over), over.c.state.in_(OPEN_STATES), _within(over.c.closes_on, days))
            for days in UNTIL_DAYS
        ]
    return [_divide_facets([name], over)]


def _divide_facets(names: list[str], over: Any) -> Select[Any]:
    """The values of all matches as one text, to be counted by us: both databases then look them up match by match.

    Grouped by the database, they would be read from the facets' index as a whole.
    """
    found = select(func.aggregate_strings(ProblemFacet.facet + ":" + ProblemFacet.value, ","))
    found = found.where(ProblemFacet.problem_id == over.c.id)
    if len(names) == 1:
        found = found.where(ProblemFacet.facet == names[0])
    together = func.aggregate_strings(found.correlate(over).scalar_subquery(), ",")
    values = _row("values", literal(",".join(names)), literal(1), together)
    return values.select_from(over).where(_are_few(over))


def _are_few(over: Any) -> ColumnElement[bool]:
    """Too many matches: their numbers would not be shown, so they are not read either."""
    few: ColumnElement[bool] = select(func.count()).select_from(over).scalar_subquery() <= COUNT_CAP
    return few


def _read_counts(rows: Any) -> tuple[tuple[int, bool], dict[str, dict[str, int]], list[tuple[str, str]]]:
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in ("state", "consortium", "until", *FACETS)}
    consortia: list[tuple[str, str]] = []
    for facet, value, number, label in rows:
        if facet == "total":
            totals[value] = number
            continue
        if facet == "values":
            count_pairs(counts, value.split(","), label or "")
            continue
        counts[facet][value] = number
        if facet == "consortium":
            consortia.append((value, label or ""))
    for name in list(counts):
        if totals.get(name, totals["all"]) > COUNT_CAP:
            del counts[name]
    total = min(totals["all"], COUNT_CAP), totals["all"] > COUNT_CAP
    return total, counts, sorted(consortia, key=lambda pair: pair[1].casefold())

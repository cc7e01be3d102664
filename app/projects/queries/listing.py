"""The list: filtered, counted, sorted, paged by key.

Two statements whatever is asked, and one that looks words up: one counts (at most 1,001 matches, so that it costs the
same at any size) and tells how the filters divide what was found, one reads a page. A filter for one value drives the
query from the facet's own index, which holds the usual order; the other filters are asked row by row.
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
    not_,
    null,
    or_,
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
from app.core.paging import COUNT_CAP, PAGE_SIZE, Page, Sort, page_by_key
from app.institutions.models import Institution
from app.projects.models import LIT_STATES, RED_AFTER, Project, ProjectFacet
from app.projects.policies import in_states, listed
from app.translating.queries import localised_columns

FACETS = ("sdg", "field", "country", "institution")
PLAIN = ("state", "consortium", "trl", "light")
DRIVERS = ("institution", "country", "field", "sdg")  # the one that narrows most comes first
LIGHTS = ("green", "yellow", "red")
SORTS = {
    "newest": Sort("newest", Project.listed_at, Project.id),
    "end": Sort("end", Project.planned_end, Project.id, descending=False),
}
MOST_EXPORTED = 10_000
NAMED_UP_TO = 250  # matches: beyond that their institutions are too many to choose from


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list: words, chosen values (of FACETS and PLAIN), order."""

    q: str = ""
    chosen: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = "newest"

    def of(self, name: str) -> list[str]:
        """The chosen values of one facet."""
        return list(self.chosen.get(name) or [])


@dataclass
class Found:
    """A page of rows, the capped total, and facet → value → count (a facet whose own matches are too many is left out).

    `named` gives the names of consortia and institutions that stand in the counts or were chosen: (value, name).
    """

    page: Page
    total: tuple[int, bool]
    counts: dict[str, dict[str, int]]
    named: dict[str, list[tuple[str, str]]]


def find(actor: Actor, wanted: Wanted, cursor: str | None, size: int = PAGE_SIZE) -> Found:
    """A page of the list with its counts, in two statements. Raises DomainError(`bad_cursor`)."""
    asking = _Asking.of(actor, wanted)
    counting = _counting(asking)
    total, counts, named = _read_counts(db.session.execute(counting, asking.values(counting)))
    # Few matches: start from the facet. Many: walk the order's own index and ask the facets row by row.
    driven = wanted.sort == "newest" or not total[1]
    query, sort = _page_rows(asking, driven)
    page = page_by_key(query, sort, cursor, size, kept_with=asking.values(query))
    return Found(page, total, counts, named)


def export(actor: Actor, wanted: Wanted) -> list[Any]:
    """The rows of the list for a file, at most 10,000, in its order."""
    asking = _Asking.of(actor, wanted)
    query, sort = _matches(asking, driven=wanted.sort == "newest")
    order = (sort.column.desc(), sort.key.desc()) if sort.descending else (sort.column.asc(), sort.key.asc())
    query = query.add_columns(
        Project.code,
        Project.acronym,
        Project.title,
        Project.summary,
        Project.language,
        Project.localised,
        Project.state,
        Project.due_next,
        Project.late_until,
        Project.partners_count,
        Project.countries,
        Institution.name.label("institution"),
        Project.sdg_goals,
        Project.fields,
        Project.keywords,
        Project.starts_on,
        Project.ends_on,
        Project.trl_now,
        Project.trl_wanted,
        Project.accepted_at,
        Institution.ror,
        name_column().label("consortium"),
    )
    query = query.join(Institution).join(Consortium, Consortium.id == Project.consortium_id)
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
        found = index.hits("project", wanted.q, COUNT_CAP + 1) if wanted.q else None
        many = tuple((name, min(len(wanted.of(name)), 2)) for name in (*FACETS, "consortium", "trl"))
        fixed = (wanted.sort, tuple(sorted(wanted.of("state"))), tuple(sorted(wanted.of("light"))))
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
        found = kept.reader_values(self.actor, statement)
        found |= {"today": today, "red_before": today - timedelta(days=RED_AFTER)}
        found |= {f"all_{name}": self.wanted.of(name) for name in FACETS}
        found |= {f"one_{name}": next(iter(self.wanted.of(name)), "") for name in DRIVERS}
        found |= {name: [int(value) for value in self.wanted.of(name)] for name in ("consortium", "trl")}
        found["institutions"] = [int(value) for value in self.wanted.of("institution")]
        if self.found is not None:
            found["hits"] = index.hit_value(self.found)
        return found


@lru_cache(maxsize=64)
def _page_rows(asking: _Asking, driven: bool) -> tuple[Select[Any], Sort]:
    query, sort = _matches(asking, driven=driven)
    return query.add_columns(*_columns()).join(Institution), sort


def _columns() -> list[Any]:
    countries = (
        select(func.aggregate_strings(ProjectFacet.value, ","))
        .where(ProjectFacet.project_id == Project.id, ProjectFacet.facet == "country")
        .correlate(Project)
        .scalar_subquery()
    )
    return [
        Project.code,
        Project.acronym,
        *localised_columns(Project, get_locale()),
        Project.state,
        Project.due_next,
        Project.late_until,
        Project.planned_end,
        Project.partners_count,
        Institution.name.label("institution"),
        countries.label("countries"),
    ]


def _matches(
    asking: _Asking, *, skip: str | None = None, driven: bool = True, order: str | None = None
) -> tuple[Select[Any], Sort]:
    """A select of the ids that match, and the sort to page it by; `skip` leaves one facet out."""
    wanted, order = asking.wanted, order or asking.wanted.sort
    sort = SORTS[order]
    query = select(Project.id)
    driver = None
    if asking.found is not None:
        found = index.among(asking.found).subquery("hit_ids")
        query = query.select_from(found).join(Project, Project.id == found.c.ref_id)
    elif driven:
        driver = next((name for name in DRIVERS if name != skip and len(wanted.of(name)) == 1), None)
    if driver is not None:
        query = query.select_from(ProjectFacet).join(Project, Project.id == ProjectFacet.project_id)
        one = bindparam(f"one_{driver}", type_=String)
        query = query.where(ProjectFacet.facet == driver, ProjectFacet.value == one)
        if order == "newest":
            sort = Sort("newest", ProjectFacet.listed_at, ProjectFacet.project_id)
    for name in FACETS:
        if wanted.of(name) and name not in {skip, driver}:
            query = query.where(_has(name))
    return query.where(listed(kept.any_like(asking.actor)), *_plain_conditions(wanted, skip, order)), sort


def _has(name: str) -> ColumnElement[bool]:
    """That a project has one of the values. Countries and institutions are many and few each: theirs are looked up first."""
    values = bindparam(f"all_{name}", type_=String, expanding=True)
    if name in {"country", "institution"}:
        found = select(ProjectFacet.project_id).where(
            ProjectFacet.facet == name, ProjectFacet.value.in_(values)
        )
        return Project.id.in_(found)
    other = aliased(ProjectFacet)
    return exists().where(other.project_id == Project.id, other.facet == name, other.value.in_(values))


def _plain_conditions(wanted: Wanted, skip: str | None, order: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.of("state") and skip != "state":
        found.append(in_states(sorted(wanted.of("state"))))
    for name, column in (("consortium", Project.consortium_id), ("trl", Project.trl_now)):
        if wanted.of(name) and skip != name:
            found.append(column.in_(bindparam(name, type_=Integer, expanding=True)))
    if wanted.of("light") and skip != "light":
        lights = [_shows(light, Project.due_next, Project.late_until) for light in sorted(wanted.of("light"))]
        found += [in_states(LIT_STATES), or_(*lights)]
    if order == "end":
        found.append(Project.planned_end >= bindparam("today", type_=Date))
    return found


def _shows(light: str, due_next: Any, late_until: Any) -> ColumnElement[bool]:
    """That a project with these days shows this light, as `models.light_of` says, if it shows one at all."""
    today, red = bindparam("today", type_=Date), bindparam("red_before", type_=Date)
    was_late = and_(late_until.is_not(None), late_until >= today)
    conditions: dict[str, ColumnElement[bool]] = {
        "green": and_(due_next >= today, not_(was_late)),
        "yellow": and_(due_next >= red, or_(due_next < today, was_late)),
        "red": due_next < red,
    }
    return conditions[light]


# ---- counting --------------------------------------------------------------------------------------------


def _first_matches(asking: _Asking, skip: str | None = None) -> Any:
    """The newest 1,001 matches, as a common table."""
    order = "end" if asking.wanted.sort == "end" else "newest"
    query, sort = _matches(asking, skip=skip, order=order)
    query = query.add_columns(
        Project.state, Project.consortium_id, Project.trl_now, Project.due_next, Project.late_until
    )
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


@lru_cache(maxsize=64)
def _counting(asking: _Asking) -> Any:
    """One statement of the total, and of how each facet divides what was found, for `_read_counts`."""
    wanted = asking.wanted
    everything = _first_matches(asking)
    parts = [_row("total", literal("all"), func.count()).select_from(everything)]
    plain: list[Any] = []
    for name in (*PLAIN, *FACETS):
        over = _first_matches(asking, name) if wanted.of(name) else everything
        if over is not everything:
            parts.append(_row("total", literal(name), func.count()).select_from(over))
        if name in {"sdg", "field", "country"} and over is everything:
            plain.append(name)
        else:
            parts += _divide(name, over)
    if plain:
        parts.append(_divide_facets(plain, everything))
    if wanted.of("institution"):
        chosen = bindparam("institutions", type_=Integer, expanding=True)
        parts.append(
            _row("name", Institution.id, literal(0), Institution.name).where(Institution.id.in_(chosen))
        )
    return union_all(*parts)


def _divide(name: str, over: Any) -> list[Select[Any]]:
    if name in {"state", "trl"}:
        column = over.c.state if name == "state" else over.c.trl_now
        return [
            _row(name, column, func.count()).select_from(over).where(column.is_not(None)).group_by(column)
        ]
    if name == "consortium":
        query = _row("consortium", Consortium.id, func.count(), func.max(name_column()))
        return [
            query.select_from(over)
            .join(Consortium, Consortium.id == over.c.consortium_id)
            .group_by(Consortium.id)
        ]
    if name == "light":
        return [
            _row("light", literal(light), func.count())
            .select_from(over)
            .where(over.c.state.in_(LIT_STATES), _shows(light, over.c.due_next, over.c.late_until))
            for light in LIGHTS
        ]
    if name == "institution":
        return [_divide_institutions(over)]
    return [_divide_facets([name], over)]


def _divide_institutions(over: Any) -> Select[Any]:
    """Institutions by name with their numbers, while the matches are few enough to choose among them."""
    few = select(func.count()).select_from(over).scalar_subquery() <= NAMED_UP_TO
    return (
        _row("institution", Institution.id, func.count(), func.max(Institution.name))
        .select_from(over)
        .join(ProjectFacet, and_(ProjectFacet.project_id == over.c.id, ProjectFacet.facet == "institution"))
        .join(Institution, Institution.id == cast(ProjectFacet.value, Integer))
        .where(few)
        .group_by(Institution.id)
    )


def _divide_facets(names: list[str], over: Any) -> Select[Any]:
    """The values of each match as one text, to be counted by us: both databases then look them up match by match.

    Grouped by the database, they would be read from the facets' index as a whole.
    """
    # Too many matches: their numbers would not be shown, so they are not read either.
    few = select(func.count()).select_from(over).scalar_subquery() <= COUNT_CAP
    values = (
        select(func.aggregate_strings(ProjectFacet.facet + ":" + ProjectFacet.value, ","))
        .where(ProjectFacet.project_id == over.c.id)
        .correlate(over)
        .scalar_subquery()
    )
    return _row("values", literal(",".join(names)), literal(1), values).select_from(over).where(few)


def _read_counts(
    rows: Any,
) -> tuple[tuple[int, bool], dict[str, dict[str, int]], dict[str, list[tuple[str, str]]]]:
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in (*PLAIN, *FACETS)}
    named: dict[str, dict[str, str]] = {"consortium": {}, "institution": {}}
    for row in rows:
        if row.facet == "total":
            totals[row.value] = row.number
        elif row.facet == "values":
            _add_values(counts, row.value.split(","), (row.label or "").split(","))
        elif row.facet == "name":
            named["institution"][row.value] = row.label or ""
        else:
            counts[row.facet][row.value] = row.number
            if row.facet in named:
                named[row.facet][row.value] = row.label or ""
    for name in list(counts):
        most = NAMED_UP_TO if name == "institution" else COUNT_CAP
        if totals.get(name, totals["all"]) > most:
            del counts[name]
    total = min(totals["all"], COUNT_CAP), totals["all"] > COUNT_CAP
    by_name = {
        name: sorted(found.items(), key=lambda pair: pair[1].casefold()) for name, found in named.items()
    }
    return total, counts, by_name


def _add_values(counts: dict[str, dict[str, int]], names: list[str], pairs: list[str]) -> None:
    """Count one match for each of its values; of fields only the 26 that the list offers."""
    for pair in pairs:
        name, _colon, value = pair.partition(":")
        if name in names and (name != "field" or value.startswith("f")):
            counts[name][value] = counts[name].get(value, 0) + 1

"""The showcase: what is published, filtered, counted, sorted, paged by key.

Two statements whatever is asked, and one that looks words up: one counts (at most 1,001 matches, so that it costs the
same at any size) and tells how the filters divide what was found, one reads a page. A filter for one value drives the
query from the facet's own index, which holds the usual order; the other filters are asked row by row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
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
from app.core import index, kept
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.paging import COUNT_CAP, PAGE_SIZE, Page, Sort, page_by_key
from app.institutions.models import Institution
from app.outcomes.models import Outcome, OutcomeFacet
from app.outcomes.policies import listed
from app.translating.queries import localised_columns

FACETS = ("institution", "country", "sdg")  # the one that narrows most comes first
PLAIN = ("kind", "language", "negative")
SORTS = {"newest": Sort("newest", Outcome.listed_at, Outcome.id)}
MOST_EXPORTED = 10_000
NAMED_UP_TO = 250  # matches: beyond that their institutions are too many to choose from
BETWEEN = "\x1f"  # stands in no name


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list: words, chosen values (of FACETS and PLAIN)."""

    q: str = ""
    chosen: Mapping[str, list[str]] = field(default_factory=dict)

    def of(self, name: str) -> list[str]:
        """The chosen values of one facet."""
        return list(self.chosen.get(name) or [])


@dataclass
class Found:
    """A page of rows, the capped total, facet → value → count (a facet whose own matches are too many is left out), and
    the names of institutions: (value, name).
    """

    page: Page
    total: tuple[int, bool]
    counts: dict[str, dict[str, int]]
    institutions: list[tuple[str, str]]


def find(actor: Actor, wanted: Wanted, cursor: str | None, size: int = PAGE_SIZE) -> Found:
    """A page of the list with its counts, in two statements. Raises DomainError(`bad_cursor`)."""
    asking = _Asking.of(actor, wanted)
    asked = _counting(asking)
    total, counts, named = _read_counts(db.session.execute(asked, asking.values(asked)))
    query, sort = _page_rows(asking)
    page = page_by_key(query, sort, cursor, size, kept_with=asking.values(query))
    return Found(page, total, counts, named)


def export(actor: Actor, wanted: Wanted) -> list[Any]:
    """The rows of the list for a file, at most 10,000, in its order, in the words of their authors."""
    asking = _Asking.of(actor, wanted)
    query, sort = _matches(asking)
    query = query.add_columns(
        Outcome.number,
        Outcome.kind,
        Outcome.is_negative,
        Outcome.title,
        Outcome.summary,
        Outcome.language,
        Outcome.produced_on,
        Outcome.published_at,
        Outcome.licence,
        Outcome.identifiers,
        Outcome.sdg_goals,
        Outcome.benefits_where,
        Outcome.origins,
        Outcome.project_id,
        Outcome.problem_id,
        Institution.name.label("institution"),
        Institution.ror,
        name_column().label("consortium"),
    )
    query = query.join(Institution, Institution.id == Outcome.institution_id).join(
        Consortium, Consortium.id == Outcome.consortium_id
    )
    query = query.order_by(sort.column.desc(), sort.key.desc()).limit(MOST_EXPORTED)
    return list(db.session.execute(query, asking.values(query)))


@dataclass(frozen=True)
class _Asking:
    """Who asks for what. Two of them are equal when their statements differ in `values` alone."""

    shape: tuple[Any, ...]
    actor: Actor = field(compare=False)
    wanted: Wanted = field(compare=False)
    found: list[int] | None = field(compare=False)  # by the words, if there are any

    @classmethod
    def of(cls, actor: Actor, wanted: Wanted) -> "_Asking":
        """The question; its words are looked up."""
        found = index.hits("outcome", wanted.q, COUNT_CAP + 1) if wanted.q else None
        many = tuple((name, min(len(wanted.of(name)), 2)) for name in (*FACETS, *PLAIN))
        shape = (
            db.engine.dialect.name,
            actor.is_signed_in,
            actor.roles,
            get_locale(),
            found is not None,
            many,
        )
        return cls(shape, actor, wanted, found)

    def values(self, statement: Any) -> dict[str, Any]:
        """The parameters of a statement."""
        found = kept.reader_values(self.actor, statement)
        found |= {f"all_{name}": self.wanted.of(name) for name in (*FACETS, "kind", "language")}
        found |= {f"one_{name}": next(iter(self.wanted.of(name)), "") for name in FACETS}
        found["institutions"] = [int(value) for value in self.wanted.of("institution")]
        if self.found is not None:
            found["hits"] = index.hit_value(self.found)
        return found


@lru_cache(maxsize=64)
def _page_rows(asking: _Asking) -> tuple[Select[Any], Sort]:
    query, sort = _matches(asking)
    countries = (
        select(func.aggregate_strings(OutcomeFacet.value, ","))
        .where(OutcomeFacet.outcome_id == Outcome.id, OutcomeFacet.facet == "country")
        .correlate(Outcome)
        .scalar_subquery()
    )
    columns = (
        Outcome.number,
        Outcome.kind,
        Outcome.is_negative,
        Outcome.published_at,
        *localised_columns(Outcome, get_locale()),
        Institution.name.label("institution"),
        countries.label("countries"),
    )
    return query.add_columns(*columns).join(Institution, Institution.id == Outcome.institution_id), sort


def _matches(asking: _Asking, skip: str | None = None) -> tuple[Select[Any], Sort]:
    """A select of the ids that match, and the sort to page it by; `skip` leaves one facet out."""
    wanted, sort, driver = asking.wanted, SORTS["newest"], None
    query = select(Outcome.id)
    if asking.found is not None:
        found = index.among(asking.found).subquery("hit_ids")
        query = query.select_from(found).join(Outcome, Outcome.id == found.c.ref_id)
    else:
        driver = next((name for name in FACETS if name != skip and len(wanted.of(name)) == 1), None)
    if driver is not None:
        query = query.select_from(OutcomeFacet).join(Outcome, Outcome.id == OutcomeFacet.outcome_id)
        one = bindparam(f"one_{driver}", type_=String)
        query = query.where(OutcomeFacet.facet == driver, OutcomeFacet.value == one)
        sort = Sort("newest", OutcomeFacet.listed_at, OutcomeFacet.outcome_id)
    for name in FACETS:
        if wanted.of(name) and name not in {skip, driver}:
            query = query.where(_has(name))
    for name, column in (("kind", Outcome.kind), ("language", Outcome.language)):
        if wanted.of(name) and name != skip:
            query = query.where(column.in_(bindparam(f"all_{name}", type_=String, expanding=True)))
    if wanted.of("negative") and skip != "negative":
        query = query.where(Outcome.is_negative)
    from_elsewhere = driver is not None or asking.found is not None
    return query.where(listed(kept.any_like(asking.actor), elsewhere=from_elsewhere)), sort


def _has(name: str) -> ColumnElement[bool]:
    values = bindparam(f"all_{name}", type_=String, expanding=True)
    other = aliased(OutcomeFacet)
    return exists().where(other.outcome_id == Outcome.id, other.facet == name, other.value.in_(values))


# ---- counting --------------------------------------------------------------------------------------------


def _first_matches(asking: _Asking, skip: str | None = None) -> Any:
    """The newest 1,001 matches, as a common table."""
    query, sort = _matches(asking, skip)
    query = query.add_columns(Outcome.kind, Outcome.language, Outcome.is_negative)
    # As a constant, not as a parameter: the planner of SQLite then knows that these are few.
    most: Any = literal_column(str(int(COUNT_CAP) + 1))
    found = query.order_by(sort.column.desc(), sort.key.desc()).limit(most)
    return found.cte(f"matches_{skip or 'all'}")


def _row(facet: str, value: Any, number: Any, label: Any = None) -> Select[Any]:
    return select(
        literal(facet).label("facet"),
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
    for name in (*PLAIN, *FACETS):
        over = _first_matches(asking, name) if wanted.of(name) else everything
        if over is not everything:
            parts.append(_row("total", literal(name), func.count()).select_from(over))
        parts.append(_divide(name, over))
    if wanted.of("institution"):
        chosen = bindparam("institutions", type_=Integer, expanding=True)
        parts.append(
            _row("name", Institution.id, literal(0), Institution.name).where(Institution.id.in_(chosen))
        )
    return union_all(*parts)


def _divide(name: str, over: Any) -> Select[Any]:
    if name == "negative":
        return _row("negative", literal("yes"), func.count()).select_from(over).where(over.c.is_negative)
    if name in {"kind", "language"}:
        return _row(name, over.c[name], func.count()).select_from(over).group_by(over.c[name])
    most = NAMED_UP_TO if name == "institution" else COUNT_CAP
    # Too many matches: their numbers would not be shown, so they are not read either.
    few = select(func.count()).select_from(over).scalar_subquery() <= most
    shown: Any = OutcomeFacet.value
    values = select(func.aggregate_strings(shown, BETWEEN))
    if name == "institution":
        shown = OutcomeFacet.value + ":" + Institution.name
        values = select(func.aggregate_strings(shown, BETWEEN)).join(
            Institution, Institution.id == cast(OutcomeFacet.value, Integer)
        )
    values = values.where(OutcomeFacet.outcome_id == over.c.id, OutcomeFacet.facet == name)
    # The values of all matches as one text, to be counted by us: both databases then look them up match by match.
    text = func.aggregate_strings(values.correlate(over).scalar_subquery(), BETWEEN)
    return _row("values", literal(name), literal(1), text).select_from(over).where(few)


def _read_counts(
    rows: Any,
) -> tuple[tuple[int, bool], dict[str, dict[str, int]], list[tuple[str, str]]]:
    totals: dict[str, int] = {}
    counts: dict[str, dict[str, int]] = {name: {} for name in (*PLAIN, *FACETS)}
    named: dict[str, str] = {}
    for row in rows:
        if row.facet == "total":
            totals[row.value] = row.number
        elif row.facet == "values":
            for part in (row.label or "").split(BETWEEN):
                value, _colon, label = part.partition(":")
                if value:
                    counts[row.value][value] = counts[row.value].get(value, 0) + 1
                    named |= {value: label} if label else {}
        elif row.facet == "name":
            named[row.value] = row.label or ""
        else:
            counts[row.facet][row.value] = row.number
    for name in list(counts):
        most = NAMED_UP_TO if name == "institution" else COUNT_CAP
        if totals.get(name, totals["all"]) > most:
            del counts[name]
    total = min(totals["all"], COUNT_CAP), totals["all"] > COUNT_CAP
    return total, counts, sorted(named.items(), key=lambda pair: pair[1].casefold())

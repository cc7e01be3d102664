"""The list: filtered, counted, sorted, paged by key.

Two statements whatever is asked, and one that looks words up: one counts (at most 1,001 matches, so that it costs the
same at any size) and tells how the filters divide what was found, one reads a page. A filter for one value drives the
query from the facet's own index, which holds the usual order; the other filters are asked row by row.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from app.consortia.models import Consortium
from app.consortia.queries import name_column
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.paging import PAGE_SIZE, Page, Sort, page_by_key
from app.institutions.models import Institution
from app.projects.models import Project, ProjectFacet
from app.projects.queries.counting import counting, read_counts
from app.projects.queries.matching import Asking, Wanted, matches
from app.translating.queries import localised_columns

MOST_EXPORTED = 10_000


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
    asking = Asking.of(actor, wanted)
    asked = counting(asking)
    total, counts, named = read_counts(db.session.execute(asked, asking.values(asked)))
    # Few matches: start from the facet. Many: walk the order's own index and ask the facets row by row.
    driven = wanted.sort == "newest" or not total[1]
    query, sort = _page_rows(asking, driven)
    page = page_by_key(query, sort, cursor, size, kept_with=asking.values(query))
    return Found(page, total, counts, named)


def export(actor: Actor, wanted: Wanted) -> list[Any]:
    """The rows of the list for a file, at most 10,000, in its order."""
    asking = Asking.of(actor, wanted)
    query, sort = matches(asking, driven=wanted.sort == "newest")
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


@lru_cache(maxsize=64)
def _page_rows(asking: Asking, driven: bool) -> tuple[Select[Any], Sort]:
    query, sort = matches(asking, driven=driven)
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

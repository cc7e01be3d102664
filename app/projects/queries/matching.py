"""Which projects a list asks for: words, facets, order; as selects of ids that are put together once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Date, Integer, Select, String, and_, bindparam, exists, not_, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from app.core import clock, index, kept
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.paging import COUNT_CAP, Sort
from app.projects.models import LIT_STATES, RED_AFTER, Project, ProjectFacet
from app.projects.policies import in_states, listed

FACETS = ("sdg", "field", "country", "institution")
PLAIN = ("state", "consortium", "trl", "light")
DRIVERS = ("institution", "country", "field", "sdg")  # the one that narrows most comes first
LIGHTS = ("green", "yellow", "red")
SORTS = {
    "newest": Sort("newest", Project.listed_at, Project.id),
    "end": Sort("end", Project.planned_end, Project.id, descending=False),
}


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list: words, chosen values (of FACETS and PLAIN), order."""

    q: str = ""
    chosen: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = "newest"

    def of(self, name: str) -> list[str]:
        """The chosen values of one facet."""
        return list(self.chosen.get(name) or [])


@dataclass(frozen=True)
class Asking:
    """Who asks for what. Two of them are equal when their statements differ in `values` alone.

    Putting the statements of the list together takes several times longer than running them, so they are kept.
    """

    shape: tuple[Any, ...]
    actor: Actor = field(compare=False)
    wanted: Wanted = field(compare=False)
    found: list[int] | None = field(compare=False)  # by the words, if there are any

    @classmethod
    def of(cls, actor: Actor, wanted: Wanted) -> "Asking":
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


def matches(
    asking: Asking, *, skip: str | None = None, driven: bool = True, order: str | None = None
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
            query = query.where(_has(name, len(wanted.of(name)) == 1))
    return query.where(listed(kept.any_like(asking.actor)), *_plain_conditions(wanted, skip, order)), sort


def _has(name: str, is_one: bool) -> ColumnElement[bool]:
    """That a project has one of the values. Countries and institutions are many and few each: theirs are looked up first."""
    values = bindparam(f"all_{name}", type_=String, expanding=True)
    if name in {"country", "institution"}:
        found = select(ProjectFacet.project_id).where(
            ProjectFacet.facet == name, ProjectFacet.value.in_(values)
        )
        return Project.id.in_(found)
    other = aliased(ProjectFacet)
    # Of one value PostgreSQL knows that a project has it once, and need not sort out those that have it twice.
    fits = other.value == bindparam(f"one_{name}", type_=String) if is_one else other.value.in_(values)
    return exists().where(other.project_id == Project.id, other.facet == name, fits)


def _plain_conditions(wanted: Wanted, skip: str | None, order: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.of("state") and skip != "state":
        found.append(in_states(sorted(wanted.of("state"))))
    for name, column in (("consortium", Project.consortium_id), ("trl", Project.trl_now)):
        if wanted.of(name) and skip != name:
            found.append(column.in_(bindparam(name, type_=Integer, expanding=True)))
    if wanted.of("light") and skip != "light":
        lights = [shows(light, Project.due_next, Project.late_until) for light in sorted(wanted.of("light"))]
        found += [in_states(LIT_STATES), or_(*lights)]
    if order == "end":
        found.append(Project.planned_end >= bindparam("today", type_=Date))
    return found


def shows(light: str, due_next: Any, late_until: Any) -> ColumnElement[bool]:
    """That a project with these days shows this light, as `models.light_of` says, if it shows one at all."""
    today, red = bindparam("today", type_=Date), bindparam("red_before", type_=Date)
    was_late = and_(late_until.is_not(None), late_until >= today)
    conditions: dict[str, ColumnElement[bool]] = {
        "green": and_(due_next >= today, not_(was_late)),
        "yellow": and_(due_next >= red, or_(due_next < today, was_late)),
        "red": due_next < red,
    }
    return conditions[light]

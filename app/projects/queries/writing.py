"""Reads for who registers a project."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.consortia import queries as consortia
from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.text import clean_line, key_of
from app.institutions.models import Institution
from app.problems.models import Problem
from app.problems.policies import listed as problems_listed
from app.projects.models import PART_FIELDS, Project
from app.projects.queries.detail import funding_of, milestones_of, needs_of, problems_of
from app.projects.queries.people import host, live_member
from app.projects.queries.short import titles

MOST_FOUND = 10


@dataclass(frozen=True)
class Places:
    """Where a person may register: institutions (id, name), consortia (id, name), and which pairs fit."""

    institutions: list[tuple[int, str]]
    consortia: list[tuple[int, str]]
    pairs: frozenset[tuple[int, int]]


def places_to_register(actor: Actor) -> Places:
    """The person's own confirmed institutions and the consortia that take projects from them."""
    ids = sorted(actor.ids("member"))
    if not ids:
        return Places([], [], frozenset())
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .where(Institution.id.in_(ids))
        .order_by(Institution.sort_name, Institution.id)
    )
    found = consortia.open_to(ids)
    names = dict.fromkeys((consortium_id, name) for _institution, consortium_id, name in found)
    return Places(
        [(row.id, row.name) for row in rows],
        list(names),
        frozenset((institution_id, consortium_id) for institution_id, consortium_id, _name in found),
    )


def values_of(actor: Actor, project: Project) -> dict[str, Any]:
    """All that has to be complete, by field, as the forms take it; six statements."""
    related = {"problems", "position", "credit_roles", "milestones", "needs", "funding"}
    names = [name for fields in PART_FIELDS.values() for name in fields if name not in related]
    own, home = live_member(project.id, project.lead_id), host(project.id)
    return {
        **{name: getattr(project, name) for name in names},
        "problems": [f"P-{row.id:04d}" for row in problems_of(actor, project.id)],
        "position": own.position if own else "",
        "credit_roles": list(own.credit_roles) if own else [],
        "milestones": [row._asdict() for row in milestones_of(project.id)],
        "needs": [row._asdict() for row in needs_of(project.id)],
        "funding": [row._asdict() for row in funding_of(project.id)],
        "host_accepted": home.state == "accepted",
        "host_brings": home.brings,
        "host_gains": home.gains,
        "parts_done": project.parts_done,
    }


def problems_named(actor: Actor, numbers: list[str]) -> dict[str, int | None]:
    """The ids of problems by numbers such as P-0042, as far as the reader sees them listed; None for the others."""
    wanted: dict[str, int] = {}
    for typed in numbers:
        digits = clean_line(typed).upper().removeprefix("P").lstrip("-–‑ ")
        key = key_of(digits)
        if key is not None:
            wanted[typed] = key
    known = set(
        db.session.scalars(
            select(Problem.id).where(Problem.id.in_(set(wanted.values())), problems_listed(actor))
        )
    )
    return {typed: wanted[typed] if wanted.get(typed) in known else None for typed in numbers}


def funders_by_ror(rors: list[str]) -> dict[str, int]:
    """The ids of institutions by their ROR identifier."""
    rows = db.session.execute(select(Institution.ror, Institution.id).where(Institution.ror.in_(rors)))
    return {row.ror: row.id for row in rows if row.ror}


def similar(actor: Actor, project: Project, limit: int = 5) -> list[Any]:
    """Listed projects most like this one, as far as the reader may see them: id, code, title, language."""
    text = f"{project.title} {project.summary} {' '.join(project.keywords)}"
    ids = index.similar("project", text, limit * 3, but=project.id)
    if not ids:
        return []
    found = {row.id: row for row in titles(actor, ids)}
    return [found[key] for key in ids if key in found][:limit]

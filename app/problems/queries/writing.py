"""Reads for who writes a problem statement."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.consortia import queries as consortia
from app.core.access import Actor
from app.core.db import db
from app.institutions.models import Institution
from app.problems.models import PART_FIELDS, Problem
from app.problems.queries.detail import lines


@dataclass(frozen=True)
class Places:
    """Where a person may post: institutions (id, name), consortia (id, name), and which pairs fit."""

    institutions: list[tuple[int, str]]
    consortia: list[tuple[int, str]]
    pairs: frozenset[tuple[int, int]]


def places_to_post(actor: Actor) -> Places:
    """The person's own confirmed institutions and the consortia that take problems from them."""
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


def values_of(problem: Problem) -> dict[str, Any]:
    """All that has to be complete, by field."""
    brings, needs = lines(problem.id)
    names = [name for fields in PART_FIELDS.values() for name in fields if name not in {"brings", "needs"}]
    return {**{name: getattr(problem, name) for name in names}, "brings": brings, "needs": needs}

"""Reads for who writes a problem statement."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.consortia import queries as consortia
from app.core.access import Actor
from app.core.db import db
from app.core.kept import kept
from app.institutions.models import Institution
from app.problems.models import PART_FIELDS, Problem
from app.problems.queries.detail import lines


@dataclass(frozen=True)
class Places:
    """Where a person may post: institutions (id, name), consortia (id, name), and which pairs fit."""

    institutions: list[tuple[int, str]]
    consortia: list[tuple[int, str]]
    pairs: frozenset[tuple[int, int]]


@kept
def _places(ids: Any) -> Any:
    pairs = consortia.pairs_open_to(ids).subquery()
    return (
        select(Institution.id, Institution.name, pairs.c.consortium_id, pairs.c.name, pairs.c.sort_name)
        .outerjoin(pairs, pairs.c.institution_id == Institution.id)
        .where(Institution.id.in_(ids))
        .order_by(Institution.sort_name, Institution.id)
    )


def places_to_post(actor: Actor) -> Places:
    """The person's own confirmed institutions and the consortia that take problems from them. One statement."""
    ids = sorted(actor.ids("member"))
    if not ids:
        return Places([], [], frozenset())
    rows = db.session.execute(*_places(ids=ids)).all()
    institutions = dict.fromkeys((row[0], row[1]) for row in rows)
    fitting = sorted((row for row in rows if row.consortium_id is not None), key=lambda row: row.sort_name)
    found = dict.fromkeys((row[2], row[3]) for row in fitting)
    return Places(list(institutions), list(found), frozenset((row.id, row.consortium_id) for row in fitting))


def values_of(problem: Problem) -> dict[str, Any]:
    """All that has to be complete, by field."""
    brings, needs = lines(problem.id)
    names = [name for fields in PART_FIELDS.values() for name in fields if name not in {"brings", "needs"}]
    return {**{name: getattr(problem, name) for name in names}, "brings": brings, "needs": needs}

"""How far a project gives back to each of its partners: the minimum, never a mean, and never units summed."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, or_, select
from sqlalchemy import cast as cast_to
from sqlalchemy.orm import InstrumentedAttribute

from app.core.db import db
from app.core.kept import kept, today
from app.ledger.models import COUNTED_STATES, LedgerLine

PLACES = Decimal("0.01")


@dataclass(frozen=True)
class Reciprocity:
    """`by_partner` holds (institution id, lines due so far, of them received and worth it); `value` is the least share.

    `value` is None while nothing is due.
    """

    value: Decimal | None
    by_partner: tuple[tuple[int, int, int], ...] = ()


NOTHING_DUE = Reciprocity(None)


def _is_due() -> ColumnElement[bool]:
    return and_(
        LedgerLine.receiver_id.is_not(None),
        LedgerLine.due_on <= today(),
        LedgerLine.reverses_id.is_(None),
        LedgerLine.state.not_in(["waived", "reversed"]),
    )


def _worth_it() -> ColumnElement[int]:
    """Of the lines of a group those that came and were worth it."""
    counts = and_(
        LedgerLine.state.in_(COUNTED_STATES), or_(LedgerLine.rating.is_(None), LedgerLine.rating >= 0)
    )
    return cast_to(func.sum(case((counts, 1), else_=0)), Integer)


@kept
def _due(*, project_ids: Any) -> Any:
    return (
        select(
            LedgerLine.project_id,
            LedgerLine.receiver_id,
            func.count().label("due"),
            _worth_it().label("worth_it"),
        )
        .where(LedgerLine.project_id.in_(project_ids), _is_due())
        .group_by(LedgerLine.project_id, LedgerLine.receiver_id)
        .order_by(LedgerLine.project_id, LedgerLine.receiver_id)
    )


def hundredths(project_id: InstrumentedAttribute[int]) -> Any:
    """SQL of the figure in whole hundredths, NULL while nothing is due; for lists of projects, whose statement it joins."""
    shares = (
        select((_worth_it() * 100 // func.count()).label("share"))
        .where(LedgerLine.project_id == project_id, _is_due())
        .group_by(LedgerLine.receiver_id)
        .correlate(project_id.class_)
        .subquery()
    )
    return select(func.min(shares.c.share)).scalar_subquery()


def reciprocity_of(project_ids: Collection[int]) -> dict[int, Reciprocity]:
    """The reciprocity of each project with anything due, in one statement. Whoever sees a project may see it."""
    if not project_ids:
        return {}
    found: dict[int, list[tuple[int, int, int]]] = {}
    for row in db.session.execute(*_due(project_ids=sorted(set(project_ids)))):
        found.setdefault(row.project_id, []).append((row.receiver_id, row.due, row.worth_it))
    return {
        project_id: Reciprocity(
            min(
                (Decimal(worth_it) / due).quantize(PLACES, ROUND_DOWN) for _partner, due, worth_it in partners
            ),
            tuple(partners),
        )
        for project_id, partners in found.items()
    }


def reciprocity(project_id: int) -> Reciprocity:
    """The reciprocity of one project: the least share, over its partners, of what was due and came and was worth it."""
    return reciprocity_of([project_id]).get(project_id, NOTHING_DUE)


@kept
def _open(*, project_id: Any) -> Any:
    return select(func.count()).where(LedgerLine.project_id == project_id, LedgerLine.state == "pledged")


def open_of_project(project_id: int) -> int:
    """How many lines of a project hold up its closing: those neither delivered, waived nor disputed."""
    return int(db.session.execute(*_open(project_id=project_id)).scalar_one())

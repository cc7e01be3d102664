"""What a person can take along of their part in outcomes."""

from typing import Any

from sqlalchemy import select

from app.core import leaving
from app.core.db import db
from app.outcomes.models import Objection, Outcome, OutcomeCredit

MOST_TO_TAKE = 10_000


@leaving.belongings("outcomes")
def claimed_by(person_id: int) -> list[dict[str, Any]]:
    """What the person claimed, and wrote about it."""
    rows = db.session.scalars(
        select(Outcome).where(Outcome.claimer_id == person_id).order_by(Outcome.id).limit(MOST_TO_TAKE)
    )
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "state": row.state,
            "title": row.title,
            "summary": row.summary,
            "description": row.description,
            "benefits_who": row.benefits_who,
            "language": row.language,
            "measures": list(row.measures),
            "created_at": row.created_at.isoformat(),
        }
        for row in rows
    ]


@leaving.belongings("outcome_credits")
def named_in(person_id: int) -> list[dict[str, Any]]:
    """The roles in which the person was named, and their answers."""
    rows = db.session.execute(
        select(
            Outcome.number,
            OutcomeCredit.role,
            OutcomeCredit.degree,
            OutcomeCredit.state,
            OutcomeCredit.decision_note,
            OutcomeCredit.asked_at,
        )
        .join(Outcome, Outcome.id == OutcomeCredit.outcome_id)
        .where(OutcomeCredit.person_id == person_id)
        .order_by(OutcomeCredit.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {
            "outcome": row.number,
            "role": row.role,
            "degree": row.degree,
            "state": row.state,
            "note": row.decision_note or "",
            "asked_at": row.asked_at.isoformat(),
        }
        for row in rows
    ]


@leaving.belongings("outcome_objections")
def objections_by(person_id: int) -> list[dict[str, Any]]:
    """What the person objected to."""
    rows = db.session.execute(
        select(Outcome.number, Objection.reason, Objection.asked_at, Objection.decision_code)
        .join(Outcome, Outcome.id == Objection.outcome_id)
        .where(Objection.asked_by_id == person_id)
        .order_by(Objection.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {
            "outcome": row.number,
            "reason": row.reason,
            "at": row.asked_at.isoformat(),
            "settled": row.decision_code or "",
        }
        for row in rows
    ]

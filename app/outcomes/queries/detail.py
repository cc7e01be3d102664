"""Reads of one outcome: for its page, its rounds, its objections, the answers to its problem."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.core.access import Actor
from app.core.db import alias, db
from app.core.errors import NotFound
from app.core.kept import kept
from app.files.models import Attachment
from app.institutions.models import Institution
from app.outcomes.models import (
    Confirmation,
    NoOutcome,
    Objection,
    Outcome,
    ProblemAnswer,
    without_leading,
)
from app.outcomes.policies import visible
from app.outcomes.queries.people import contributors, credits_of, standing
from app.problems.models import Problem
from app.problems.policies import visible as visible_problems
from app.projects.models import ProjectProblem
from app.teams.models import Team

_decider = alias(Person)


@dataclass
class Detail:
    """All that an outcome's page shows of it: roles in any state, those that stand, countries without a leading role."""

    outcome: Outcome
    credits: list[Any]
    contributors: list[Any]
    unled: list[str]


def _visible(reader: Actor, outcome_id: Any) -> Select[Any]:
    return (
        select(Outcome)
        .where(Outcome.id == outcome_id, visible(reader))
        .options(
            joinedload(Outcome.claimer),
            joinedload(Outcome.institution),
            joinedload(Outcome.consortium),
            joinedload(Outcome.confirmer),
            joinedload(Outcome.confirmed_by),
            joinedload(Outcome.project),
            joinedload(Outcome.problem).joinedload(Problem.author),
            joinedload(Outcome.team),
        )
    )


_whole = kept(_visible)


def get(actor: Actor, outcome_id: int) -> Outcome:
    """An outcome with what it came of, its claimer, institutions and consortium, if the reader may see it. Raises NotFound."""
    found = db.session.scalars(*_whole(actor, outcome_id=outcome_id)).first()
    if found is None:
        raise NotFound
    return found


def detail(actor: Actor, outcome_id: int) -> Detail:
    """An outcome for its page, in two statements. Raises NotFound."""
    outcome = get(actor, outcome_id)
    rows = credits_of(outcome.id)
    return Detail(outcome, rows, contributors(rows), without_leading(outcome.origins, standing(rows)))


def has_evidence(outcome: Outcome) -> bool:
    """Whether there is a file, a link or an identifier."""
    if outcome.links or outcome.identifiers:
        return True
    return bool(
        db.session.scalar(
            select(
                exists().where(
                    Attachment.kind == "outcome",
                    Attachment.thing_id == outcome.id,
                    Attachment.comment_id.is_(None),
                    Attachment.removed_at.is_(None),
                )
            )
        )
    )


def values_of(outcome: Outcome, rows: list[Any]) -> dict[str, Any]:
    """All that has to be complete, by field. `rows` are its roles."""
    names = (
        "kind", "title", "summary", "description", "is_negative", "produced_on", "problem_id", "measures",
        "benefits_who", "benefits_where", "origins", "identifiers", "licence", "links",
    )  # fmt: skip
    found = {name: getattr(outcome, name) for name in names}
    found["evidence"] = has_evidence(outcome)
    found["named"] = any(row.state in {"asked", "accepted"} for row in rows)
    return found


def problems_for(actor: Actor, outcome: Outcome) -> list[tuple[int, str]]:
    """The problems on which the project or team works, as far as the reader sees them: id, number and title."""
    ids = select(ProjectProblem.problem_id).where(ProjectProblem.project_id == (outcome.project_id or 0))
    of_team = select(Team.problem_id).where(Team.id == (outcome.team_id or 0))
    rows = db.session.execute(
        select(Problem.id, Problem.title)
        .where(or_(Problem.id.in_(ids), Problem.id.in_(of_team)), visible_problems(actor))
        .order_by(Problem.id)
    )
    return [(row.id, f"P-{row.id:04d} {row.title}") for row in rows]


@kept
def _rounds(outcome_id: Any) -> Any:
    return (
        select(
            Confirmation.id,
            Confirmation.asked_at,
            Confirmation.due_at,
            Confirmation.decided_at,
            Confirmation.decision_code,
            Confirmation.decision_note,
            Institution.name.label("institution"),
            _decider.display_name.label("decided_by"),
        )
        .join(Institution, Institution.id == Confirmation.institution_id)
        .outerjoin(_decider, _decider.id == Confirmation.decided_by_id)
        .where(Confirmation.outcome_id == outcome_id)
        .order_by(Confirmation.id.desc())
        .limit(50)
    )


def rounds(outcome_id: int) -> list[Any]:
    """The rounds of confirmation, the newest first."""
    return list(db.session.execute(*_rounds(outcome_id=outcome_id)))


@kept
def _objections(outcome_id: Any) -> Any:
    return (
        select(
            Objection.id,
            Objection.reason,
            Objection.asked_by_id,
            Objection.asked_at,
            Objection.due_at,
            Objection.decided_at,
            Objection.decision_code,
            Objection.decision_note,
            Person.display_name.label("who"),
            Institution.name.label("institution"),
            _decider.display_name.label("decided_by"),
        )
        .join(Person, Person.id == Objection.asked_by_id)
        .outerjoin(Institution, Institution.id == Objection.institution_id)
        .outerjoin(_decider, _decider.id == Objection.decided_by_id)
        .where(Objection.outcome_id == outcome_id)
        .order_by(Objection.id.desc())
        .limit(50)
    )


def objections(outcome_id: int) -> list[Any]:
    """The objections, the newest first."""
    return list(db.session.execute(*_objections(outcome_id=outcome_id)))


def open_objection(outcome_id: int) -> Objection | None:
    """The objection that nobody has settled."""
    return db.session.scalars(
        select(Objection).where(Objection.outcome_id == outcome_id, Objection.decided_at.is_(None))
    ).first()


@kept
def _answers(outcome_id: Any) -> Any:
    return (
        select(
            ProblemAnswer.side,
            ProblemAnswer.due_at,
            ProblemAnswer.decided_at,
            ProblemAnswer.decision_code,
            ProblemAnswer.decision_note,
            Person.display_name.label("decided_by"),
        )
        .outerjoin(Person, Person.id == ProblemAnswer.decided_by_id)
        .where(ProblemAnswer.outcome_id == outcome_id)
        .order_by(ProblemAnswer.id)
    )


def answers(outcome_id: int) -> dict[str, Any]:
    """Whether it answers its problem: by side (author, lead)."""
    return {row.side: row for row in db.session.execute(*_answers(outcome_id=outcome_id))}


def said_none(project_id: int) -> NoOutcome | None:
    """What the lead of a project said when nothing came of it."""
    return db.session.scalars(select(NoOutcome).where(NoOutcome.project_id == project_id)).first()

"""What waits for a person in outcomes: to confirm, to accept being named, to settle, to say whether a problem is answered."""

from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from app.accounts.models import Person
from app.core import waiting
from app.core.access import Actor
from app.core.db import alias
from app.outcomes.models import Confirmation, Objection, Outcome, OutcomeCredit, ProblemAnswer
from app.outcomes.policies import answering_as_lead, settling, visible
from app.problems.models import Problem

_ASKED = alias(Problem)  # about which it was asked; it may have been merged into another since


@waiting.source
def to_confirm(actor: Actor) -> Select[Any] | None:
    """Outcomes that wait for the word of this person's institution."""
    if not actor.holds_any("member"):
        return None
    inside = or_(
        Outcome.confirmer_id.in_(actor.ids("representative")),
        Outcome.project_id.in_(actor.ids("project_member")),
        Outcome.team_id.in_(actor.ids("team_deputy", "team_member")),
    )
    own = and_(
        Outcome.claimer_id != actor.id,
        Outcome.institution_id.not_in(actor.ids("member")),
        Outcome.id.not_in(actor.ids("outcome_credited", "outcome_former")),
        or_(Outcome.project_id.is_(None), Outcome.project_id.not_in(actor.ids("project_lead"))),
        or_(Outcome.team_id.is_(None), Outcome.team_id.not_in(actor.ids("team_lead"))),
    )
    return (
        waiting.item(
            "outcomes.confirm",
            thing_id=Outcome.id,
            item_id=Confirmation.id,
            title=Outcome.title,
            who=Person.display_name,
            since=Confirmation.asked_at,
            due=Confirmation.due_at,
            consortium_id=Outcome.consortium_id,
        )
        .select_from(Confirmation)
        .join(Outcome, Outcome.id == Confirmation.outcome_id)
        .join(Person, Person.id == Outcome.claimer_id)
        .where(
            Confirmation.decided_at.is_(None),
            Outcome.state == "evidenced",
            Outcome.confirmer_id.in_(actor.ids("member")),
            inside,
            own,
        )
    )


@waiting.source
def to_accept(actor: Actor) -> Select[Any] | None:
    """Roles in which the person was named, one item an outcome."""
    if not actor.holds_any("outcome_credited"):
        return None
    return (
        waiting.item(
            "outcomes.credit",
            thing_id=Outcome.id,
            item_id=func.min(OutcomeCredit.id),
            title=Outcome.title,
            who=func.min(Person.display_name),
            since=func.min(OutcomeCredit.asked_at),
            due=func.min(OutcomeCredit.due_at),
            consortium_id=Outcome.consortium_id,
        )
        .select_from(OutcomeCredit)
        .join(Outcome, Outcome.id == OutcomeCredit.outcome_id)
        .join(Person, Person.id == OutcomeCredit.asked_by_id)
        .where(OutcomeCredit.person_id == actor.id, OutcomeCredit.state == "asked")
        .group_by(Outcome.id, Outcome.title, Outcome.consortium_id)
    )


@waiting.source
def returned(actor: Actor) -> Select[Any] | None:
    """Own outcomes that came back from who was asked to confirm them."""
    if not actor.is_signed_in:
        return None
    since = (
        select(func.max(Confirmation.decided_at))
        .where(Confirmation.outcome_id == Outcome.id)
        .correlate(Outcome)
        .scalar_subquery()
    )
    return (
        waiting.item(
            "outcomes.returned",
            thing_id=Outcome.id,
            item_id=Outcome.id,
            title=Outcome.title,
            since=since,
            consortium_id=Outcome.consortium_id,
        )
        .select_from(Outcome)
        .where(Outcome.claimer_id == actor.id, Outcome.state == "claimed", Outcome.sent_at.is_not(None))
    )


@waiting.source
def to_settle(actor: Actor) -> Select[Any] | None:
    """Objections that wait for a lead who is not involved."""
    if not actor.holds_any("lead") and not actor.is_admin:
        return None
    return (
        waiting.item(
            "outcomes.settle",
            thing_id=Outcome.id,
            item_id=Objection.id,
            title=Outcome.title,
            who=Person.display_name,
            since=Objection.asked_at,
            due=Objection.due_at,
            consortium_id=Outcome.consortium_id,
        )
        .select_from(Objection)
        .join(Outcome, Outcome.id == Objection.outcome_id)
        .join(Person, Person.id == Objection.asked_by_id)
        .where(
            Objection.decided_at.is_(None),
            Objection.asked_by_id != actor.id,
            Outcome.state == "disputed",
            settling(actor),
        )
    )


@waiting.source
def to_answer(actor: Actor) -> Select[Any] | None:
    """Whether a published outcome answers a problem: for its author, and for a lead who has no part in it; if they see it."""
    if not actor.is_signed_in:
        return None
    as_author = and_(ProblemAnswer.side == "author", Problem.author_id == actor.id)
    as_lead = and_(ProblemAnswer.side == "lead", answering_as_lead(actor))
    return (
        waiting.item(
            "outcomes.answer",
            thing_id=Outcome.id,
            item_id=ProblemAnswer.id,
            title=Problem.title,
            who=Outcome.number,
            since=ProblemAnswer.asked_at,
            due=ProblemAnswer.due_at,
            consortium_id=Problem.consortium_id,
        )
        .select_from(ProblemAnswer)
        .join(Outcome, Outcome.id == ProblemAnswer.outcome_id)
        .join(_ASKED, _ASKED.id == ProblemAnswer.problem_id)
        .join(Problem, Problem.id == func.coalesce(_ASKED.merged_into_id, _ASKED.id))
        .where(
            ProblemAnswer.decided_at.is_(None),
            Outcome.state == "published",
            or_(as_author, as_lead),
            visible(actor),
        )
    )

"""Whether a problem is answered by a published outcome: its author and a lead who has no part in it both say so."""

from sqlalchemy import select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _l
from app.outcomes import notices, policies, queries
from app.outcomes.models import SIDES, Outcome, ProblemAnswer
from app.outcomes.services.steps import note_in_audit
from app.problems import queries as problem_queries
from app.problems import services as problems
from app.problems.models import Problem

ANSWER_WITHIN = 20  # working days


def problem_of(asked: ProblemAnswer) -> Problem:
    """The problem about which it is asked, or the one into which that was merged meanwhile."""
    return problem_queries.survivor_of(asked.problem_id)


def ask_whether_answered(outcome: Outcome) -> bool:
    """Ask author and leads whether a published outcome answers its problem; an inner step. False where there is nothing to ask."""
    # A negative result tells what does not help: it is nobody's answer, and asks nobody.
    if outcome.problem_id is None or outcome.is_negative:
        return False
    problem = problem_queries.survivor_of(outcome.problem_id)
    if problem.state not in policies.ANSWERABLE:
        return False
    known = select(ProblemAnswer.id).where(ProblemAnswer.outcome_id == outcome.id)
    if db.session.scalar(known) is not None:
        return False
    # Both have to say so. Where one side may not see the outcome, nobody could: then nobody is asked.
    if not all(queries.answerer_ids(outcome, problem, side) for side in SIDES):
        return False
    rows = [ProblemAnswer(outcome_id=outcome.id, problem_id=problem.id, side=side) for side in SIDES]
    for row in rows:
        row.ask(None, clock.add_working_days(clock.now(), ANSWER_WITHIN))
    db.session.add_all(rows)
    db.session.flush()
    note_in_audit(None, outcome, "ask_answer", after={"problem": problem.number})
    for row in rows:
        notices.to_answer(outcome, problem, row)
    return True


def answer(actor: Actor, outcome: Outcome, side: str, *, is_answered: bool, note: str = "") -> bool:
    """Say as the problem's author, or as a lead, whether it is answered; returns whether it now is.

    Raises NotAllowed, NotFound, RuleBroken (`already_decided`, `wrong_state`), Invalid.
    """
    with transaction():
        outcome = lock(outcome)
        rows = {
            row.side: row
            for row in db.session.scalars(
                select(ProblemAnswer)
                .where(ProblemAnswer.outcome_id == outcome.id)
                .order_by(ProblemAnswer.id)
                .with_for_update()
            )
        }
        if side not in rows:
            raise NotFound
        problem = problem_of(rows[side])
        if side == "author":
            authorize(policies.answer_as_author, actor, problem)
        else:
            authorize(policies.answer_as_lead, actor, problem, outcome)
        if rows[side].decision_code == "yes" or outcome.state != "published":
            raise RuleBroken("already_decided", _l("This has already been answered, or its time has passed."))
        if not is_answered and not note:
            raise Invalid({"note": _l("Say what is still missing")})
        if not rows[side].is_open:
            rows[side].ask(None)  # whoever said no, or said nothing in time, may still say yes
        rows[side].decide(actor.id, "yes" if is_answered else "no", note)
        note_in_audit(
            actor, outcome, "answer", after={"problem": problem.number, "answered": is_answered}, note=note
        )
        notices.answer_given(actor, outcome, problem, is_answered, note)
        done = all(row.decision_code == "yes" for row in rows.values())
        if done and problem.state != "answered":
            before = problems.answered(
                actor,
                problem.id,
                outcome=outcome.number,
                path=f"/outcomes/{outcome.id}",
                readers=lambda people: queries.readers(outcome, people),
            )
            for row in rows.values():
                row.before = before
    return done


def take_answer_back(actor: Actor, outcome: Outcome, reason: str) -> None:
    """An outcome was retracted: its questions end, and the problem that it answered is so no more; an inner step."""
    rows = list(db.session.scalars(select(ProblemAnswer).where(ProblemAnswer.outcome_id == outcome.id)))
    for row in rows:
        if row.is_open:
            row.decide(None, "superseded")
    before = next((row.before for row in rows if row.before), "")
    if not before:
        return
    problem = problem_of(rows[0])
    if problem.state == "answered":
        problems.no_longer_answered(actor, problem.id, before=before, outcome=outcome.number, reason=reason)

"""What happens by itself: publication after the days for objections, reminders, lapses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from app.core import clock, jobs, leaving
from app.core.access import Actor
from app.core.db import db, lock, lock_id, transaction
from app.outcomes import notices
from app.outcomes.models import (
    CREDIT_STATES,
    Confirmation,
    Objection,
    Outcome,
    OutcomeCredit,
    ProblemAnswer,
)
from app.outcomes.services.answering import ask_whether_answered, problem_of
from app.outcomes.services.steps import move, note_in_audit, show

AT_ONCE = 200
Act = Callable[[Any, Outcome], bool]


def _ids(query: Select[Any]) -> list[int]:
    return list(db.session.scalars(query.limit(AT_ONCE)))


@jobs.periodic("outcomes.publish_due", every=timedelta(minutes=10))
def publish_due() -> int:
    """Publish what was confirmed and to which nobody objected in time; returns how many."""
    due = _ids(
        select(Outcome.id)
        .where(Outcome.state == "confirmed", Outcome.window_ends_at <= clock.now())
        .order_by(Outcome.window_ends_at)
    )
    done = 0
    for outcome_id in due:
        with transaction(system="the days for objections have passed"):
            outcome = lock_id(Outcome, outcome_id)
            if outcome.state != "confirmed" or (outcome.window_ends_at or clock.now()) > clock.now():
                continue
            outcome.published_at = outcome.listed_at = clock.now()
            move(None, outcome, "publish", "publish")
            db.session.flush()
            show(outcome)
            notices.published(outcome)
            ask_whether_answered(outcome)
            done += 1
    return done


def _lapse_round(asked: Confirmation, outcome: Outcome) -> bool:
    asked.decide(None, "lapsed")
    move(None, outcome, "lapse", "lapse")
    notices.lapsed(outcome)
    return True


def _remind_round(asked: Confirmation, outcome: Outcome) -> bool:
    notices.remind_to_confirm(outcome, asked)
    return True


def _lapse_credit(asked: OutcomeCredit, outcome: Outcome) -> bool:
    CREDIT_STATES.move(asked, "lapse")
    asked.decide(None, "lapsed")
    note_in_audit(
        None, outcome, "lapse_credit", after={"person_id": asked.person_id, "credit_roles": [asked.role]}
    )
    notices.credit_lapsed(outcome, asked)
    return True


def _remind_credit(asked: OutcomeCredit, outcome: Outcome) -> bool:
    notices.remind_credit(outcome, asked)
    return True


def _lapse_answer(asked: ProblemAnswer, outcome: Outcome) -> bool:
    asked.decide(None, "lapsed")
    note_in_audit(None, outcome, "lapse_answer", after={"side": asked.side})
    notices.answer_lapsed(outcome, problem_of(asked), asked)
    return True


def _remind_answer(asked: ProblemAnswer, outcome: Outcome) -> bool:
    notices.to_answer(outcome, problem_of(asked), asked)
    return True


def _late_objection(asked: Objection, outcome: Outcome) -> bool:
    # Nobody settles by lapse what two sides see differently: who may settle it is told again, and it stays theirs.
    if asked.reminded_at is not None and asked.due_at is not None and asked.reminded_at >= asked.due_at:
        return False
    asked.reminded_at = clock.now()
    notices.remind_to_settle(outcome, asked)
    return True


# Each kind of question with what ends it and what reminds of it.
QUESTIONS: tuple[tuple[type[Any], Act, Act], ...] = (
    (Confirmation, _lapse_round, _remind_round),
    (OutcomeCredit, _lapse_credit, _remind_credit),
    (ProblemAnswer, _lapse_answer, _remind_answer),
    (Objection, _late_objection, _late_objection),
)


@jobs.periodic("outcomes.lapse_questions", every=timedelta(minutes=10))
def lapse_questions() -> int:
    """Questions end without an answer when their time has passed; at half time there is a reminder."""
    done = 0
    for kind, lapse, remind in QUESTIONS:
        late = select(kind.id).where(kind.decided_at.is_(None), kind.due_at <= clock.now())
        if kind is Objection:
            late = late.where((Objection.reminded_at.is_(None)) | (Objection.reminded_at < Objection.due_at))
        done += _each(kind, _ids(late.order_by(kind.due_at)), lapse, "nobody answered in time", is_late=True)
        done += _each(kind, _half_gone(kind), remind, "half of the time has passed", is_late=False)
    return done


def _half_gone(kind: type[Any]) -> list[int]:
    """Open questions past half of their time of which nobody was reminded; the nearest due come first."""
    rows = db.session.execute(
        select(kind.id, kind.asked_at, kind.due_at)
        .where(kind.decided_at.is_(None), kind.reminded_at.is_(None), kind.due_at > clock.now())
        .order_by(kind.due_at)
        .limit(2000)
    )
    return [row.id for row in rows if clock.halfway(row.asked_at, row.due_at) <= clock.now()][:AT_ONCE]


def _each(kind: type[Any], keys: list[int], act: Act, why: str, *, is_late: bool) -> int:
    """Do one thing in a transaction of its own, with its outcome held, if there is still something to do."""
    done = 0
    for key in keys:
        with transaction(system=why):
            row = db.session.get(kind, key)
            if row is None:
                continue
            outcome = lock_id(Outcome, row.outcome_id)
            lock(row)
            if not row.is_open or (row.due_at <= clock.now()) != is_late:
                continue
            if not is_late and row.reminded_at is not None:
                continue
            if not is_late and kind is not Objection:
                row.reminded_at = clock.now()
            done += act(row, outcome)
    return done


@leaving.release
def release(actor: Actor, person_id: int) -> None:
    """Questions to somebody who leaves end; where they are named they stay, without their name, as accounts keep it."""
    asked = db.session.scalars(
        select(OutcomeCredit)
        .where(OutcomeCredit.person_id == person_id, OutcomeCredit.state == "asked")
        .with_for_update()
    ).all()
    for credit in asked:
        CREDIT_STATES.move(credit, "lapse")
        credit.decide(None, "automatic")
        outcome = db.session.get_one(Outcome, credit.outcome_id)
        note_in_audit(
            actor, outcome, "lapse_credit", after={"person_id": person_id, "credit_roles": [credit.role]}
        )

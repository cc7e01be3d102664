"""What waits does not wait for ever: reports go on to administrators, a question about naming lapses."""

from datetime import timedelta

from sqlalchemy import select

from app.audit import services as audit
from app.core import clock, jobs, leaving
from app.core.access import Actor
from app.core.db import db, lock_id, transaction
from app.discussion import notices
from app.discussion.models import Comment, ModerationCase
from app.discussion.queries.moderation import moderators
from app.discussion.services.writing import clear_naming

AT_ONCE = 200
EVERY = timedelta(minutes=10)


@jobs.periodic("discussion.remind", every=EVERY)
def remind_due() -> int:
    """Remind moderators at half time, and tell administrators when the day has passed; returns how many cases.

    A case does not end by itself: what was reported would pay, or profit, from the silence of others.
    """
    rows = db.session.execute(
        select(ModerationCase.id, ModerationCase.asked_at, ModerationCase.due_at, ModerationCase.reminded_at)
        .where(ModerationCase.decided_at.is_(None), ModerationCase.late_at.is_(None))
        .order_by(ModerationCase.due_at)
        .limit(AT_ONCE)
    ).all()
    now, done = clock.now(), 0
    for key, asked_at, due_at, reminded_at in rows:
        if asked_at is None or due_at is None:
            continue
        if due_at <= now or (reminded_at is None and clock.halfway(asked_at, due_at) <= now):
            done += _remind(key)
    return done


def _remind(case_id: int) -> int:
    """One case in a transaction of its own, unless somebody decided meanwhile."""
    with transaction(system="nobody has decided yet"):
        case = lock_id(ModerationCase, case_id)
        if not case.is_open or case.late_at is not None or case.due_at is None:
            return 0
        if case.due_at <= clock.now():
            case.late_at = case.reminded_at = clock.now()
            notices.reported(case, moderators(case, with_administrators=True), "case_late")
            audit.record(None, "discussion.case_late", case, label=case.label)
            return 1
        if case.reminded_at is not None:
            return 0
        case.reminded_at = clock.now()
        notices.reported(case, moderators(case), "case_due")
    return 1


@jobs.periodic("discussion.lapse", every=EVERY)
def lapse_due() -> int:
    """End questions about naming that were not answered: nobody is named without consent. Returns how many."""
    keys = db.session.scalars(
        select(Comment.id)
        .where(Comment.naming == "asked", Comment.naming_due_at <= clock.now())
        .order_by(Comment.naming_due_at)
        .limit(AT_ONCE)
    ).all()
    for key in keys:
        with transaction(system="nobody answered in time"):
            comment = lock_id(Comment, key)
            if comment.naming != "asked":
                continue
            clear_naming(comment)
            audit.record(None, "discussion.lapse_naming", comment)
            notices.naming_answered(None, {"number": "", "title": "", "who": ""}, comment, "lapsed")
    return len(keys)


@leaving.release
def forget_questions(_actor: Actor, person_id: int) -> None:
    """Nobody is left to answer; what the person wrote stays, and so does a name that they agreed to, as a former member's."""
    asked = select(Comment).where(Comment.author_id == person_id, Comment.naming == "asked")
    for comment in db.session.scalars(asked):
        clear_naming(comment)

"""What nobody answers does not wait for ever: a reminder at half time, then it lapses; what it is about may be gone before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app.accounts.models import Person
from app.core import clock, jobs
from app.core.db import alias, db, lock_id, transaction
from app.discussion import queries as discussion
from app.institutions.models import Institution
from app.interest import notices
from app.interest.models import INTEREST_STATES, WORKING_DAYS, Interest
from app.interest.services import steps
from app.listings.models import Listing
from app.problems.models import Problem

AT_ONCE = 200
EVERY = timedelta(minutes=10)
_SENDING, _OWNING = alias(Institution), alias(Institution)


def _one(key: int, why: str, act: Callable[[Interest], bool]) -> int:
    """Do one thing in a transaction of its own; `act` looks again, as somebody may have answered meanwhile."""
    with transaction(system=why):
        interest = steps.fresh(lock_id(Interest, key))
        return int(interest.is_open_now and act(interest))


def _keys(*where: Any) -> list[int]:
    query = select(Interest.id).where(Interest.decided_at.is_(None), *where)
    return list(db.session.scalars(query.order_by(Interest.due_at, Interest.id).limit(AT_ONCE)))


# ---- Lapse ---------------------------------------------------------------------------------------------------


@jobs.periodic("interest.lapse", every=EVERY)
def lapse_due() -> int:
    """End what is past its day; returns how many. A conversation goes on as long as somebody writes in it."""
    late = _keys(Interest.due_at <= clock.now())
    return sum(_one(key, "nobody answered in time", _lapse) for key in late)


def _lapse(interest: Interest) -> bool:
    if interest.due_at is None or interest.due_at > clock.now():
        return False
    if interest.state == "talking" and _is_talking_on(interest):
        return False
    before = INTEREST_STATES.move(interest, "lapse")
    interest.decide(None, "lapsed")
    steps.record(
        None,
        "lapse",
        interest,
        interest.owner_institution_id,
        before={"state": before},
        after={"state": interest.state},
    )
    notices.to_sender("lapsed", interest, was=before)
    notices.to_owner("lapsed_owner", interest, was=before)
    return True


def _is_talking_on(interest: Interest) -> bool:
    """Whether the last word is younger than ten working days; then it is due ten working days after that."""
    last = discussion.last_word("interest", interest.id)
    if last is None:
        return False
    place = interest.owner_institution
    until = clock.add_working_days(last, WORKING_DAYS, place.weekend, place.zone, place.country)
    if until <= clock.now():
        return False
    interest.due_at = until
    return True


# ---- Reminder ------------------------------------------------------------------------------------------------


@jobs.periodic("interest.remind", every=EVERY)
def remind_due() -> int:
    """Remind the owner's side at half time, once; returns how many."""
    rows = db.session.execute(
        select(Interest.id, Interest.asked_at, Interest.due_at)
        .where(Interest.state == "sent", Interest.reminded_at.is_(None))
        .order_by(Interest.due_at, Interest.id)
        .limit(AT_ONCE)
    )
    keys = [row.id for row in rows if clock.halfway(row.asked_at, row.due_at) <= clock.now() < row.due_at]
    return sum(_one(key, "half of the time has passed", _remind) for key in keys)


def _remind(interest: Interest) -> bool:
    if interest.state != "sent" or interest.reminded_at is not None:
        return False
    interest.reminded_at = clock.now()
    notices.to_owner("reminder", interest, due=interest.due_at)
    return True


# ---- Overtaken -----------------------------------------------------------------------------------------------


@jobs.periodic("interest.supersede", every=EVERY)
def supersede_gone() -> int:
    """End what is about a listing or problem that is no more, or between institutions of which one is; returns how many."""
    gone = (
        select(Interest.id)
        .join(_SENDING, _SENDING.id == Interest.institution_id)
        .join(_OWNING, _OWNING.id == Interest.owner_institution_id)
        .outerjoin(Listing, Listing.id == Interest.listing_id)
        .outerjoin(Problem, Problem.id == Interest.problem_id)
        .outerjoin(Person, Person.id == Interest.owner_id)
        .where(
            Interest.decided_at.is_(None),
            or_(
                Listing.state.in_(steps.GONE_LISTING),
                Problem.state.in_(steps.GONE_PROBLEM),
                _SENDING.state.in_(steps.GONE_INSTITUTION),
                _OWNING.state.in_(steps.GONE_INSTITUTION),
                and_(Interest.owner_id.is_not(None), Person.closed_at.is_not(None)),
            ),
        )
        .order_by(Interest.id)
        .limit(AT_ONCE)
    )
    return sum(_one(key, "what it is about is gone", _supersede) for key in list(db.session.scalars(gone)))


def _supersede(interest: Interest) -> bool:
    if not steps.is_gone(interest):
        return False
    before = INTEREST_STATES.move(interest, "supersede")
    interest.decide(None, "superseded")
    steps.record(None, "supersede", interest, before={"state": before}, after={"state": interest.state})
    notices.to_both("superseded", interest)
    return True

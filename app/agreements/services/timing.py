"""What happens by itself: repeating commitments become lines, warnings and ends, reminders, and the lapse of what sleeps."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from app.agreements.models import AGREEMENT_STATES, OPEN_STATES, Agreement, AgreementCommitment
from app.agreements.notices import running as notices
from app.agreements.queries import running as reads
from app.agreements.services import running, steps
from app.core import clock, jobs
from app.core.db import db, lock_id, transaction

AT_ONCE = 200
WARN_BEFORE = (60, 14)  # days
DRAFT_SLEEPS = timedelta(days=90)  # untouched
LOOKS_BACK = timedelta(days=366)
BALL_SLEEPS = timedelta(days=30)  # after the day by which the party with the ball should have moved
Act = Callable[[Agreement], bool]


def _each(condition: ColumnElement[bool], order: Any, act: Act, why: str) -> int:
    """Do one thing to each, in a transaction of its own; `act` says whether there was still something to do."""
    keys = db.session.scalars(select(Agreement.id).where(condition).order_by(order).limit(AT_ONCE)).all()
    done = 0
    for key in keys:
        with transaction(system=why):
            done += act(lock_id(Agreement, key))
    return done


@jobs.periodic("agreements.pledge", every=timedelta(hours=6))
def pledge() -> int:
    """Make ledger lines of what repeats, up to 60 days ahead. Returns how many lines."""
    today = clock.today()
    repeating = (
        select(AgreementCommitment.agreement_id)
        .where(
            AgreementCommitment.repeats != "",
            AgreementCommitment.repeats_from <= today + running.AHEAD,
            # What came to its end lately may lack its last lines when the worker stood still for a while.
            AgreementCommitment.repeats_until >= today - LOOKS_BACK,
        )
        .distinct()
    )
    keys = db.session.scalars(
        select(Agreement.id)
        .where(Agreement.state == "in_force", Agreement.id.in_(repeating))
        .order_by(Agreement.id)
    ).all()
    made = 0
    for key in keys:
        with transaction(system="a commitment repeats"):
            agreement = lock_id(Agreement, key)
            if agreement.state == "in_force":
                made += running.pledge_due(agreement, by=None)
    return made


@jobs.periodic("agreements.warn", every=timedelta(hours=1))
def warn() -> int:
    """Tell the parties 60 and 14 days before the end, once each."""
    horizon = clock.today() + timedelta(days=WARN_BEFORE[0])
    soon = and_(
        Agreement.state == "in_force",
        or_(Agreement.ends_on <= horizon, Agreement.notice_ends_on <= horizon),
        or_(Agreement.warned_at.is_(None), Agreement.warned_at < clock.now() - timedelta(days=1)),
    )
    return _each(soon, Agreement.ends_on, _warn, "an agreement ends soon")


def _warn(agreement: Agreement) -> bool:
    last, today = reads.last_day(agreement), clock.today()
    if agreement.state != "in_force" or last is None or last < today:
        return False
    passed = [days for days in WARN_BEFORE if today >= last - timedelta(days=days)]
    if not passed:
        return False
    since = last - timedelta(days=min(passed))
    if agreement.warned_at is not None and agreement.warned_at.date() >= since:
        return False
    agreement.warned_at = clock.now()
    notices.ends_soon(agreement, last, (last - today).days)
    return True


@jobs.periodic("agreements.end", every=timedelta(hours=1))
def end() -> int:
    """End what has passed its last day, or that of its notice."""
    today = clock.today()
    passed = and_(
        Agreement.state == "in_force", or_(Agreement.ends_on < today, Agreement.notice_ends_on < today)
    )

    def act(agreement: Agreement) -> bool:
        last = reads.last_day(agreement)
        if agreement.state != "in_force" or last is None or last >= clock.today():
            return False
        running.end(agreement, code="notice" if last == agreement.notice_ends_on else "date")
        return True

    return _each(passed, Agreement.id, act, "an agreement has ended")


@jobs.periodic("agreements.remind", every=timedelta(hours=1))
def remind() -> int:
    """Remind the party with the ball once, at half time."""
    waiting = and_(
        Agreement.state.in_(OPEN_STATES), Agreement.reminded_at.is_(None), Agreement.ball_due_at.is_not(None)
    )

    def act(agreement: Agreement) -> bool:
        since, due = agreement.ball_since, agreement.ball_due_at
        if not agreement.is_open or agreement.reminded_at is not None or since is None or due is None:
            return False
        if clock.now() < clock.halfway(since, due):
            return False
        agreement.reminded_at = clock.now()
        notices.still_waiting(agreement)
        return True

    return _each(waiting, Agreement.ball_due_at, act, "a party has not moved for half of its time")


@jobs.periodic("agreements.expire", every=timedelta(hours=1))
def expire() -> int:
    """Let a draft lapse that nobody touched for 90 days, and a negotiation in which nobody moved 30 days past its day."""
    asleep = or_(
        and_(Agreement.state == "draft", Agreement.touched_at < clock.now() - DRAFT_SLEEPS),
        and_(Agreement.state.in_(OPEN_STATES), Agreement.ball_due_at < clock.now() - BALL_SLEEPS),
    )

    def act(agreement: Agreement) -> bool:
        if not AGREEMENT_STATES.allows(agreement, "expire") or not _sleeps(agreement):
            return False
        agreement.close(None, "lapsed")
        steps.move(None, agreement, "expire")
        agreement.touch()
        notices.expired(agreement)
        return True

    return _each(asleep, Agreement.id, act, "nobody moved any more")


def _sleeps(agreement: Agreement) -> bool:
    if agreement.state == "draft":
        return agreement.touched_at < clock.now() - DRAFT_SLEEPS
    return agreement.ball_due_at is not None and agreement.ball_due_at < clock.now() - BALL_SLEEPS

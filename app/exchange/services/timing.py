"""What happens by itself: legs are made, sides reminded and told of what is late, proposals lapse, agreements are followed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, exists, select

from app.agreements.models import Agreement, AgreementCommitment
from app.core import clock, jobs
from app.core.db import alias, db, lock, lock_id, transaction
from app.core.i18n import _l
from app.exchange import notices
from app.exchange.models import COURSE_STATES, LIVE_STATES, OPEN_LEGS, ExchangeCourse, ExchangeLeg
from app.exchange.queries.waiting import SOON
from app.exchange.services.proposing import end
from app.exchange.services.steps import legs_of, record, tend
from app.interest.models import Interest
from app.listings.models import Listing

AT_ONCE = 200
MONTHS = {"month": 1, "quarter": 3, "year": 12}  # of the commitments that repeat
AGREEMENT_ENDED = _l("The agreement that it followed is not in force any more.")


def _first(query: Any) -> list[int]:
    return list(db.session.scalars(query.limit(AT_ONCE)))


def _each_course(keys: list[int], act: Callable[[ExchangeCourse], int], why: str) -> int:
    done = 0
    for key in keys:
        with transaction(system=why):
            done += act(lock_id(ExchangeCourse, key))
    return done


@jobs.periodic("exchange.make_legs", every=timedelta(hours=1))
def make_legs() -> int:
    """Make the next leg of courses that have none to come, and finish those that are over."""
    to_come = exists().where(
        ExchangeLeg.course_id == ExchangeCourse.id,
        ExchangeLeg.state == "planned",
        ExchangeLeg.due_on > clock.today() + timedelta(days=1),  # in every zone
    )
    waits = exists().where(
        ExchangeLeg.course_id == ExchangeCourse.id,
        ExchangeLeg.state.in_(OPEN_LEGS),
    )
    past = ExchangeCourse.until_on < clock.today()
    query = (
        select(ExchangeCourse.id)
        .where(ExchangeCourse.state == "running", ~to_come, ~and_(past, waits))
        .order_by(ExchangeCourse.due_next, ExchangeCourse.id)
    )
    return _each_course(_first(query), tend, "legs of an exchange are due")


# ---- reminders ---------------------------------------------------------------------------------------------------


def _each_leg(keys: list[int], act: Callable[[ExchangeCourse, ExchangeLeg], bool], why: str) -> int:
    done = 0
    for key in keys:
        with transaction(system=why):
            leg = db.session.get(ExchangeLeg, key)
            if leg is None:
                continue
            course = lock_id(ExchangeCourse, leg.course_id)
            done += act(course, lock(leg))
    return done


def _remind(course: ExchangeCourse, leg: ExchangeLeg) -> bool:
    if leg.reminded_at is not None or not _to_remind(leg):
        return False
    leg.reminded_at = clock.now()
    tell = {
        "planned": notices.leg_due,
        "reported": notices.leg_reported,
        "asked_back": notices.leg_asked_back,
    }[leg.state]
    tell(course, leg)
    return True


def _to_remind(leg: ExchangeLeg) -> bool:
    """Two weeks before a leg is due; at half of the time for an answer."""
    if leg.due_at is None:
        return False
    if leg.state == "planned":
        return leg.due_at <= clock.now() + SOON
    since = leg.touched_at
    return clock.halfway(since, leg.due_at) <= clock.now()


@jobs.periodic("exchange.remind", every=timedelta(hours=1))
def remind() -> int:
    """Remind whose turn it is, once each time."""
    query = (
        select(ExchangeLeg.id)
        .where(
            ExchangeLeg.reminded_at.is_(None),
            ExchangeLeg.state.in_(OPEN_LEGS),
            # Half of ten working days is never more than two weeks before their end.
            ExchangeLeg.due_at <= clock.now() + SOON,
        )
        .order_by(ExchangeLeg.due_at)
    )
    return _each_leg(_first(query), _remind, "a leg of an exchange is due")


def _tell_late(course: ExchangeCourse, leg: ExchangeLeg) -> bool:
    if leg.due_at is None or leg.due_at >= clock.now() or leg.late_told_at is not None:
        return False
    leg.late_told_at = leg.reminded_at = clock.now()
    notices.leg_late(course, leg)
    return True


@jobs.periodic("exchange.tell_late", every=timedelta(hours=1))
def tell_late() -> int:
    """Tell both sides of what is late, once each time."""
    query = (
        select(ExchangeLeg.id)
        .where(
            ExchangeLeg.state.in_(OPEN_LEGS),
            ExchangeLeg.due_at < clock.now(),
            ExchangeLeg.late_told_at.is_(None),
        )
        .order_by(ExchangeLeg.due_at)
    )
    return _each_leg(_first(query), _tell_late, "a leg of an exchange is late")


# ---- proposals ---------------------------------------------------------------------------------------------------


def _lapse(course: ExchangeCourse) -> int:
    if course.state != "proposed" or course.due_at is None or course.due_at > clock.now():
        return 0
    COURSE_STATES.move(course, "lapse")
    course.decide(None, "lapsed")
    record(None, "lapse", course, before={"state": "proposed"}, after={"state": "lapsed"})
    notices.rhythm_lapsed(course)
    return 1


def _remind_of_rhythm(course: ExchangeCourse) -> int:
    if course.state != "proposed" or course.reminded_at is not None:
        return 0
    if course.asked_at is None or course.due_at is None:
        return 0
    if clock.halfway(course.asked_at, course.due_at) > clock.now():
        return 0
    course.reminded_at = clock.now()
    notices.rhythm_proposed(course, is_reminder=True)
    return 1


@jobs.periodic("exchange.lapse_rhythms", every=timedelta(minutes=10))
def lapse_rhythms() -> int:
    """Proposals that nobody answers lapse; at half time there is a reminder."""
    waiting = (
        select(ExchangeCourse.id).where(ExchangeCourse.state == "proposed").order_by(ExchangeCourse.due_at)
    )
    done = _each_course(
        _first(waiting.where(ExchangeCourse.due_at <= clock.now())), _lapse, "nobody answered in time"
    )
    open_ones = _first(waiting.where(ExchangeCourse.reminded_at.is_(None)))
    return done + _each_course(open_ones, _remind_of_rhythm, "half of the time has passed")


# ---- agreements --------------------------------------------------------------------------------------------------

_return, _technology = AgreementCommitment, alias(AgreementCommitment)


def _to_follow() -> Any:
    """Commitments that bring field insight back, again and again, under agreements in force that grew from an interest in a
    technology on offer, and give that technology.
    """
    given = exists().where(
        _technology.agreement_id == Agreement.id,
        _technology.kind == "technology",
        _technology.giver_id == _return.receiver_id,
        _technology.receiver_id == _return.giver_id,
    )
    followed = exists().where(ExchangeCourse.commitment_id == _return.id)
    stands = exists().where(
        ExchangeCourse.listing_id == Listing.id,
        ExchangeCourse.taker_id == _return.giver_id,
        ExchangeCourse.state.in_(LIVE_STATES),
    )
    return (
        select(_return.id)
        .join(Agreement, Agreement.id == _return.agreement_id)
        .join(Interest, Interest.id == Agreement.interest_id)
        .join(Listing, Listing.id == Interest.listing_id)
        .where(
            Agreement.state == "in_force",
            _return.kind == "field_insight",
            _return.repeats.in_(MONTHS),
            _return.giver_id == Interest.institution_id,
            _return.receiver_id == Interest.owner_institution_id,
            Listing.kind == "technology",
            Listing.direction == "offer",
            given,
            ~followed,
            ~stands,
        )
        .order_by(_return.id)
    )


def _follow(commitment: AgreementCommitment) -> int:
    agreement = lock_id(Agreement, commitment.agreement_id)
    still = db.session.scalars(_to_follow().where(_return.id == commitment.id)).first()
    if still is None or agreement.interest_id is None:
        return 0
    interest = db.session.get_one(Interest, agreement.interest_id)
    listing = db.session.get_one(Listing, interest.listing_id)
    course = ExchangeCourse(
        listing_id=listing.id,
        provider_id=commitment.receiver_id,
        taker_id=commitment.giver_id,
        consortium_id=agreement.consortium_id or listing.consortium_id,
        agreement_id=agreement.id,
        commitment_id=commitment.id,
        state="running",
        every_months=MONTHS[commitment.repeats],
        first_on=commitment.repeats_from,
        until_on=commitment.repeats_until,
        wishes=commitment.condition,
        language=agreement.language,
        began_at=clock.now(),
    )
    db.session.add(course)
    db.session.flush()
    record(None, "begin", course, after={"state": "running", "agreement": agreement.label})
    tend(course)
    notices.began(course)
    return 1


def _stop_with_agreement(course: ExchangeCourse) -> int:
    if course.state != "running" or course.agreement_id is None:
        return 0
    if db.session.get_one(Agreement, course.agreement_id).state == "in_force":
        return 0
    if not any(leg.state == "planned" for leg in legs_of(course)) and course.until_on < clock.today():
        return 0  # all was reported: it finishes with its last acknowledgement
    end(None, course, str(AGREEMENT_ENDED))
    return 1


@jobs.periodic("exchange.follow_agreements", every=timedelta(minutes=10))
def follow_agreements() -> int:
    """Begin what an agreement that came into force promises, and stop what one that ended promised."""
    done = 0
    for key in _first(_to_follow()):
        with transaction(system="an agreement on a technology is in force"):
            done += _follow(db.session.get_one(AgreementCommitment, key))
    ended = (
        select(ExchangeCourse.id)
        .join(Agreement, Agreement.id == ExchangeCourse.agreement_id)
        .where(ExchangeCourse.state == "running", Agreement.state != "in_force")
        .order_by(ExchangeCourse.id)
    )
    return done + _each_course(_first(ended), _stop_with_agreement, "the agreement is not in force any more")

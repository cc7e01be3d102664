"""How a course begins and ends: a rhythm is proposed from an interest and agreed to, or follows an agreement; either side stops it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.exchange import notices, policies, queries
from app.exchange.models import (
    COURSE_STATES,
    DECLINE_CODES,
    LEG_STATES,
    LIVE_STATES,
    MOST_YEARS,
    RHYTHMS,
    ExchangeCourse,
    months_after,
)
from app.exchange.services import bookkeeping
from app.exchange.services.steps import days_to_answer, hold, legs_of, record, set_due, tend
from app.interest.models import Interest
from app.listings.models import Listing

LONGEST_WISHES = 1000
EARLIEST = timedelta(days=366)  # a technology may have been in use for a while


def _check_rhythm(every_months: int, first_on: date | None, until_on: date | None, wishes: str) -> None:
    wrong: dict[str, Any] = {}
    today = clock.today()
    if every_months not in RHYTHMS:
        wrong["every_months"] = _l("Choose how often")
    if first_on is None:
        wrong["first_on"] = _l("Enter the day of the first report")
    elif first_on < today - EARLIEST or first_on > today + 2 * EARLIEST:
        wrong["first_on"] = _l("Enter a day within a year back and two years ahead")
    if until_on is None:
        wrong["until_on"] = _l("Enter the day after which no report is due")
    elif first_on is not None and until_on < first_on:
        wrong["until_on"] = _l("This is before the first report")
    elif until_on < today:
        wrong["until_on"] = _l("Enter a day that is still to come")
    elif (
        first_on is not None
        and "first_on" not in wrong
        and until_on > months_after(first_on, 12 * MOST_YEARS)
    ):
        wrong["until_on"] = _l("Enter a day at most %(years)s years after the first report", years=MOST_YEARS)
    if len(wishes) > LONGEST_WISHES:
        wrong["wishes"] = _l("Shorten this")
    if wrong:
        raise Invalid(wrong)


def technology_of(interest: Interest) -> Listing:
    """The technology that an interest is about, offered by its owner. Raises RuleBroken(`no_technology`, `not_mutual`)."""
    interest.expect_mutual()
    listing = db.session.get(Listing, interest.listing_id) if interest.listing_id else None
    if listing is None or listing.kind != "technology" or listing.direction != "offer":
        raise RuleBroken(
            "no_technology", _l("Only what comes back from a technology on offer is reported this way.")
        )
    return listing


def _refuse_second(listing_id: int, taker_id: int) -> None:
    standing = select(ExchangeCourse.id).where(
        ExchangeCourse.listing_id == listing_id,
        ExchangeCourse.taker_id == taker_id,
        ExchangeCourse.state.in_(LIVE_STATES),
    )
    if db.session.scalars(standing).first() is not None:
        raise RuleBroken(
            "already_there", _l("An exchange on this technology stands already between the two institutions.")
        )


def propose(
    actor: Actor,
    interest: Interest,
    *,
    every_months: int,
    first_on: date | None,
    until_on: date | None,
    wishes: str = "",
    language: str = "en",
) -> ExchangeCourse:
    """Propose how often the taker reports on a technology; the other side answers.

    Raises NotAllowed, RuleBroken(`not_mutual`, `no_technology`, `already_there`), Invalid(every_months, first_on, until_on).
    """
    with transaction():
        interest = lock(interest)
        provider_id, taker_id = interest.owner_institution_id, interest.institution_id
        authorize(policies.propose, actor, provider_id, taker_id)
        listing = technology_of(interest)
        _check_rhythm(every_months, first_on, until_on, wishes)
        _refuse_second(listing.id, taker_id)
        is_provider = actor.holds("representative", provider_id)
        course = ExchangeCourse(
            listing_id=listing.id,
            provider_id=provider_id,
            taker_id=taker_id,
            consortium_id=listing.consortium_id,
            interest_id=interest.id,
            asked_id=taker_id if is_provider else provider_id,
            every_months=every_months,
            first_on=first_on,
            until_on=until_on,
            wishes=wishes,
            language=language,
        )
        course.ask(actor.id, days_to_answer(taker_id if is_provider else provider_id))
        db.session.add(course)
        db.session.flush()
        record(
            actor,
            "propose",
            course,
            side=course.proposer_id,
            after={"every_months": every_months, "first_on": first_on, "until_on": until_on},
        )
        notices.rhythm_proposed(course, actor)
    return course


def answer(
    actor: Actor,
    course: ExchangeCourse,
    *,
    verb: str,
    code: str = "",
    note: str = "",
    version: int | None = None,
) -> None:
    """`agree` to the rhythm, so that the course begins, or `decline` with a code. Raises Invalid(code, note), Conflict."""
    if verb not in {"agree", "decline"}:
        raise ValueError(verb)
    with transaction():
        course = hold(course)
        authorize(policies.answer, actor, course)
        course.expect_version(version)
        before = COURSE_STATES.move(course, verb)
        if verb == "decline" and code not in DECLINE_CODES:
            raise Invalid({"code": _l("Choose a reason")})
        if verb == "decline" and code == "other" and not note:
            raise Invalid({"note": _l("Say why")})
        course.decide(actor.id, "agreed" if verb == "agree" else code, note)
        record(
            actor,
            verb,
            course,
            side=course.asked_id,
            before={"state": before},
            after={"state": course.state},
            note=note,
        )
        if verb == "agree":
            course.began_at = clock.now()
            tend(course)
        notices.rhythm_answered(
            course, actor, agreed=verb == "agree", reason=DECLINE_CODES.get(code, ""), note=note
        )


def withdraw(actor: Actor, course: ExchangeCourse, *, version: int | None = None) -> None:
    """Take the proposal back while nobody has answered. Raises Conflict, RuleBroken."""
    with transaction():
        course = hold(course)
        authorize(policies.withdraw, actor, course)
        course.expect_version(version)
        before = COURSE_STATES.move(course, "withdraw")
        course.decide(actor.id, "withdrawn")
        record(
            actor,
            "withdraw",
            course,
            side=course.proposer_id,
            before={"state": before},
            after={"state": "withdrawn"},
        )
        notices.rhythm_withdrawn(course, actor)


def name_reporter(
    actor: Actor, course: ExchangeCourse, *, person_id: int | None, version: int | None = None
) -> None:
    """Say who may report beside the taker's representatives; None: nobody. Raises Invalid(person_id), Conflict, RuleBroken."""
    with transaction():
        course = hold(course)
        authorize(policies.name_reporter, actor, course)
        course.expect_version(version)
        require_live(course)
        names = dict(queries.members_of(course.taker_id))
        if person_id is not None and person_id not in names:
            raise Invalid({"person_id": _l("Choose one of your institution’s people")})
        if course.reporter_id == person_id:
            return
        before = {"reporter": names.get(course.reporter_id or 0, "")}
        course.reporter_id = person_id
        record(
            actor,
            "name_reporter",
            course,
            side=course.taker_id,
            before=before,
            after={"reporter": names.get(person_id or 0, "")},
        )
        notices.reporter_named(course, actor)


def require_live(course: ExchangeCourse) -> None:
    """Refuse what makes sense only while a course is proposed or runs. Raises RuleBroken(`wrong_state`)."""
    if course.state not in LIVE_STATES:
        raise RuleBroken(
            "wrong_state",
            _l(
                "This is “%(state)s” now, so that cannot be done any more.",
                state=COURSE_STATES[course.state].label,
            ),
        )


def stop(actor: Actor, course: ExchangeCourse, *, note: str, version: int | None = None) -> None:
    """End it before its time, with a reason: what is to come is no longer due. Raises Invalid(note), Conflict, RuleBroken."""
    with transaction():
        course = hold(course)
        authorize(policies.stop, actor, course)
        course.expect_version(version)
        if not note:
            raise Invalid({"note": _l("Say why: the other side reads it")})
        end(actor, course, note)


def end(actor: Actor | None, course: ExchangeCourse, note: str) -> None:
    """The course stops, inside an open transaction. What was reported still waits for its acknowledgement."""
    before = COURSE_STATES.move(course, "stop")
    course.ended_at, course.ended_by_id, course.end_note = clock.now(), actor.id if actor else None, note
    for leg in legs_of(course):
        if leg.state == "planned":
            LEG_STATES.move(leg, "drop")
            leg.wait(None)
            bookkeeping.give_up(course, leg, by=actor.id if actor else None, note=note)
    set_due(course)
    record(actor, "stop", course, before={"state": before}, after={"state": "stopped"}, note=note)
    notices.stopped(course, actor, note)

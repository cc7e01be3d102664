"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.audit import services as audit
from app.core import clock
from app.core.access import Actor
from app.core.db import db, lock_id
from app.core.lights import NO_DATE, YELLOW_FOR
from app.core.text import excerpt
from app.exchange.models import ANSWER_DAYS, COURSE_STATES, OPEN_LEGS, ExchangeCourse, ExchangeLeg
from app.institutions.models import Institution
from app.listings.models import Listing

AHEAD = 120  # legs of one course at most: a monthly one for ten years


def institution(key: int) -> Institution:
    """One of the two sides."""
    return db.session.get_one(Institution, key)


def title_of(course: ExchangeCourse) -> str:
    """What the course is about."""
    return db.session.get_one(Listing, course.listing_id).title


def days_to_answer(side: int) -> datetime:
    """Until when a side acts whose turn it is: some working days from now, as it counts them."""
    own = institution(side)
    return clock.add_working_days(
        clock.now(), ANSWER_DAYS, [int(day) for day in own.weekend], own.zone, own.country
    )


def end_of_day(day: date, side: int) -> datetime:
    """The end of a day where the side is, or of its next working day."""
    own = institution(side)
    return clock.due_at(day, [int(one) for one in own.weekend], own.zone, own.country)


def record(
    actor: Actor | None,
    action: str,
    course: ExchangeCourse,
    *,
    side: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """An audit line about the course, under the roof of the side that acts."""
    db.session.flush()
    audit.record(
        actor,
        f"exchange.{action}",
        course,
        before=before,
        after=after,
        note=note or None,
        label=f"{course.number} {excerpt(title_of(course), 120)}",
        institution_id=side or course.provider_id,
        consortium_id=course.consortium_id,
    )


def hold(course: ExchangeCourse) -> ExchangeCourse:
    """Its row until the transaction ends: legs change under their course."""
    return lock_id(ExchangeCourse, course.id)


def legs_of(course: ExchangeCourse) -> list[ExchangeLeg]:
    """All legs made so far, the first one first."""
    return list(
        db.session.scalars(
            select(ExchangeLeg).where(ExchangeLeg.course_id == course.id).order_by(ExchangeLeg.number)
        )
    )


def turn_of(course: ExchangeCourse, leg: ExchangeLeg) -> int:
    """The side that acts next on an open leg."""
    return course.provider_id if leg.state == "reported" else course.taker_id


def tend(course: ExchangeCourse) -> int:
    """Make the legs that are due and one ahead, say what is due first, finish what is over. Returns how many things it did.

    The same again does nothing.
    """
    if course.state != "running":
        return 0
    legs = legs_of(course)
    made = _make_legs(course, legs)
    set_due(course, legs)
    if made or not _is_over(course, legs):
        return made
    COURSE_STATES.move(course, "finish")
    course.ended_at = clock.now()
    record(None, "finish", course, before={"state": "running"}, after={"state": "finished"})
    return 1


def _make_legs(course: ExchangeCourse, legs: list[ExchangeLeg]) -> int:
    """Make legs until one is to come: one that is planned for a day after today."""
    today = clock.today(institution(course.taker_id).zone)
    made = 0
    while len(legs) < AHEAD:
        day = course.day_of(len(legs) + 1)
        ahead = any(leg.state == "planned" and leg.due_on > today for leg in legs)
        if ahead or day > course.until_on:
            break
        leg = ExchangeLeg(
            course_id=course.id,
            number=len(legs) + 1,
            state="planned",  # asked again before it is written
            due_on=day,
            due_at=end_of_day(day, course.taker_id),
        )
        db.session.add(leg)
        legs.append(leg)
        made += 1
    db.session.flush()
    return made


def _is_over(course: ExchangeCourse, legs: list[ExchangeLeg]) -> bool:
    last = len(legs) >= AHEAD or course.day_of(len(legs) + 1) > course.until_on
    return last and not any(leg.state in OPEN_LEGS for leg in legs)


def set_due(course: ExchangeCourse, legs: list[ExchangeLeg] | None = None) -> None:
    """Say what is due first, and whose turn that is."""
    legs = legs_of(course) if legs is None else legs
    open_legs = [leg for leg in legs if leg.state in OPEN_LEGS and leg.due_at is not None]
    if course.state != "running" or not open_legs:
        course.due_next, course.turn_id = NO_DATE, None
        return
    first = min(open_legs, key=lambda leg: (leg.due_at, leg.number))
    course.turn_id = turn_of(course, first)
    assert first.due_at is not None
    course.due_next = first.due_at.astimezone(ZoneInfo(institution(course.turn_id).zone)).date()


def note_if_late(course: ExchangeCourse, leg: ExchangeLeg) -> int:
    """Keep the light from green for a while when what is done now comes late. Returns by how many days."""
    if leg.due_at is None or leg.due_at >= clock.now():
        return 0
    zone = ZoneInfo(institution(turn_of(course, leg)).zone)
    today = clock.now().astimezone(zone).date()
    course.late_until = today + timedelta(days=YELLOW_FOR)
    return max(1, (today - leg.due_at.astimezone(zone).date()).days)

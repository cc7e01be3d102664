"""What both sides of an exchange are told; the words stand in templates/exchange/mail."""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.core.db import db
from app.core.text import excerpt
from app.exchange.models import ExchangeCourse, ExchangeLeg
from app.institutions.models import Institution
from app.institutions.queries import representatives_of
from app.listings.models import Listing
from app.notifications.services import tell

REPRESENTATIVE = "representative"
REPORTER = "exchange_reporter"


def _facts(course: ExchangeCourse, actor: Actor | None, **more: Any) -> dict[str, Any]:
    title = db.session.get_one(Listing, course.listing_id).title
    return {
        "number": course.number,
        "title": title,
        "short": excerpt(title, 30),
        "provider": db.session.get_one(Institution, course.provider_id).own_name,
        "taker": db.session.get_one(Institution, course.taker_id).own_name,
        "who": actor.name if actor else "",
        **more,
    }


def _say(
    people: Iterable[int | None],
    what: str,
    course: ExchangeCourse,
    *,
    actor: Actor | None = None,
    path: str = "",
    reason: str = REPRESENTATIVE,
    mail: bool = True,
    **facts: Any,
) -> None:
    tell(
        people,
        f"exchange.{what}",
        path=f"/exchange/courses/{course.id}{path}",
        reason=reason,
        about=course,
        facts=_facts(course, actor, **facts),
        actor=actor,
        mail=mail,
    )


def sides(course: ExchangeCourse) -> set[int]:
    """The representatives of both."""
    return {*representatives_of(course.provider_id), *representatives_of(course.taker_id)}


def _taker(course: ExchangeCourse, what: str, *, actor: Actor | None = None, **more: Any) -> None:
    """Tell the taker's side: its representatives, and whom they named."""
    people = set(representatives_of(course.taker_id))
    _say(people, what, course, actor=actor, **more)
    _say({course.reporter_id} - people, what, course, actor=actor, reason=REPORTER, **more)


# ---- the rhythm --------------------------------------------------------------------------------------------------


def rhythm_proposed(course: ExchangeCourse, actor: Actor | None = None, *, is_reminder: bool = False) -> None:
    """The side that is asked."""
    assert course.asked_id is not None
    _say(
        representatives_of(course.asked_id),
        "rhythm_proposed",
        course,
        actor=actor,
        months=course.every_months,
        first=course.first_on,
        until=course.until_on,
        due=course.due_at,
        is_reminder=is_reminder,
    )


def rhythm_answered(course: ExchangeCourse, actor: Actor, *, agreed: bool, reason: Any, note: str) -> None:
    """The side that proposed it."""
    assert course.proposer_id is not None
    people = {course.asked_by_id, *representatives_of(course.proposer_id)}
    _say(people, "rhythm_answered", course, actor=actor, agreed=agreed, why=reason, note=note)


def rhythm_withdrawn(course: ExchangeCourse, actor: Actor) -> None:
    """The side that was asked, in the inbox."""
    assert course.asked_id is not None
    _say(representatives_of(course.asked_id), "rhythm_withdrawn", course, actor=actor, mail=False)


def rhythm_lapsed(course: ExchangeCourse) -> None:
    """Both sides."""
    _say(sides(course), "rhythm_lapsed", course)


def began(course: ExchangeCourse) -> None:
    """Both sides: it follows a commitment of an agreement that is in force now."""
    _say(sides(course), "began", course, months=course.every_months, first=course.first_on)


def reporter_named(course: ExchangeCourse, actor: Actor) -> None:
    """Whom the taker named."""
    _say({course.reporter_id}, "reporter_named", course, actor=actor, reason=REPORTER)


def stopped(course: ExchangeCourse, actor: Actor | None, note: str) -> None:
    """Both sides, and whom the taker named."""
    _say(sides(course), "stopped", course, actor=actor, note=note)
    _say({course.reporter_id} - sides(course), "stopped", course, actor=actor, reason=REPORTER, note=note)


# ---- legs --------------------------------------------------------------------------------------------------------


def leg_due(course: ExchangeCourse, leg: ExchangeLeg) -> None:
    """The taker: a leg is due soon."""
    _taker(course, "leg_due", path=f"/legs/{leg.number}", leg=leg.number, due=leg.due_on)


def leg_late(course: ExchangeCourse, leg: ExchangeLeg) -> None:
    """Whose turn it is by mail, the other side in the inbox: the light is yellow now."""
    facts: dict[str, Any] = {
        "path": f"/legs/{leg.number}",
        "leg": leg.number,
        "due": leg.due_at,
        "is_answer": leg.state == "reported",
    }
    provider = representatives_of(course.provider_id)
    if leg.state == "reported":
        _say(provider, "leg_late", course, **facts)
        _taker(course, "leg_late", mail=False, **facts)
    else:
        _taker(course, "leg_late", **facts)
        _say(provider, "leg_late", course, mail=False, **facts)


def leg_reported(course: ExchangeCourse, leg: ExchangeLeg, actor: Actor | None = None) -> None:
    """The provider: please acknowledge; without an actor, once more at half of the time."""
    _say(
        representatives_of(course.provider_id),
        "leg_reported",
        course,
        actor=actor,
        path=f"/legs/{leg.number}",
        leg=leg.number,
        due=leg.due_at,
        is_reminder=actor is None,
    )


def leg_asked_back(course: ExchangeCourse, leg: ExchangeLeg, actor: Actor | None = None) -> None:
    """The taker: what the provider would like to know; without an actor, once more at half of the time."""
    _taker(
        course,
        "leg_asked_back",
        actor=actor,
        path=f"/legs/{leg.number}",
        leg=leg.number,
        due=leg.due_at,
        note=leg.answer,
    )


def leg_acknowledged(course: ExchangeCourse, leg: ExchangeLeg, actor: Actor) -> None:
    """The taker, and who reported: it has arrived."""
    _taker(
        course, "leg_acknowledged", actor=actor, path=f"/legs/{leg.number}", leg=leg.number, note=leg.answer
    )

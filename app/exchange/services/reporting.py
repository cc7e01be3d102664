"""Legs: the taker reports, the provider acknowledges or asks back, both say whether others may read the insight."""

from collections.abc import Mapping
from typing import Any

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.exchange import notices, policies
from app.exchange.models import LEG_STATES, LEG_TEXTS, LONGEST_TEXT, ExchangeCourse, ExchangeLeg
from app.exchange.services import bookkeeping
from app.exchange.services.steps import days_to_answer, end_of_day, hold, note_if_late, record, set_due, tend

RUNS = ("running", "stopped")  # what was reported before it stopped is still answered


def _begin(course: ExchangeCourse, leg: ExchangeLeg) -> tuple[ExchangeCourse, ExchangeLeg]:
    return hold(course), lock(leg)


def _texts(texts: Mapping[str, str], conditions: str) -> dict[str, str]:
    kept = {name: texts.get(name, "") for name in LEG_TEXTS}
    wrong: dict[str, Any] = {
        name: _l("Shorten this")
        for name, value in {**kept, "conditions": conditions}.items()
        if len(value) > LONGEST_TEXT
    }
    if not any(kept.values()):
        wrong["learnt"] = _l("Write at least one of the four")
    if wrong:
        raise Invalid(wrong)
    return kept


def report(
    actor: Actor,
    course: ExchangeCourse,
    leg: ExchangeLeg,
    *,
    texts: Mapping[str, str],
    conditions: str = "",
    language: str = "en",
    shares: bool = False,
    version: int | None = None,
) -> None:
    """Say what came of the technology since the last leg: `texts` by the names of LEG_TEXTS, at least one; again after a question.

    Raises NotAllowed, Conflict, RuleBroken(`wrong_state`, `not_running`), Invalid(learnt, ...).
    """
    with transaction():
        course, leg = _begin(course, leg)
        authorize(policies.report, actor, course)
        leg.expect_version(version)
        if course.state not in RUNS:
            raise RuleBroken("not_running", _l("This exchange does not run, so nothing is reported."))
        late = note_if_late(course, leg)
        before = LEG_STATES.move(leg, "report")
        for name, value in _texts(texts, conditions).items():
            setattr(leg, name, value)
        leg.conditions, leg.language, leg.taker_shares = conditions, language, shares
        leg.reported_at, leg.reported_by_id = clock.now(), actor.id
        leg.wait(days_to_answer(course.provider_id))
        bookkeeping.deliver(actor, course, leg)
        _settle(course)
        record(
            actor,
            "report",
            course,
            side=course.taker_id,
            before={"leg": leg.number, "state": before},
            after={"state": "reported", "days_late": late},
        )
        notices.leg_reported(course, leg, actor)


def _settle(course: ExchangeCourse) -> None:
    """After a leg moved: what comes next is made, what is due first is said."""
    if course.state == "running":
        tend(course)
    else:
        set_due(course)


def take_back(actor: Actor, course: ExchangeCourse, leg: ExchangeLeg, *, version: int | None = None) -> None:
    """The taker takes a report back while nobody has answered it; its texts stay in the form. Raises Conflict, RuleBroken."""
    with transaction():
        course, leg = _begin(course, leg)
        authorize(policies.report, actor, course)
        leg.expect_version(version)
        if course.state != "running":
            raise RuleBroken("not_running", _l("This exchange does not run any more."))
        LEG_STATES.move(leg, "take_back")
        bookkeeping.recall(actor, course, leg)
        leg.reported_at = leg.reported_by_id = None
        leg.wait(end_of_day(leg.due_on, course.taker_id))
        set_due(course)
        record(
            actor,
            "take_report_back",
            course,
            side=course.taker_id,
            before={"leg": leg.number, "state": "reported"},
            after={"state": "planned"},
        )


def acknowledge(
    actor: Actor,
    course: ExchangeCourse,
    leg: ExchangeLeg,
    *,
    answer: str = "",
    language: str = "en",
    shares: bool = False,
    version: int | None = None,
) -> None:
    """The provider has received the report, and may say what it makes of it. Raises Conflict, RuleBroken(`disputed`)."""
    with transaction():
        course, leg = _begin(course, leg)
        authorize(policies.acknowledge, actor, course, leg)
        leg.expect_version(version)
        note_if_late(course, leg)
        before = LEG_STATES.move(leg, "acknowledge")
        leg.acknowledged_at, leg.acknowledged_by_id = clock.now(), actor.id
        leg.answer, leg.answer_language, leg.provider_shares = answer, language, shares
        leg.wait(None)
        bookkeeping.receive(actor, course, leg)
        _settle(course)
        record(
            actor,
            "acknowledge",
            course,
            side=course.provider_id,
            before={"leg": leg.number, "state": before},
            after={"state": "acknowledged"},
            note=answer,
        )
        notices.leg_acknowledged(course, leg, actor)


def ask_back(
    actor: Actor,
    course: ExchangeCourse,
    leg: ExchangeLeg,
    *,
    question: str,
    language: str = "en",
    version: int | None = None,
) -> None:
    """The provider would like to know more before it acknowledges. Raises Invalid(answer), Conflict, RuleBroken."""
    with transaction():
        course, leg = _begin(course, leg)
        authorize(policies.acknowledge, actor, course, leg)
        leg.expect_version(version)
        if not question:
            raise Invalid({"answer": _l("Say what you would like to know")})
        note_if_late(course, leg)
        before = LEG_STATES.move(leg, "ask_back")
        leg.answer, leg.answer_language = question, language
        leg.wait(days_to_answer(course.taker_id))
        set_due(course)
        record(
            actor,
            "ask_back",
            course,
            side=course.provider_id,
            before={"leg": leg.number, "state": before},
            after={"state": "asked_back"},
            note=question,
        )
        notices.leg_asked_back(course, leg, actor)


def share(
    actor: Actor, course: ExchangeCourse, leg: ExchangeLeg, *, shares: bool, version: int | None = None
) -> None:
    """Say for one's own side whether everybody may read the insight of an acknowledged leg; it is read when both say so."""
    with transaction():
        course, leg = _begin(course, leg)
        authorize(policies.share, actor, course)
        leg.expect_version(version)
        if leg.state != "acknowledged":
            raise RuleBroken("not_acknowledged", _l("This can be said once the report is acknowledged."))
        is_taker = policies.is_taker(actor, course)
        if is_taker:
            leg.taker_shares = shares
        else:
            leg.provider_shares = shares
        record(
            actor,
            "share",
            course,
            side=course.taker_id if is_taker else course.provider_id,
            before={"leg": leg.number},
            after={"shared": leg.is_shared, "shares": shares},
        )

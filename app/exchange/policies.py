"""Who sees a course and who acts for its sides.

A side is spoken for by the representatives of its institution; the taker may name one person more for its reports. Whoever
belongs to both institutions neither reports nor acknowledges, and nobody answers what they asked themselves.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.exchange.models import ExchangeCourse, ExchangeLeg

NEVER_RAN = ("proposed", "declined", "withdrawn", "lapsed")
SIDES_ONLY = No("sides_only", _l("Only representatives of the two institutions may do this."))
BOTH_SIDES = No(
    "both_sides",
    _l("You belong to both institutions. Somebody who belongs to one of them alone has to do this."),
)
ASKED_ONLY = No(
    "asked_only", _l("The other institution proposed the rhythm, so a representative of yours answers.")
)
OWN_PROPOSAL = No("own_proposal", _l("Your institution proposed the rhythm, so the other side answers."))
PROPOSER_ONLY = No("proposer_only", _l("Only the side that proposed the rhythm takes it back."))
TAKER_ONLY = No(
    "taker_only",
    _l("The institution that uses the technology reports: its representatives, or whom it named."),
)
TAKER_REPRESENTATIVES = No(
    "taker_only", _l("Only representatives of the institution that uses the technology may do this.")
)
PROVIDER_ONLY = No(
    "provider_only", _l("Only representatives of the institution that gave the technology may do this.")
)
OWN_REPORT = No("own_report", _l("You wrote this report yourself, so somebody else acknowledges it."))


def is_taker(actor: Actor, course: ExchangeCourse) -> bool:
    """Whether the person reports for the taker: represents it, or is named and belongs to it."""
    if actor.holds("representative", course.taker_id):
        return True
    return course.reporter_id == actor.id and actor.holds("member", course.taker_id)


def is_provider(actor: Actor, course: ExchangeCourse) -> bool:
    """Whether the person represents the provider."""
    return actor.holds("representative", course.provider_id)


def _in_both(actor: Actor, course: ExchangeCourse) -> bool:
    return actor.holds("member", course.provider_id) and actor.holds("member", course.taker_id)


@permission("exchange.view")
def view(actor: Actor, course: ExchangeCourse) -> Answer:
    """What never ran: the representatives of both sides. Else their members too, leads of its consortium, administrators."""
    role = "representative" if course.state in NEVER_RAN else "member"
    if actor.holds(role, course.provider_id) or actor.holds(role, course.taker_id):
        return True
    if course.state in NEVER_RAN:
        return False
    return actor.is_admin or actor.holds("lead", course.consortium_id)


def _sides(actor: Actor, role: str) -> ColumnElement[bool]:
    if not actor.holds_any(role):
        return false()
    ids = actor.ids(role)
    return or_(ExchangeCourse.provider_id.in_(ids), ExchangeCourse.taker_id.in_(ids))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`."""
    if not actor.is_signed_in:
        return false()
    ran = ExchangeCourse.state.not_in(NEVER_RAN)
    beyond: ColumnElement[bool] = false()
    if actor.holds_any("administrator"):
        beyond = true()
    elif actor.holds_any("lead"):
        beyond = ExchangeCourse.consortium_id.in_(actor.ids("lead"))
    return or_(_sides(actor, "representative"), and_(ran, or_(_sides(actor, "member"), beyond)))


def own(actor: Actor) -> ColumnElement[bool]:
    """Those of the person's own institutions, as far as they see them."""
    ran = ExchangeCourse.state.not_in(NEVER_RAN)
    return or_(_sides(actor, "representative"), and_(ran, _sides(actor, "member")))


@permission("exchange.list")
def list_own(actor: Actor, _thing: Any = None) -> Answer:
    """Everybody who is signed in has a list of their own."""
    return actor.is_signed_in or SIGN_IN_FIRST


@permission("exchange.propose")
def propose(actor: Actor, provider_id: int, taker_id: int) -> Answer:
    """A representative of either institution, who belongs to that one alone."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    sides = {provider_id, taker_id}
    if not sides & actor.ids("representative"):
        return SIDES_ONLY
    return BOTH_SIDES if sides <= actor.ids("member") else True


@permission("exchange.answer")
def answer(actor: Actor, course: ExchangeCourse) -> Answer:
    """Agree to the rhythm, or decline: a representative of the side that was asked, who belongs to that one alone."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not actor.holds("representative", course.asked_id):
        return OWN_PROPOSAL if actor.holds("representative", course.proposer_id) else ASKED_ONLY
    if course.asked_by_id == actor.id:
        return OWN_PROPOSAL
    return BOTH_SIDES if _in_both(actor, course) else True


@permission("exchange.withdraw")
def withdraw(actor: Actor, course: ExchangeCourse) -> Answer:
    """The representatives of the side that proposed it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("representative", course.proposer_id) or PROPOSER_ONLY


@permission("exchange.report")
def report(actor: Actor, course: ExchangeCourse) -> Answer:
    """The taker's side reports and takes a report back."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not is_taker(actor, course):
        return TAKER_ONLY
    return BOTH_SIDES if _in_both(actor, course) else True


@permission("exchange.acknowledge")
def acknowledge(actor: Actor, course: ExchangeCourse, leg: ExchangeLeg) -> Answer:
    """The provider's side acknowledges or asks back, and never who reported."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if leg.reported_by_id == actor.id:
        return OWN_REPORT
    if not is_provider(actor, course):
        return PROVIDER_ONLY
    return BOTH_SIDES if _in_both(actor, course) else True


@permission("exchange.share")
def share(actor: Actor, course: ExchangeCourse) -> Answer:
    """Each side for itself; whoever belongs to both for neither."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not is_taker(actor, course) and not is_provider(actor, course):
        return SIDES_ONLY
    return BOTH_SIDES if _in_both(actor, course) else True


@permission("exchange.name_reporter")
def name_reporter(actor: Actor, course: ExchangeCourse) -> Answer:
    """The taker's representatives name who may report beside them."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("representative", course.taker_id) or TAKER_REPRESENTATIVES


@permission("exchange.stop")
def stop(actor: Actor, course: ExchangeCourse) -> Answer:
    """The representatives of either side."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    either = actor.holds("representative", course.provider_id) or actor.holds(
        "representative", course.taker_id
    )
    return either or SIDES_ONLY

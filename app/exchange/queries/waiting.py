"""What waits for a person in exchanges: a rhythm to agree to, a leg to report, a report to acknowledge."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select

from app.core import clock, waiting
from app.core.access import Actor
from app.core.db import UtcDateTime, alias
from app.exchange.models import ExchangeCourse, ExchangeLeg
from app.institutions.models import Institution
from app.listings.models import Listing

SOON = timedelta(days=14)  # so long before its day a leg is asked for
_asked, _other = alias(Institution), alias(Institution)


def _soon() -> Any:
    return bindparam(None, callable_=lambda: clock.now() + SOON, type_=UtcDateTime)


@waiting.source
def rhythms(actor: Actor) -> Select[Any] | None:
    """Proposed rhythms, for the representatives of the side that is to agree."""
    own = actor.ids("representative")
    if not actor.holds_any("representative"):
        return None
    proposer = select(_other.name).where(
        _other.id.in_([ExchangeCourse.provider_id, ExchangeCourse.taker_id]),
        _other.id != ExchangeCourse.asked_id,
    )
    return (
        waiting.item(
            "exchange.rhythm",
            thing_id=ExchangeCourse.id,
            item_id=ExchangeCourse.id,
            title=Listing.title,
            who=proposer.scalar_subquery(),
            since=ExchangeCourse.asked_at,
            due=ExchangeCourse.due_at,
        )
        .select_from(ExchangeCourse)
        .join(Listing, Listing.id == ExchangeCourse.listing_id)
        .where(
            ExchangeCourse.state == "proposed",
            ExchangeCourse.asked_id.in_(own),
            ExchangeCourse.asked_by_id != actor.id,
        )
    )


def _legs(kind: str, who: Any) -> Select[Any]:
    return (
        waiting.item(
            kind,
            thing_id=ExchangeCourse.id,
            item_id=ExchangeLeg.number,
            title=Listing.title,
            who=who,
            since=ExchangeLeg.reported_at,
            due=ExchangeLeg.due_at,
            consortium_id=ExchangeCourse.consortium_id,
        )
        .select_from(ExchangeLeg)
        .join(ExchangeCourse, ExchangeCourse.id == ExchangeLeg.course_id)
        .join(Listing, Listing.id == ExchangeCourse.listing_id)
    )


def _reports(actor: Actor) -> Any:
    """That the person reports for the taker; the list form of `policies.is_taker`."""
    named = and_(ExchangeCourse.reporter_id == actor.id, ExchangeCourse.taker_id.in_(actor.ids("member")))
    if not actor.holds_any("representative"):
        return named
    return or_(ExchangeCourse.taker_id.in_(actor.ids("representative")), named)


@waiting.source
def legs_to_report(actor: Actor) -> Select[Any] | None:
    """Legs due within two weeks or past, for whom the taker lets report."""
    if not actor.holds_any("member"):
        return None
    return (
        _legs("exchange.leg_due", _other.name)
        .join(_other, _other.id == ExchangeCourse.provider_id)
        .where(ExchangeLeg.state == "planned", ExchangeLeg.due_at <= _soon(), _reports(actor))
    )


@waiting.source
def questions(actor: Actor) -> Select[Any] | None:
    """Reports that the provider asked back about, for whom the taker lets report."""
    if not actor.holds_any("member"):
        return None
    return (
        _legs("exchange.leg_asked_back", _other.name)
        .join(_other, _other.id == ExchangeCourse.provider_id)
        .where(ExchangeLeg.state == "asked_back", _reports(actor))
    )


@waiting.source
def legs_to_acknowledge(actor: Actor) -> Select[Any] | None:
    """Reports that nobody has acknowledged, for the provider's representatives who did not write them."""
    own = actor.ids("representative")
    if not actor.holds_any("representative"):
        return None
    return (
        _legs("exchange.leg_reported", _other.name)
        .join(_other, _other.id == ExchangeCourse.taker_id)
        .where(
            ExchangeLeg.state == "reported",
            ExchangeCourse.provider_id.in_(own),
            ExchangeLeg.reported_by_id != actor.id,
        )
    )

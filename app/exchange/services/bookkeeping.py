"""A leg in the ledger: its report is the delivery of a line, its acknowledgement the receipt. Inside an open transaction.

Where the course follows a commitment, the lines are those of the commitment: nothing is counted twice.
"""

from sqlalchemy import select

from app.core.access import Actor
from app.core.db import db, lock
from app.core.errors import RuleBroken
from app.core.i18n import LazyText, _l, use_locale
from app.exchange.models import ExchangeCourse, ExchangeLeg
from app.ledger import services as ledger
from app.ledger.models import LedgerLine
from app.ledger.services.steps import amount_given, move, say
from app.listings.models import Listing

WHAT = _l("Report %(number)s on “%(title)s”")


def _source(course: ExchangeCourse, leg: ExchangeLeg) -> tuple[str, int, int]:
    """(source kind, source id, part) of the leg's line."""
    if course.commitment_id is not None:
        return "commitment", course.commitment_id, leg.number
    return "exchange_leg", leg.id, 0


def line_of(course: ExchangeCourse, leg: ExchangeLeg) -> LedgerLine | None:
    """The line of a leg, held until the transaction ends, if there is one yet."""
    kind, key, part = _source(course, leg)
    found = db.session.scalars(
        select(LedgerLine).where(
            LedgerLine.source_kind == kind,
            LedgerLine.source_id == key,
            LedgerLine.source_part == part,
            LedgerLine.reverses_id.is_(None),
            LedgerLine.replaces_id.is_(None),
        )
    ).first()
    return None if found is None else lock(found)


def _pledge(actor: Actor, course: ExchangeCourse, leg: ExchangeLeg) -> LedgerLine:
    listing = db.session.get_one(Listing, course.listing_id)
    kind, key, part = _source(course, leg)
    language = listing.language if listing.language in {"en", "ar"} else "en"
    with use_locale(language):
        text = str(LazyText(WHAT.message, number=leg.number, title=listing.title))
    return ledger.pledge(
        giver_id=course.taker_id,
        receiver_id=course.provider_id,
        kind="field_insight",
        text=text,
        language=language,
        due_on=leg.due_on,
        source_kind=kind,
        source_id=key,
        source_part=part,
        consortium_id=course.consortium_id,
        by=actor.id,
    )


def deliver(actor: Actor, course: ExchangeCourse, leg: ExchangeLeg) -> None:
    """The leg was reported: its line is delivered, made first where there is none yet."""
    line = line_of(course, leg) or _pledge(actor, course, leg)
    if line.state == "pledged":
        given = amount_given(line, None)
        say(actor, line, "delivered", "giver", state=move(line, "deliver"), quantity=given)


def recall(actor: Actor, course: ExchangeCourse, leg: ExchangeLeg) -> None:
    """The report is taken back. Raises RuleBroken(`wrong_state`) when the line was confirmed or disputed meanwhile."""
    line = line_of(course, leg)
    if line is not None and line.state != "pledged":
        say(actor, line, "recalled", "giver", state=move(line, "recall"))


def receive(actor: Actor, course: ExchangeCourse, leg: ExchangeLeg) -> None:
    """The leg was acknowledged: its line is received, unless that was said in the ledger before.

    Raises RuleBroken(`disputed`).
    """
    line = line_of(course, leg)
    if line is None:
        return
    if line.state == "disputed":
        raise RuleBroken(
            "disputed", _l("Its ledger line is disputed. That is settled first, on the page of the line.")
        )
    if line.state == "delivered":
        say(actor, line, "received", "receiver", state=move(line, "receive"))


def give_up(course: ExchangeCourse, leg: ExchangeLeg, *, by: int | None, note: str) -> None:
    """The leg is no longer due: what of its own line is only promised is given up; a commitment's is the agreement's matter."""
    if course.commitment_id is None:
        ledger.waive_rest(source_kind="exchange_leg", source_ids=[leg.id], by=by, note=note)

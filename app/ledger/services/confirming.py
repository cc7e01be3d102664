"""The course of a line: each side says its own part."""

from decimal import Decimal

from app.core.access import Actor, authorize
from app.core.db import lock, transaction
from app.core.errors import Invalid
from app.core.i18n import _l
from app.ledger import notices, policies
from app.ledger.models import RATINGS, LedgerLine
from app.ledger.services.steps import amount_given, move, say


def deliver(
    actor: Actor,
    line: LedgerLine,
    *,
    note: str = "",
    quantity: Decimal | None = None,
    version: int | None = None,
) -> None:
    """Say for the giver that it was delivered, and how much. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        line = lock(line)
        authorize(policies.deliver, actor, line)
        line.expect_version(version)
        state = move(line, "deliver")
        given = amount_given(line, quantity)
        say(actor, line, "delivered", "giver", state=state, note=note, quantity=given)
        notices.delivered(actor, line, note)


def recall(actor: Actor, line: LedgerLine, *, note: str = "", version: int | None = None) -> None:
    """Take back for the giver that it was delivered, while nobody confirmed it. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        line = lock(line)
        authorize(policies.deliver, actor, line)
        line.expect_version(version)
        say(actor, line, "recalled", "giver", state=move(line, "recall"), note=note)
        notices.recalled(actor, line, note)


def receive(actor: Actor, line: LedgerLine, *, note: str = "", version: int | None = None) -> None:
    """Confirm for the receiver that it came as the giver says; it counts from now. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        line = lock(line)
        authorize(policies.receive, actor, line)
        line.expect_version(version)
        say(actor, line, "received", "receiver", state=move(line, "receive"), note=note)
        notices.received(actor, line, note)


def rate(actor: Actor, line: LedgerLine, *, rating: int, note: str, version: int | None = None) -> None:
    """Say for the receiver what it was worth, with a sentence. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        line = lock(line)
        authorize(policies.rate, actor, line)
        line.expect_version(version)
        state = move(line, "rate")
        if rating not in RATINGS:
            raise Invalid({"rating": _l("Choose one of the five answers")})
        if not note:
            raise Invalid({"note": _l("Say in a sentence why")})
        say(actor, line, "rated", "receiver", state=state, note=note, rating=rating)
        notices.rated(actor, line, rating, note)


def waive(actor: Actor, line: LedgerLine, *, note: str, version: int | None = None) -> None:
    """Do without it, for the receiver, with a reason. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        line = lock(line)
        authorize(policies.waive, actor, line)
        line.expect_version(version)
        state = move(line, "waive")
        if not note:
            raise Invalid({"note": _l("Say why you do without it")})
        say(actor, line, "waived", "receiver", state=state, note=note)
        notices.waived(actor, line, note)

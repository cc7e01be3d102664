"""When the two sides do not see it alike, and when a receipt was a mistake."""

from decimal import Decimal

from app.core.access import Actor, authorize
from app.core.db import lock, transaction
from app.core.errors import Invalid
from app.core.i18n import _l
from app.ledger import notices, policies
from app.ledger.models import LedgerLine
from app.ledger.services.pledging import add
from app.ledger.services.steps import amount_given, move, say

SETTLEMENTS = ("pledged", "delivered", "received", "waived")


def dispute(actor: Actor, line: LedgerLine, *, note: str, version: int | None = None) -> None:
    """Ask for a mediator, for either side, with a reason. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        line = lock(line)
        authorize(policies.dispute, actor, line)
        line.expect_version(version)
        state = move(line, "dispute")
        if not note:
            raise Invalid({"note": _l("Say what you do not agree with")})
        side = policies.side_of(actor, line) or ""
        say(actor, line, "disputed", side, state=state, note=note)
        notices.disputed(actor, line, note)


def settle(
    actor: Actor,
    line: LedgerLine,
    *,
    outcome: str,
    note: str,
    quantity: Decimal | None = None,
    version: int | None = None,
) -> None:
    """Say as mediator how things stand: still owed, delivered, received or waived. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        line = lock(line)
        authorize(policies.settle, actor, line)
        line.expect_version(version)
        if outcome not in SETTLEMENTS:
            raise Invalid({"outcome": _l("Choose how things stand")})
        state = move(line, f"settle_{outcome}")
        if not note:
            raise Invalid({"note": _l("Say how you came to this")})
        given = amount_given(line, quantity) if outcome in {"delivered", "received"} else None
        say(actor, line, "settled", "mediator", state=state, note=note, quantity=given)
        notices.settled(actor, line, note)


def reverse(
    actor: Actor, line: LedgerLine, *, note: str, again: bool = True, version: int | None = None
) -> LedgerLine:
    """Take back that it was received: a new line subtracts it. With `again` it is still owed, in another new line.

    Returns the line that subtracts. Raises NotAllowed, RuleBroken, Conflict, Invalid.
    """
    with transaction():
        line = lock(line)
        authorize(policies.reverse, actor, line)
        line.expect_version(version)
        state = move(line, "reverse")
        if not note:
            raise Invalid({"note": _l("Say what the mistake was")})
        side = "receiver" if policies.side_of(actor, line) == "receiver" else "mediator"
        say(actor, line, "reversed", side, state=state, note=note)
        offset = _copy(actor, line)
        offset.reverses_id = line.id
        amount = line.amount
        offset.quantity = -amount if amount is not None else None
        add(actor, offset)
        say(actor, offset, "offset", side, state=move(offset, "offset"), note=note, quantity=offset.quantity)
        if again:
            owed = _copy(actor, line)
            owed.replaces_id, owed.quantity, owed.due_on, owed.due_at = (
                line.id,
                line.quantity,
                line.due_on,
                line.due_at,
            )
            add(actor, owed)
        notices.reversed_(actor, line, note)
    return offset


def _copy(actor: Actor, line: LedgerLine) -> LedgerLine:
    """A new line of the same facts, without an amount and a day."""
    return LedgerLine(
        giver_id=line.giver_id,
        receiver_id=line.receiver_id,
        kind=line.kind,
        text=line.text,
        language=line.language,
        unit=line.unit,
        condition=line.condition,
        source_kind=line.source_kind,
        source_id=line.source_id,
        source_part=line.source_part,
        project_id=line.project_id,
        consortium_id=line.consortium_id,
        visibility=line.visibility,
        created_by_id=actor.id,
    )

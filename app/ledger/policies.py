"""Who sees a line and who speaks for its sides.

A side is an institution, spoken for by its representatives, or the pool of a consortium, spoken for by its leads.
Nobody confirms the other side's part: neither somebody who belongs to both nor the person who said that it was
delivered, even if they have changed sides since. A dispute is settled by a lead of the consortium who belongs to neither
side, by an administrator where there is no such lead.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.ledger.models import LedgerLine

GIVER_ONLY = No("giver_only", _l("Only a representative of the institution that gives can say this."))
RECEIVER_ONLY = No("receiver_only", _l("Only a representative of the side that receives can say this."))
SIDES_ONLY = No("sides_only", _l("Only representatives of the two sides can say this."))
BOTH_SIDES = No(
    "both_sides",
    _l("You belong to both sides. Somebody who belongs to one of them alone has to say this."),
)
OWN_DELIVERY = No(
    "own_delivery", _l("You said yourself that it was delivered. Somebody else has to confirm that it came.")
)
MEDIATOR_ONLY = No(
    "mediator_only", _l("A lead of the consortium who belongs to neither side settles a dispute.")
)
ADMIN_MEDIATES = No(
    "administrator_mediates", _l("An administrator who belongs to neither side settles this dispute.")
)


def speaks_for(actor: Actor, line: LedgerLine, side: str) -> bool:
    """Whether the person may speak for the `giver` or the `receiver`."""
    if side == "giver":
        return actor.holds("representative", line.giver_id)
    if line.receiver_id is None:
        return actor.holds("lead", line.consortium_id)
    return actor.holds("representative", line.receiver_id)


def belongs_to(actor: Actor, line: LedgerLine, side: str) -> bool:
    """Whether the person belongs to the side at all, in whatever role."""
    if side == "giver":
        return actor.holds("member", line.giver_id)
    if line.receiver_id is None:
        return actor.holds("lead", line.consortium_id)
    return actor.holds("member", line.receiver_id)


def side_of(actor: Actor, line: LedgerLine) -> str | None:
    """The one side for which the person may speak."""
    for side, other in (("giver", "receiver"), ("receiver", "giver")):
        if speaks_for(actor, line, side) and not belongs_to(actor, line, other):
            return side
    return None


def _for_side(actor: Actor, line: LedgerLine, side: str) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not speaks_for(actor, line, side):
        return GIVER_ONLY if side == "giver" else RECEIVER_ONLY
    return side_of(actor, line) == side or BOTH_SIDES


@permission("ledger.view")
def view(actor: Actor, line: LedgerLine) -> Answer:
    """Its two sides, leads of its consortium, administrators; everybody what was received in public."""
    return (line.visibility == "public" and line.received_at is not None) or is_inside(actor, line)


def is_inside(actor: Actor, line: LedgerLine) -> bool:
    """Whether the reader sees what the two sides say to each other: they, leads of the consortium, administrators."""
    return (
        actor.is_admin
        or belongs_to(actor, line, "giver")
        or belongs_to(actor, line, "receiver")
        or actor.holds("lead", line.consortium_id)
    )


def _held(actor: Actor, column: Any, role: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(actor.ids(role)) if actor.holds_any(role) else false()
    return found


def visible_lines(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`, over LedgerLine."""
    if actor.is_admin:
        return true()
    return or_(
        and_(LedgerLine.visibility == "public", LedgerLine.received_at.is_not(None)),
        _held(actor, LedgerLine.giver_id, "member"),
        _held(actor, LedgerLine.receiver_id, "member"),
        _held(actor, LedgerLine.consortium_id, "lead"),
    )


@permission("ledger.deliver")
def deliver(actor: Actor, line: LedgerLine) -> Answer:
    """Say that it was delivered, or take that back: the giver's side."""
    return _for_side(actor, line, "giver")


@permission("ledger.receive")
def receive(actor: Actor, line: LedgerLine) -> Answer:
    """Confirm that it came: the receiver's side, and never who said that it was delivered."""
    answer = _for_side(actor, line, "receiver")
    if answer and line.delivered_by_id == actor.id:
        return OWN_DELIVERY
    return answer


@permission("ledger.rate")
def rate(actor: Actor, line: LedgerLine) -> Answer:
    """Say what it was worth: the receiver's side."""
    return _for_side(actor, line, "receiver")


@permission("ledger.waive")
def waive(actor: Actor, line: LedgerLine) -> Answer:
    """Do without it: the receiver's side."""
    return _for_side(actor, line, "receiver")


@permission("ledger.dispute")
def dispute(actor: Actor, line: LedgerLine) -> Answer:
    """Ask for a mediator: either side."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if side_of(actor, line) is not None:
        return True
    both = speaks_for(actor, line, "giver") or speaks_for(actor, line, "receiver")
    return BOTH_SIDES if both else SIDES_ONLY


@permission("ledger.settle")
def settle(actor: Actor, line: LedgerLine) -> Answer:
    """Settle a dispute: a lead of its consortium of neither side, an administrator of neither where no such lead is."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    is_neither = not belongs_to(actor, line, "giver") and not belongs_to(actor, line, "receiver")
    if line.has_free_lead:
        return (is_neither and actor.holds("lead", line.consortium_id)) or MEDIATOR_ONLY
    return (is_neither and actor.is_admin) or ADMIN_MEDIATES


@permission("ledger.reverse")
def reverse(actor: Actor, line: LedgerLine) -> Answer:
    """Take back a receipt that was a mistake: the side that confirmed it, or who may mediate."""
    as_receiver = _for_side(actor, line, "receiver")
    return True if as_receiver or settle(actor, line) else as_receiver


@permission("ledger.order_statement")
def order_statement(actor: Actor) -> Answer:
    """Have a statement put on paper: whoever is signed in, as far as they see it; visitors have the page and the CSV file."""
    return actor.is_signed_in or SIGN_IN_FIRST

"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Date, bindparam, text

from app.audit import services as audit
from app.core import clock
from app.core.access import Actor
from app.core.db import db
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.core.quantities import MOST, Quantity
from app.core.text import excerpt
from app.ledger.models import LINE_STATES, NO_ONE, LedgerEvent, LedgerLine

_ADD = text(
    "INSERT INTO ledger_total (giver_id, receiver_id, kind, unit, month, visibility, consortium_id, lines, quantity) "
    "VALUES (:giver_id, :receiver_id, :kind, :unit, :month, :visibility, :consortium_id, :lines, :quantity) "
    "ON CONFLICT (giver_id, receiver_id, kind, unit, month, visibility, consortium_id) "
    "DO UPDATE SET lines = ledger_total.lines + excluded.lines, quantity = ledger_total.quantity + excluded.quantity"
).bindparams(bindparam("month", type_=Date), bindparam("quantity", type_=Quantity))
_ADD_SIDE = text(
    "INSERT INTO ledger_side_total "
    "(institution_id, side, kind, unit, month, visibility, consortium_id, lines, quantity) "
    "VALUES (:institution_id, :side, :kind, :unit, :month, :visibility, :consortium_id, :lines, :quantity) "
    "ON CONFLICT (institution_id, side, kind, unit, month, visibility, consortium_id) "
    "DO UPDATE SET lines = ledger_side_total.lines + excluded.lines, "
    "quantity = ledger_side_total.quantity + excluded.quantity"
).bindparams(bindparam("month", type_=Date), bindparam("quantity", type_=Quantity))
# What the audit calls an entry of the log.
_ACTIONS = {
    "pledged": "ledger.pledge",
    "delivered": "ledger.deliver",
    "recalled": "ledger.recall",
    "received": "ledger.receive",
    "rated": "ledger.rate",
    "waived": "ledger.waive",
    "disputed": "ledger.dispute",
    "settled": "ledger.settle",
    "reversed": "ledger.reverse",
    "offset": "ledger.offset",
}


def say(
    actor: Actor | None,
    line: LedgerLine,
    what: str,
    side: str,
    *,
    state: str,
    note: str = "",
    rating: int | None = None,
    quantity: Decimal | None = None,
) -> LedgerEvent:
    """Write what happened into the log, let the line follow it, count what was received, and leave it in the audit."""
    before = line.state
    event = LedgerEvent(
        line_id=line.id,
        what=what,
        state=state,
        side=side,
        by_id=actor.id if actor else None,
        at=clock.now(),
        note=note,
        rating=rating,
        quantity=quantity,
    )
    db.session.add(event)
    db.session.flush()
    line.follow(event)
    db.session.flush()
    if state == "received":
        count(line)
    changed: dict[str, Any] = {"state": state}
    if rating is not None:
        changed["rating"] = rating
    if quantity is not None:
        changed |= {"quantity": str(quantity), "unit": line.unit}
    audit.record(
        actor,
        _ACTIONS[what],
        line,
        before={} if what == "pledged" else {"state": before},
        after=changed,
        note=note or None,
        label=f"{line.number} {excerpt(line.text, 120)}",
        institution_id=line.giver_id if side == "giver" else line.receiver_id,
        consortium_id=line.consortium_id,
    )
    return event


def move(line: LedgerLine, verb: str) -> str:
    """The state after a move that may be made now. Raises RuleBroken(`wrong_state`, `takes_back`)."""
    if line.reverses_id is not None and verb != "offset":
        raise RuleBroken(
            "takes_back", _l("This line takes another one back. Nothing more can be done with it.")
        )
    before = LINE_STATES.move(line, verb)
    after, line.state = line.state, before  # the line itself follows its log
    return after


def count(line: LedgerLine) -> None:
    """Add a line that was just received to the totals; one that reverses another takes away."""
    assert line.received_at is not None
    values = {
        "giver_id": line.giver_id,
        "receiver_id": line.receiver_id or NO_ONE,
        "kind": line.kind,
        "unit": line.unit,
        "month": line.received_at.date().replace(day=1),
        "visibility": line.visibility,
        "consortium_id": line.consortium_id or NO_ONE,
        "lines": 1 if line.reverses_id is None else -1,
        "quantity": line.amount or Decimal(0),
    }
    db.session.execute(_ADD, values)
    for side, institution_id in (("giver", line.giver_id), ("receiver", line.receiver_id)):
        if institution_id is not None:
            db.session.execute(_ADD_SIDE, values | {"side": side, "institution_id": institution_id})


def amount_given(line: LedgerLine, quantity: Decimal | None) -> Decimal | None:
    """How much was delivered: as said, else as promised. Raises Invalid for `quantity`."""
    if line.quantity is None:
        if quantity is not None:
            raise Invalid({"quantity": _l("Nothing was promised in numbers, so nothing is counted")})
        return None
    given = line.amount if quantity is None else quantity
    if given is None or not 0 < given < MOST:
        raise Invalid({"quantity": _l("Enter a number above zero")})
    return given

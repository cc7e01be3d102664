"""The ledger told anew from its log: each line must be what its events say, and the totals what the lines say."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import select

from app.core.checks import check
from app.core.db import db
from app.ledger.models import NO_ONE, LedgerEvent, LedgerLine, LedgerSideTotal, LedgerTotal

AT_ONCE = 10_000
PROJECTION = ("state", "state_since", "delivered_at", "received_at", "given", "rating", "last_event_id")
Key = tuple[Any, ...]  # giver, receiver, kind, unit, month, visibility, consortium
_KEY = ("giver_id", "receiver_id", "kind", "unit", "month", "visibility", "consortium_id")

_SIDE_KEY = ("institution_id", "side", *_KEY[2:])


def _replayed(events: list[Any]) -> SimpleNamespace:
    """What a line is after its events."""
    line = SimpleNamespace(delivered_at=None, received_at=None, given=None, rating=None, state=None)
    for event in events:
        LedgerLine.follow(cast(Any, line), event)
    return line


def _key_of(line: Any, month: date) -> Key:
    return (
        line.giver_id,
        line.receiver_id or NO_ONE,
        line.kind,
        line.unit,
        month,
        line.visibility,
        line.consortium_id or NO_ONE,
    )


def _count(sums: dict[Key, list[Any]], line: Any, told: Any) -> None:
    if told.received_at is None:
        return
    amount = line.quantity if told.given is None else told.given
    found = sums.setdefault(_key_of(line, told.received_at.date().replace(day=1)), [0, Decimal(0)])
    found[0] += 1 if line.reverses_id is None else -1
    found[1] += amount or 0


@check("ledger")
def faults() -> Iterator[str]:
    """A sentence for each line that is not what its log says, and each total that is not what the log says."""
    sums: dict[Key, list[Any]] = {}
    last = 0
    while True:
        lines = db.session.execute(
            select(*LedgerLine.__table__.c).where(LedgerLine.id > last).order_by(LedgerLine.id).limit(AT_ONCE)
        ).all()
        if not lines:
            break
        first, last = lines[0].id, lines[-1].id
        log: dict[int, list[Any]] = {}
        for event in db.session.execute(
            select(*LedgerEvent.__table__.c)
            .where(LedgerEvent.line_id.between(first, last))
            .order_by(LedgerEvent.id)
        ):
            log.setdefault(event.line_id, []).append(event)
        for line in lines:
            if line.id not in log:
                yield f"line {line.id} has no log"
                continue
            told = _replayed(log[line.id])
            for name in PROJECTION:
                if getattr(told, name) != getattr(line, name):
                    yield f"line {line.id}: {name} is {getattr(line, name)}, its log says {getattr(told, name)}"
            _count(sums, line, told)
    yield from _wrong_totals(sums)


def _wrong_totals(sums: dict[Key, list[Any]]) -> Iterator[str]:
    sides: dict[Key, list[Any]] = {}
    for (giver, receiver, *rest), (lines, quantity) in sums.items():
        for side, institution in (("giver", giver), ("receiver", receiver)):
            if institution != NO_ONE:
                found = sides.setdefault((institution, side, *rest), [0, Decimal(0)])
                found[0] += lines
                found[1] += quantity
    yield from _unlike(LedgerTotal, _KEY, sums)
    yield from _unlike(LedgerSideTotal, _SIDE_KEY, sides)


def _unlike(
    counted: type[LedgerTotal | LedgerSideTotal], names: Key, sums: dict[Key, list[Any]]
) -> Iterator[str]:
    """What a table of totals holds other than the log says."""
    table = counted.__tablename__
    for row in db.session.execute(select(*counted.__table__.c)):
        key = tuple(getattr(row, name) for name in names)
        lines, quantity = sums.pop(key, [0, Decimal(0)])
        if (row.lines, row.quantity) != (lines, quantity):
            yield f"{table} {row.id}: {row.lines} lines, {row.quantity}; the log says {lines} lines, {quantity}"
    for key, (lines, quantity) in sums.items():
        if lines or quantity:
            yield f"{table} has none of {key}: the log says {lines} lines, {quantity}"

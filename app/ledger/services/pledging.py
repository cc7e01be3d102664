"""Lines come from what was agreed elsewhere: made, and given up, inside the transaction of those who agreed."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import or_, select

from app.core import clock, vocab
from app.core.access import Actor
from app.core.db import db, lock, require_scope
from app.core.quantities import is_unit
from app.institutions.models import Institution
from app.ledger import notices
from app.ledger.models import SOURCES, VISIBILITIES, LedgerLine
from app.ledger.services.steps import move, say


def pledge(
    *,
    giver_id: int,
    receiver_id: int | None,
    kind: str,
    text: str,
    language: str,
    quantity: Decimal | None = None,
    unit: str | None = None,
    due_on: date | None = None,
    source_kind: str,
    source_id: int | None,
    source_part: int = 0,
    project_id: int | None = None,
    consortium_id: int | None = None,
    visibility: str = "parties",
    condition: str = "",
    by: int | None = None,
) -> LedgerLine:
    """A line of what was promised; inside the caller's transaction, who has authorised it.

    The same source and part again gives the line that stands. `receiver_id` None is the pool of the consortium. Raises
    ValueError for an unknown kind, unit, source or visibility: these come from our own records.
    """
    require_scope()
    unit = unit or ""
    if not vocab.is_kind(kind) or source_kind not in SOURCES or visibility not in VISIBILITIES:
        raise ValueError(f"no line can be of {kind}, {source_kind}, {visibility}")
    if quantity is not None and not is_unit(unit):
        raise ValueError(f"a quantity needs a unit, and {unit!r} is none")
    standing = (
        source_id
        and db.session.scalars(
            select(LedgerLine).where(
                LedgerLine.source_kind == source_kind,
                LedgerLine.source_id == source_id,
                LedgerLine.source_part == source_part,
                LedgerLine.reverses_id.is_(None),
                LedgerLine.replaces_id.is_(None),
            )
        ).first()
    )
    if standing:
        return standing
    line = LedgerLine(
        giver_id=giver_id,
        receiver_id=receiver_id,
        kind=kind,
        text=text,
        language=language,
        quantity=quantity,
        unit=unit if quantity is not None else "",
        due_on=due_on,
        due_at=_due_at(giver_id, due_on),
        condition=condition,
        source_kind=source_kind,
        source_id=source_id,
        source_part=source_part,
        project_id=project_id,
        consortium_id=consortium_id,
        visibility=visibility,
        created_by_id=by,
    )
    return add(Actor(id=by) if by is not None else None, line)


def add(actor: Actor | None, line: LedgerLine) -> LedgerLine:
    """Keep a new line with the first entry of its log, and tell the side that gives."""
    db.session.add(line)
    db.session.flush()
    say(actor, line, "pledged", "portal", state="pledged")
    if line.reverses_id is None:
        notices.pledged(actor, line)
    return line


def _due_at(giver_id: int, due_on: date | None) -> datetime | None:
    """The end of the day in the giver's zone, or of its next working day."""
    if due_on is None:
        return None
    giver = db.session.get_one(Institution, giver_id)
    return clock.due_at(due_on, [int(day) for day in giver.weekend], giver.zone, giver.country)


def waive_rest(
    *,
    source_kind: str,
    source_ids: Collection[int],
    by: int | None,
    note: str,
    after: date | None = None,
    undated: bool = True,
) -> int:
    """Give up what is still only promised of sources that end; inside the caller's transaction. Returns how many lines.

    What was delivered already still waits for its confirmation, what is disputed for its settlement. `after` keeps what
    is due by that day; `undated` says whether what has no day is given up too.
    """
    require_scope()
    query = select(LedgerLine).where(
        LedgerLine.source_kind == source_kind,
        LedgerLine.source_id.in_(list(source_ids)),
        LedgerLine.state == "pledged",
    )
    if after is not None:
        later = LedgerLine.due_on > after
        query = query.where(or_(later, LedgerLine.due_on.is_(None)) if undated else later)
    lines = db.session.scalars(query.order_by(LedgerLine.id)).all()
    actor = Actor(id=by) if by is not None else None
    done = 0
    for found in lines:
        line = lock(found)
        if line.state != "pledged":
            continue
        say(actor, line, "waived", "portal", state=move(line, "waive"), note=note)
        notices.waived(actor, line, note)
        done += 1
    return done

"""What waits in the ledger: what was delivered to be confirmed, what is due soon or late, disputes to settle."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, literal_column, or_

from app.core import clock, waiting
from app.core.access import Actor
from app.core.db import UtcDateTime
from app.ledger.models import LedgerLine
from app.ledger.queries.records import GIVER, RECEIVER

SOON = timedelta(days=14)
_TITLE = 200
_DELIVERED: Any = literal_column("ledger_line.state = 'delivered'")
_PLEDGED: Any = literal_column("ledger_line.state = 'pledged'")
_DISPUTED: Any = literal_column("ledger_line.state = 'disputed'")
# As the partial indexes say it, so that they are used.
_OPEN: Any = literal_column("ledger_line.state IN ('pledged', 'delivered', 'disputed')")


def _item(kind: str, who: Any, **values: Any) -> Select[Any]:
    return waiting.item(
        f"ledger.{kind}",
        thing_id=LedgerLine.id,
        item_id=LedgerLine.id,
        title=func.substr(LedgerLine.text, 1, _TITLE),
        who=who,
        consortium_id=LedgerLine.consortium_id,
        **values,
    ).select_from(LedgerLine)


@waiting.source
def to_confirm(actor: Actor) -> Select[Any] | None:
    """Delivered to an institution that the person represents."""
    if not actor.holds_any("representative"):
        return None
    return (
        _item("confirm", GIVER.name, since=LedgerLine.state_since)
        .join(GIVER, GIVER.id == LedgerLine.giver_id)
        .where(
            LedgerLine.receiver_id.in_(actor.ids("representative")),
            LedgerLine.giver_id.not_in(actor.ids("member")),
            _OPEN,
            _DELIVERED,
        )
    )


@waiting.source
def to_the_pool(actor: Actor) -> Select[Any] | None:
    """Delivered to the pool of a consortium that the person leads."""
    if not actor.holds_any("lead"):
        return None
    return (
        _item("confirm", GIVER.name, since=LedgerLine.state_since)
        .join(GIVER, GIVER.id == LedgerLine.giver_id)
        .where(
            LedgerLine.consortium_id.in_(actor.ids("lead")),
            LedgerLine.receiver_id.is_(None),
            LedgerLine.giver_id.not_in(actor.ids("member")),
            _DELIVERED,
        )
    )


@waiting.source
def due(actor: Actor) -> Select[Any] | None:
    """Promised by an institution that the person represents, due within two weeks or late."""
    if not actor.holds_any("representative"):
        return None
    return (
        _item("due", RECEIVER.name, since=LedgerLine.state_since, due=LedgerLine.due_at)
        .outerjoin(RECEIVER, RECEIVER.id == LedgerLine.receiver_id)
        .where(
            LedgerLine.giver_id.in_(actor.ids("representative")),
            or_(
                LedgerLine.receiver_id.is_(None),
                LedgerLine.receiver_id.not_in(actor.ids("member")),
            ),
            _OPEN,
            _PLEDGED,
            LedgerLine.due_at <= _soon(),
        )
    )


@waiting.source
def to_settle(actor: Actor) -> Select[Any] | None:
    """Disputes that the person may settle: as lead who belongs to neither side, else as administrator."""
    if not actor.holds_any("lead") and not actor.is_admin:
        return None
    own = actor.ids("member")
    as_lead = and_(LedgerLine.consortium_id.in_(actor.ids("lead")), LedgerLine.receiver_id.is_not(None))
    has_free_lead: Any = LedgerLine.has_free_lead
    led = LedgerLine.consortium_id.in_(actor.ids("lead"))
    as_admin = and_(~has_free_lead, or_(LedgerLine.receiver_id.is_not(None), ~led))
    return (
        _item("settle", GIVER.name, since=LedgerLine.state_since)
        .join(GIVER, GIVER.id == LedgerLine.giver_id)
        .where(
            _DISPUTED,
            LedgerLine.giver_id.not_in(own),
            or_(LedgerLine.receiver_id.is_(None), LedgerLine.receiver_id.not_in(own)),
            or_(as_lead, as_admin) if actor.is_admin else as_lead,
        )
    )


def _soon() -> Any:
    # The statement is kept from page to page; this is asked each time it runs.
    return bindparam(None, callable_=lambda: clock.now() + SOON, type_=UtcDateTime)

"""What waits in the ledger: what was delivered to be confirmed, what is due soon or late, disputes to settle."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.consortia.models import Leadership
from app.core import kept, waiting
from app.core.access import Actor
from app.core.db import UtcDateTime
from app.institutions.models import Affiliation, Institution
from app.ledger.models import LedgerLine
from app.ledger.queries.records import GIVER, RECEIVER

SOON = timedelta(days=14)
_TITLE = 200
_OWN = aliased(Affiliation)
_DELIVERED = literal_column("ledger_line.state = 'delivered'")
_PLEDGED = literal_column("ledger_line.state = 'pledged'")
_DISPUTED = literal_column("ledger_line.state = 'disputed'")
# As the partial indexes over open lines say it, so that they are used.
_OPEN = literal_column("ledger_line.state IN ('pledged', 'delivered', 'disputed')")


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
            LedgerLine.receiver_id.in_(sorted(actor.ids("representative"))),
            LedgerLine.giver_id.not_in(sorted(actor.ids("member"))),
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
            LedgerLine.consortium_id.in_(sorted(actor.ids("lead"))),
            LedgerLine.receiver_id.is_(None),
            LedgerLine.giver_id.not_in(sorted(actor.ids("member"))),
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
            LedgerLine.giver_id.in_(sorted(actor.ids("representative"))),
            or_(
                LedgerLine.receiver_id.is_(None),
                LedgerLine.receiver_id.not_in(sorted(actor.ids("member"))),
            ),
            _OPEN,
            _PLEDGED,
            LedgerLine.due_at <= _soon(),
        )
    )


def _soon() -> Any:
    from sqlalchemy import bindparam

    return bindparam(None, callable_=lambda: kept.clock.now() + SOON, type_=UtcDateTime)

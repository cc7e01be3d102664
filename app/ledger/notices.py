"""Whom we tell what about lines. The words stand in templates/ledger/mail."""

from typing import Any

from app.core.access import Actor
from app.core.text import excerpt
from app.ledger import queries
from app.ledger.models import RATINGS, STATE_AFTER, LedgerLine
from app.notifications.services import tell


def _facts(line: LedgerLine, actor: Actor | None, **more: Any) -> dict[str, Any]:
    giver, receiver = queries.names_of(line)
    return {
        "number": line.number,
        "what": excerpt(line.text, 200),
        "giver": giver,
        "receiver": receiver,
        "by": actor.name if actor else "",
        "due": line.due_on,
        **more,
    }


def _tell(
    sides: tuple[str, ...],
    actor: Actor | None,
    line: LedgerLine,
    kind: str,
    *,
    mail: bool = True,
    **more: Any,
) -> None:
    facts = _facts(line, actor, **more)
    for side in sides:
        is_pool = side == "receiver" and line.receiver_id is None
        tell(
            queries.speakers(line, side),
            f"ledger.{kind}",
            about=line,
            path=f"/impact/lines/{line.id}",
            reason="consortium_lead" if is_pool else f"ledger_{side}",
            facts=facts,
            actor=actor,
            mail=mail,
        )


def pledged(actor: Actor | None, line: LedgerLine) -> None:
    """The giver: it is promised from now. Inbox only; what it was agreed in tells by mail."""
    _tell(("giver",), actor, line, "pledged", mail=False)


def delivered(actor: Actor, line: LedgerLine, note: str) -> None:
    """The receiver: please confirm."""
    _tell(("receiver",), actor, line, "delivered", note=note)


def recalled(actor: Actor, line: LedgerLine, note: str) -> None:
    """The receiver: there is nothing to confirm any more. Inbox only."""
    _tell(("receiver",), actor, line, "recalled", mail=False, note=note)


def received(actor: Actor, line: LedgerLine, note: str) -> None:
    """The giver: it counts."""
    _tell(("giver",), actor, line, "received", note=note)


def rated(actor: Actor, line: LedgerLine, rating: int, note: str) -> None:
    """The giver: what it was worth to the receiver."""
    _tell(("giver",), actor, line, "rated", rating=RATINGS[rating], note=note)


def waived(actor: Actor | None, line: LedgerLine, note: str) -> None:
    """Both sides: nobody owes it any more."""
    _tell(("giver", "receiver"), actor, line, "waived", note=note)


def disputed(actor: Actor, line: LedgerLine, note: str) -> None:
    """The other side, and those who may settle it."""
    _tell(("giver", "receiver"), actor, line, "disputed", note=note)
    tell(
        queries.mediators(line),
        "ledger.to_settle",
        about=line,
        path=f"/impact/lines/{line.id}/settle",
        reason="consortium_lead" if line.has_free_lead else "administrator",
        facts=_facts(line, actor, note=note),
        actor=actor,
    )


def settled(actor: Actor, line: LedgerLine, note: str) -> None:
    """Both sides: how things stand now."""
    _tell(("giver", "receiver"), actor, line, "settled", stands=STATE_AFTER[line.state], note=note)


def reversed_(actor: Actor, line: LedgerLine, note: str) -> None:
    """Both sides: it does not count any more."""
    _tell(("giver", "receiver"), actor, line, "reversed", note=note)


def due_soon(line: LedgerLine) -> None:
    """The giver: the day comes near."""
    _tell(("giver",), None, line, "due_soon")


def late(line: LedgerLine) -> None:
    """Both sides: the day has passed."""
    _tell(("giver", "receiver"), None, line, "late")


def confirm(line: LedgerLine) -> None:
    """The receiver: it still waits for your confirmation."""
    _tell(("receiver",), None, line, "confirm")

"""What happened to a line, in words."""

from typing import Any

from app.core.i18n import _
from app.core.quantities import amount
from app.ledger.models import RATINGS, STATE_AFTER, LedgerLine


def _said(event: Any, line: LedgerLine) -> str:
    """One entry of the log as a sentence."""
    much = amount(event.quantity, line.unit) if event.quantity is not None and line.unit else ""
    waived = _("The side that receives does without it.")
    if event.side == "portal":
        waived = _("What it was agreed in has ended. Nobody owes it any more.")
    sentences = {
        "pledged": _("It was promised."),
        "delivered": _("The side that gives says: delivered, %(amount)s.", amount=much)
        if much
        else _("The side that gives says: delivered."),
        "recalled": _("The side that gives took that back."),
        "received": _("The side that receives confirmed that it came."),
        "waived": waived,
        "disputed": _("The side that gives asked for a mediator.")
        if event.side == "giver"
        else _("The side that receives asked for a mediator."),
        "reversed": _("It was taken back: that it was received had been a mistake."),
        "offset": _("It takes line L-%(number)s back.", number=line.reverses_id),
    }
    if event.what == "rated":
        return _("The side that receives says what it was worth: %(rating)s.", rating=RATINGS[event.rating])
    if event.what == "settled":
        return _("A mediator settled it: %(stands)s.", stands=STATE_AFTER[event.state])
    return sentences[event.what]


def history(events: list[Any], line: LedgerLine, *, is_inside: bool) -> list[dict[str, Any]]:
    """The log for `components/history.html`, the newest first; outsiders read neither names nor people's own words."""
    shown = [event for event in events if is_inside or event.what != "rated"]
    return [
        {
            "at": event.at,
            "text": _said(event, line),
            "who": event.by if is_inside else None,
            "note": event.note if is_inside else None,
        }
        for event in reversed(shown)
    ]

"""What happened to an agreement, from the audit: its course for everybody who sees it, the rest for those inside."""

from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.agreements import policies
from app.agreements.models import PARTS, Agreement
from app.audit.models import AuditEntry
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText, _l, fmt_list
from app.institutions.models import Institution

MOST = 100
FOR_ALL: dict[str, LazyText] = {
    "agreements.come_into_force": _l("Came into force"),
    "agreements.end": _l("Ended"),
    "agreements.terminate": _l("Ended early"),
}
FOR_INSIDE: dict[str, LazyText] = {
    "agreements.create": _l("Begun"),
    "agreements.edit": _l("Draft changed: %(what)s"),
    "agreements.send": _l("Sent to the parties"),
    "agreements.withdraw": _l("Withdrawn"),
    "agreements.revise": _l("A new version: %(what)s"),
    "agreements.say_content": _l("Content with it: %(what)s"),
    "agreements.hand_ball": _l("Handed on to %(what)s"),
    "agreements.name_signatory": _l("Named who signs: %(what)s"),
    "agreements.decline": _l("Declined by %(what)s"),
    "agreements.expire": _l("Expired: nobody answered"),
    "agreements.sign": _l("Signed for %(what)s"),
    "agreements.mark_gift": _l("Marked as a gift by %(what)s"),
    "agreements.give_notice": _l("Notice given by %(what)s"),
    "agreements.take_back_notice": _l("Notice taken back by %(what)s"),
    "agreements.amend": _l("An amendment was drafted: %(what)s"),
}


def entries(actor: Actor, agreement: Agreement) -> list[dict[str, Any]]:
    """The newest lines that the reader may see: at, text, who, note; who did it and notes only for those inside."""
    inside = policies.is_inside(actor, agreement)
    known = FOR_ALL | FOR_INSIDE if inside else FOR_ALL
    rows = db.session.execute(
        select(
            AuditEntry.at,
            AuditEntry.action,
            AuditEntry.after,
            AuditEntry.note,
            Person.display_name,
            Institution.name.label("institution"),
        )
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .outerjoin(Institution, Institution.id == AuditEntry.institution_id)
        .where(
            AuditEntry.thing_kind == Agreement.__tablename__,
            AuditEntry.thing_id == agreement.id,
            AuditEntry.action.in_(known),
        )
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    )
    return [
        {
            "at": row.at,
            "text": str(LazyText(known[row.action].message, what=_what(row))),
            "who": (row.display_name or "") if inside else "",
            "note": row.note if inside else None,
        }
        for row in rows
    ]


def _what(row: Any) -> str:
    after = row.after or {}
    if "parts" in after:
        return fmt_list([str(PARTS.get(part, part)) for part in after["parts"]])
    return str(after.get("what") or row.institution or "")

"""Who may read the audit.

Everybody their own acts; leads of teams and consortia and representatives what they answer for; administrators
everything, for an hour after saying why.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import or_
from sqlalchemy.sql import ColumnElement

from app.audit.models import AuditEntry
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l

READ_ALL = "audit.read_all"
READING = timedelta(hours=1)


@permission("audit.read_entry")
def read_entry(actor: Actor, entry: AuditEntry) -> Answer:
    """Own acts, and what happened under the roof that one answers for."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return (
        entry.actor_id == actor.id
        or actor.holds("team_lead", entry.team_id)
        or actor.holds("team_deputy", entry.team_id)
        or actor.holds("lead", entry.consortium_id)
        or actor.holds("representative", entry.institution_id)
        or No("not_yours", _l("This entry is for those who answer for the thing."))
    )


def visible_entries(actor: Actor) -> ColumnElement[bool]:
    """The list form of `read_entry`."""
    roofs = [
        (AuditEntry.team_id, actor.ids("team_lead", "team_deputy")),
        (AuditEntry.consortium_id, actor.ids("lead")),
        (AuditEntry.institution_id, actor.ids("representative")),
    ]
    return or_(
        AuditEntry.actor_id == (actor.id or 0), *(column.in_(sorted(ids)) for column, ids in roofs if ids)
    )


@permission(READ_ALL)
def read_all(actor: Actor, _thing: Any = None) -> Answer:
    """Administrators read everything; that they do is an entry itself."""
    return actor.is_admin or No("administrators_only", _l("Only administrators of the portal may do this."))

"""Who reads notices, and who reads the log of mails."""

from typing import Any

from sqlalchemy.sql import ColumnElement

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.notifications.models import Notice


@permission("notifications.read_own")
def read_own(actor: Actor, notice: Notice | None = None) -> Answer:
    """Everybody reads their own inbox, and nobody else's. Without a notice: the inbox as a whole."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return (
        notice is None
        or notice.person_id == actor.id
        or No("not_yours", _l("This notice is for somebody else."))
    )


def own_notices(actor: Actor) -> ColumnElement[bool]:
    """The list form of `read_own`."""
    return Notice.person_id == actor.id


@permission("notifications.view_mail_log")
def view_mail_log(actor: Actor, _thing: Any = None) -> Answer:
    """Administrators see whether mails went out."""
    return actor.is_admin or No("administrators_only", _l("Only administrators of the portal may do this."))

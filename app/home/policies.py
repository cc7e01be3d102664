"""Who looks after the portal."""

from typing import Any

from app.core.access import Actor, Answer, No, permission
from app.core.i18n import _l


@permission("home.send_mail_again")
def send_mail_again(actor: Actor, _thing: Any = None) -> Answer:
    """Administrators see that mails go out."""
    return actor.is_admin or No("administrators_only", _l("Only administrators of the portal may do this."))

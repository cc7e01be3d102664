"""What administrators do from the overview."""

from app.audit import services as audit
from app.core.access import Actor, authorize
from app.core.db import lock_id, transaction
from app.home import policies
from app.notifications import services as notifications
from app.notifications.models import Mail


def send_mail_again(actor: Actor, mail_id: int) -> None:
    """Try a failed mail again. Raises NotAllowed, NotFound, or RuleBroken when it has not failed or held a secret link."""
    with transaction():
        authorize(policies.send_mail_again, actor)
        mail = lock_id(Mail, mail_id)
        notifications.requeue(mail)
        audit.record(actor, "home.send_mail_again", mail, label=mail.subject)

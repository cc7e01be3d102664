"""Sending from the worker and from the command line."""

import contextlib
import logging
from datetime import timedelta
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import AppGroup

from app.core import jobs
from app.core.i18n import use_locale
from app.notifications import queries, services
from app.notifications.reasons import reason_text
from app.web import letters, mailbox

cli = AppGroup("mail", help="Mails: send what waits, show what is kept.")
log = logging.getLogger(__name__)


def _post(send: mailbox.Send, due: services.Due) -> str:
    with use_locale(due.locale, due.zone):
        reason = reason_text(due.reason)
        words = letters.words_of(due.kind, due.facts, due.reader_name, reason)
        letter = letters.Letter(due.address, due.path, reason, due.message_id)
        send(due.id, letters.message(words, letter))
    if mailbox.may_show_secrets():
        url = current_app.config["SETTINGS"].base_url + due.path
        click.echo(f"mail to {due.address}: {words.subject} | {url}")
    elif mailbox.keeps_mail():
        log.warning("mail %s is kept in a file: SMTP_URL is not set", due.id)
    return words.subject


@jobs.periodic("notifications.deliver", every=timedelta(seconds=2))
def deliver() -> int:
    """Send what is due. The server is asked only when there is something to send."""
    host = urlsplit(current_app.config["SETTINGS"].base_url).hostname or "localhost"
    with contextlib.ExitStack() as stack:
        opened: list[mailbox.Send] = []

        def post(due: services.Due) -> str:
            if not opened:
                opened.append(stack.enter_context(mailbox.opened()))
            return _post(opened[0], due)

        return services.deliver_due(post, host)


@cli.command("deliver")
def deliver_now() -> None:
    """Send everything that is due, now."""
    total = 0
    while done := deliver():
        total += done
    click.echo(f"{total} mails sent")


@cli.command("links")
@click.option("--most", default=20, show_default=True, help="how many of the newest")
def links(most: int) -> None:
    """Show the links of mails that are kept in files because no SMTP server is set."""
    if not mailbox.may_show_secrets():
        raise click.ClickException("links are shown only in development, where mails are kept in files")
    for number, address, subject in reversed(queries.kept_numbers(most)):
        text = mailbox.kept_text(number) or ""
        found = [line for line in text.splitlines() if line.startswith("http")]
        click.echo(f"{address}: {subject} | {found[0] if found else '(no link)'}")

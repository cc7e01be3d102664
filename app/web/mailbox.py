"""Where mails go: to the SMTP server of SMTP_URL, or, without one, into files under `instance/mail`."""

import contextlib
import email
import pathlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from urllib.parse import parse_qs, unquote, urlsplit

from flask import current_app

TIMEOUT_SECONDS = 20

Send = Callable[[int, EmailMessage], None]


def keeps_mail() -> bool:
    """Whether mails are kept in files because no SMTP server is set."""
    return current_app.config["SETTINGS"].smtp_url is None


def may_show_secrets() -> bool:
    """Whether links that open accounts may be shown to administrators: in development and demonstrations only."""
    return keeps_mail() and not current_app.config["SETTINGS"].is_production


@contextlib.contextmanager
def opened() -> Iterator[Send]:
    """A way to send: call it with the mail's number and message. Raises OSError or smtplib.SMTPException."""
    url = current_app.config["SETTINGS"].smtp_url
    if url is None:
        yield _keep
        return
    with _server(url) as server:

        def send(_number: int, message: EmailMessage) -> None:
            server.send_message(message)

        yield send


def _server(url: str) -> smtplib.SMTP:
    """Connect: `smtps://user:password@host:465`, or `smtp://host:587?starttls=1`."""
    parts = urlsplit(url)
    host, safe = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=safe)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
        if parse_qs(parts.query).get("starttls", ["0"])[0] not in {"0", ""}:
            server.starttls(context=safe)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _folder() -> pathlib.Path:
    return pathlib.Path(current_app.config["SETTINGS"].instance) / "mail"


def _keep(number: int, message: EmailMessage) -> None:
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    # Written aside, then moved: whoever reads the folder never sees half a mail.
    part = folder / f"{number:08d}.part"
    part.touch(mode=0o600)
    part.write_bytes(message.as_bytes())
    part.replace(folder / f"{number:08d}.eml")


def kept_text(number: int) -> str | None:
    """The plain text of a kept mail; None when it is not there (any more)."""
    file = _folder() / f"{number:08d}.eml"
    if not file.is_file():
        return None
    body = email.message_from_bytes(file.read_bytes(), policy=default).get_body(("plain",))
    return str(body.get_content()) if body is not None else None

"""The words of a notice or mail: one template a kind, in the language spoken now, as a line, as text and as HTML.

`<feature>/mail/<what>.txt` holds the subject in its first line, then paragraphs with blank lines between them, and in its
last line, after `->`, the label of the button.
"""

from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import localtime, parseaddr
from typing import Any

from flask import current_app
from jinja2 import TemplateNotFound

from app.core.facts import restore
from app.core.i18n import get_locale, gettext, text_dir
from app.core.text import clean_line

LONGEST_SUBJECT = 200


class _Policy(EmailPolicy):
    """The rules of SMTP, with subjects folded so that no space between two words is lost.

    The library's own folding of a long subject that is not in Latin letters loses some (cpython issue 92081).
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """The header as bytes, ready to be sent."""
        if name.lower() != "subject" or str(value).isascii():
            return super().fold_binary(name, value)
        folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}".encode("ascii")


POLICY = _Policy(linesep=SMTP.linesep)


@dataclass(frozen=True)
class Words:
    """What there is to say: the subject, paragraphs, and the button's label (may be empty)."""

    subject: str
    paragraphs: tuple[str, ...] = ()
    button: str = ""


def template_of(kind: str) -> str:
    """The template of a kind: `teams/mail/team_approved.txt` of `teams.team_approved`."""
    feature, _dot, what = kind.partition(".")
    return f"{feature}/mail/{what}.txt"


def words_of(kind: str, facts: dict[str, Any], reader_name: str = "", reason_text: str = "") -> Words:
    """The words of a kind with these facts, in the current language.

    A kind without a template (of an older version) still has a line, so that an inbox never breaks.
    """
    try:
        template = current_app.jinja_env.get_template(template_of(kind))
    except TemplateNotFound:
        return Words(gettext("Something changed"), (), gettext("Open it"))
    given = {str(key): value for key, value in restore(facts).items()}
    given |= {"reader_name": reader_name, "reason_text": reason_text, "locale": get_locale()}
    return split(template.render(given))


def split(text: str) -> Words:
    """Take a rendered template apart."""
    subject, _break, rest = text.strip().partition("\n")
    lines = rest.strip().split("\n")
    button = ""
    if lines[-1].startswith("->"):
        button = clean_line(lines.pop().removeprefix("->"))
    paragraphs = "\n".join(line.strip() for line in lines).split("\n\n")
    kept = tuple(paragraph.strip() for paragraph in paragraphs if paragraph.strip())
    return Words(clean_line(subject)[:LONGEST_SUBJECT], kept, button)


@dataclass(frozen=True)
class Letter:
    """A mail to be sent: to whom, about which path of ours, why, and its lasting identity."""

    address: str
    path: str
    reason_text: str
    message_id: str


def message(words: Words, letter: Letter) -> EmailMessage:
    """The mail, as text and as HTML with the same words. Links start with BASE_URL, whatever host was asked.

    Raises ValueError when the address cannot be one: nothing that a person typed can add a header or a receiver.
    """
    settings = current_app.config["SETTINGS"]
    facts = {
        "words": words,
        "url": settings.base_url + letter.path if letter.path else "",
        "reason_text": letter.reason_text,
        "contact": settings.contact,
        "home": settings.base_url,
        "language": get_locale(),
        "facing": text_dir(),
    }
    mail = EmailMessage(policy=POLICY)
    mail["Subject"] = words.subject
    mail["From"] = _address(settings.mail_from)
    mail["To"] = Address(addr_spec=letter.address)
    mail["Date"] = localtime()
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = "auto-generated"
    # Not `render_template`: a mail is written for its reader, so it gets nothing of a request that may be open.
    env = current_app.jinja_env
    mail.set_content(env.get_template("mail/letter.txt").render(facts), cte="quoted-printable")
    page = env.get_template("mail/letter.html").render(facts)
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = get_locale()  # after the contents, which take such headers away
    return mail


def _address(text: str) -> Address:
    name, spec = parseaddr(text)
    return Address(display_name=name, addr_spec=spec)

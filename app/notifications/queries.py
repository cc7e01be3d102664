"""Reads of the inbox and of the mail log."""

from typing import Any

from sqlalchemy import Select, false, func, or_, select

from app.core.access import Actor, demand
from app.core.db import db
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.paging import Page, Sort, capped_count, page_by_key
from app.notifications.models import MAIL_STATES, Mail, Notice
from app.notifications.policies import own_notices, view_mail_log

NEWEST = Sort("newest", Notice.id, Notice.id)
NEWEST_MAIL = Sort("newest", Mail.id, Mail.id)
# Parts of the portal by which an inbox can be narrowed: the feature that tells.
GROUPS = (
    "problems",
    "listings",
    "teams",
    "discussion",
    "institutions",
    "consortia",
    "accounts",
    "notifications",
)
_LOG_COLUMNS: tuple[Any, ...] = (
    Mail.id,
    Mail.kind,
    Mail.address,
    Mail.locale,
    Mail.subject,
    Mail.state,
    Mail.attempts,
    Mail.created_at,
    Mail.due_at,
    Mail.sent_at,
    Mail.error,
    Mail.notice_id,
)


def _inbox(actor: Actor, unread: bool, groups: list[str]) -> Select[Any]:
    query = select(
        Notice.id,
        Notice.kind,
        Notice.about_kind,
        Notice.about_id,
        Notice.path,
        Notice.reason,
        Notice.facts,
        Notice.created_at,
        Notice.read_at,
    ).where(own_notices(actor))
    if unread:
        query = query.where(Notice.read_at.is_(None))
    if groups:
        query = query.where(or_(false(), *(Notice.kind.startswith(f"{group}.") for group in groups)))
    return query


def inbox(
    actor: Actor, *, unread: bool = False, groups: list[str] | None = None, cursor: str | None = None
) -> tuple[Page, tuple[int, bool]]:
    """A page of the person's own notices, newest first, and how many there are; two statements.

    Rows have id, kind, about_kind, about_id, path, reason, facts, created_at, read_at.
    """
    query = _inbox(actor, unread, groups or [])
    return page_by_key(query, NEWEST, cursor), capped_count(query)


@kept
def _newest(reader: Actor, limit: Any) -> Any:
    return _inbox(reader, False, []).order_by(Notice.id.desc()).limit(limit)


def newest(actor: Actor, limit: int = 5) -> list[Any]:
    """The person's newest notices, rows as in `inbox`; one statement."""
    return list(db.session.execute(*_newest(actor, limit=limit)))


def get(actor: Actor, notice_id: int) -> Notice:
    """One of the person's own notices. Raises NotFound."""
    found = db.session.scalars(select(Notice).where(Notice.id == notice_id, own_notices(actor))).first()
    if found is None:
        raise NotFound
    return found


def mail_log(actor: Actor, states: list[str], cursor: str | None = None) -> tuple[Page, tuple[int, bool]]:
    """A page of the outbox and log, newest first, and how many there are. Raises NotAllowed.

    Rows have id, kind, address, locale, subject, state, attempts, created_at, due_at, sent_at, error, notice_id.
    """
    demand(view_mail_log, actor)
    query: Select[Any] = select(*_LOG_COLUMNS)
    if states:
        query = query.where(Mail.state.in_(states))
    return page_by_key(query, NEWEST_MAIL, cursor), capped_count(query)


def get_mail(actor: Actor, mail_id: int) -> Mail:
    """A mail of the log. Raises NotAllowed or NotFound."""
    demand(view_mail_log, actor)
    found = db.session.get(Mail, mail_id)
    if found is None:
        raise NotFound
    return found


def mails_by_state(actor: Actor) -> dict[str, tuple[int, bool]]:
    """How many mails wait, are being sent, or failed, each counted up to a cap; one statement each. Raises NotAllowed."""
    demand(view_mail_log, actor)
    return {
        state: capped_count(select(Mail.id).where(Mail.state == state))
        for state in MAIL_STATES
        if state != "sent"
    }


def kept_numbers(limit: int = 20) -> list[tuple[int, str, str]]:
    """(number, address, subject) of the newest sent mails; for the command line."""
    rows = db.session.execute(
        select(Mail.id, Mail.address, Mail.subject)
        .where(Mail.state == "sent")
        .order_by(Mail.id.desc())
        .limit(limit)
    )
    return [(number, address, subject) for number, address, subject in rows]


def oldest_waiting() -> Any:
    """Since when the oldest mail that is due has been due, None when none is; for the health page."""
    return db.session.scalar(select(func.min(Mail.due_at)).where(Mail.state == "waiting"))


def failed_mails(actor: Actor) -> tuple[int, bool]:
    """How many mails could not be delivered, counted up to a cap. Raises NotAllowed."""
    demand(view_mail_log, actor)
    return capped_count(select(Mail.id).where(Mail.state == "failed"))

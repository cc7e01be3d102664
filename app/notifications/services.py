"""Telling people: inbox lines and outbox mails, in the transaction of the change; then sending, and reading."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from app.accounts.models import Person
from app.core import clock, leaving
from app.core.access import Actor, authorize
from app.core.db import Base, db, require_scope, transaction
from app.core.errors import RuleBroken
from app.core.facts import keep
from app.core.i18n import _l
from app.notifications import policies, queries
from app.notifications.models import MOST_ATTEMPTS, Mail, Notice

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=5)
# After each failed try; with the six tries of MOST_ATTEMPTS a server may be away for ten hours.
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
)
MAIL_FAILED = "notifications.mail_failed"


def tell(
    people: Iterable[int | None],
    kind: str,
    *,
    path: str,
    reason: str,
    about: Base | None = None,
    facts: dict[str, Any] | None = None,
    actor: Actor | None = None,
    mail: bool = True,
) -> None:
    """Tell people once each, but never the actor: an inbox line and (unless `mail` is false) a mail at once.

    `kind` is `feature.what`, the template `feature/mail/what.txt`. `path` begins with a slash. `reason` is a key of
    `notifications.reasons.REASONS` ("because you lead this team"). `facts` are plain values for the template; a day, an
    instant or a lazy sentence (`REJECTION_CODES[code]`) may stand among them: the template gets it as such, so that
    `{{ fmt_date(due) }}` and the sentence read in the reader's language.
    """
    require_scope()
    wanted = {person for person in people if person is not None and not (actor and person == actor.id)}
    if not wanted:
        return
    if about is not None and about.id is None:
        db.session.flush()
    kept = keep(facts or {})
    for reader in _readers(wanted):
        notice = Notice(
            person_id=reader.id,
            kind=kind,
            about_kind=about.__tablename__ if about is not None else "portal",
            about_id=about.id if about is not None else None,
            path=path,
            reason=reason,
            facts=kept,
        )
        db.session.add(notice)
        if mail and reader.email:
            db.session.flush()
            db.session.add(
                Mail(
                    notice_id=notice.id,
                    person_id=reader.id,
                    address=reader.email,
                    locale=reader.locale,
                    zone=reader.zone,
                    kind=kind,
                    path=path,
                    reason=reason,
                    facts=kept,
                )
            )


def _readers(wanted: set[int]) -> list[Person]:
    """Those of these people who have not left; a single one who was read in this transaction is not read again."""
    if len(wanted) == 1:
        only = db.session.get(Person, next(iter(wanted)))
        return [] if only is None or only.closed_at is not None else [only]
    query = select(Person).where(Person.id.in_(wanted), Person.closed_at.is_(None)).order_by(Person.id)
    return list(db.session.scalars(query))


def write_to(
    address: str,
    kind: str,
    *,
    path: str,
    locale: str,
    reason: str = "",
    facts: dict[str, Any] | None = None,
    person_id: int | None = None,
) -> None:
    """Queue a mail to an address (a confirmation link, an invitation), without an inbox line."""
    require_scope()
    db.session.add(
        Mail(
            address=address,
            person_id=person_id,
            locale=locale,
            kind=kind,
            path=path,
            reason=reason,
            facts=keep(facts or {}),
        )
    )


@dataclass(frozen=True)
class Due:
    """A mail taken for sending, and who reads it."""

    id: int
    kind: str
    address: str
    reader_name: str
    locale: str
    zone: str
    path: str
    reason: str
    facts: dict[str, Any]
    attempts: int
    message_id: str
    holds_secret: bool  # it opens an account or a team to whoever has its link


def deliver_due(post: Callable[[Due], str], host: str, most: int = 50) -> int:
    """Send what is due, one mail after the other, and return how many went out.

    `post` composes and sends one mail and returns its subject; whatever it raises counts as a failed try. Each mail is
    leased before and marked after, both committed, so that no transaction is open while a server is asked, and a
    worker that dies leaves a mail that another one takes when the lease ends. `host` makes its Message-ID, the same at
    each try. A failure ends the run: the server may be down, and the other mails shall not lose tries to that.
    """
    done = 0
    while done < most:
        due = _take_mail(host)
        if due is None:
            break
        try:
            subject = post(due)
        except Exception as problem:  # noqa: BLE001 - whatever one mail does, the others go on
            log.warning("mail %s not sent (try %s): %s", due.id, due.attempts, type(problem).__name__)
            _note_failure(due, problem)
            break
        _note_sent(due, subject)
        done += 1
    return done


def _take_mail(host: str) -> Due | None:
    now = clock.now()
    is_due = (Mail.state.in_(("waiting", "sending")), Mail.due_at <= now)
    first = select(Mail.id).where(*is_due).order_by(Mail.due_at, Mail.id).limit(1).scalar_subquery()
    with transaction(system="take a mail for sending"):
        # Asked twice on purpose: of two workers with the same first row, the later one finds it no longer due.
        row = db.session.execute(
            update(Mail)
            .where(Mail.id == first, *is_due)
            .values(state="sending", due_at=now + LEASE, attempts=Mail.attempts + 1)
            .returning(Mail)
            .execution_options(synchronize_session=False, populate_existing=True)
        ).first()
        if row is None:
            return None
        mail: Mail = row[0]
        if mail.message_id is None:
            mail.message_id = f"<mail.{mail.id}.{int(mail.created_at.timestamp())}@{host}>"
        name = db.session.scalar(select(Person.display_name).where(Person.id == mail.person_id))
        return Due(
            id=mail.id,
            kind=mail.kind,
            address=mail.address,
            reader_name=name or "",
            locale=mail.locale,
            zone=mail.zone,
            path=mail.path,
            reason=mail.reason,
            facts=mail.facts,
            attempts=mail.attempts,
            message_id=mail.message_id,
            holds_secret=mail.notice_id is None,
        )


def _finish(due: Due, **values: Any) -> None:
    """Write down how it went, and let go of what opens an account: only its hash is kept elsewhere."""
    if due.holds_secret and values.get("state") in {"sent", "failed"}:
        values |= {"path": "", "facts": {}}
    db.session.execute(
        update(Mail)
        .where(Mail.id == due.id, Mail.attempts == due.attempts)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _note_sent(due: Due, subject: str) -> None:
    with transaction(system="a mail was sent"):
        _finish(due, state="sent", sent_at=clock.now(), subject=subject[:300], error=None)


def _note_failure(due: Due, problem: Exception) -> None:
    error = f"{type(problem).__name__}: {problem}"[:500]
    with transaction(system="a mail could not be sent"):
        if due.attempts < MOST_ATTEMPTS:
            pause = BACKOFF[min(due.attempts, len(BACKOFF)) - 1]
            _finish(due, state="waiting", due_at=clock.now() + pause, error=error)
            return
        _finish(due, state="failed", error=error)
        _tell_administrators()


def _tell_administrators() -> None:
    """One unread line is enough, however many mails fail; no mail, which would fail too."""
    warned = select(Notice.person_id).where(Notice.kind == MAIL_FAILED, Notice.read_at.is_(None))
    people = db.session.scalars(
        select(Person.id).where(Person.is_admin, Person.closed_at.is_(None), Person.id.not_in(warned))
    ).all()
    tell(people, MAIL_FAILED, path="/admin/mail?state=failed", reason="administrator", mail=False)


def requeue(mail: Mail) -> None:
    """Inner step: try a failed mail again from now on. Raises RuleBroken when it did not fail or held a secret."""
    require_scope()
    if mail.state != "failed":
        raise RuleBroken("not_failed", _l("This mail has not failed, so there is nothing to send again."))
    if mail.notice_id is None:
        raise RuleBroken(
            "secret_gone",
            _l("This mail held a secret link that is gone. The person has to ask for a new one."),
        )
    mail.state, mail.attempts, mail.due_at, mail.error = "waiting", 0, clock.now(), None


def mark_read(actor: Actor, notice_id: int, read: bool = True) -> None:
    """Mark one notice of the actor's own as read, or unread again. Raises NotFound."""
    with transaction():
        notice = queries.get(actor, notice_id)
        authorize(policies.read_own, actor, notice)
        if (notice.read_at is not None) != read:
            notice.read_at = clock.now() if read else None


def mark_all_read(actor: Actor, up_to: int) -> int:
    """Mark all of the actor's notices up to this id as read; those that came after the page was shown stay unread."""
    with transaction():
        authorize(policies.read_own, actor)
        marked = db.session.execute(
            update(Notice)
            .where(policies.own_notices(actor), Notice.read_at.is_(None), Notice.id <= up_to)
            .values(read_at=clock.now())
            .returning(Notice.id)
            .execution_options(synchronize_session=False)
        ).all()
    return len(marked)


@leaving.release
def forget_reader(_actor: Actor, person_id: int) -> None:
    """A closed account reads no more: its inbox goes, nothing more is sent, and the log forgets where mails went."""
    require_scope()
    own = Mail.person_id == person_id
    for statement in (
        delete(Mail).where(own, Mail.state.in_(("waiting", "sending"))),
        update(Mail).where(own).values(notice_id=None, address="", path="", facts={}, subject=""),
        delete(Notice).where(Notice.person_id == person_id),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))

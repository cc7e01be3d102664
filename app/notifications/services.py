"""Telling people: inbox lines and outbox mails, in the transaction of the change."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.core.access import Actor
from app.core.db import Base, db, require_scope
from app.core.facts import keep
from app.notifications.models import Mail, Notice


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
    readers = db.session.scalars(
        select(Person).where(Person.id.in_(wanted), Person.closed_at.is_(None)).order_by(Person.id)
    ).all()
    for reader in readers:
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

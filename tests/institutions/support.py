"""What these tests share."""

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.institutions.models import Affiliation, Institution
from app.notifications.models import Mail, Notice


def notices_of(person) -> list[str]:
    """The kinds of what a person was told, in order."""
    return list(
        db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id))
    )


def mails_to(person) -> list[str]:
    """The kinds of the mails to a person, in order."""
    return list(db.session.scalars(select(Mail.kind).where(Mail.person_id == person.id).order_by(Mail.id)))


def audited() -> list[str]:
    """The actions in the audit, in order."""
    return list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def count(kind) -> int:
    """How many records there are."""
    return db.session.scalar(select(func.count()).select_from(kind))


def affiliation_of(person, institution) -> Affiliation:
    """The newest affiliation of a person at an institution, fresh."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.person_id == person.id, Affiliation.institution_id == institution.id)
        .order_by(Affiliation.id.desc())
        .execution_options(populate_existing=True)
    ).first()


def state_of(institution) -> str:
    """The state of an institution, fresh."""
    return db.session.scalar(select(Institution.state).where(Institution.id == institution.id))

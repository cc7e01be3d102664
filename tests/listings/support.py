"""What the tests of listings share."""

from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.db import db
from app.notifications.models import Mail, Notice
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_listing,
    make_person,
)


def make_home():
    """An institution in a consortium with a representative and a member, a lead of another institution, an administrator."""
    institution = make_institution("Delta Institute")
    other = make_institution("Atlas Institute")
    lead = affiliate("Lead", other)
    return {
        "institution": institution,
        "other": other,
        "lead": lead,
        "consortium": make_consortium("Drylands", leads=[lead], members=[institution, other]),
        "rep": affiliate("Rana", institution, role="representative"),
        "member": affiliate("Mona", institution),
        "admin": make_admin("Admin"),
        "outsider": make_person("Omar"),
    }


def of(home, state="published", **values):
    return make_listing(
        values.pop("title", None),
        state=state,
        contact=home["rep"],
        institution=home["institution"],
        consortium=home["consortium"],
        **values,
    )


def told(kind):
    return set(db.session.scalars(select(Notice.person_id).where(Notice.kind == f"listings.{kind}")))


def mailed(kind):
    return set(db.session.scalars(select(Mail.person_id).where(Mail.kind == f"listings.{kind}")))


def last_line():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()

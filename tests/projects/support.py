"""What the tests of projects share."""

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.notifications.models import Mail, Notice
from app.projects.models import Project
from tests.factories import affiliate, make_consortium, make_institution, make_person, make_project


def make_world():
    """A host in a consortium, its project's lead, a lead of the consortium, a partner with its representative."""
    host = make_institution("Cairo Water Institute")
    partner = make_institution("Nairobi Lab", country="KE", city="Nairobi")
    boss = make_person("Boss")
    consortium = make_consortium("Drylands", leads=[boss], members=[host, partner], decision_days=5)
    lead = affiliate("Lead", host)
    return {
        "host": host,
        "partner": partner,
        "consortium": consortium,
        "boss": boss,
        "lead": lead,
        "rep": affiliate("Rep", partner, "representative"),
        "member": affiliate("Member", partner),
        "outsider": affiliate("Outsider", make_institution(country="NO")),
    }


def project_of(world, state="forming", **values):
    return make_project(
        state=state,
        lead=world["lead"],
        institution=world["host"],
        consortium=world["consortium"],
        **{"complete": False, **values},
    )


def fresh(project):
    db.session.expire_all()
    return db.session.get_one(Project, project.id)


def actions(project):
    """The audit's actions about a project, in order."""
    return list(
        db.session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.thing_kind == "project", AuditEntry.thing_id == project.id)
            .order_by(AuditEntry.id)
        )
    )


def told(person, kind):
    """(notices, mails) that a person got of a kind."""
    notices = db.session.scalar(
        select(func.count()).select_from(Notice).where(Notice.person_id == person.id, Notice.kind == kind)
    )
    mails = db.session.scalar(
        select(func.count()).select_from(Mail).where(Mail.person_id == person.id, Mail.kind == kind)
    )
    return notices, mails

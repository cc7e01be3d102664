"""What the tests of problems share."""

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.notifications.models import Mail, Notice
from tests.factories import (
    affiliate,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
)


def make_people():
    """An institution in a consortium, an author there, a lead."""
    institution = make_institution()
    lead = make_person("Lead")
    consortium = make_consortium(leads=[lead], members=[institution], decision_days=5)
    author = affiliate("Author", institution)
    return {"institution": institution, "consortium": consortium, "author": author, "lead": lead}


def problem_of(people, state, **values):
    return make_problem(
        state=state,
        author=people["author"],
        institution=people["institution"],
        consortium=people["consortium"],
        **values,
    )


def told(kind):
    return set(db.session.scalars(select(Notice.person_id).where(Notice.kind == f"problems.{kind}")))


def mailed(kind):
    return set(db.session.scalars(select(Mail.person_id).where(Mail.kind == f"problems.{kind}")))


def last_line():
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def count(kind):
    return db.session.scalar(select(func.count()).select_from(kind))


def make_home():
    institution = make_institution("Delta Institute")
    lead = make_person("Lead")
    consortium = make_consortium("Drylands", leads=[lead], members=[institution])
    return {
        "institution": institution,
        "lead": lead,
        "author": affiliate("Nadia", institution),
        "consortium": consortium,
    }


def of(home, state="published", **values):
    return make_problem(
        values.pop("title", None),
        state=state,
        author=home["author"],
        institution=home["institution"],
        consortium=home["consortium"],
        **values,
    )

"""What the tests of outcomes share."""

from typing import Any

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.notifications.models import Mail, Notice
from app.outcomes.models import Outcome
from tests.factories import (
    affiliate,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
    make_project,
)
from tests.factories.outcomes import again, make_outcome
from tests.factories.projects import add_partner, add_project_member


def make_world(**values: Any) -> dict[str, Any]:
    """A host with a running project and its lead, a partner with people of all kinds, leads of the consortium, others."""
    host = make_institution("Cairo Water Institute")
    partner = make_institution("Nairobi Lab", country="KE", city="Nairobi")
    boss, second = make_person("Boss"), make_person("Second Boss")
    consortium = make_consortium("Drylands", leads=[boss, second], members=[host, partner])
    lead = affiliate("Lead", host)
    author = affiliate("Author", host)
    problem = make_problem(institution=host, consortium=consortium, author=author)
    project = make_project(
        state="active",
        lead=lead,
        institution=host,
        consortium=consortium,
        problem=problem,
        complete=False,
        **values,
    )
    add_partner(project, partner)
    world = {
        "host": host, "partner": partner, "consortium": consortium, "problem": problem, "project": project,
        "lead": lead, "author": author, "boss": boss, "second": second,
        "rep": affiliate("Rep", partner, "representative"),
        "other_rep": affiliate("Other rep", partner, "representative"),
        "member": affiliate("Member", partner),
        "host_rep": affiliate("Host rep", host, "representative"),
        "colleague": affiliate("Colleague", host),
        "stranger": affiliate("Stranger", make_institution("Elsewhere", country="NO")),
    }  # fmt: skip
    add_project_member(project, world["colleague"], host)
    add_project_member(project, world["member"], partner)
    return world


def outcome_of(world: dict[str, Any], state: str = "published", **values: Any) -> Outcome:
    """An outcome of the world's project, claimed by its lead for its host, to be confirmed by the partner."""
    return make_outcome(
        state=state, project=world["project"], problem=world["problem"], confirmer=world["partner"], **values
    )


def actions(outcome: Outcome) -> list[str]:
    """The audit's actions about an outcome, in order."""
    return list(
        db.session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.thing_kind == "outcome", AuditEntry.thing_id == outcome.id)
            .order_by(AuditEntry.id)
        )
    )


def told(person: Any, kind: str) -> tuple[int, int]:
    """(notices, mails) that a person got of a kind."""
    notices = db.session.scalar(
        select(func.count()).select_from(Notice).where(Notice.person_id == person.id, Notice.kind == kind)
    )
    mails = db.session.scalar(
        select(func.count()).select_from(Mail).where(Mail.person_id == person.id, Mail.kind == kind)
    )
    return notices or 0, mails or 0


__all__ = ["actions", "again", "make_world", "outcome_of", "told"]

"""Projects in any state, complete enough to be sent, with partners, members and milestones."""

import itertools
from datetime import date, timedelta

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock, index
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.problems.models import Problem
from app.projects.models import (
    LISTED_STATES,
    NO_DATE,
    Milestone,
    Project,
    ProjectFacet,
    ProjectMember,
    ProjectPartner,
    ProjectProblem,
    ProjectReview,
    ProjectUpdate,
)
from tests.factories.consortia import make_consortium
from tests.factories.institutions import affiliate, make_institution

_numbers = itertools.count(1)


def add_partner(
    project: Project, institution: Institution, state: str = "accepted", role: str = "partner", **values
) -> ProjectPartner:
    """Let an institution be a partner (or leave it asked, declined ..., by `state`), with a line both ways."""
    partner = ProjectPartner(
        **{
            "project_id": project.id,
            "institution_id": institution.id,
            "role": role,
            "state": state,
            "brings": [{"kind": "data_set", "text": "Salinity records"}],
            "gains": [{"kind": "method", "text": "Calibration"}],
            **values,
        }
    )
    partner.ask(project.lead_id)
    if state != "asked":
        partner.decided_at, partner.decision_code = clock.now(), "automatic"
    with transaction(system="factory"):
        db.session.add(partner)
        if state == "accepted":
            project = db.session.get_one(Project, project.id)
            project.partners_count += 1
            project.countries = sorted({*project.countries, institution.country})
            values = {("country", institution.country), ("institution", str(institution.id))}
            known = {
                (facet.facet, facet.value)
                for facet in db.session.query(ProjectFacet).filter_by(project_id=project.id)
            }
            for facet, value in sorted(values - known):
                db.session.add(
                    ProjectFacet(project_id=project.id, facet=facet, value=value, listed_at=project.listed_at)
                )
    return partner


def add_project_member(
    project: Project, person: Person, institution: Institution | None = None, state: str = "active", **values
) -> ProjectMember:
    """Put the person into the project (or leave an invitation, by `state`)."""
    member = ProjectMember(
        **{
            "project_id": project.id,
            "person_id": person.id,
            "institution_id": institution.id if institution else None,
            "state": state,
            "position": "Researcher",
            "credit_roles": ["investigation"],
            **values,
        }
    )
    member.ask(project.lead_id)
    if state != "invited":
        member.decided_at, member.decided_by_id, member.decision_code = clock.now(), person.id, "accepted"
    with transaction(system="factory"):
        db.session.add(member)
        if state == "active":
            db.session.get_one(Project, project.id).members_count += 1
    return member


def add_milestone(
    project: Project, title: str = "Milestone", due_on: date | None = None, state: str = "planned", **values
) -> Milestone:
    """A milestone, due in 30 days unless said otherwise; `due_next` of the project follows."""
    due_on = due_on or clock.today() + timedelta(days=30)
    values = {"due_on": due_on, "first_due_on": due_on, "title": title, "state": state, **values}
    if state in {"reported", "accepted"}:
        values = {"reported_on": clock.today(), "evidence": "The report.", **values}
    if state == "accepted":
        values = {"accepted_at": clock.now(), **values}
    with transaction(system="factory"):
        number = db.session.query(Milestone).filter_by(project_id=project.id).count() + 1
        milestone = Milestone(**{"project_id": project.id, "number": number, **values})
        db.session.add(milestone)
        if state == "planned":
            project = db.session.get_one(Project, project.id)
            project.due_next = min(project.due_next, due_on)
    return milestone


def add_update(project: Project, text: str = "The first wells are drilled.", **values) -> ProjectUpdate:
    """A post by the lead."""
    update = ProjectUpdate(**{"project_id": project.id, "author_id": project.lead_id, "text": text, **values})
    with transaction(system="factory"):
        db.session.add(update)
    return update


def make_project(
    title: str | None = None,
    *,
    state: str = "forming",
    lead: Person | None = None,
    institution: Institution | None = None,
    consortium: Consortium | None = None,
    problem: Problem | None = None,
    complete: bool = True,
    **values,
) -> Project:
    """A complete project with its host as partner and its lead as member; whatever is not given is made.

    `complete` adds a second partner of another country. Sent ones have an open review.
    """
    number = next(_numbers)
    institution = institution or make_institution()
    lead = lead or affiliate(f"Lead of project {number}", institution)
    consortium = consortium or make_consortium(members=[institution])
    today = clock.today()
    ends_on = values.pop("ends_on", today + timedelta(days=700))
    project = Project(
        **{
            "code": None if state in {"draft", "withdrawn"} else f"PRJ-{today.year}-{number:04d}",
            "acronym": f"PRO{number}",
            "title": title or f"Project {number}",
            "summary": f"Summary of project {number}.",
            "description": "Sensors that **stay true** in salty water.",
            "goal": "A sensor that holds for two years.",
            "success": "Drift under 10 % after a year.",
            "sdg_goals": ["6"],
            "fields": ["s2312"],
            "keywords": ["water"],
            "skills": ["electrochemistry"],
            "starts_on": today - timedelta(days=30),
            "ends_on": ends_on,
            "planned_end": ends_on or NO_DATE,
            "due_next": (ends_on or NO_DATE) if state in {"forming", "active", "closing"} else NO_DATE,
            "trl_now": 3,
            "trl_wanted": 6,
            "rights": "open",
            "state": state,
            "lead_id": lead.id,
            "registered_by_id": lead.id,
            "institution_id": institution.id,
            "consortium_id": consortium.id,
            "accepted_at": clock.now() if state in LISTED_STATES else None,
            "active_at": clock.now() if state in {"active", "on_hold", "closing", "closed"} else None,
            "closed_at": clock.now() if state == "closed" else None,
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(project)
        db.session.flush()
        if problem is not None:
            db.session.add(ProjectProblem(project_id=project.id, problem_id=problem.id))
        for facet, value in (("sdg", "6"), ("field", "s2312"), ("field", "f23")):
            db.session.add(
                ProjectFacet(project_id=project.id, facet=facet, value=value, listed_at=project.listed_at)
            )
        if state == "submitted":
            review = ProjectReview(project_id=project.id)
            review.ask(lead.id)
            db.session.add(review)
        index.put(
            "project", project.id, project.number, project.acronym, project.title, project.summary,
            project.description, project.goal, " ".join(project.keywords),
        )  # fmt: skip
    add_partner(project, institution, role="lead")
    add_project_member(project, lead, institution, credit_roles=["conceptualization"], position="Lead")
    if complete:
        add_partner(project, make_institution(country="KE", city="Nairobi"))
    return project

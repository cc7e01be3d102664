"""What waits for a person in projects: to decide, to answer, to change."""

from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import Person
from app.core import waiting
from app.core.access import Actor
from app.institutions.models import Institution
from app.projects.models import Project, ProjectMember, ProjectPartner, ProjectReview
from app.projects.policies import deciding


@waiting.source
def reviews_to_do(actor: Actor) -> Select[Any] | None:
    """Projects that wait for this lead's decision (for an administrator where no lead can decide)."""
    if not actor.holds_any("lead") and not actor.is_admin:
        return None
    return (
        waiting.item(
            "projects.review",
            thing_id=Project.id,
            item_id=ProjectReview.id,
            title=Project.title,
            who=Person.display_name,
            since=ProjectReview.asked_at,
            due=ProjectReview.due_at,
            consortium_id=Project.consortium_id,
        )
        .select_from(ProjectReview)
        .join(Project, Project.id == ProjectReview.project_id)
        .join(Person, Person.id == Project.lead_id)
        .where(ProjectReview.decided_at.is_(None), Project.state == "submitted", deciding(actor))
    )


@waiting.source
def changes_wanted(actor: Actor) -> Select[Any] | None:
    """Own projects that a reviewer returned with wishes."""
    if not actor.holds_any("project_lead"):
        return None
    returned_at = (
        select(func.max(ProjectReview.decided_at))
        .where(ProjectReview.project_id == Project.id)
        .correlate(Project)
        .scalar_subquery()
    )
    return (
        waiting.item(
            "projects.changes",
            thing_id=Project.id,
            item_id=Project.id,
            title=Project.title,
            since=returned_at,
            consortium_id=Project.consortium_id,
        )
        .select_from(Project)
        .where(Project.lead_id == actor.id, Project.state == "needs_changes")
    )


@waiting.source
def invitations(actor: Actor) -> Select[Any] | None:
    """Invitations, for the invited person."""
    if not actor.holds_any("project_guest"):
        return None
    return (
        waiting.item(
            "projects.invitation",
            thing_id=Project.id,
            item_id=ProjectMember.id,
            title=Project.title,
            who=Person.display_name,
            since=ProjectMember.asked_at,
            due=ProjectMember.due_at,
        )
        .select_from(ProjectMember)
        .join(Project, Project.id == ProjectMember.project_id)
        .join(Person, Person.id == ProjectMember.asked_by_id)
        .where(ProjectMember.person_id == actor.id, ProjectMember.state == "invited")
    )


@waiting.source
def partnerships(actor: Actor) -> Select[Any] | None:
    """Partnerships to answer, for representatives of the asked institution who did not ask themselves."""
    if not actor.holds_any("project_asked"):
        return None
    return (
        waiting.item(
            "projects.partnership",
            thing_id=Project.id,
            item_id=ProjectPartner.id,
            title=Project.title,
            who=Institution.name,
            since=ProjectPartner.asked_at,
            due=ProjectPartner.due_at,
        )
        .select_from(ProjectPartner)
        .join(Project, Project.id == ProjectPartner.project_id)
        .join(Institution, Institution.id == ProjectPartner.institution_id)
        .where(
            ProjectPartner.institution_id.in_(actor.ids("representative")),
            ProjectPartner.state == "asked",
            ProjectPartner.asked_by_id.is_distinct_from(actor.id),
        )
    )

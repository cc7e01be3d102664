"""What waits for a person in the course of projects."""

from typing import Any

from sqlalchemy import Select, and_, or_

from app.accounts.models import Person
from app.core import kept, waiting
from app.core.access import Actor
from app.institutions.models import Institution
from app.projects.models import (
    RUNNING_STATES,
    FollowUp,
    Milestone,
    PartnerHearing,
    Project,
    ProjectHandOver,
)


@waiting.source
def reported(actor: Actor) -> Select[Any] | None:
    """Reported milestones, for who says whether they are reached."""
    led, consortia = actor.ids("project_lead"), actor.ids("lead")
    if not actor.holds_any("project_lead") and not actor.holds_any("lead"):
        return None
    as_lead = and_(Project.id.in_(led), Milestone.reported_by_id != actor.id)
    for_consortium = and_(
        Project.consortium_id.in_(consortia),
        Milestone.reported_by_id == Project.lead_id,
        Project.lead_id != actor.id,
    )
    return (
        waiting.item(
            "projects.milestone_reported",
            thing_id=Project.id,
            item_id=Milestone.number,
            title=Milestone.title,
            who=Person.display_name,
            since=Milestone.touched_at,
            consortium_id=Project.consortium_id,
        )
        .select_from(Milestone)
        .join(Project, Project.id == Milestone.project_id)
        .join(Person, Person.id == Milestone.reported_by_id)
        .where(Milestone.state == "reported", Project.state.in_(RUNNING_STATES), or_(as_lead, for_consortium))
    )


@waiting.source
def late(actor: Actor) -> Select[Any] | None:
    """Milestones of one's own projects that are late."""
    led = actor.ids("project_lead")
    if not actor.holds_any("project_lead"):
        return None
    return (
        waiting.item(
            "projects.milestone_late",
            thing_id=Project.id,
            item_id=Milestone.number,
            title=Milestone.title,
            who=Project.title,
            since=Milestone.reminded_at,
        )
        .select_from(Milestone)
        .join(Project, Project.id == Milestone.project_id)
        .where(
            Project.id.in_(led),
            Project.state.in_(RUNNING_STATES),
            Milestone.state == "planned",
            Milestone.due_on < kept.today(),
        )
    )


@waiting.source
def hearings(actor: Actor) -> Select[Any] | None:
    """A partner's word before a closing, for its representatives."""
    own = actor.ids("representative")
    if not actor.holds_any("representative"):
        return None
    return (
        waiting.item(
            "projects.hearing",
            thing_id=Project.id,
            item_id=PartnerHearing.id,
            title=Project.title,
            who=Institution.name,
            since=PartnerHearing.asked_at,
            due=PartnerHearing.due_at,
        )
        .select_from(PartnerHearing)
        .join(Project, Project.id == PartnerHearing.project_id)
        .join(Institution, Institution.id == PartnerHearing.institution_id)
        .where(PartnerHearing.institution_id.in_(own), PartnerHearing.decided_at.is_(None))
    )


@waiting.source
def offers_of_the_lead(actor: Actor) -> Select[Any] | None:
    """An offered lead, for the member."""
    if not actor.holds_any("project_member"):
        return None
    return (
        waiting.item(
            "projects.hand_over",
            thing_id=Project.id,
            item_id=ProjectHandOver.id,
            title=Project.title,
            who=Person.display_name,
            since=ProjectHandOver.asked_at,
            due=ProjectHandOver.due_at,
        )
        .select_from(ProjectHandOver)
        .join(Project, Project.id == ProjectHandOver.project_id)
        .join(Person, Person.id == ProjectHandOver.asked_by_id)
        .where(ProjectHandOver.to_person_id == actor.id, ProjectHandOver.decided_at.is_(None))
    )


@waiting.source
def follow_ups(actor: Actor) -> Select[Any] | None:
    """The questions 12 and 24 months after, for the lead."""
    led = actor.ids("project_lead")
    if not actor.holds_any("project_lead"):
        return None
    return (
        waiting.item(
            "projects.follow_up",
            thing_id=Project.id,
            item_id=FollowUp.months,
            title=Project.title,
            since=FollowUp.asked_at,
            due=FollowUp.due_at,
        )
        .select_from(FollowUp)
        .join(Project, Project.id == FollowUp.project_id)
        .where(Project.id.in_(led), FollowUp.decided_at.is_(None))
    )

"""Who sees a project, and which of its blocks.

A reader reaches a level: everybody, signed-in people, members of the consortium (and whoever is asked to take part), and
those who take part or review it. A project or block is seen by those whose reach is its level or beyond.
"""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import and_, case, false, literal, not_, or_, select
from sqlalchemy.sql import ColumnElement, Select

from app.core.access import Actor, Answer, grant_source, permission
from app.institutions.models import Affiliation, Institution
from app.projects.models import LEVELS, LISTED_STATES, PROJECT_STATES, Project, ProjectMember, ProjectPartner

# What a lead of the consortium sees beside what is listed: from the moment at which it was sent.
REVIEWED_STATES = ("submitted", "needs_changes", "rejected")
INSIDE = ("project_lead", "project_member", "project_partner")
ASKED = ("project_guest", "project_asked")


@grant_source
def leads(person_id: int) -> Select[str, int]:
    """("project_lead", project)."""
    return select(literal("project_lead"), Project.id).where(Project.lead_id == person_id)


@grant_source
def members(person_id: int) -> Select[str, int]:
    """("project_member", project), and ("project_guest", project) while an invitation waits."""
    role: Any = case((ProjectMember.state == "active", "project_member"), else_="project_guest")
    return select(role, ProjectMember.project_id).where(
        ProjectMember.person_id == person_id, ProjectMember.state.in_(["active", "invited"])
    )


@grant_source
def partners(person_id: int) -> Select[str, int]:
    """("project_partner", project) for representatives of a partner, ("project_asked", project) of one that is asked."""
    role: Any = case((ProjectPartner.state == "accepted", "project_partner"), else_="project_asked")
    return (
        select(role, ProjectPartner.project_id)
        .join(Affiliation, Affiliation.institution_id == ProjectPartner.institution_id)
        .join(Institution, Institution.id == ProjectPartner.institution_id)
        .where(
            ProjectPartner.state.in_(["accepted", "asked"]),
            Affiliation.person_id == person_id,
            Affiliation.role == "representative",
            Affiliation.state == "active",
            Institution.state == "verified",
        )
    )


def takes_part(actor: Actor, project: Project) -> bool:
    """Whether the person leads it, is a member, or represents a partner."""
    return any(actor.holds(role, project.id) for role in INSIDE)


def is_asked(actor: Actor, project: Project) -> bool:
    """Whether the person, or an institution that they represent, is asked to take part."""
    return any(actor.holds(role, project.id) for role in ASKED)


def reviews(actor: Actor, project: Project) -> bool:
    """Whether the person answers for it: leads its consortium, or is administrator where no lead can decide."""
    return actor.holds("lead", project.consortium_id) or (actor.is_admin and not project.has_other_lead)


def _is_reviewed(project: Project) -> bool:
    return project.state in LISTED_STATES or project.state in REVIEWED_STATES


def reach(actor: Actor, project: Project) -> str:
    """The level that the reader reaches in this project."""
    if takes_part(actor, project) or (reviews(actor, project) and _is_reviewed(project)):
        return "members"
    if is_asked(actor, project) or actor.holds("consortium_member", project.consortium_id):
        return "consortium"
    return "signed_in" if actor.is_signed_in else "public"


@permission("projects.view")
def view(actor: Actor, project: Project) -> Answer:
    """Listed ones by their visibility; in any state those who take part or are asked to; what was sent its reviewers."""
    reached = reach(actor, project)
    if reached == "members" or is_asked(actor, project):
        return True
    return project.state in LISTED_STATES and LEVELS.index(project.visibility) <= LEVELS.index(reached)


@permission("projects.view_block")
def view_block(actor: Actor, project: Project, block: str) -> Answer:
    """A block of the page: never wider than the project."""
    if not view(actor, project):
        return False
    return LEVELS.index(project.level(block)) <= LEVELS.index(reach(actor, project))


def is_inside(actor: Actor, project: Project) -> bool:
    """Whether the reader sees what is between those who take part and those who review."""
    return reach(actor, project) == "members"


# ---- the list forms --------------------------------------------------------------------------------------------


def _held(actor: Actor, column: Any, *roles: str) -> ColumnElement[bool]:
    """That the person holds one of the roles in the thing of a column."""
    found: ColumnElement[bool] = column.in_(actor.ids(*roles)) if actor.holds_any(*roles) else false()
    return found


def reviewed_by(actor: Actor) -> ColumnElement[bool]:
    """The list form of `reviews`."""
    as_lead = _held(actor, Project.consortium_id, "lead")
    if not actor.is_admin:
        return as_lead
    return or_(as_lead, not_(cast(ColumnElement[bool], Project.has_other_lead)))


def _within(actor: Actor, level: Any) -> ColumnElement[bool]:
    """That a level is one that the reader reaches as an outsider."""
    if not actor.is_signed_in:
        return cast(ColumnElement[bool], level == "public")
    open_to_all: ColumnElement[bool] = level.in_(["public", "signed_in"])
    if not actor.holds_any("consortium_member"):
        return open_to_all
    inside = and_(level == "consortium", _held(actor, Project.consortium_id, "consortium_member"))
    return or_(open_to_all, inside)


def in_states(states: Collection[str]) -> ColumnElement[bool]:
    """That the state is one of these; for several it is said by what it is not.

    No index on the state is chosen for "not in": most rows of the list are listed, and its order comes from elsewhere.
    """
    if len(states) == 1:
        return Project.state == next(iter(states))
    return Project.state.not_in([name for name in PROJECT_STATES.names if name not in states])


def visible(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`."""
    in_public = and_(Project.state.in_(LISTED_STATES), _within(actor, Project.visibility))
    if not actor.is_signed_in:
        return in_public
    reviewed = and_(reviewed_by(actor), Project.state.in_([*LISTED_STATES, *REVIEWED_STATES]))
    return or_(in_public, _held(actor, Project.id, *INSIDE), _held(actor, Project.id, *ASKED), reviewed)


def listed(actor: Actor) -> ColumnElement[bool]:
    """What the list shows this person: `visible`, without what has not been accepted.

    Like the others here it may stand in a statement that is kept (`core.kept`).
    """
    is_listed = in_states(LISTED_STATES)
    in_public = _within(actor, Project.visibility)
    if not actor.is_signed_in:
        return and_(is_listed, in_public)
    return and_(
        is_listed,
        or_(
            in_public, _held(actor, Project.id, *INSIDE), _held(actor, Project.id, *ASKED), reviewed_by(actor)
        ),
    )


def block_seen(actor: Actor, block: str) -> ColumnElement[bool]:
    """The list form of `view_block`, to be asked beside `visible` or `listed`."""
    level = getattr(Project, f"{block}_for")
    outside = and_(_within(actor, level), _within(actor, Project.visibility))
    if not actor.is_signed_in:
        return outside
    reviewed = and_(reviewed_by(actor), Project.state.in_([*LISTED_STATES, *REVIEWED_STATES]))
    # Whoever is asked reaches what members of the consortium reach.
    narrow = and_(level != "members", Project.visibility != "members")
    return or_(
        outside, _held(actor, Project.id, *INSIDE), reviewed, and_(_held(actor, Project.id, *ASKED), narrow)
    )

"""Reads of one project: its page, block by block, each as far as the reader sees it."""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.kept import kept
from app.institutions.models import Institution
from app.problems.models import Problem
from app.problems.policies import visible as problems_visible
from app.projects.models import (
    Funding,
    Milestone,
    Project,
    ProjectFollow,
    ProjectMember,
    ProjectPartner,
    ProjectProblem,
    ProjectReview,
    ProjectUpdate,
    ResourceNeed,
)
from app.projects.policies import is_inside, view_block, visible

LATEST_UPDATES = 3


@dataclass(frozen=True)
class Partner:
    """A partner as it is shown: institution, role, what it brings and gains, from when to when, its state."""

    id: int
    institution_id: int
    name: str
    country: str
    city: str
    ror: str | None
    role: str
    state: str
    brings: list[Any]
    gains: list[Any]
    starts_on: date | None
    ends_on: date | None
    asked_at: Any
    due_at: Any
    version: int


@dataclass(frozen=True)
class Member:
    """A member as they are shown: person, institution, position, CRediT roles, dates, state."""

    id: int
    person_id: int
    display_name: str
    romanised_name: str
    visibility: str
    closed_at: Any
    email_confirmed_at: Any
    institution_id: int | None
    institution: str | None
    position: str
    credit_roles: list[str]
    starts_on: date | None
    ends_on: date | None
    state: str
    due_at: Any

    @property
    def person(self) -> SimpleNamespace:
        """The person as the permission of their page asks for them."""
        return SimpleNamespace(
            id=self.person_id,
            visibility=self.visibility,
            closed_at=self.closed_at,
            email_confirmed_at=self.email_confirmed_at,
        )


@dataclass
class Detail:
    """What the overview shows. `asked` are partners that have not answered, for those inside alone."""

    project: Project
    following: bool
    partners: list[Partner] = field(default_factory=list)
    asked: list[Partner] = field(default_factory=list)
    problems: list[Any] = field(default_factory=list)
    updates: list[Any] = field(default_factory=list)
    sees: dict[str, bool] = field(default_factory=dict)


def get(actor: Actor, project_id: int) -> Project:
    """A project with its lead, host and consortium, if the reader may see it. Raises NotFound."""
    found = db.session.scalars(*_whole(actor, project_id=project_id)).first()
    if found is None:
        raise NotFound
    return found


def _visible(reader: Actor, project_id: Any) -> Select[Any]:
    return (
        select(Project)
        .where(Project.id == project_id, visible(reader))
        .options(joinedload(Project.lead), joinedload(Project.institution), joinedload(Project.consortium))
    )


_whole = kept(_visible)


@kept
def _followed(reader: Actor, project_id: Any) -> Any:
    follows = exists().where(
        ProjectFollow.project_id == Project.id, ProjectFollow.person_id == func.coalesce(reader.id, 0)
    )
    return _visible(reader, project_id).add_columns(follows)


def get_followed(actor: Actor, project_id: int) -> tuple[Project, bool]:
    """A project as by `get`, and whether the reader follows it; one statement. Raises NotFound."""
    row = db.session.execute(*_followed(actor, project_id=project_id)).first()
    if row is None:
        raise NotFound
    return row[0], bool(row[1])


def detail(actor: Actor, project_id: int) -> Detail:
    """A project for its page; four statements. Raises NotFound."""
    project, following = get_followed(actor, project_id)
    partners, asked = partners_of(actor, project)
    updates = updates_of(project, LATEST_UPDATES) if view_block(actor, project, "updates") else []
    return Detail(project, following, partners, asked, problems_of(actor, project.id), updates)


@kept
def _partners(project_id: Any, states: Any) -> Any:
    return (
        select(
            ProjectPartner.id,
            Institution.id.label("institution_id"),
            Institution.name.label("name"),
            Institution.country,
            Institution.city,
            Institution.ror,
            ProjectPartner.role,
            ProjectPartner.state,
            ProjectPartner.brings,
            ProjectPartner.gains,
            ProjectPartner.starts_on,
            ProjectPartner.ends_on,
            ProjectPartner.asked_at,
            ProjectPartner.due_at,
            ProjectPartner.version,
        )
        .join(Institution, Institution.id == ProjectPartner.institution_id)
        .where(ProjectPartner.project_id == project_id, ProjectPartner.state.in_(states))
        .order_by((ProjectPartner.role == "lead").desc(), ProjectPartner.id)
    )


def partners_of(actor: Actor, project: Project) -> tuple[list[Partner], list[Partner]]:
    """Accepted partners, the lead institution first; and those that have been asked, for those inside or asked."""
    states = ["accepted", "asked"] if actor.is_signed_in else ["accepted"]
    rows = db.session.execute(*_partners(project_id=project.id, states=states))
    found = [Partner(**row._asdict()) for row in rows]
    inside = is_inside(actor, project)
    own = actor.ids("representative")
    asked = [row for row in found if row.state == "asked" and (inside or row.institution_id in own)]
    return [row for row in found if row.state == "accepted"], asked


@kept
def _members(project_id: Any, lead_id: Any, states: Any) -> Any:
    return (
        select(
            ProjectMember.id,
            ProjectMember.person_id,
            Person.display_name,
            Person.romanised_name,
            Person.visibility,
            Person.closed_at,
            Person.email_confirmed_at,
            ProjectMember.institution_id,
            Institution.name.label("institution"),
            ProjectMember.position,
            ProjectMember.credit_roles,
            ProjectMember.starts_on,
            ProjectMember.ends_on,
            ProjectMember.state,
            ProjectMember.due_at,
        )
        .join(Person, Person.id == ProjectMember.person_id)
        .outerjoin(Institution, Institution.id == ProjectMember.institution_id)
        .where(ProjectMember.project_id == project_id, ProjectMember.state.in_(states))
        .order_by((ProjectMember.person_id == lead_id).desc(), ProjectMember.id)
    )


def members_of(actor: Actor, project: Project) -> tuple[list[Member], list[Member]]:
    """Members, the lead first; and those who are invited, for those inside. The view asks for the block."""
    states = ["active", "invited"] if is_inside(actor, project) else ["active"]
    rows = db.session.execute(*_members(project_id=project.id, lead_id=project.lead_id, states=states))
    found = [Member(**row._asdict()) for row in rows]
    return [row for row in found if row.state == "active"], [row for row in found if row.state == "invited"]


@kept
def _problems_of(reader: Actor, project_id: Any) -> Any:
    return (
        select(Problem.id, Problem.title, Problem.language, Problem.state)
        .join(ProjectProblem, ProjectProblem.problem_id == Problem.id)
        .where(ProjectProblem.project_id == project_id, problems_visible(reader))
        .order_by(ProjectProblem.position, ProjectProblem.id)
    )


def problems_of(actor: Actor, project_id: int) -> list[Any]:
    """The problems that it answers and the reader may see: id, title, language, state."""
    return list(db.session.execute(*_problems_of(actor, project_id=project_id)))


@kept
def _updates_of(is_later_page: bool, project_id: Any, limit: Any, before: Any) -> Any:
    older = (ProjectUpdate.id < before,) if is_later_page else ()
    return (
        select(
            ProjectUpdate.id,
            ProjectUpdate.title,
            ProjectUpdate.text,
            ProjectUpdate.language,
            ProjectUpdate.posted_at,
            ProjectUpdate.edited_at,
            ProjectUpdate.author_id,
            Person.display_name.label("author"),
        )
        .join(Person, Person.id == ProjectUpdate.author_id)
        .where(ProjectUpdate.project_id == project_id, *older)
        .order_by(ProjectUpdate.id.desc())
        .limit(limit)
    )


def updates_of(project: Project, limit: int, before: int | None = None) -> list[Any]:
    """The newest posts (older than the one with the id `before`): id, title, text, language, posted_at, edited_at, author_id,
    author. The view asks for the block.
    """
    call = _updates_of(before is not None, project_id=project.id, limit=limit, before=before)
    return list(db.session.execute(*call))


@kept
def _needs_of(project_id: Any) -> Any:
    return (
        select(
            ResourceNeed.id,
            ResourceNeed.kind,
            ResourceNeed.text,
            ResourceNeed.amount,
            ResourceNeed.unit,
            ResourceNeed.is_met,
        )
        .where(ResourceNeed.project_id == project_id)
        .order_by(ResourceNeed.position, ResourceNeed.id)
    )


def needs_of(project_id: int) -> list[Any]:
    """What it needs: id, kind, text, amount, unit, is_met. The view asks for the block."""
    return list(db.session.execute(*_needs_of(project_id=project_id)))


@kept
def _funding_of(project_id: Any) -> Any:
    return (
        select(
            Funding.id,
            Funding.funder_id,
            Funding.funder_name,
            Institution.name.label("institution"),
            Institution.ror,
            Funding.award,
            Funding.amount,
            Funding.currency,
        )
        .outerjoin(Institution, Institution.id == Funding.funder_id)
        .where(Funding.project_id == project_id)
        .order_by(Funding.position, Funding.id)
    )


def funding_of(project_id: int) -> list[Any]:
    """Who pays: funder (a name), funder_id, ror, award, amount, currency. The view asks for the block."""
    return list(db.session.execute(*_funding_of(project_id=project_id)))


@kept
def _milestones_of(project_id: Any) -> Any:
    columns = [column for column in Milestone.__table__.columns if column.name != "project_id"]
    return (
        select(*columns, Institution.name.label("institution"), Person.display_name.label("reported_by"))
        .outerjoin(Institution, Institution.id == Milestone.institution_id)
        .outerjoin(Person, Person.id == Milestone.reported_by_id)
        .where(Milestone.project_id == project_id)
        .order_by(Milestone.due_on, Milestone.number)
    )


def milestones_of(project_id: int) -> list[Any]:
    """The plan by day: the columns of each milestone, `institution` and `reported_by`. The view asks for the block."""
    return list(db.session.execute(*_milestones_of(project_id=project_id)))


def newest_review(project_id: int) -> ProjectReview | None:
    """The last round, decided or not."""
    return db.session.scalars(
        select(ProjectReview)
        .where(ProjectReview.project_id == project_id)
        .order_by(ProjectReview.id.desc())
        .limit(1)
    ).first()

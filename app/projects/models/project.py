"""Project with its links to problems, funding, needs, facets, followers and reviews."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock, lights
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.lights import NO_DATE
from app.core.quantities import Quantity
from app.core.things import Localised
from app.institutions.models import Institution
from app.problems.models import Problem
from app.projects.models.states import LISTED_STATES, LIT_STATES, PROJECT_STATES
from app.projects.models.words import LEVELS, SUMMARY_LENGTH, TITLE_LENGTH

COUNTED = (
    "state",
    "visibility",
    "consortium_id",
    "institution_id",
    "due_next",
    "late_until",
    "trl_now",
    "lead_id",
)
_LEVELS = ", ".join(repr(level) for level in LEVELS)
_BLOCK_COLUMNS = ("team", "plan", "resources", "funding", "updates", "files")


class Project(Localised, Versioned, Base):
    """A project. `language` is that of all its texts; `due_next` the day of what is due first, kept with the plan.

    Long texts stand last in the table (`sort_order`): SQLite reads a row from its beginning, as far as it needs.
    """

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint(PROJECT_STATES.check(), name="state"),
        CheckConstraint("code IS NOT NULL OR state IN ('draft', 'withdrawn')", name="sent_has_code"),
        CheckConstraint(
            f"accepted_at IS NOT NULL OR state NOT IN ({', '.join(repr(name) for name in LISTED_STATES)})",
            name="listed_was_accepted",
        ),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_date"),
        CheckConstraint(f"visibility IN ({_LEVELS})", name="visibility"),
        *(CheckConstraint(f"{block}_for IN ({_LEVELS})", name=f"{block}_for") for block in _BLOCK_COLUMNS),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("trl_now IS NULL OR trl_now BETWEEN 1 AND 9", name="trl_now"),
        CheckConstraint("trl_wanted IS NULL OR trl_wanted BETWEEN 1 AND 9", name="trl_wanted"),
        Index("ix_project_newest", "state", "listed_at", "id", "visibility"),
        # Holds all that the list's count asks, so that a thousand matches are counted without reading their rows.
        Index("ix_project_listed", "listed_at", "id", *COUNTED),
        Index("ix_project_due", "due_next", "id"),
        Index("ix_project_end", "planned_end", "id"),
        Index("ix_project_consortium", "consortium_id", "listed_at", "id"),
        Index("ix_project_consortium_state", "consortium_id", "state"),  # what waits for its leads
        Index("ix_project_institution", "institution_id", "listed_at", "id"),
        Index("ix_project_lead", "lead_id", "state"),
    )  # fmt: skip

    code: Mapped[str | None] = mapped_column(
        String(16), unique=True
    )  # PRJ-2026-0042, from the first sending on
    acronym: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    state: Mapped[str] = mapped_column(String(14), default="draft")
    visibility: Mapped[str] = mapped_column(String(10), default="public")
    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortium.id"))
    consortium: Mapped[Consortium] = relationship(lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))  # the host
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    lead_id: Mapped[int] = person_key()
    lead: Mapped[Person] = relationship(foreign_keys="Project.lead_id", lazy="raise_on_sql")
    registered_by_id: Mapped[int | None] = person_key()
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]  # planned
    planned_end: Mapped[date] = mapped_column(default=NO_DATE)  # `ends_on` for sorting, never empty
    due_next: Mapped[date] = mapped_column(default=NO_DATE)
    late_until: Mapped[date | None]  # how long a late report keeps the light from green
    trl_now: Mapped[int | None]
    trl_wanted: Mapped[int | None]
    sdg_goals: Mapped[list[str]] = mapped_column(default=list)
    sdg_targets: Mapped[list[str]] = mapped_column(default=list)
    fields: Mapped[list[str]] = mapped_column(default=list)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    skills: Mapped[list[str]] = mapped_column(default=list)  # wanted in the team
    partners_count: Mapped[int] = mapped_column(default=0)  # accepted ones, the host included
    members_count: Mapped[int] = mapped_column(default=0)
    countries: Mapped[list[str]] = mapped_column(default=list)  # of accepted partners
    team_for: Mapped[str] = mapped_column(String(10), default="public")
    plan_for: Mapped[str] = mapped_column(String(10), default="public")
    resources_for: Mapped[str] = mapped_column(String(10), default="public")
    funding_for: Mapped[str] = mapped_column(String(10), default="public")
    updates_for: Mapped[str] = mapped_column(String(10), default="public")
    files_for: Mapped[str] = mapped_column(String(10), default="public")
    rights: Mapped[str] = mapped_column(String(16), default="undecided")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    accepted_at: Mapped[datetime | None]  # by the consortium
    team_approved_at: Mapped[datetime | None]  # kept by the teams above
    active_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)  # newest first: accepted, else created
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    state_reason: Mapped[str] = mapped_column(String(500), default="")  # of holding, closing, cancelling
    parts_done: Mapped[list[str]] = mapped_column(
        default=list
    )  # optional tasks that the lead ticked as complete
    source: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {title, url, licence, change}
    description: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    goal: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    success: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    rights_note: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    ethics: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    export_note: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    closing_report: Mapped[str] = mapped_column(Text, default="", sort_order=20)

    if TYPE_CHECKING:
        has_other_lead: bool

    @property
    def number(self) -> str:
        """The public number that people can say aloud; a draft has a short one of its own."""
        return self.code or f"D-{self.id:04d}"

    @property
    def is_private(self) -> bool:
        """Whether only those who take part see it."""
        return self.visibility == "members"

    def level(self, block: str) -> str:
        """Who sees a block: the narrower of the project's visibility and the block's own."""
        own: str = getattr(self, f"{block}_for")
        return max(self.visibility, own, key=LEVELS.index)

    def light(self, today: date | None = None) -> str:
        """The light now, as `light_of` says."""
        return light_of(self.state, self.due_next, self.late_until, today or clock.today())


def light_of(state: str, due_next: date, late_until: date | None, today: date) -> str:
    """The light by the rule of `core.lights`; empty where the state shows none.

    Late is a milestone that was due and has not been reported, or the planned end.
    """
    return lights.light_of(due_next, late_until, today) if state in LIT_STATES else ""


class ProjectNumber(Base):
    """The last number given in a year; its row is locked while the next is taken."""

    __tablename__ = "project_number"

    year: Mapped[int] = mapped_column(unique=True)
    last: Mapped[int] = mapped_column(default=0)


class ProjectProblem(Base):
    """A problem that the project answers."""

    __tablename__ = "project_problem"
    __table_args__ = (UniqueConstraint("project_id", "problem_id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"), index=True)
    problem: Mapped[Problem] = relationship(lazy="raise_on_sql")
    position: Mapped[int] = mapped_column(default=0)


class Funding(Base):
    """Who pays: an institution of the registry or a name, an award number, an amount in a currency."""

    __tablename__ = "project_funding"
    __table_args__ = (
        CheckConstraint("funder_id IS NOT NULL OR funder_name <> ''", name="funder"),
        CheckConstraint("(amount IS NULL) = (currency = '')", name="amount_has_currency"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    funder: Mapped[Institution | None] = relationship(lazy="raise_on_sql")
    funder_name: Mapped[str] = mapped_column(String(200), default="")
    award: Mapped[str] = mapped_column(String(60), default="")
    amount: Mapped[Decimal | None] = mapped_column(Quantity)
    currency: Mapped[str] = mapped_column(String(3), default="")
    position: Mapped[int] = mapped_column(default=0)


class ResourceNeed(Base):
    """Something that the project needs: kind, text, amount and unit."""

    __tablename__ = "project_need"
    __table_args__ = (CheckConstraint("(amount IS NULL) = (unit = '')", name="amount_has_unit"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    amount: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(12), default="")
    is_met: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class ProjectFacet(Base):
    """One value by which the list is filtered: a goal, a field with its ancestors, a country or institution of partners.

    `listed_at` repeats the project's, so that one index gives a filtered list in its usual order.
    """

    __tablename__ = "project_facet"
    __table_args__ = (
        UniqueConstraint("project_id", "facet", "value"),
        Index("ix_project_facet_value", "facet", "value", "listed_at", "project_id"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    facet: Mapped[str] = mapped_column(String(12))  # sdg, field, country, institution
    value: Mapped[str] = mapped_column(String(20))
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)


class ProjectFollow(Base):
    """A person follows a project."""

    __tablename__ = "project_follow"
    __table_args__ = (UniqueConstraint("project_id", "person_id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    person_id: Mapped[int] = person_key(index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)


class ProjectReview(Ask, Base):
    """One round: sent by the lead, decided by a lead of the consortium. `submitted` keeps the text as it was."""

    __tablename__ = "project_review"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_project_review_open", "project_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_project_review_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    submitted: Mapped[dict[str, Any]] = mapped_column(default=dict)

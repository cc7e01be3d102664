"""What happens while a project runs and after: milestones, updates, hand-over, hearing of partners, follow-up."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.institutions.models import Institution
from app.projects.models.project import Project
from app.projects.models.states import MILESTONE_STATES

FOLLOW_UP_MONTHS = (12, 24)


class Milestone(Versioned, Base):
    """A dated step of the plan. `first_due_on` stays when the date is moved, so that a delay can be seen."""

    __tablename__ = "milestone"
    __table_args__ = (
        CheckConstraint(MILESTONE_STATES.check(), name="state"),
        CheckConstraint(
            "state NOT IN ('reported', 'accepted') OR (reported_on IS NOT NULL AND evidence <> '')",
            name="reported_has_evidence",
        ),
        CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted_has_date"),
        # Nobody says of their own report that it is reached.
        CheckConstraint(
            "accepted_by_id IS NULL OR accepted_by_id <> reported_by_id", name="accepted_by_another"
        ),
        UniqueConstraint("project_id", "number"),
        Index("ix_milestone_due", "state", "due_on"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date]
    first_due_on: Mapped[date]
    institution_id: Mapped[int | None] = mapped_column(
        ForeignKey("institution.id"), index=True
    )  # who does it
    institution: Mapped[Institution | None] = relationship(lazy="raise_on_sql")
    state: Mapped[str] = mapped_column(String(10), default="planned")
    evidence: Mapped[str] = mapped_column(Text, default="")
    evidence_url: Mapped[str] = mapped_column(String(300), default="")
    evidence_files: Mapped[list[Any]] = mapped_column(default=list)  # ids of files attached to the project
    reported_on: Mapped[date | None]
    reported_by_id: Mapped[int | None] = person_key()
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = person_key()
    note: Mapped[str] = mapped_column(
        Text, default=""
    )  # the last word of who accepted, returned or gave it up
    reminded_at: Mapped[datetime | None]


class ProjectUpdate(Base):
    """A post on how things stand, for those who see the block of updates."""

    __tablename__ = "project_update"
    __table_args__ = (Index("ix_project_update_newest", "project_id", "posted_at", "id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    author_id: Mapped[int] = person_key(index=True)
    author: Mapped[Person] = relationship(foreign_keys="ProjectUpdate.author_id", lazy="raise_on_sql")
    title: Mapped[str] = mapped_column(String(120), default="")
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10), default="en")
    posted_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    edited_at: Mapped[datetime | None]


class ProjectHandOver(Ask, Base):
    """The lead offers the project to another member, who accepts or declines."""

    __tablename__ = "project_hand_over"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_project_hand_over_open", "project_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_project_hand_over_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    to_person_id: Mapped[int] = person_key(index=True)
    to_person: Mapped[Person] = relationship(foreign_keys="ProjectHandOver.to_person_id", lazy="raise_on_sql")
    note: Mapped[str] = mapped_column(Text, default="")


class PartnerHearing(Ask, Base):
    """A partner is heard before a project closes: asked when closing begins, answered by a representative."""

    __tablename__ = "partner_hearing"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_partner_hearing_open", "project_id", "institution_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_partner_hearing_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    text: Mapped[str] = mapped_column(Text, default="")


class FollowUp(Ask, Base):
    """What became of a closed project, asked 12 and 24 months after: answered by its lead."""

    __tablename__ = "project_follow_up"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(f"months IN {FOLLOW_UP_MONTHS}", name="months"),
        UniqueConstraint("project_id", "months"),
        Index("ix_project_follow_up_waiting", "decided_at", "due_at"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    months: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {in_use, continues, effects, next}

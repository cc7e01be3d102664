"""Partner institutions and members: each listed from its own acceptance on."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, exists, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import Person
from app.consortia.models import Consortium, Leadership
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, person_key
from app.institutions.models import Institution
from app.projects.models.project import Project
from app.projects.models.states import MEMBER_STATES, PARTNER_STATES
from app.projects.models.words import PARTNER_ROLES

LIVE_PARTNER = "state IN ('asked', 'accepted')"
LIVE_MEMBER = "state IN ('invited', 'active')"


class ProjectPartner(Ask, Base):
    """An institution in a project: asked by its lead, accepted by a representative; with what it brings and gains."""

    __tablename__ = "project_partner"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(PARTNER_STATES.check(), name="state"),
        CheckConstraint(f"role IN ({', '.join(repr(role) for role in PARTNER_ROLES)})", name="role"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("state <> 'accepted' OR decided_at IS NOT NULL", name="accepted_was_decided"),
        Index("uq_project_partner_live", "project_id", "institution_id", unique=True,
              sqlite_where=text(LIVE_PARTNER), postgresql_where=text(LIVE_PARTNER)),
        Index("uq_project_partner_lead", "project_id", unique=True,
              sqlite_where=text(f"role = 'lead' AND {LIVE_PARTNER}"),
              postgresql_where=text(f"role = 'lead' AND {LIVE_PARTNER}")),
        Index("ix_project_partner_institution", "institution_id", "state"),
        Index("ix_project_partner_waiting", "state", "due_at"),
    )  # fmt: skip

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    role: Mapped[str] = mapped_column(String(12), default="partner")
    state: Mapped[str] = mapped_column(String(10), default="asked")
    message: Mapped[str] = mapped_column(Text, default="")
    brings: Mapped[list[Any]] = mapped_column(default=list)  # [{kind, text}]
    gains: Mapped[list[Any]] = mapped_column(default=list)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")


class ProjectMember(Ask, Base):
    """A person in a project: invited by its lead, listed once they accepted. Its lead is one of them."""

    __tablename__ = "project_member"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(MEMBER_STATES.check(), name="state"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("state <> 'active' OR decided_at IS NOT NULL", name="active_was_decided"),
        Index("uq_project_member_live", "project_id", "person_id", unique=True,
              sqlite_where=text(LIVE_MEMBER), postgresql_where=text(LIVE_MEMBER)),
        Index("ix_project_member_person", "person_id", "state"),
        Index("ix_project_member_waiting", "state", "due_at"),
    )  # fmt: skip

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    project: Mapped[Project] = relationship(lazy="raise_on_sql")
    person_id: Mapped[int] = person_key()
    person: Mapped[Person] = relationship(foreign_keys="ProjectMember.person_id", lazy="raise_on_sql")
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution | None] = relationship(lazy="raise_on_sql")
    state: Mapped[str] = mapped_column(String(10), default="invited")
    position: Mapped[str] = mapped_column(String(120), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    credit_roles: Mapped[list[str]] = mapped_column(default=list)  # codes of CRediT
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")


# A lead of the consortium who may decide about it: one who neither leads it nor takes part. Read with every project,
# so that permissions need no look-up.
_takes_part = exists().where(
    ProjectMember.project_id == Project.id,
    ProjectMember.person_id == Leadership.person_id,
    ProjectMember.state.in_(["invited", "active"]),
)
Project.has_other_lead = column_property(  # type: ignore[assignment]  # declared here: it names other tables
    select(Leadership.id)
    .join(Consortium, Consortium.id == Leadership.consortium_id)
    .where(
        Leadership.consortium_id == Project.consortium_id,
        Leadership.until.is_(None),
        Leadership.person_id != Project.lead_id,
        Consortium.state == "active",
        ~_takes_part.correlate(Project, Leadership),
    )
    .correlate_except(Leadership, Consortium)
    .exists()
)

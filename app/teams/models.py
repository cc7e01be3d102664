"""Team, membership, invitation by mail, open role, exchange line, team text, proposal, hand-over."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.i18n import _l
from app.core.states import State, States, moves
from app.institutions.models import Institution
from app.problems.models import Problem
from app.projects.models import Project

MOST_SEATS = 60
TEAM_STATES = States(
    (
        State("recruiting", _l("Recruiting"), "info", "user-plus"),
        State("proposed", _l("Proposed"), "info", "circle-dot"),
        State("needs_changes", _l("Changes wanted"), "warn", "pencil"),
        State("approved", _l("Approved"), "ok", "check"),
        State("rejected", _l("Not approved"), "bad", "x"),
        State("dissolved", _l("Dissolved"), "", "circle-dashed"),
        State("paused", _l("Paused"), "warn", "circle-dashed"),
        State("completed", _l("Completed"), "ok", "badge-check"),
    ),
    moves(
        propose=(["recruiting", "needs_changes"], "proposed"),
        recall=(["proposed"], "recruiting"),
        approve=(["proposed"], "approved"),
        return_for_changes=(["proposed"], "needs_changes"),
        reject=(["proposed"], "rejected"),
        reopen=(["rejected"], "recruiting"),
        pause=(["approved"], "paused"),
        resume=(["paused"], "approved"),
        complete=(["approved"], "completed"),
        dissolve=(["recruiting", "needs_changes", "approved", "paused"], "dissolved"),
    ),
)
MEMBERSHIP_STATES = States(
    (
        State("requested", _l("Asks to join"), "warn", "user-plus"),
        State("invited", _l("Invited"), "info", "user-plus"),
        State("confirming", _l("Waiting for the institution"), "warn", "circle-dot"),
        State("active", _l("Member"), "ok", "check"),
        State("declined", _l("Declined"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
        State("left", _l("Left"), "", "circle-dashed"),
        State("removed", _l("Removed"), "", "circle-dashed"),
    ),
    moves(
        accept=(["requested", "invited"], "active"),
        accept_pending=(["requested", "invited"], "confirming"),
        confirm=(["confirming"], "active"),
        decline=(["requested", "invited", "confirming"], "declined"),
        withdraw=(["requested", "invited", "confirming"], "withdrawn"),
        lapse=(["requested", "invited", "confirming"], "lapsed"),
        leave=(["active"], "left"),
        remove=(["active"], "removed"),
    ),
)
LIVE_MEMBERSHIP = "state IN ('requested', 'invited', 'confirming', 'active')"
SEATED = ("active", "confirming")  # a seat is held while the institution's word is awaited
GATHERING_STATES = ("recruiting", "needs_changes", "approved")  # states in which people may come in
DECISION_RULES = {
    "consent": _l("By consent: nobody has a grave objection"),
    "majority": _l("By majority; the lead breaks a tie"),
    "lead": _l("The lead decides after hearing everybody"),
    "institutions": _l("One voice for each institution"),
}
CREDIT_RULES = {
    "credit_before": _l("CRediT roles, agreed before writing"),
    "credit_after": _l("CRediT roles, agreed when the work is done"),
    "equal": _l("All members are named equally"),
    "by_agreement": _l("As an agreement between the institutions says"),
}
REJECTION_CODES = {
    "out_of_scope": _l("The team’s purpose does not fit the problem or the consortium."),
    "too_thin": _l("The team lacks skills that the problem needs."),
    "one_sided": _l("The exchange is too one-sided to last."),
    "overlap": _l("Another team does the same already."),
    "conflict": _l("There is a conflict of interest."),
}
DECLINE_CODES = {
    "skills": _l("The team looks for other skills."),
    "full": _l("The seats are needed for others."),
    "timing": _l("It is not the right time."),
    "overlap": _l("This part is covered already."),
    "other": _l("Another reason, said below."),
}


class Team(Versioned, Base):
    """A team; `seats` is the most people it may hold. Counts are kept with the memberships, in one transaction."""

    __tablename__ = "team"
    __table_args__ = (
        CheckConstraint(TEAM_STATES.check(), name="state"),
        CheckConstraint(f"seats BETWEEN 2 AND {MOST_SEATS}", name="seats"),
        CheckConstraint("seats_taken BETWEEN 0 AND seats", name="never_oversold"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> lead_id", name="deputy_is_another"),
        CheckConstraint("visibility IN ('public', 'signed_in', 'consortium')", name="visibility"),
        CheckConstraint("state <> 'approved' OR approved_at IS NOT NULL", name="approved_has_date"),
        CheckConstraint("problem_id IS NOT NULL OR project_id IS NOT NULL", name="takes_on_something"),
        Index("ix_team_newest", "state", "listed_at", "id"),
        Index("ix_team_listed", "listed_at", "id"),
        Index("ix_team_problem", "problem_id", "state"),
        Index("ix_team_project", "project_id", "state"),
        Index("ix_team_consortium", "consortium_id", "listed_at", "id"),
        Index("ix_team_consortium_state", "consortium_id", "state"),  # what waits for its leads
    )

    name: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(10), default="en")
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("problem.id"))
    problem: Mapped[Problem | None] = relationship(lazy="raise_on_sql")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")
    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortium.id"))
    consortium: Mapped[Consortium] = relationship(lazy="raise_on_sql")
    lead_id: Mapped[int] = person_key(index=True)
    lead: Mapped[Person] = relationship(foreign_keys="Team.lead_id", lazy="raise_on_sql")
    deputy_id: Mapped[int | None] = person_key(index=True)
    deputy: Mapped[Person | None] = relationship(foreign_keys="Team.deputy_id", lazy="raise_on_sql")
    state: Mapped[str] = mapped_column(String(14), default="recruiting")
    visibility: Mapped[str] = mapped_column(String(12), default="public")
    seats: Mapped[int] = mapped_column(default=8)
    seats_taken: Mapped[int] = mapped_column(default=0)
    working_languages: Mapped[list[str]] = mapped_column(default=list)
    meeting_hours: Mapped[str] = mapped_column(String(200), default="")
    decision_rule: Mapped[str] = mapped_column(String(14), default="")
    credit_rule: Mapped[str] = mapped_column(String(14), default="")
    benefit_rule: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)
    approved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def number(self) -> str:
        """The short public number that people can say aloud."""
        return f"T-{self.id:04d}"

    @property
    def is_full(self) -> bool:
        """Whether no seat is left."""
        return self.seats_taken >= self.seats


class Membership(Ask, Base):
    """A person in a team through one institution: asked by themselves or by the team, until they are in or not."""

    __tablename__ = "membership"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(MEMBERSHIP_STATES.check(), name="state"),
        CheckConstraint("side IN ('person', 'team')", name="side"),
        CheckConstraint("state <> 'active' OR started_at IS NOT NULL", name="active_has_start"),
        Index("uq_membership_live", "team_id", "person_id", unique=True,
              sqlite_where=text(LIVE_MEMBERSHIP), postgresql_where=text(LIVE_MEMBERSHIP)),
        Index("ix_membership_person", "person_id", "state"),
        Index("ix_membership_waiting", "state", "due_at"),
    )  # fmt: skip

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    person_id: Mapped[int] = person_key()
    person: Mapped[Person] = relationship(foreign_keys="Membership.person_id", lazy="raise_on_sql")
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution | None] = relationship(lazy="raise_on_sql")
    side: Mapped[str] = mapped_column(String(6))
    state: Mapped[str] = mapped_column(String(12))
    part: Mapped[str] = mapped_column(String(120), default="")  # what the person does in the team
    message: Mapped[str] = mapped_column(Text, default="")
    brings: Mapped[list[Any]] = mapped_column(default=list)  # [{kind, text}] offered with the request
    gains: Mapped[list[Any]] = mapped_column(default=list)
    skills: Mapped[list[Any]] = mapped_column(default=list)  # [{"role_id": 3, "degree": "leads" | "helps"}]
    accepted_text: Mapped[int | None]  # number of the team text accepted on joining
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    handed_over: Mapped[str] = mapped_column(Text, default="")  # what is left to whom


class MailInvitation(Ask, Base):
    """An invitation to an address that has no account (or hides whether it has): a link with a secret."""

    __tablename__ = "mail_invitation"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_mail_invitation_open", "team_id", "email", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_mail_invitation_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    email: Mapped[str] = mapped_column(String(254))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    message: Mapped[str] = mapped_column(Text, default="")
    part: Mapped[str] = mapped_column(String(120), default="")
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))


class OpenRole(Base):
    """A seat with a skill that the team looks for, or has found."""

    __tablename__ = "open_role"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    skill: Mapped[str] = mapped_column(String(120))
    hours_month: Mapped[int | None]
    country: Mapped[str | None] = mapped_column(String(2))
    institution_type: Mapped[str | None] = mapped_column(String(12))
    until: Mapped[date | None]
    is_closed: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)


class ExchangeLine(Base):
    """What an institution brings to the team or hopes to gain from it.

    A gain points to a line of another institution (`from_line_id`) or to an expected outcome (`from_outcome`).
    """

    __tablename__ = "exchange_line"
    __table_args__ = (
        CheckConstraint("direction IN ('brings', 'gains')", name="direction"),
        CheckConstraint(
            "direction = 'gains' OR (from_line_id IS NULL AND from_outcome = '')", name="only_gains_point"
        ),
        CheckConstraint("from_line_id IS NULL OR from_outcome = ''", name="one_source"),
        Index("ix_exchange_line_team", "team_id", "institution_id", "direction"),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(
        foreign_keys="ExchangeLine.institution_id", lazy="raise_on_sql"
    )
    direction: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    for_institution_id: Mapped[int | None] = mapped_column(
        ForeignKey("institution.id")
    )  # None: for the whole team
    from_line_id: Mapped[int | None] = mapped_column(ForeignKey("exchange_line.id"))
    from_outcome: Mapped[str] = mapped_column(String(300), default="")
    written_by_id: Mapped[int | None] = person_key()
    position: Mapped[int] = mapped_column(default=0)


class TeamText(Base):
    """A version of the team's own agreement; insert-only, accepted on joining."""

    __tablename__ = "team_text"
    __table_args__ = (UniqueConstraint("team_id", "number"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int | None] = person_key()
    written_at: Mapped[datetime] = mapped_column(default=clock.now)


class Proposal(Ask, Base):
    """One round: proposed by the team, decided by a lead of the consortium. `proposed` keeps what was seen."""

    __tablename__ = "proposal"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_proposal_open", "team_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_proposal_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    proposed: Mapped[dict[str, Any]] = mapped_column(default=dict)


class HandOver(Ask, Base):
    """The lead offers the team to another member, who accepts or declines."""

    __tablename__ = "hand_over"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_hand_over_open", "team_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
    )  # fmt: skip

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    team: Mapped[Team] = relationship(lazy="raise_on_sql")
    to_person_id: Mapped[int] = person_key(index=True)
    note: Mapped[str] = mapped_column(Text, default="")


class TeamUpdate(Base):
    """A short post by a member on how things stand."""

    __tablename__ = "team_update"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    author_id: Mapped[int] = person_key()
    author: Mapped[Person] = relationship(foreign_keys="TeamUpdate.author_id", lazy="raise_on_sql")
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10), default="en")
    posted_at: Mapped[datetime] = mapped_column(default=clock.now)

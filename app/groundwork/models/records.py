"""The groundwork of a team, who takes part, their answers, the marks of difference, the agreed lines."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, Versioned, person_key
from app.core.i18n import _l
from app.core.states import State, States, moves
from app.groundwork.models.questions import QUESTIONS

GROUNDWORK_STATES = States(
    (
        State("answering", _l("Each answers alone"), "info", "circle-dot"),
        State("opened", _l("The answers are open"), "info", "users"),
        State("confirmed", _l("Waits for acceptance"), "warn", "circle-dot"),
        State("agreed", _l("Agreed by all"), "ok", "check"),
    ),
    moves(
        open=(["answering"], "opened"),
        confirm=(["opened"], "confirmed"),
        agree=(["confirmed"], "agreed"),
        reopen=(["confirmed", "agreed"], "opened"),
    ),
)
_CODES = ", ".join(repr(code) for code in QUESTIONS)
_IS_A_QUESTION = f"question IN ({_CODES})"


class Groundwork(Versioned, Base):
    """What a team settles before its project starts. `round` counts how often the lines were confirmed: an acceptance
    is of one round. `due_at` and `reminded_at` are those of the present state, which lasts since `since`.
    """

    __tablename__ = "groundwork"
    __table_args__ = (
        CheckConstraint(GROUNDWORK_STATES.check(), name="state"),
        CheckConstraint("(state = 'answering') = (opened_at IS NULL)", name="opened_has_date"),
        CheckConstraint("opened_by_id IS NULL OR opened_at IS NOT NULL", name="opener_has_date"),
        CheckConstraint(
            "state NOT IN ('confirmed', 'agreed') OR (confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name="confirmed_has_confirmer",
        ),
        CheckConstraint("(state = 'agreed') = (agreed_at IS NOT NULL)", name="agreed_has_date"),
        Index("ix_groundwork_waiting", "state", "due_at"),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="answering")
    round: Mapped[int] = mapped_column(default=0)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    begun_by_id: Mapped[int | None] = person_key()  # nobody: it began when the team was approved
    since: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = person_key()  # nobody: all had answered
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = person_key()
    agreed_at: Mapped[datetime | None]
    reopen_note: Mapped[str] = mapped_column(Text, default="")  # why the lines are written again
    reopened_by_id: Mapped[int | None] = person_key()


class GroundworkMember(Base):
    """A member of the team in it: when they handed their answers in, which round of lines they accepted."""

    __tablename__ = "groundwork_member"
    __table_args__ = (
        UniqueConstraint("groundwork_id", "person_id"),
        CheckConstraint("(accepted_round IS NULL) = (accepted_at IS NULL)", name="accepted_has_date"),
    )

    groundwork_id: Mapped[int] = mapped_column(ForeignKey("groundwork.id"))
    person_id: Mapped[int] = person_key(index=True)
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    handed_in_at: Mapped[datetime | None]
    accepted_round: Mapped[int | None]
    accepted_at: Mapped[datetime | None]


class GroundworkAnswer(Base):
    """What one member answers to one question; their own until they have handed it in and the round is opened."""

    __tablename__ = "groundwork_answer"
    __table_args__ = (
        UniqueConstraint("groundwork_id", "person_id", "question"),
        CheckConstraint(_IS_A_QUESTION, name="question"),
    )

    groundwork_id: Mapped[int] = mapped_column(ForeignKey("groundwork.id"))
    person_id: Mapped[int] = person_key(index=True)
    question: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    saved_at: Mapped[datetime] = mapped_column(default=clock.now)


class GroundworkMark(Base):
    """A member says that the answers to a question differ: it has to be talked about."""

    __tablename__ = "groundwork_mark"
    __table_args__ = (
        UniqueConstraint("groundwork_id", "question", "person_id"),
        CheckConstraint(_IS_A_QUESTION, name="question"),
    )

    groundwork_id: Mapped[int] = mapped_column(ForeignKey("groundwork.id"))
    question: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[int] = person_key()
    marked_at: Mapped[datetime] = mapped_column(default=clock.now)


class GroundworkLine(Base):
    """A version of the line on which the team agrees for a question; a change is a further version."""

    __tablename__ = "groundwork_line"
    __table_args__ = (
        UniqueConstraint("groundwork_id", "question", "number"),
        CheckConstraint(_IS_A_QUESTION, name="question"),
    )

    groundwork_id: Mapped[int] = mapped_column(ForeignKey("groundwork.id"))
    question: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    written_by_id: Mapped[int | None] = person_key()
    written_at: Mapped[datetime] = mapped_column(default=clock.now)

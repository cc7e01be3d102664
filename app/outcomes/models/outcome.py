"""Outcome with its number, its facets and what a project says when there is none."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock
from app.core.db import Base, Versioned, person_key
from app.core.things import Localised
from app.institutions.models import Institution
from app.outcomes.models.words import KINDS, LICENCES, OUTCOME_STATES, SUMMARY_LENGTH, TITLE_LENGTH
from app.problems.models import Problem
from app.projects.models import Project
from app.teams.models import Team

LISTED = ("published",)


def codes(table: Any) -> str:
    """The codes of a table as SQL."""
    return ", ".join(repr(code) for code in table)


class Outcome(Localised, Versioned, Base):
    """What came of a project, or of a team's work. `language` is that of all its texts.

    `problem_id` is the problem against whose measure of success it is measured. `confirmer_id` is the institution asked to
    confirm it. Long texts stand last in the table (`sort_order`): SQLite reads a row from its beginning, as far as it needs.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        CheckConstraint(OUTCOME_STATES.check(), name="state"),
        CheckConstraint(f"kind IN ({codes(KINDS)})", name="kind"),
        CheckConstraint(f"licence IN ('', {codes(LICENCES)})", name="licence"),
        CheckConstraint("kind <> 'negative_result' OR is_negative", name="negative_result_is_negative"),
        CheckConstraint("project_id IS NOT NULL OR team_id IS NOT NULL", name="came_of_something"),
        CheckConstraint("confirmer_id IS NULL OR confirmer_id <> institution_id", name="confirmed_elsewhere"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> claimer_id", name="confirmed_by_another"),
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_has_date"),
        CheckConstraint(
            "state NOT IN ('confirmed', 'disputed', 'published') OR (confirmed_at IS NOT NULL AND window_ends_at IS NOT NULL)",
            name="confirmed_first",
        ),
        CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name="published_has_date"),
        CheckConstraint("state <> 'evidenced' OR confirmer_id IS NOT NULL", name="evidenced_asks_somebody"),
        CheckConstraint("(state = 'retracted') = (retracted_at IS NOT NULL)", name="retracted_has_date"),
        CheckConstraint("state <> 'retracted' OR retraction <> ''", name="retracted_has_reason"),
        Index("ix_outcome_newest", "state", "listed_at", "id"),
        Index("ix_outcome_project", "project_id", "listed_at", "id"),
        Index("ix_outcome_problem", "problem_id", "listed_at", "id"),
        Index("ix_outcome_team", "team_id", "listed_at", "id"),
        Index("ix_outcome_institution", "institution_id", "state"),
        Index("ix_outcome_confirmer", "confirmer_id", "state"),
        Index("ix_outcome_consortium", "consortium_id", "state"),
        Index("ix_outcome_window", "state", "window_ends_at"),
    )  # fmt: skip

    number: Mapped[str] = mapped_column(String(16), unique=True)  # OUT-2026-0001
    kind: Mapped[str] = mapped_column(String(16), default="other")
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    state: Mapped[str] = mapped_column(String(12), default="claimed")
    is_negative: Mapped[bool] = mapped_column(default=False)
    produced_on: Mapped[date | None]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    team: Mapped[Team | None] = relationship(lazy="raise_on_sql")
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("problem.id"))
    problem: Mapped[Problem | None] = relationship(lazy="raise_on_sql")
    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortium.id"))
    consortium: Mapped[Consortium] = relationship(lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))  # the claimer's
    institution: Mapped[Institution] = relationship(
        foreign_keys="Outcome.institution_id", lazy="raise_on_sql"
    )
    claimer_id: Mapped[int] = person_key(index=True)
    claimer: Mapped[Person] = relationship(foreign_keys="Outcome.claimer_id", lazy="raise_on_sql")
    confirmer_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    confirmer: Mapped[Institution | None] = relationship(
        foreign_keys="Outcome.confirmer_id", lazy="raise_on_sql"
    )
    confirmed_by_id: Mapped[int | None] = person_key()
    confirmed_by: Mapped[Person | None] = relationship(
        foreign_keys="Outcome.confirmed_by_id", lazy="raise_on_sql"
    )
    licence: Mapped[str] = mapped_column(String(24), default="")
    sdg_goals: Mapped[list[str]] = mapped_column(default=list)  # of its problem, else of its project
    benefits_where: Mapped[list[str]] = mapped_column(default=list)  # country codes
    # Countries from which its data, samples or sites come.
    origins: Mapped[list[str]] = mapped_column(default=list)
    identifiers: Mapped[list[Any]] = mapped_column(default=list)  # [{scheme, value}]
    links: Mapped[list[Any]] = mapped_column(default=list)  # evidence elsewhere: [{label, url}]
    parts_done: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]  # first
    confirmed_at: Mapped[datetime | None]
    window_ends_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
    retracted_by_id: Mapped[int | None] = person_key()
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)  # newest first: published, else created
    # [{what, unit, baseline, target, reached, how}]; the three numbers as text of decimals, or empty
    measures: Mapped[list[Any]] = mapped_column(default=list, sort_order=20)
    description: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    benefits_who: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    confirm_note: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    retraction: Mapped[str] = mapped_column(Text, default="", sort_order=20)

    if TYPE_CHECKING:
        has_other_lead: bool
        has_other_answerer: bool
        team_institutions: str | None

    @property
    def was_published(self) -> bool:
        """Whether everybody who sees its project has seen it: then its number stays for good."""
        return self.published_at is not None


class OutcomeNumber(Base):
    """The last number given in a year; its row is locked while the next is taken."""

    __tablename__ = "outcome_number"

    year: Mapped[int] = mapped_column(unique=True)
    last: Mapped[int] = mapped_column(default=0)


class OutcomeFacet(Base):
    """One value by which the list is filtered: a goal, a country that benefits, an institution with a named person.

    `listed_at` repeats the outcome's, so that one index gives a filtered list in its usual order.
    """

    __tablename__ = "outcome_facet"
    __table_args__ = (
        UniqueConstraint("outcome_id", "facet", "value"),
        Index("ix_outcome_facet_value", "facet", "value", "listed_at", "outcome_id"),
    )

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id", ondelete="CASCADE"))
    facet: Mapped[str] = mapped_column(String(12))  # sdg, country, institution
    value: Mapped[str] = mapped_column(String(20))
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)


class NoOutcome(Base):
    """The lead of a project says that nothing came of it, and why; so that it can be closed."""

    __tablename__ = "no_outcome"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    said_by_id: Mapped[int] = person_key()
    said_at: Mapped[datetime] = mapped_column(default=clock.now)

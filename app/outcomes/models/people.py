"""Who is named in an outcome, who was asked to confirm it, who objected, and whether a problem is answered by it."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    cast,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import Person
from app.consortia.models import Consortium, Leadership
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, alias, person_key
from app.institutions.models import Institution
from app.outcomes.models.outcome import Outcome, codes
from app.outcomes.models.words import CREDIT_STATES, DEGREES, ROLES
from app.problems.models import Problem
from app.projects.models import ProjectMember
from app.teams.models import Membership

LIVE_CREDIT = "state IN ('asked', 'accepted')"
OPEN = "decided_at IS NULL"
SIDES = ("author", "lead")


class OutcomeCredit(Ask, Base):
    """A role of a person in an outcome, with its degree: asked by whoever claims it, answered by the person.

    What is accepted stays for good and as it was accepted; only the person takes it out. The database holds that by a
    trigger: rows are never deleted, and accepted ones only become `withdrawn`, by the person.
    """

    __tablename__ = "outcome_credit"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(CREDIT_STATES.check(), name="state"),
        CheckConstraint(f"role IN ({codes(ROLES)})", name="role"),
        CheckConstraint(f"degree IN ({codes(DEGREES)})", name="degree"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="answered_has_date"),
        CheckConstraint(
            "state NOT IN ('accepted', 'declined', 'withdrawn') OR decided_by_id = person_id",
            name="answered_by_the_person",
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="withdrawn_has_date"),
        CheckConstraint(
            "withdrawn_by_id IS NULL OR withdrawn_by_id = person_id", name="withdrawn_by_the_person"
        ),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"),
        Index("uq_outcome_credit_live", "outcome_id", "person_id", "role", unique=True,
              sqlite_where=text(LIVE_CREDIT), postgresql_where=text(LIVE_CREDIT)),
        Index("ix_outcome_credit_person", "person_id", "state"),
        Index("ix_outcome_credit_waiting", "state", "due_at"),
    )  # fmt: skip

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    outcome: Mapped[Outcome] = relationship(lazy="raise_on_sql")
    person_id: Mapped[int] = person_key()
    person: Mapped[Person] = relationship(foreign_keys="OutcomeCredit.person_id", lazy="raise_on_sql")
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution | None] = relationship(lazy="raise_on_sql")
    role: Mapped[str] = mapped_column(String(30))
    degree: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(12), default="asked")
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = person_key()


class Confirmation(Ask, Base):
    """One round: sent to an institution, confirmed or returned by a member of it."""

    __tablename__ = "outcome_confirmation"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_outcome_confirmation_open", "outcome_id", unique=True,
              sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_outcome_confirmation_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)


class Objection(Ask, Base):
    """A partner or a named person says that a confirmed outcome is not right; a lead who is not involved settles it."""

    __tablename__ = "outcome_objection"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint("reason <> ''", name="has_reason"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> asked_by_id", name="settled_by_another"),
        Index("uq_outcome_objection_open", "outcome_id", unique=True,
              sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
        Index("ix_outcome_objection_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    institution_id: Mapped[int | None] = mapped_column(
        ForeignKey("institution.id"), index=True
    )  # for whom; None: for themselves
    reason: Mapped[str] = mapped_column(Text)


class ProblemAnswer(Ask, Base):
    """Whether a published outcome answers its problem: asked of the author and of a lead, one row each."""

    __tablename__ = "problem_answer"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(f"side IN ({codes(SIDES)})", name="side"),
        Index("uq_problem_answer_side", "outcome_id", "side", unique=True),
        Index("ix_problem_answer_waiting", "decided_at", "due_at"),
    )

    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"))
    outcome: Mapped[Outcome] = relationship(lazy="raise_on_sql")
    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"), index=True)
    side: Mapped[str] = mapped_column(String(6))
    before: Mapped[str] = mapped_column(
        String(14), default=""
    )  # the problem's state, once it is answered by this


# A lead of the consortium who may settle or retract: one who neither claimed nor confirmed it, is not named in it and takes
# no part in its project or team. Read with every outcome, so that permissions need no look-up.
_credit = alias(OutcomeCredit)
_involved = or_(
    exists().where(
        _credit.outcome_id == Outcome.id,
        _credit.person_id == Leadership.person_id,
        _credit.state.in_(["asked", "accepted", "withdrawn"]),
    ),
    exists().where(
        ProjectMember.project_id == Outcome.project_id,
        ProjectMember.person_id == Leadership.person_id,
        ProjectMember.state == "active",
    ),
    exists().where(
        Membership.team_id == Outcome.team_id,
        Membership.person_id == Leadership.person_id,
        Membership.state == "active",
    ),
)
# A lead of some consortium who has no part in it.
_free_lead = (
    select(Leadership.id)
    .join(Consortium, Consortium.id == Leadership.consortium_id)
    .where(
        Leadership.until.is_(None),
        Leadership.person_id != Outcome.claimer_id,
        Leadership.person_id.is_distinct_from(Outcome.confirmed_by_id),
        Consortium.state == "active",
        ~_involved,
    )
)
Outcome.has_other_lead = column_property(  # type: ignore[assignment]  # declared here: it names other tables
    _free_lead.where(Leadership.consortium_id == Outcome.consortium_id).correlate(Outcome).exists()
)
# A lead who may say whether its problem is answered: of the problem's consortium, not its author, and of no part in this.
_asked = alias(Problem)
_problem = alias(Problem)  # the one asked about, or that into which it was merged
Outcome.has_other_answerer = column_property(  # type: ignore[assignment]  # declared here: it names other tables
    _free_lead.join(_problem, _problem.consortium_id == Leadership.consortium_id)
    .join(_asked, _problem.id == func.coalesce(_asked.merged_into_id, _asked.id))
    .where(_asked.id == Outcome.problem_id, Leadership.person_id != _problem.author_id)
    .correlate(Outcome)
    .exists()
)
# The institutions in its team, as numbers with commas between them, for the same reason.
_member = alias(Membership)
Outcome.team_institutions = column_property(  # type: ignore[assignment]  # declared here: it names another table
    select(func.aggregate_strings(cast(_member.institution_id, String), ","))
    .where(_member.team_id == Outcome.team_id, _member.state == "active")
    .correlate(Outcome)
    .scalar_subquery()
)

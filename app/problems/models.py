"""Problem statement with its lines, reviews, endorsements, followers and review comments."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import Person
from app.consortia.models import Consortium, Leadership
from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.i18n import LazyText, _l
from app.core.states import State, States, moves
from app.core.things import Localised
from app.institutions.models import Institution

TITLE_LENGTH = 120
SUMMARY_LENGTH = 500
PUBLIC_STATES = ("published", "in_work", "answered", "expired", "closed", "merged")
LISTED_STATES = tuple(state for state in PUBLIC_STATES if state != "merged")
OPEN_STATES = ("published", "in_work")
NO_END = date(9999, 12, 31)
PARTS = {
    "need": _l("The need, in short"),
    "affected": _l("Who is affected"),
    "success": _l("How success is measured"),
    "exchange": _l("What you bring and need"),
    "classification": _l("Where it belongs"),
}
# The fields that each part holds.
PART_FIELDS = {
    "need": ("title", "summary", "statement", "language"),
    "affected": ("affected_who", "affected_where", "affected_number", "affected_unit", "since_year"),
    "success": ("measures", "tried"),
    "exchange": ("brings", "needs"),
    "classification": (
        "sdg_goals",
        "sdg_targets",
        "fields",
        "keywords",
        "rights",
        "visibility",
        "closes_on",
    ),
}
MOST_MEASURES = 5
MOST_LINES = 8
VISIBILITIES = {
    "public": _l("Everybody"),
    "signed_in": _l("People who are signed in"),
    "consortium": _l("Members of the consortium"),
}
RIGHTS = {
    "open": _l("Open to all"),
    "shared_licence": _l("Shared under a licence"),
    "transfer": _l("Transferred to a partner"),
    "author_keeps": _l("The author keeps them"),
    "undecided": _l("To be decided"),
}
PROBLEM_STATES = States(
    (
        State("draft", _l("Draft"), "", "pencil"),
        State("submitted", _l("In review"), "info", "circle-dot"),
        State("needs_changes", _l("Changes wanted"), "warn", "pencil"),
        State("published", _l("Open to teams"), "ok", "flag"),
        State("in_work", _l("In work"), "info", "circle-dot"),
        State("answered", _l("Answered"), "ok", "check"),
        State("rejected", _l("Not accepted"), "bad", "x"),
        State("merged", _l("Merged"), "", "arrow-right"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("expired", _l("Expired"), "warn", "calendar-clock"),
        State("closed", _l("Closed"), "", "x"),
    ),
    moves(
        submit=(["draft", "needs_changes"], "submitted"),
        recall=(["submitted"], "draft"),
        publish=(["submitted"], "published"),
        return_for_changes=(["submitted"], "needs_changes"),
        reject=(["submitted"], "rejected"),
        reopen=(["rejected", "withdrawn", "closed"], "draft"),
        merge=(["submitted", "published", "in_work", "expired"], "merged"),
        begin_work=(["published"], "in_work"),
        stop_work=(["in_work"], "published"),
        withdraw=(["draft", "submitted", "needs_changes", "published", "expired"], "withdrawn"),
        expire=(["published"], "expired"),
        renew=(["expired", "published"], "published"),
        close=(["published", "in_work", "expired"], "closed"),
        answer=(["published", "in_work", "expired", "closed"], "answered"),
        open_again=(["answered"], "published"),
        close_again=(["answered"], "closed"),
    ),
)
REJECTION_CODES = {
    "out_of_scope": _l("It is outside what this consortium works on."),
    "duplicate": _l("It has been posted before."),
    "unclear": _l("The need cannot be understood from the text."),
    "not_a_problem": _l("It describes an answer, not a need."),
    "not_public_interest": _l("It serves one party only."),
    "unlawful": _l("It asks for something that may not be done."),
}


COUNTED = ("state", "visibility", "consortium_id", "closes_on", "author_id")


MERGED = "merged_into_id IS NOT NULL"


class Problem(Localised, Versioned, Base):
    """A problem statement. `language` is that of all its texts.

    Long texts stand last in the table (`sort_order`): SQLite reads a row from its beginning, as far as it needs.
    """

    __tablename__ = "problem"
    __table_args__ = (
        CheckConstraint(PROBLEM_STATES.check(), name="state"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_has_survivor"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_merged_into_itself"),
        CheckConstraint(
            "state IN ('draft', 'submitted', 'needs_changes', 'rejected', 'withdrawn', 'merged') OR published_at IS NOT NULL",
            name="public_has_date",
        ),
        CheckConstraint("visibility IN ('public', 'signed_in', 'consortium')", name="visibility"),
        Index("ix_problem_newest", "state", "listed_at", "id", "visibility"),
        # Holds all that the list's count asks, so that a thousand matches are counted without reading their rows.
        Index("ix_problem_listed", "listed_at", "id", *COUNTED),
        Index("ix_problem_deadline", "closes_on", "id"),
        Index("ix_problem_endorsed", "endorsements", "id"),
        # Only of what was merged: an index of which nearly all is empty is none that SQLite would use.
        Index(
            "ix_problem_survivor", "merged_into_id", sqlite_where=text(MERGED), postgresql_where=text(MERGED)
        ),
        Index("ix_problem_consortium", "consortium_id", "listed_at", "id"),
        Index("ix_problem_consortium_state", "consortium_id", "state"),  # what waits for its leads
        Index("ix_problem_author", "author_id", "state"),
    )

    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    statement: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    language: Mapped[str] = mapped_column(String(10), default="en")
    affected_who: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    affected_where: Mapped[list[str]] = mapped_column(default=list)  # country codes
    affected_number: Mapped[int | None]
    affected_unit: Mapped[str] = mapped_column(String(40), default="")
    since_year: Mapped[int | None]
    tried: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    # [{what, baseline, target, by (ISO date), how}]
    measures: Mapped[list[Any]] = mapped_column(default=list, sort_order=20)
    sdg_goals: Mapped[list[str]] = mapped_column(default=list)
    sdg_targets: Mapped[list[str]] = mapped_column(default=list)
    fields: Mapped[list[str]] = mapped_column(default=list)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    rights: Mapped[str] = mapped_column(String(16), default="undecided")
    visibility: Mapped[str] = mapped_column(String(12), default="public")
    closes_on: Mapped[date] = mapped_column(default=NO_END)  # open until and including this day
    state: Mapped[str] = mapped_column(String(14), default="draft")
    author_id: Mapped[int] = person_key()
    author: Mapped[Person] = relationship(foreign_keys="Problem.author_id", lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortium.id"))
    consortium: Mapped[Consortium] = relationship(lazy="raise_on_sql")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("problem.id"))
    source: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # {title, url, licence, change}: where a text is from
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    listed_at: Mapped[datetime] = mapped_column(
        default=clock.now
    )  # the newest-first order: published, else created
    endorsements: Mapped[int] = mapped_column(default=0)
    teams_open: Mapped[int] = mapped_column(default=0)  # recruiting or proposed, kept by the teams above
    teams_at_work: Mapped[int] = mapped_column(default=0)  # approved
    reminded_days: Mapped[int | None]  # how many days before its end the author was last reminded

    if TYPE_CHECKING:
        has_other_lead: bool

    @property
    def number(self) -> str:
        """The short public number that people can say aloud."""
        return f"P-{self.id:04d}"

    @property
    def is_open(self) -> bool:
        """Whether teams may start on it."""
        return self.state in OPEN_STATES and self.closes_on >= clock.today()

    @property
    def has_end(self) -> bool:
        """Whether it is open until a day, not until it is answered."""
        return self.closes_on != NO_END


class ProblemLine(Base):
    """What the author's institution brings, or what is needed: a kind and a text."""

    __tablename__ = "problem_line"
    __table_args__ = (CheckConstraint("direction IN ('brings', 'needs')", name="direction"),)

    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"), index=True)
    direction: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(300))
    position: Mapped[int] = mapped_column(default=0)


# A lead who may decide about it: somebody else than its author. Read with every problem, so that permissions
# need no look-up.
Problem.has_other_lead = column_property(  # type: ignore[assignment]  # declared here: it names both tables
    select(Leadership.id)
    .join(Consortium, Consortium.id == Leadership.consortium_id)
    .where(
        Leadership.consortium_id == Problem.consortium_id,
        Leadership.until.is_(None),
        Leadership.person_id != Problem.author_id,
        Consortium.state == "active",
    )
    .correlate_except(Leadership, Consortium)
    .exists()
)


class ProblemFacet(Base):
    """One value by which the list is filtered: a goal, a field with its ancestors, a country, a kind that is needed.

    `listed_at` repeats the problem's, so that one index gives a filtered list in its usual order.
    """

    __tablename__ = "problem_facet"
    __table_args__ = (
        UniqueConstraint("problem_id", "facet", "value"),
        Index("ix_problem_facet_value", "facet", "value", "listed_at", "problem_id"),
    )

    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id", ondelete="CASCADE"))
    facet: Mapped[str] = mapped_column(String(10))  # sdg, field, country, need
    value: Mapped[str] = mapped_column(String(20))
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Review(Ask, Base):
    """One round: submitted by the author, decided by a lead. `submitted` keeps the text as it was, for the difference."""

    __tablename__ = "review"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_review_open", "problem_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_review_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"), index=True)
    problem: Mapped[Problem] = relationship(lazy="raise_on_sql")
    submitted: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ReviewComment(Base):
    """A reviewer's wish or the author's answer to it. A wish is open until the reviewer ticks it off."""

    __tablename__ = "review_comment"

    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"), index=True)
    author_id: Mapped[int] = person_key()
    author: Mapped[Person] = relationship(foreign_keys="ReviewComment.author_id", lazy="raise_on_sql")
    part: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text)
    is_wish: Mapped[bool] = mapped_column(default=False)
    met_at: Mapped[datetime | None]
    written_at: Mapped[datetime] = mapped_column(default=clock.now)


class Endorsement(Base):
    """An institution has this problem too."""

    __tablename__ = "endorsement"
    __table_args__ = (UniqueConstraint("problem_id", "institution_id"),)

    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    person_id: Mapped[int] = person_key()
    note: Mapped[str] = mapped_column(String(300), default="")
    endorsed_at: Mapped[datetime] = mapped_column(default=clock.now)


class ProblemFollow(Base):
    """A person follows a problem."""

    __tablename__ = "problem_follow"
    __table_args__ = (UniqueConstraint("problem_id", "person_id"),)

    problem_id: Mapped[int] = mapped_column(ForeignKey("problem.id"))
    person_id: Mapped[int] = person_key(index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)


def missing(values: Mapping[str, Any]) -> dict[str, dict[str, LazyText]]:
    """What has to be filled in before it can be sent: part → field → sentence. `values` are those of all its fields.

    A part that is not in the answer is complete.
    """
    found: dict[str, dict[str, LazyText]] = {}
    for part, field, sentence in NEEDED:
        if field in values and not values[field]:
            found.setdefault(part, {})[field] = sentence
    closes_on = values.get("closes_on")
    if closes_on is not None and closes_on < clock.today():
        found.setdefault("classification", {})["closes_on"] = _l("Enter a day that is still to come")
    return found


NEEDED = (
    ("need", "title", _l("Enter a title")),
    ("need", "summary", _l("Enter a summary")),
    ("need", "statement", _l("Write the full statement")),
    ("affected", "affected_who", _l("Say who is affected")),
    ("affected", "affected_where", _l("Choose at least one country")),
    ("success", "measures", _l("Enter at least one measure")),
    ("exchange", "brings", _l("Enter at least one thing that you bring")),
    ("exchange", "needs", _l("Enter at least one thing that you need")),
    ("classification", "sdg_goals", _l("Choose at least one goal")),
    ("classification", "fields", _l("Choose at least one field of research")),
)

"""The course of an exchange around a technology, and its legs: the reports that come back, and what is answered to them."""

import calendar
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.i18n import _l
from app.core.lights import NO_DATE, light_of
from app.core.states import State, States, moves
from app.institutions.models import Institution
from app.listings.models import Listing

COURSE_STATES = States(
    (
        State("proposed", _l("Rhythm proposed"), "warn", "circle-dot"),
        State("running", _l("Running"), "ok", "circle-dot"),
        State("finished", _l("Finished"), "ok", "badge-check"),
        State("stopped", _l("Stopped"), "", "x"),
        State("declined", _l("Declined"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
    ),
    moves(
        agree=(["proposed"], "running"),
        decline=(["proposed"], "declined"),
        withdraw=(["proposed"], "withdrawn"),
        lapse=(["proposed"], "lapsed"),
        finish=(["running"], "finished"),
        stop=(["running"], "stopped"),
    ),
)
LIVE_STATES = ("proposed", "running")
LEG_STATES = States(
    (
        State("planned", _l("To come"), "", "circle-dashed"),
        State("reported", _l("Report sent"), "info", "circle-dot"),
        State("asked_back", _l("Asked back"), "warn", "circle-dot"),
        State("acknowledged", _l("Acknowledged"), "ok", "check"),
        State("dropped", _l("No longer due"), "", "x"),
    ),
    moves(
        report=(["planned", "asked_back"], "reported"),
        take_back=(["reported"], "planned"),
        ask_back=(["reported"], "asked_back"),
        acknowledge=(["reported"], "acknowledged"),
        drop=(["planned"], "dropped"),
    ),
)
OPEN_LEGS = ("planned", "reported", "asked_back")
# What a leg brings back, in the order of its form and its page.
LEG_TEXTS = {
    "learnt": _l("What was learnt"),
    "performed": _l("How it performed"),
    "next_users": _l("Who could use it next"),
    "given_back": _l("What is given back"),
}
INSIGHT = ("learnt", "performed", "conditions")  # what both sides may share with everybody
LONGEST_TEXT = 1500
RHYTHMS = (1, 2, 3, 4, 6, 12)  # months
MOST_YEARS = 10
ANSWER_DAYS = 10  # working days of whose turn it is
SOURCES = ("interest", "agreement")
DECLINE_CODES = {
    "other_rhythm": _l("Another rhythm would suit us better"),
    "not_now": _l("Not at present"),
    "other_way": _l("We exchange in another way"),
    "other": _l("Another reason, said below"),
}


def months_after(start: date, months: int) -> date:
    """The same day some months later, the last of the month where that day does not exist.

    >>> [str(months_after(date(2027, 11, 30), n)) for n in (3, 6, 15)]
    ['2028-02-29', '2028-05-30', '2029-02-28']
    """
    number = start.year * 12 + start.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


class ExchangeCourse(Ask, Base):
    """A technology of the provider, used by the taker, who reports every `every_months` from a day until a day.

    From an accepted interest it begins when a representative of the other side agrees to the rhythm. One from an agreement
    in force follows a commitment there that repeats, and begins at once: that is signed. `due_next` is the day of what is due first, `turn_id` the institution whose turn it is.
    """

    __tablename__ = "exchange_course"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(COURSE_STATES.check(), name="state"),
        CheckConstraint("provider_id <> taker_id", name="two_sides"),
        CheckConstraint("every_months BETWEEN 1 AND 24", name="rhythm"),
        CheckConstraint("until_on >= first_on", name="period"),
        CheckConstraint("asked_id IS NULL OR asked_id IN (provider_id, taker_id)", name="a_side_is_asked"),
        # Nobody agrees to their own proposal.
        CheckConstraint("state <> 'running' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id",
                        name="agreed_by_another"),
        CheckConstraint("(interest_id IS NULL) <> (agreement_id IS NULL)", name="one_source"),
        CheckConstraint("(agreement_id IS NULL) = (commitment_id IS NULL)", name="commitment_of_agreement"),
        CheckConstraint("state <> 'proposed' OR (interest_id IS NOT NULL AND asked_id IS NOT NULL)",
                        name="proposed_is_asked"),
        CheckConstraint("(state IN ('finished', 'stopped')) = (ended_at IS NOT NULL)", name="ended_has_date"),
        CheckConstraint("state <> 'stopped' OR end_note <> ''", name="stopped_has_reason"),
        Index("uq_exchange_course_live", "listing_id", "taker_id", unique=True,
              sqlite_where=text("state IN ('proposed', 'running')"),
              postgresql_where=text("state IN ('proposed', 'running')")),
        Index("ix_exchange_course_listing", "listing_id"),
        Index("ix_exchange_course_provider", "provider_id", "due_next", "id"),
        Index("ix_exchange_course_taker", "taker_id", "due_next", "id"),
        Index("ix_exchange_course_waiting", "state", "due_at"),
    )  # fmt: skip

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")
    provider_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    provider: Mapped[Institution] = relationship(
        foreign_keys="ExchangeCourse.provider_id", lazy="raise_on_sql"
    )
    taker_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    taker: Mapped[Institution] = relationship(foreign_keys="ExchangeCourse.taker_id", lazy="raise_on_sql")
    consortium_id: Mapped[int | None] = mapped_column(ForeignKey("consortium.id"), index=True)
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), index=True)
    agreement_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    commitment_id: Mapped[int | None] = mapped_column(
        ForeignKey("agreement_commitment.id"), unique=True
    )  # the repeated return that it follows
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    asked_id: Mapped[int | None] = mapped_column(
        ForeignKey("institution.id"), index=True
    )  # the side that is to agree
    every_months: Mapped[int]
    first_on: Mapped[date]  # the day of the first leg
    until_on: Mapped[date]  # the last day on which a leg can be due
    wishes: Mapped[str] = mapped_column(Text, default="")  # what the proposing side wants to hear about
    language: Mapped[str] = mapped_column(String(10), default="en")  # of the wishes
    reporter_id: Mapped[int | None] = person_key(
        index=True
    )  # whom the taker named beside its representatives
    reporter: Mapped[Person | None] = relationship(
        foreign_keys="ExchangeCourse.reporter_id", lazy="raise_on_sql"
    )
    due_next: Mapped[date] = mapped_column(default=NO_DATE)
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    late_until: Mapped[date | None]  # how long something late keeps the light from green
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = person_key()
    end_note: Mapped[str] = mapped_column(Text, default="")

    @property
    def number(self) -> str:
        """The short number that people can say aloud."""
        return f"X-{self.id:04d}"

    @property
    def proposer_id(self) -> int | None:
        """The side that proposed the rhythm; none where it stands in an agreement."""
        if self.asked_id is None:
            return None
        return self.provider_id if self.asked_id == self.taker_id else self.taker_id

    def other(self, institution_id: int) -> int:
        """The other side."""
        return self.taker_id if institution_id == self.provider_id else self.provider_id

    def day_of(self, number: int) -> date:
        """The day of the n-th leg, by the rhythm; n counts from one."""
        return months_after(self.first_on, self.every_months * (number - 1))

    def light(self, today: date | None = None) -> str:
        """The light by the rule of `core.lights`; empty where nothing runs."""
        return course_light(self.state, self.due_next, self.late_until, today or clock.today())


def course_light(state: str, due_next: date, late_until: date | None, today: date) -> str:
    """The light of a course, for rows of lists as well."""
    return light_of(due_next, late_until, today) if state == "running" else ""


class ExchangeLeg(Versioned, Base):
    """One return: reported by the taker, acknowledged by the provider or asked back. `due_at` is when whose turn it is acts by.

    The report is the delivery of a ledger line, the acknowledgement its receipt.
    """

    __tablename__ = "exchange_leg"
    __table_args__ = (
        CheckConstraint(LEG_STATES.check(), name="state"),
        CheckConstraint(
            "state NOT IN ('reported', 'asked_back', 'acknowledged') OR (reported_at IS NOT NULL AND "
            "reported_by_id IS NOT NULL AND (learnt <> '' OR performed <> '' OR next_users <> '' OR given_back <> ''))",
            name="reported_says_something",
        ),
        CheckConstraint("(state = 'acknowledged') = (acknowledged_at IS NOT NULL)", name="acknowledged_has_date"),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name="acknowledged_has_person"),
        # Nobody acknowledges their own report.
        CheckConstraint("acknowledged_by_id IS NULL OR acknowledged_by_id <> reported_by_id",
                        name="acknowledged_by_another"),
        CheckConstraint("state <> 'asked_back' OR answer <> ''", name="asked_back_says_what"),
        CheckConstraint("NOT provider_shares OR state = 'acknowledged'", name="shared_when_acknowledged"),
        CheckConstraint("(state IN ('planned', 'reported', 'asked_back')) = (due_at IS NOT NULL)", name="open_is_due"),
        UniqueConstraint("course_id", "number"),
        Index("ix_exchange_leg_due", "state", "due_at"),
    )  # fmt: skip

    course_id: Mapped[int] = mapped_column(ForeignKey("exchange_course.id"))
    course: Mapped[ExchangeCourse] = relationship(lazy="raise_on_sql")
    number: Mapped[int]
    due_on: Mapped[date]  # by the rhythm
    state: Mapped[str] = mapped_column(String(12), default="planned")
    due_at: Mapped[datetime | None]
    learnt: Mapped[str] = mapped_column(Text, default="")
    performed: Mapped[str] = mapped_column(Text, default="")
    next_users: Mapped[str] = mapped_column(Text, default="")
    given_back: Mapped[str] = mapped_column(Text, default="")
    conditions: Mapped[str] = mapped_column(Text, default="")  # under which it was used
    language: Mapped[str] = mapped_column(String(10), default="en")
    reported_at: Mapped[datetime | None]
    reported_by_id: Mapped[int | None] = person_key()
    reported_by: Mapped[Person | None] = relationship(
        foreign_keys="ExchangeLeg.reported_by_id", lazy="raise_on_sql"
    )
    answer: Mapped[str] = mapped_column(Text, default="")  # the provider's last word
    answer_language: Mapped[str] = mapped_column(String(10), default="en")
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = person_key()
    acknowledged_by: Mapped[Person | None] = relationship(
        foreign_keys="ExchangeLeg.acknowledged_by_id", lazy="raise_on_sql"
    )
    taker_shares: Mapped[bool] = mapped_column(default=False)
    provider_shares: Mapped[bool] = mapped_column(default=False)
    reminded_at: Mapped[datetime | None]  # that it is due soon, or of the half of the time to answer
    late_told_at: Mapped[datetime | None]

    @property
    def is_shared(self) -> bool:
        """Whether everybody who sees the listing reads the insight."""
        return self.state == "acknowledged" and self.taker_shares and self.provider_shares

    def wait(self, until: datetime | None) -> None:
        """Whose turn it is has until then; reminders begin anew."""
        self.due_at, self.reminded_at, self.late_told_at = until, None, None

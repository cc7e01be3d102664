"""Agreement with its parties and commitments: the working copy, which its newest version holds word by word."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.agreements.models.states import AGREEMENT_STATES, CLOSED_STATES, OPEN_STATES, PUBLIC_STATES
from app.agreements.models.words import KINDS, LINE_LENGTH, MONTHS_OF, TITLE_LENGTH
from app.core import clock
from app.core.db import Base, Versioned, person_key
from app.core.quantities import Quantity
from app.institutions.models import Institution


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Agreement(Versioned, Base):
    """An agreement. `language` is that of title and commitments; `texts` {language: Markdown}, of which one prevails.

    `number` counts the versions that were sent (0: never); `institution_id` is the party that drafts. The *ball* is with
    the party that moves next, while there is one.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint(AGREEMENT_STATES.check(), name="state"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint("(number > 0) = (code IS NOT NULL)", name="sent_has_code"),
        CheckConstraint("number > 0 OR state IN ('draft', 'withdrawn', 'expired')", name="sent_has_version"),
        CheckConstraint(f"({_one_of('state', OPEN_STATES)}) = (ball_institution_id IS NOT NULL)", name="open_has_ball"),
        CheckConstraint(
            "(ball_institution_id IS NULL) = (ball_since IS NULL) AND (ball_since IS NULL) = (ball_due_at IS NULL)",
            name="ball_has_dates",
        ),
        CheckConstraint(f"({_one_of('state', PUBLIC_STATES)}) = (in_force_at IS NOT NULL)", name="in_force_since"),
        CheckConstraint(f"({_one_of('state', CLOSED_STATES)}) = (closed_at IS NOT NULL)", name="closed_when"),
        CheckConstraint("(closed_at IS NULL) = (closed_code = '')", name="closed_why"),
        CheckConstraint(
            "state NOT IN ('declined', 'withdrawn') OR closed_by_id IS NOT NULL", name="closed_by_somebody"
        ),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("notice_days BETWEEN 0 AND 730", name="notice_days"),
        CheckConstraint(
            "(notice_at IS NULL) = (notice_by_id IS NULL) AND (notice_at IS NULL) = (notice_institution_id IS NULL) "
            "AND (notice_at IS NULL) = (notice_ends_on IS NULL)",
            name="notice_whole",
        ),
        CheckConstraint(f"notice_at IS NULL OR {_one_of('state', PUBLIC_STATES)}", name="notice_in_force"),
        Index("ix_agreement_newest", "moved_at", "id"),
        Index("ix_agreement_state", "state", "moved_at", "id"),
        Index("ix_agreement_project", "project_id", "state"),
        Index("ix_agreement_consortium", "consortium_id", "state"),
        Index("ix_agreement_institution", "institution_id", "state"),
        Index("ix_agreement_ball", "ball_institution_id", "ball_due_at"),
        Index("ix_agreement_end", "state", "ends_on"),
    )  # fmt: skip

    code: Mapped[str | None] = mapped_column(
        String(16), unique=True
    )  # AGR-2026-0001, from the first sending on
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    language: Mapped[str] = mapped_column(String(10), default="en")
    prevailing: Mapped[str] = mapped_column(String(10), default="en")  # the language whose text prevails
    state: Mapped[str] = mapped_column(String(14), default="draft")
    number: Mapped[int] = mapped_column(default=0)
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(
        foreign_keys="Agreement.institution_id", lazy="raise_on_sql"
    )
    drafted_by_id: Mapped[int] = person_key(index=True)
    drafted_by: Mapped[Person] = relationship(foreign_keys="Agreement.drafted_by_id", lazy="raise_on_sql")
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    consortium_id: Mapped[int | None] = mapped_column(ForeignKey("consortium.id"))
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), unique=True)
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]  # the last day; None: until somebody ends it
    notice_days: Mapped[int] = mapped_column(default=30)
    ball_institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    ball_institution: Mapped[Institution | None] = relationship(
        foreign_keys="Agreement.ball_institution_id", lazy="raise_on_sql"
    )
    ball_since: Mapped[datetime | None]
    ball_due_at: Mapped[datetime | None]
    ball_note: Mapped[str] = mapped_column(String(500), default="")
    reminded_at: Mapped[datetime | None]  # of the ball, at half time
    warned_at: Mapped[datetime | None]  # of the end, 60 days before
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)  # its last move: the order of lists
    in_force_at: Mapped[datetime | None]
    notice_institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    notice_by_id: Mapped[int | None] = person_key()
    notice_at: Mapped[datetime | None]
    notice_ends_on: Mapped[date | None]  # the last day, notice given
    notice_reason: Mapped[str] = mapped_column(String(1000), default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = person_key()
    closed_code: Mapped[str] = mapped_column(String(20), default="")
    closed_note: Mapped[str] = mapped_column(String(1000), default="")
    parts_done: Mapped[list[str]] = mapped_column(default=list)
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def label(self) -> str:
        """Its public number, that people can say aloud; a draft has a short one of its own."""
        return self.code or f"D-{self.id:04d}"

    @property
    def is_open(self) -> bool:
        """Whether it was sent and waits for somebody."""
        return self.state in OPEN_STATES

    def close(self, by: int | None, code: str, note: str = "") -> None:
        """Say when, by whom and why it ended; the ball is with nobody any more."""
        self.closed_at, self.closed_by_id, self.closed_code, self.closed_note = clock.now(), by, code, note
        self.drop_ball()

    def give_ball(self, institution_id: int, due: datetime, note: str = "") -> None:
        """The party that moves next, and until when."""
        self.ball_institution_id, self.ball_since, self.ball_due_at = institution_id, clock.now(), due
        self.ball_note, self.reminded_at = note, None

    def drop_ball(self) -> None:
        """Nobody has to move."""
        self.ball_institution_id = self.ball_since = self.ball_due_at = self.reminded_at = None
        self.ball_note = ""


class AgreementNumber(Base):
    """The last number given in a year; its row is locked while the next is taken."""

    __tablename__ = "agreement_number"

    year: Mapped[int] = mapped_column(unique=True)
    last: Mapped[int] = mapped_column(default=0)


class AgreementParty(Base):
    """An institution that is a party, and who signs for it.

    `content_number` is the version that it said it is content with. *Gift* is that its signatory said, with a reason, that
    it only gives or only gains here.
    """

    __tablename__ = "agreement_party"
    __table_args__ = (
        UniqueConstraint("agreement_id", "institution_id"),
        CheckConstraint(
            "(gift_at IS NULL) = (gift_by_id IS NULL) AND (gift_at IS NULL) = (gift_reason = '')", name="gift_whole"
        ),
        CheckConstraint(
            "(content_at IS NULL) = (content_number IS NULL) AND (content_at IS NULL) = (content_by_id IS NULL)",
            name="content_whole",
        ),
        Index("ix_agreement_party_institution", "institution_id", "agreement_id"),
    )  # fmt: skip

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    agreement: Mapped[Agreement] = relationship(lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    signatory_id: Mapped[int | None] = person_key(index=True)
    signatory: Mapped[Person | None] = relationship(
        foreign_keys="AgreementParty.signatory_id", lazy="raise_on_sql"
    )
    position: Mapped[int] = mapped_column(default=0)
    content_number: Mapped[int | None]
    content_by_id: Mapped[int | None] = person_key()
    content_at: Mapped[datetime | None]
    gift_reason: Mapped[str] = mapped_column(String(500), default="")
    gift_by_id: Mapped[int | None] = person_key()
    gift_by: Mapped[Person | None] = relationship(
        foreign_keys="AgreementParty.gift_by_id", lazy="raise_on_sql"
    )
    gift_at: Mapped[datetime | None]

    @property
    def is_gift(self) -> bool:
        """Whether its signatory said that it only gives, or only gains, on purpose."""
        return self.gift_at is not None

    def say_content(self, number: int, by: int) -> None:
        """It is content with this version."""
        self.content_number, self.content_by_id, self.content_at = number, by, clock.now()

    def mark_gift(self, by: int, reason: str) -> None:
        """It only gives, or only gains, on purpose."""
        self.gift_reason, self.gift_by_id, self.gift_at = reason, by, clock.now()

    def unmark_gift(self) -> None:
        """The commitments changed: the mark was about others."""
        self.gift_reason, self.gift_by_id, self.gift_at = "", None, None


class AgreementCommitment(Base):
    """Who gives what to whom: once (`due_on`, or no day), or at every `repeats` from a day until another.

    Its id stays through all revisions that keep the line: comments and ledger lines point at it.
    """

    __tablename__ = "agreement_commitment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agreement_id", "giver_id"],
            ["agreement_party.agreement_id", "agreement_party.institution_id"],
            name="fk_agreement_commitment_giver_party",
        ),
        ForeignKeyConstraint(
            ["agreement_id", "receiver_id"],
            ["agreement_party.agreement_id", "agreement_party.institution_id"],
            name="fk_agreement_commitment_receiver_party",
        ),
        CheckConstraint("giver_id <> receiver_id", name="two_sides"),
        CheckConstraint("text <> ''", name="has_text"),
        CheckConstraint("(quantity IS NULL) = (unit = '')", name="quantity_has_unit"),
        CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity"),
        CheckConstraint(f"repeats = '' OR {_one_of('repeats', MONTHS_OF)}", name="repeats"),
        CheckConstraint(
            "(repeats = '') = (repeats_from IS NULL) AND (repeats = '') = (repeats_until IS NULL)",
            name="repeats_has_days",
        ),
        CheckConstraint("repeats = '' OR due_on IS NULL", name="once_or_repeating"),
        CheckConstraint("repeats_until >= repeats_from", name="repeats_ends_after_start"),
        Index("ix_agreement_commitment_order", "agreement_id", "position", "id"),
    )  # fmt: skip

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    receiver_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    kind: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(String(LINE_LENGTH))
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(16), default="")
    due_on: Mapped[date | None]
    repeats: Mapped[str] = mapped_column(String(8), default="")
    repeats_from: Mapped[date | None]
    repeats_until: Mapped[date | None]
    condition: Mapped[str] = mapped_column(Text, default="")
    is_public: Mapped[bool] = mapped_column(default=True)  # whether everybody sees it once it is in force
    position: Mapped[int] = mapped_column(default=0)

    def days(self) -> Iterator[tuple[int, date | None]]:
        """What it comes to as ledger lines: (part, due day); part 0 is once, n the n-th time."""
        if not self.repeats or self.repeats_from is None or self.repeats_until is None:
            yield 0, self.due_on
            return
        yield from repeated(self.repeats, self.repeats_from, self.repeats_until)


def repeated(repeats: str, first: date, last: date) -> Iterator[tuple[int, date]]:
    """The days of something that repeats, numbered from 1; a day that a month lacks is its last one.

    >>> [str(day) for _n, day in repeated("month", date(2028, 1, 31), date(2028, 4, 1))]
    ['2028-01-31', '2028-02-29', '2028-03-31']
    """
    part = 0
    while (day := _months_after(first, MONTHS_OF[repeats] * part)) <= last:
        part += 1
        yield part, day


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def only_sides(parties: Mapping[int, bool], lines: list[tuple[int, int]]) -> dict[int, str]:
    """The parties that break the two-way rule: {institution: "gives", "gains" or "neither"}.

    `parties` says of each whether it marked a gift, `lines` are (giver, receiver).

    >>> only_sides({1: False, 2: False}, [(1, 2)]), only_sides({1: True, 2: False}, [(1, 2), (2, 1)])
    ({1: 'gives', 2: 'gains'}, {})
    """
    givers, receivers = {line[0] for line in lines}, {line[1] for line in lines}
    found = {}
    for party, is_gift in parties.items():
        gives, gains = party in givers, party in receivers
        if gives and gains:
            continue
        if is_gift and (gives or gains):
            continue
        found[party] = "gives" if gives else "gains" if gains else "neither"
    return found

"""Interest with its two pairs of lists, and the log of what it opened."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from app.accounts.models import Person
from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, person_key
from app.core.errors import RuleBroken
from app.core.i18n import _l
from app.core.states import State, States, moves
from app.institutions.models import Institution
from app.listings.models import Listing
from app.problems.models import Problem

WORKING_DAYS = 10
LINE_LENGTH = 300
MOST_LINES = 8
MESSAGE_LENGTH = 2000
INTEREST_STATES = States(
    (
        State("sent", _l("Waiting for an answer"), "warn", "circle-dot"),
        State("talking", _l("In conversation"), "info", "circle-dot"),
        State("accepted", _l("Both said yes"), "ok", "handshake"),
        State("converted", _l("Taken further"), "ok", "badge-check"),
        State("declined", _l("Declined"), "", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
        State("superseded", _l("Overtaken"), "", "circle-dashed"),
    ),
    moves(
        talk=(["sent"], "talking"),
        accept=(["sent", "talking"], "accepted"),
        decline=(["sent", "talking"], "declined"),
        withdraw=(["sent", "talking"], "withdrawn"),
        lapse=(["sent", "talking"], "lapsed"),
        supersede=(["sent", "talking"], "superseded"),
        convert=(["accepted"], "converted"),
    ),
)
OPEN_STATES = ("sent", "talking")
YES_STATES = ("accepted", "converted")
TALK_STATES = ("talking", *YES_STATES)
DECLINE_CODES = {
    "capacity": _l("There is no room for it at present."),
    "no_fit": _l("It does not fit what we look for."),
    "promised": _l("It is promised to others already."),
    "conditions": _l("The conditions lie too far apart."),
    "not_now": _l("It is not the right time."),
    "other": _l("Another reason, said below."),
}
CONVERSIONS = {"membership": _l("Membership in a team"), "agreement": _l("Agreement")}
# What the log of an interest tells: the contact or the detail opened to an institution, or one accepted the terms.
CONTACT, DETAIL, TERMS = OPENINGS = ("contact", "detail", "terms")

# The terms of confidentiality, by version. A version that somebody accepted is never changed: another is added.
TERMS_TEXTS = {
    "2026.1": (
        _l("What is opened to us under these terms stays with the people of our institution who need it to judge whether we work together."),
        _l("We use it for that purpose alone. We file no right on it, and we build nothing on it without an agreement."),
        _l("We keep it as carefully as what is confidential to ourselves, and we delete it within 30 days when the other side asks."),
        _l("This does not hold for what was public before, what we knew already and can show it, or what a law makes us disclose; of that we tell the other side first."),
        _l("These terms hold for three years from today, whether or not an agreement follows."),
    ),
}  # fmt: skip
TERMS_VERSION = "2026.1"
_OPEN = "state IN ('sent', 'talking')"


def terms_digest(version: str) -> str:
    """The SHA-256 of the terms of a version, over its English text."""
    return hashlib.sha256("\n".join(part.message for part in TERMS_TEXTS[version]).encode()).hexdigest()


class Interest(Ask, Base):
    """One institution's interest in a listing or a problem, of which exactly one is set.

    `brings` and `gains` are [{kind, text}] of the sender, `owner_brings` and `owner_gains` those of the owner who said yes.
    The owner's institution is kept as it was when it was sent; `owner_id` is the author of a problem. `replied_at` is the
    first word of the owner: the conversation, a yes or a no.
    """

    __tablename__ = "interest"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(INTEREST_STATES.check(), name="state"),
        CheckConstraint("asked_by_id IS NOT NULL AND asked_at IS NOT NULL AND due_at IS NOT NULL", name="somebody_sent_it"),
        CheckConstraint("CAST(brings AS TEXT) <> '[]' AND CAST(gains AS TEXT) <> '[]'", name="sender_fills_both"),
        CheckConstraint(
            "state NOT IN ('accepted', 'converted') OR "
            "(CAST(owner_brings AS TEXT) <> '[]' AND CAST(owner_gains AS TEXT) <> '[]')",
            name="owner_fills_both",
        ),
        CheckConstraint("(listing_id IS NULL) <> (problem_id IS NULL)", name="one_thing"),
        CheckConstraint("(problem_id IS NULL) = (owner_id IS NULL)", name="problem_has_author"),
        CheckConstraint("institution_id <> owner_institution_id", name="not_their_own"),
        CheckConstraint(f"({_OPEN}) = (decided_at IS NULL)", name="open_is_undecided"),
        CheckConstraint(
            "(state IN ('accepted', 'converted')) = (decision_code IS NOT NULL AND decision_code = 'accepted')",
            name="yes_is_said",
        ),
        CheckConstraint("(state = 'converted') = (converted_at IS NOT NULL)", name="converted_has_time"),
        CheckConstraint("(converted_into = '') = (converted_at IS NULL)", name="converted_into_something"),
        CheckConstraint("state NOT IN ('talking', 'accepted', 'converted', 'declined') OR replied_at IS NOT NULL",
                        name="answered_is_replied"),
        Index("uq_interest_open_listing", "institution_id", "listing_id", unique=True,
              sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("uq_interest_open_problem", "institution_id", "problem_id", unique=True,
              sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_interest_institution", "institution_id", "state"),
        Index("ix_interest_owner", "owner_institution_id", "id"),
        Index("ix_interest_author", "owner_id", "id"),
        Index("ix_interest_listing", "listing_id", "state"),
        Index("ix_interest_problem", "problem_id", "state"),
        Index("ix_interest_waiting", "state", "due_at"),
    )  # fmt: skip

    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"))
    listing: Mapped[Listing | None] = relationship(lazy="raise_on_sql")
    problem_id: Mapped[int | None] = mapped_column(ForeignKey("problem.id"))
    problem: Mapped[Problem | None] = relationship(lazy="raise_on_sql")
    state: Mapped[str] = mapped_column(String(12), default="sent")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(
        foreign_keys="Interest.institution_id", lazy="raise_on_sql"
    )
    sender: Mapped[Person] = relationship(foreign_keys="Interest.asked_by_id", lazy="raise_on_sql")
    sender_id: Mapped[Any] = synonym("asked_by_id")
    owner_institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    owner_institution: Mapped[Institution] = relationship(
        foreign_keys="Interest.owner_institution_id", lazy="raise_on_sql"
    )
    owner_id: Mapped[int | None] = person_key()
    language: Mapped[str] = mapped_column(String(10), default="en")
    message: Mapped[str] = mapped_column(Text, default="")
    brings: Mapped[list[Any]] = mapped_column(default=list)
    gains: Mapped[list[Any]] = mapped_column(default=list)
    owner_language: Mapped[str] = mapped_column(String(10), default="en")
    owner_brings: Mapped[list[Any]] = mapped_column(default=list)
    owner_gains: Mapped[list[Any]] = mapped_column(default=list)
    replied_at: Mapped[datetime | None]
    converted_into: Mapped[str] = mapped_column(String(12), default="")
    converted_at: Mapped[datetime | None]
    converted_by_id: Mapped[int | None] = person_key()

    @property
    def kind(self) -> str:
        """The kind of thing that it is about: "listing" or "problem"."""
        return "listing" if self.listing_id is not None else "problem"

    @property
    def thing_id(self) -> int:
        """The id of the listing or problem."""
        return self.listing_id or self.problem_id or 0

    @property
    def thing(self) -> Any:
        """The listing or problem itself."""
        return self.listing if self.listing_id is not None else self.problem

    @property
    def number(self) -> str:
        """The short number that people can say aloud."""
        return f"I-{self.id:04d}"

    @property
    def is_open_now(self) -> bool:
        """Whether it waits for an answer."""
        return self.state in OPEN_STATES

    @property
    def is_mutual(self) -> bool:
        """Whether both sides have said yes."""
        return self.state in YES_STATES

    @property
    def is_under_terms(self) -> bool:
        """Whether both said yes, and the detail opens once both have accepted the terms of confidentiality."""
        listing = self.listing
        return self.is_mutual and listing is not None and listing.detail_visibility == "agreement"

    def reply(self) -> None:
        """Note the owner's first word."""
        self.replied_at = self.replied_at or clock.now()

    def convert(self, into: str, by: int | None) -> None:
        """It became something further. Raises RuleBroken(`wrong_state`) when it is not accepted, or was converted before."""
        if into not in CONVERSIONS:
            raise ValueError(f"an interest becomes no {into}")
        INTEREST_STATES.move(self, "convert")
        self.converted_into, self.converted_at, self.converted_by_id = into, clock.now(), by

    def expect_mutual(self) -> None:
        """Refuse what needs the yes of both. Raises RuleBroken(`not_mutual`)."""
        if not self.is_mutual:
            raise RuleBroken("not_mutual", _l("This needs the yes of both sides first."))


class InterestOpening(Base):
    """A line of the log that both sides read: what opened to which institution, or which one accepted the terms.

    Insert-only by trigger. `terms` is the version of the terms of confidentiality, with the SHA-256 of their text.
    """

    __tablename__ = "interest_opening"
    __table_args__ = (
        CheckConstraint("what IN ('contact', 'detail', 'terms')", name="what"),
        CheckConstraint("what <> 'terms' OR terms <> ''", name="terms_have_version"),
        CheckConstraint("(terms = '') = (terms_sha256 = '')", name="version_has_digest"),
        UniqueConstraint("interest_id", "what", "institution_id", "terms"),
        Index("ix_interest_opening_institution", "institution_id", "what"),
    )

    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id"))
    what: Mapped[str] = mapped_column(String(8))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    by_id: Mapped[int] = person_key()
    by: Mapped[Person] = relationship(foreign_keys="InterestOpening.by_id", lazy="raise_on_sql")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    terms: Mapped[str] = mapped_column(String(12), default="")
    terms_sha256: Mapped[str] = mapped_column(String(64), default="")

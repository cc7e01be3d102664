"""The line with its log of events, the totals that follow from it, and what somebody was reminded of.

A line's *facts* (who, to whom, what, how much, by when, from where) are written once. Its *projection* (state, days,
amount given, rating) is what its last event says: `LedgerLine.follow` reckons it, a trigger on both databases reckons
it again and refuses anything else.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    exists,
    select,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import Person
from app.consortia.models import Consortium, Leadership
from app.core import clock
from app.core.db import Base, alias, person_key
from app.core.errors import Conflict
from app.core.i18n import _l
from app.core.quantities import Quantity
from app.core.states import State, States, moves
from app.institutions.models import Affiliation, Institution

LINE_STATES = States(
    (
        State("pledged", _l("Promised"), "info", "circle-dashed"),
        State("delivered", _l("Delivered"), "warn", "circle-dot"),
        State("received", _l("Received"), "ok", "check"),
        State("rated", _l("Received and rated"), "ok", "check"),
        State("waived", _l("Waived"), "", "x"),
        State("disputed", _l("Disputed"), "bad", "circle-alert"),
        State("reversed", _l("Reversed"), "", "x"),
    ),
    moves(
        deliver=(["pledged"], "delivered"),
        recall=(["delivered"], "pledged"),
        receive=(["delivered"], "received"),
        rate=(["received"], "rated"),
        waive=(["pledged"], "waived"),
        dispute=(["pledged", "delivered"], "disputed"),
        settle_pledged=(["disputed"], "pledged"),
        settle_delivered=(["disputed"], "delivered"),
        settle_received=(["disputed"], "received"),
        settle_waived=(["disputed"], "waived"),
        reverse=(["received", "rated"], "reversed"),
        offset=(["pledged"], "received"),  # a reversing line, from its first moment on
    ),
)
OPEN_STATES = ("pledged", "delivered", "disputed")  # neither received, waived nor reversed
COUNTED_STATES = ("received", "rated")
SOURCES = ("commitment", "exchange_leg", "manual")
VISIBILITIES = ("public", "parties")
# What happened: the sides that may say it and the states after it. The database repeats both.
EVENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "pledged": (("portal",), ("pledged",)),
    "delivered": (("giver",), ("delivered",)),
    "recalled": (("giver",), ("pledged",)),
    "received": (("receiver",), ("received",)),
    "rated": (("receiver",), ("rated",)),
    "waived": (("receiver", "portal"), ("waived",)),
    "disputed": (("giver", "receiver"), ("disputed",)),
    "settled": (("mediator",), ("pledged", "delivered", "received", "waived")),
    "reversed": (("receiver", "mediator"), ("reversed",)),
    "offset": (("receiver", "mediator"), ("received",)),
}
# What the receiver says that it was worth, and how a mediator's word leaves things.
RATINGS = {
    2: _l("It helped a great deal"),
    1: _l("It was useful"),
    0: _l("It was as promised"),
    -1: _l("It was less than promised"),
    -2: _l("It was of no use"),
}
STATE_AFTER = {
    "pledged": _l("It is still owed"),
    "delivered": _l("It was delivered, the other side confirms it"),
    "received": _l("It was received"),
    "waived": _l("Nobody owes it any more"),
}
NO_ONE = 0  # in totals: the pool as receiver, no consortium
_OPEN = "state IN ('pledged', 'delivered', 'disputed')"
_FIRST = "source_kind <> 'manual' AND reverses_id IS NULL AND replaces_id IS NULL"


def _said(event: str, sides: tuple[str, ...], states: tuple[str, ...]) -> str:
    def one_of(column: str, values: tuple[str, ...]) -> str:
        return f"{column} IN ({', '.join(repr(value) for value in values)})"

    return f"(what = '{event}' AND {one_of('side', sides)} AND {one_of('state', states)})"


class LedgerLine(Base):
    """One give and get between two institutions, or to the pool of a consortium (`receiver_id` None)."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        CheckConstraint(LINE_STATES.check(), name="state"),
        CheckConstraint("giver_id <> receiver_id", name="two_sides"),
        CheckConstraint("receiver_id IS NOT NULL OR consortium_id IS NOT NULL", name="pool_has_consortium"),
        CheckConstraint("(quantity IS NULL) = (unit = '')", name="quantity_has_unit"),
        CheckConstraint("quantity <> 0 AND (quantity > 0) = (reverses_id IS NULL)", name="only_reversals_subtract"),
        CheckConstraint("reverses_id IS NULL OR replaces_id IS NULL", name="reverses_or_replaces"),
        CheckConstraint("(due_on IS NULL) = (due_at IS NULL)", name="due_day_has_instant"),
        CheckConstraint("source_kind IN ('commitment', 'exchange_leg', 'manual')", name="source_kind"),
        CheckConstraint("(source_kind = 'manual') = (source_id IS NULL)", name="source_named"),
        CheckConstraint("visibility IN ('public', 'parties')", name="visibility"),
        CheckConstraint(
            "last_event_id IS NOT NULL OR (state = 'pledged' AND delivered_at IS NULL AND received_at IS NULL "
            "AND given IS NULL AND rating IS NULL)",
            name="begins_pledged",
        ),
        CheckConstraint("state NOT IN ('received', 'rated', 'reversed') OR received_at IS NOT NULL", name="received_when"),
        CheckConstraint("received_at IS NULL OR state IN ('received', 'rated', 'reversed')", name="only_received_counts"),
        CheckConstraint("rating IS NULL OR rating BETWEEN -2 AND 2", name="rating"),
        CheckConstraint("state <> 'rated' OR rating IS NOT NULL", name="rated_has_rating"),
        CheckConstraint("given IS NULL OR quantity IS NOT NULL", name="given_has_unit"),
        Index("uq_ledger_line_source", "source_kind", "source_id", "source_part", unique=True,
              sqlite_where=text(_FIRST), postgresql_where=text(_FIRST)),
        Index("ix_ledger_line_giver", "giver_id", "id"),
        Index("ix_ledger_line_receiver", "receiver_id", "id"),
        Index("ix_ledger_line_giver_received", "giver_id", "received_at", "id",
              sqlite_where=text("received_at IS NOT NULL"), postgresql_where=text("received_at IS NOT NULL")),
        Index("ix_ledger_line_receiver_received", "receiver_id", "received_at", "id",
              sqlite_where=text("received_at IS NOT NULL"), postgresql_where=text("received_at IS NOT NULL")),
        Index("ix_ledger_line_giver_open", "giver_id", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_ledger_line_receiver_open", "receiver_id", "id",
              sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_ledger_line_open_due", "due_at", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_ledger_line_project", "project_id", "receiver_id", "state",
              sqlite_where=text("project_id IS NOT NULL"), postgresql_where=text("project_id IS NOT NULL")),
        Index("ix_ledger_line_consortium", "consortium_id", "state", "due_at", "id"),
        Index("ix_ledger_line_pool", "consortium_id", "state", "id",
              sqlite_where=text("receiver_id IS NULL"), postgresql_where=text("receiver_id IS NULL")),
    )  # fmt: skip

    giver_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    giver: Mapped[Institution] = relationship(foreign_keys="LedgerLine.giver_id", lazy="raise_on_sql")
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    receiver: Mapped[Institution | None] = relationship(
        foreign_keys="LedgerLine.receiver_id", lazy="raise_on_sql"
    )
    kind: Mapped[str] = mapped_column(String(24))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(10))
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)  # as promised; below zero in a reversing line
    unit: Mapped[str] = mapped_column(String(16), default="")
    due_on: Mapped[date | None]
    due_at: Mapped[datetime | None]  # the end of that day, or of the giver's next working day, in its zone
    condition: Mapped[str] = mapped_column(Text, default="")
    source_kind: Mapped[str] = mapped_column(String(14))
    source_id: Mapped[int | None]
    source_part: Mapped[int] = mapped_column(default=0)  # 0 once; n the n-th repetition
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    consortium_id: Mapped[int | None] = mapped_column(ForeignKey("consortium.id"))
    consortium: Mapped[Consortium | None] = relationship(lazy="raise_on_sql")
    visibility: Mapped[str] = mapped_column(String(8), default="parties")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = person_key()
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_line.id"), unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_line.id"), unique=True)

    # The projection of the log.
    state: Mapped[str] = mapped_column(String(10), default="pledged")
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    delivered_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    given: Mapped[Decimal | None] = mapped_column(Quantity)  # as delivered
    rating: Mapped[int | None]
    last_event_id: Mapped[int | None]

    if TYPE_CHECKING:
        has_free_lead: bool
        delivered_by_id: int | None

    @property
    def number(self) -> str:
        """Its public number, that people can say aloud."""
        return f"L-{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither received, waived nor reversed."""
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        """Whether it was not delivered on the day, or the working day after."""
        return self.state == "pledged" and self.due_at is not None and self.due_at < clock.now()

    @property
    def amount(self) -> Decimal | None:
        """How much counts: as delivered, else as promised."""
        return self.quantity if self.given is None else self.given

    def expect_version(self, seen: int | None) -> None:
        """Refuse a decision about another event than the last one seen. Raises Conflict."""
        if seen is not None and seen != self.last_event_id:
            raise Conflict(record=self)

    def follow(self, event: "LedgerEvent") -> None:
        """Become what an event says, which has its id. The trigger `ledger_line_follows` reckons the same."""
        self.state, self.state_since, self.last_event_id = event.state, event.at, event.id
        if event.state == "pledged":
            self.delivered_at = self.given = None
        elif event.what == "delivered" or (event.what == "settled" and event.state != "waived"):
            self.delivered_at = self.delivered_at or event.at
            self.given = event.quantity
        elif event.what == "offset":
            self.delivered_at, self.given = event.at, event.quantity
        if event.state == "received":
            self.received_at = event.at
        if event.what == "rated":
            self.rating = event.rating


class LedgerEvent(Base):
    """What happened to a line, who said it and for which side; never changed."""

    __tablename__ = "ledger_event"
    __table_args__ = (
        CheckConstraint(" OR ".join(_said(event, *said) for event, said in EVENTS.items()), name="said"),
        CheckConstraint("(rating IS NOT NULL) = (what = 'rated')", name="rated_has_rating"),
        CheckConstraint("rating BETWEEN -2 AND 2", name="rating"),
        CheckConstraint("side = 'portal' OR by_id IS NOT NULL", name="side_has_person"),
        Index("ix_ledger_event_line", "line_id", "id"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("ledger_line.id"))
    line: Mapped[LedgerLine] = relationship(lazy="raise_on_sql")
    what: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))  # after it
    side: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[int | None] = person_key(index=True)
    by: Mapped[Person | None] = relationship(foreign_keys="LedgerEvent.by_id", lazy="raise_on_sql")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    note: Mapped[str] = mapped_column(Text, default="")
    rating: Mapped[int | None]
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)  # as delivered, in the line's unit


class LedgerTotal(Base):
    """What one gave another of a kind in a unit and a month: received lines less those reversed.

    `receiver_id` 0 is the pool, `consortium_id` 0 none; `month` is the first day of the month of receipt, UTC.
    """

    __tablename__ = "ledger_total"
    __table_args__ = (
        UniqueConstraint(
            "giver_id", "receiver_id", "kind", "unit", "month", "visibility", "consortium_id",
            name="uq_ledger_total_key",
        ),
        Index("ix_ledger_total_receiver", "receiver_id", "month"),
        # Holds all that a picture of one kind adds up: the table itself is not read.
        Index("ix_ledger_total_kind", "visibility", "kind", "unit", "giver_id", "receiver_id", "month", "lines", "quantity"),
        Index("ix_ledger_total_consortium", "consortium_id", "month"),
    )  # fmt: skip

    giver_id: Mapped[int]
    receiver_id: Mapped[int] = mapped_column(default=NO_ONE)
    kind: Mapped[str] = mapped_column(String(24))
    unit: Mapped[str] = mapped_column(String(16), default="")
    month: Mapped[date]
    visibility: Mapped[str] = mapped_column(String(8))
    consortium_id: Mapped[int] = mapped_column(default=NO_ONE)
    lines: Mapped[int] = mapped_column(default=0)
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))


class LedgerSideTotal(Base):
    """The same for one institution and side, with all its partners together: what a statement adds up."""

    __tablename__ = "ledger_side_total"
    __table_args__ = (
        UniqueConstraint(
            "institution_id", "side", "kind", "unit", "month", "visibility", "consortium_id",
            name="uq_ledger_side_total_key",
        ),
        CheckConstraint("side IN ('giver', 'receiver')", name="side"),
        # Holds all that a statement adds up, in the order in which it does.
        Index("ix_ledger_side_total_sums", "institution_id", "side", "kind", "unit", "month", "visibility",
              "consortium_id", "lines", "quantity"),
    )  # fmt: skip

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    side: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(24))
    unit: Mapped[str] = mapped_column(String(16), default="")
    month: Mapped[date]
    visibility: Mapped[str] = mapped_column(String(8))
    consortium_id: Mapped[int] = mapped_column(default=NO_ONE)
    lines: Mapped[int] = mapped_column(default=0)
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))


class LedgerReminder(Base):
    """That those of a line were told of a date, once each."""

    __tablename__ = "ledger_reminder"
    __table_args__ = (
        UniqueConstraint("line_id", "what"),
        CheckConstraint("what IN ('due_soon', 'late', 'confirm')", name="what"),
    )

    line_id: Mapped[int] = mapped_column(ForeignKey("ledger_line.id"))
    what: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(default=clock.now)


# A lead of the consortium who belongs to neither side and may settle a dispute (of what goes to the pool the leads are a
# side themselves), and who said last that it was delivered. Read with every line, so that permissions need no look-up.
_affiliation = alias(Affiliation)
_of_a_side = exists().where(
    _affiliation.person_id == Leadership.person_id,
    _affiliation.state == "active",
    _affiliation.institution_id.in_([LedgerLine.giver_id, LedgerLine.receiver_id]),
)
LedgerLine.has_free_lead = column_property(  # type: ignore[assignment]  # declared here: it names other tables
    select(Leadership.id)
    .join(Consortium, Consortium.id == Leadership.consortium_id)
    .where(
        Leadership.consortium_id == LedgerLine.consortium_id,
        LedgerLine.receiver_id.is_not(None),
        Leadership.until.is_(None),
        Consortium.state == "active",
        ~_of_a_side.correlate(LedgerLine, Leadership),
    )
    .correlate_except(Leadership, Consortium)
    .exists()
)
LedgerLine.delivered_by_id = column_property(  # type: ignore[assignment]
    select(LedgerEvent.by_id)
    .where(LedgerEvent.line_id == LedgerLine.id, LedgerEvent.what.in_(["delivered", "settled"]))
    .order_by(LedgerEvent.id.desc())
    .limit(1)
    .correlate_except(LedgerEvent)
    .scalar_subquery()
)

"""A file of listings on its way: the load with its states, and the rows of the file until they are kept as listings."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core import clock
from app.core.db import Base, Versioned, person_key
from app.core.i18n import _l
from app.core.states import State, States, moves
from app.institutions.models import Institution

LOAD_STATES = States(
    (
        State("received", _l("Waiting to be read"), "info", "circle-dot"),
        State("checking", _l("Being checked"), "info", "circle-dot"),
        State("checked", _l("Waits for your word"), "warn", "pencil"),
        State("confirmed", _l("Waiting to be loaded"), "info", "circle-dot"),
        State("loading", _l("Being loaded"), "info", "circle-dot"),
        State("loaded", _l("Loaded"), "ok", "check"),
        State("failed", _l("Could not be read"), "bad", "circle-alert"),
        State("cancelled", _l("Cancelled"), "", "x"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
    ),
    moves(
        check=(["received"], "checking"),
        finish_check=(["checking"], "checked"),
        check_again=(["checked", "loading"], "checking"),
        replace=(["checked", "failed"], "received"),
        confirm=(["checked"], "confirmed"),
        begin=(["confirmed"], "loading"),
        finish=(["loading"], "loaded"),
        fail=(["received", "checking", "confirmed", "loading"], "failed"),
        cancel=(["received", "checking", "checked", "confirmed", "failed"], "cancelled"),
        lapse=(["received", "checked", "failed"], "lapsed"),
    ),
)
AT_WORK = ("received", "checking", "confirmed", "loading")  # the worker has something to do
OPEN = (*AT_WORK, "checked", "failed")
OUTCOMES = ("", "new", "updated", "unchanged", "faulty")


class ListingLoad(Versioned, Base):
    """One file that a representative loads for an institution. Its counts are those of the newest check.

    `columns`: [{"at": place in the file, "name": column}], in the file's order; `ignored`: headings that we do not know;
    `fault`: {"code", "facts"} where the file as a whole cannot be read. `attempts` counts how often the worker began without
    getting any further: a file that ends the worker each time is given up.
    """

    __tablename__ = "listing_load"
    __table_args__ = (
        CheckConstraint(LOAD_STATES.check(), name="state"),
        CheckConstraint("rows_done <= rows_total", name="no_more_than_all"),
        Index("ix_listing_load_work", "state", "id"),
        Index("ix_listing_load_person", "person_id", "id"),
        Index("ix_listing_load_institution", "institution_id", "id"),
    )

    state: Mapped[str] = mapped_column(String(10), default="received")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    person_id: Mapped[int] = person_key()
    person: Mapped[Person] = relationship(foreign_keys="ListingLoad.person_id", lazy="raise_on_sql")
    language: Mapped[str] = mapped_column(String(10), default="en")  # of texts whose row does not say it
    stored_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    uploads: Mapped[int] = mapped_column(default=1)
    columns: Mapped[list[Any]] = mapped_column(default=list)
    ignored: Mapped[list[str]] = mapped_column(default=list)
    fault: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    only_good: Mapped[bool] = mapped_column(default=False)
    in_review: Mapped[bool] = mapped_column(default=False)  # whether what it brought had to be reviewed first
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    lapses_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def is_at_work(self) -> bool:
        """Whether the worker has something to do with it."""
        return self.state in AT_WORK

    @property
    def good(self) -> int:
        """How many rows can be loaded."""
        return self.new + self.updated + self.unchanged


class ListingLoadRow(Base):
    """One row of the file: its cells as they were typed, by column, and what was found.

    `faults`: [{"column", "code", "facts"}]. Once loaded, only faulty rows keep their cells, for the report.
    """

    __tablename__ = "listing_load_row"
    __table_args__ = (
        UniqueConstraint("load_id", "number"),
        CheckConstraint(f"outcome IN ({', '.join(repr(name) for name in OUTCOMES)})", name="outcome"),
        Index("ix_listing_load_row_outcome", "load_id", "outcome", "number"),
    )

    load_id: Mapped[int] = mapped_column(ForeignKey("listing_load.id", ondelete="CASCADE"))
    number: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(9), default="")
    identifier: Mapped[str] = mapped_column(String(80), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    faults: Mapped[list[Any]] = mapped_column(default=list)
    cells: Mapped[dict[str, Any]] = mapped_column(default=dict)

"""What an institution gave and gained: totals of a period per kind and unit, and its lines, page by page.

Whoever asks sees what they may see of it: its own people and administrators all, everybody else what is public and what
they are a side of or answer for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, func, literal, literal_column, or_, select, true, union_all

from app.core.access import Actor
from app.core.db import db
from app.core.kept import kept
from app.core.paging import PAGE_SIZE, Page, Sort, page_by_key
from app.ledger.models import OPEN_STATES, LedgerLine, LedgerSideTotal, LedgerTotal
from app.ledger.policies import visible_lines
from app.ledger.queries.records import line_columns, with_names

View = Literal["received", "open", "all"]
VIEWS: tuple[View, ...] = ("received", "open", "all")
FIRST_MONTH, LAST_MONTH = date(1900, 1, 1), date(9998, 12, 1)
MOST_EXPORTED = 10_000
_NEWEST = Sort("newest", LedgerLine.id, LedgerLine.id)
_RECEIVED = Sort("received", LedgerLine.received_at, LedgerLine.id)
_OPEN: ColumnElement[bool] = literal_column(
    f"ledger_line.state IN ({', '.join(repr(state) for state in OPEN_STATES)})"
)


@dataclass
class Total:
    """What was given and gained of a kind in a unit: lines and their sum. Never summed with another row."""

    kind: str
    unit: str
    gave_lines: int = 0
    gave: Decimal = Decimal(0)
    gained_lines: int = 0
    gained: Decimal = Decimal(0)


@dataclass(frozen=True)
class Statement:
    """A statement: `totals` of what was received in the period, sorted by kind and unit; a page of lines.

    A row of the page has the columns of `line_columns` and `side`, which of the two the institution is.
    """

    since: date | None
    until: date | None
    view: View
    totals: list[Total] = field(default_factory=list)
    page: Page = field(default_factory=lambda: Page([]))

    @property
    def gave_lines(self) -> int:
        """How many lines it gave."""
        return sum(total.gave_lines for total in self.totals)

    @property
    def gained_lines(self) -> int:
        """How many lines it gained."""
        return sum(total.gained_lines for total in self.totals)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after a day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def reach(actor: Actor, institution_id: int) -> str:
    """How much of a statement somebody sees: "all", "public", or "some" (what is public and what is theirs)."""
    if actor.is_admin or actor.holds("member", institution_id):
        return "all"
    return "some" if actor.holds_any("member", "lead") else "public"


def _seen_lines(reader: Actor, reached: str) -> ColumnElement[bool]:
    if reached == "all":
        return true()
    if reached == "public":
        return literal_column("(ledger_line.visibility = 'public' AND ledger_line.received_at IS NOT NULL)")
    return visible_lines(reader)


@kept
def _lines(
    reader: Actor, reached: str, view: View, *, institution_id: Any, since: Any = None, until: Any = None
) -> Any:
    def arm(side: str, column: Any) -> Any:
        query = with_names(select(*line_columns(), literal(side).label("side"))).where(
            column == institution_id, _seen_lines(reader, reached)
        )
        if view == "received":
            query = query.where(
                literal_column("ledger_line.received_at IS NOT NULL"),
                LedgerLine.received_at >= since,
                LedgerLine.received_at < until,
            )
        return query.where(_OPEN) if view == "open" else query

    return union_all(arm("giver", LedgerLine.giver_id), arm("receiver", LedgerLine.receiver_id))


@kept
def _totals(reader: Actor, reached: str, *, institution_id: Any, since: Any, until: Any) -> Any:
    def add(counted: Any, side: Any, *conditions: Any) -> Any:
        return (
            select(
                side.label("side"),
                counted.kind,
                counted.unit,
                func.sum(counted.lines).label("lines"),
                func.sum(counted.quantity).label("quantity"),
            )
            .where(counted.month >= since, counted.month <= until, *conditions)
            .group_by(side, counted.kind, counted.unit)
        )

    sums = LedgerSideTotal
    of_it = sums.institution_id == institution_id
    if reached == "all":
        return add(sums, sums.side, of_it)
    if reached == "public":
        return add(sums, sums.side, of_it, sums.visibility == "public")
    # What is public or in a consortium that the reader leads; and of the rest what is with an institution of their own.
    others = [
        add(
            LedgerTotal,
            literal(side),
            column == institution_id,
            partner.in_(reader.ids("member")),
            LedgerTotal.visibility != "public",
            LedgerTotal.consortium_id.not_in(reader.ids("lead")),
        )
        for side, column, partner in (
            ("giver", LedgerTotal.giver_id, LedgerTotal.receiver_id),
            ("receiver", LedgerTotal.receiver_id, LedgerTotal.giver_id),
        )
    ]
    alone = add(
        sums, sums.side, of_it, or_(sums.visibility == "public", sums.consortium_id.in_(reader.ids("lead")))
    )
    return union_all(alone, *others)


def totals(
    actor: Actor, institution_id: int, since: date | None = None, until: date | None = None
) -> list[Total]:
    """What was given and gained from the month of `since` to that of `until`, by kind and unit; one statement."""
    rows = db.session.execute(
        *_totals(
            actor,
            reach(actor, institution_id),
            institution_id=institution_id,
            since=month_of(since or FIRST_MONTH),
            until=month_of(until or LAST_MONTH),
        )
    )
    found: dict[tuple[str, str], Total] = {}
    for side, kind, unit, lines, quantity in rows:
        total = found.setdefault((kind, unit), Total(kind, unit))
        if side == "giver":
            total.gave_lines, total.gave = total.gave_lines + int(lines), total.gave + quantity
        else:
            total.gained_lines, total.gained = total.gained_lines + int(lines), total.gained + quantity
    return [found[key] for key in sorted(found) if found[key].gave_lines or found[key].gained_lines]


def statement(
    actor: Actor,
    institution_id: int,
    since: date | None = None,
    until: date | None = None,
    *,
    view: View = "received",
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Statement:
    """The statement of an institution for whole months, those of `since` and `until` included; two statements.

    `view` chooses the lines: those received in the period (the last first), those still open, or all (the newest first).
    Raises DomainError(`bad_cursor`).
    """
    return Statement(
        since,
        until,
        view,
        totals(actor, institution_id, since, until),
        lines(actor, institution_id, since, until, view=view, cursor=cursor, size=size),
    )


def lines(
    actor: Actor,
    institution_id: int,
    since: date | None = None,
    until: date | None = None,
    *,
    view: View = "received",
    cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """A page of the lines of a statement."""
    if view == "open" and reach(actor, institution_id) == "public":
        return Page([])  # what is public was received
    period = {}
    if view == "received":
        period = {
            "since": _start(month_of(since or FIRST_MONTH)),
            "until": _start(next_month(until or LAST_MONTH)),
        }
    query, values = _lines(actor, reach(actor, institution_id), view, institution_id=institution_id, **period)
    sort = _RECEIVED if view == "received" else _NEWEST
    return page_by_key(query, sort, cursor, size, kept_with=values)


def export(
    actor: Actor,
    institution_id: int,
    since: date | None,
    until: date | None,
    *,
    view: View = "received",
    most: int = MOST_EXPORTED,
) -> Iterable[Row[Any]]:
    """The lines of a statement in the order of the page, at most so many."""
    return lines(actor, institution_id, since, until, view=view, size=most).rows

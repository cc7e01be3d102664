"""Who gave how much to whom, of one kind in one unit at a time: for pictures. Read from the sums, never from single lines.

What is in a picture depends on its *audience* alone: `public` (what everybody may see) or `all` of a consortium (its leads,
administrators). So it is remembered, in this process, until the next receipt or reversal anywhere.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import func, literal, literal_column, select, union_all

from app.core import clock
from app.core.access import Actor
from app.core.db import db
from app.core.kept import kept
from app.core.lights import RED_AFTER
from app.ledger.models import NO_ONE, LedgerEvent, LedgerLine, LedgerTotal
from app.ledger.queries.statement import FIRST_MONTH, LAST_MONTH, month_of

Audience = Literal["public", "all"]
MOST_COUNTED = 1000
OTHERS, SHOWN = -1, 8
LARGE = 100_000  # entries of the log
GOOD_FOR = timedelta(minutes=10)
MOST_KEPT = 64
_COUNTING = ("received", "settled", "reversed", "offset")


@dataclass(frozen=True)
class Scope:
    """What a picture is of: everything public, or a consortium; from the month of `since` to that of `until`."""

    audience: Audience = "public"
    consortium_id: int | None = None
    since: date | None = None
    until: date | None = None


class Measure(NamedTuple):
    """A kind in a unit, and how many lines were received of it; `unit` is empty where lines alone are counted."""

    kind: str
    unit: str
    lines: int


class Flow(NamedTuple):
    """What one gave another: lines and their sum. `receiver_id` 0 is the pool of a consortium."""

    giver_id: int
    receiver_id: int
    lines: int
    quantity: Decimal


class Drawn(NamedTuple):
    """What a picture shows of the flows of a measure: the eight largest on each side by key, everybody else as OTHERS.

    `pairs`: (giver, receiver) to how much; `sides`: (key, gave, gained) of the eight with most of both, and the others.
    How many institutions gave, gained and did both, and how much it was, count all of them.
    """

    pairs: dict[tuple[int, int], Decimal]
    sides: tuple[tuple[int, Decimal, Decimal], ...]
    gave: int
    gained: int
    both: int
    total: Decimal


class Overview(NamedTuple):
    """Lines received; institutions that gave, that gained, and that did both."""

    lines: int
    gave: int
    gained: int
    both: int


class Lights(NamedTuple):
    """Open lines: promised and in time, late, very late; delivered and not confirmed; disputed. At most 1,000 of each."""

    green: int
    yellow: int
    red: int
    delivered: int
    disputed: int


def audience_of(actor: Actor, consortium_id: int) -> Audience:
    """What the picture of a consortium holds for a reader: all for its leads and administrators, else what is public."""
    return "all" if actor.is_admin or actor.holds("lead", consortium_id) else "public"


def _within(audience: Audience, in_consortium: bool, values: dict[str, Any]) -> list[Any]:
    conditions = [LedgerTotal.month >= values["since"], LedgerTotal.month <= values["until"]]
    if audience == "public":
        conditions.append(literal_column("ledger_total.visibility = 'public'"))
    if in_consortium:
        conditions.append(LedgerTotal.consortium_id == values["consortium_id"])
    return conditions


@kept
def _measures(audience: Audience, in_consortium: bool, **values: Any) -> Any:
    lines = func.sum(LedgerTotal.lines)
    return (
        select(LedgerTotal.kind, LedgerTotal.unit, lines)
        .where(*_within(audience, in_consortium, values))
        .group_by(LedgerTotal.kind, LedgerTotal.unit)
        .having(lines > 0)
    )


@kept
def _flows(audience: Audience, in_consortium: bool, **values: Any) -> Any:
    lines = func.sum(LedgerTotal.lines)
    return (
        select(LedgerTotal.giver_id, LedgerTotal.receiver_id, lines, func.sum(LedgerTotal.quantity))
        .where(
            *_within(audience, in_consortium, values),
            LedgerTotal.kind == values["kind"],
            LedgerTotal.unit == values["unit"],
        )
        .group_by(LedgerTotal.giver_id, LedgerTotal.receiver_id)
        .having(lines > 0)
    )


@kept
def _overview(audience: Audience, in_consortium: bool, **values: Any) -> Any:
    def arm(side: str, column: Any) -> Any:
        lines = func.sum(LedgerTotal.lines)
        return (
            select(literal(side), column, lines)
            .where(*_within(audience, in_consortium, values))
            .group_by(column)
            .having(lines > 0)
        )

    return union_all(arm("gave", LedgerTotal.giver_id), arm("gained", LedgerTotal.receiver_id))


@kept
def _last() -> Any:
    return (
        select(LedgerEvent.id, LedgerEvent.at)
        .where(LedgerEvent.what.in_(_COUNTING))
        .order_by(LedgerEvent.id.desc())
        .limit(1)
    )


def _values(scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = {
        "since": month_of(scope.since or FIRST_MONTH),
        "until": month_of(scope.until or LAST_MONTH),
    }
    return found if scope.consortium_id is None else found | {"consortium_id": scope.consortium_id}


def _read_measures(scope: Scope) -> tuple[Measure, ...]:
    asked = _measures(scope.audience, scope.consortium_id is not None, **_values(scope))
    return tuple(sorted(Measure(kind, unit, int(lines)) for kind, unit, lines in db.session.execute(*asked)))


def _read_flows(scope: Scope, kind: str, unit: str) -> tuple[Flow, ...]:
    values = _values(scope) | {"kind": kind, "unit": unit}
    rows = db.session.execute(*_flows(scope.audience, scope.consortium_id is not None, **values))
    return tuple(Flow(giver, receiver, int(lines), quantity) for giver, receiver, lines, quantity in rows)


def _read_overview(scope: Scope) -> Overview:
    asked = _overview(scope.audience, scope.consortium_id is not None, **_values(scope))
    found: dict[str, dict[int, int]] = {"gave": {}, "gained": {}}
    for side, institution_id, lines in db.session.execute(*asked):
        found[side][institution_id] = int(lines)
    lines = sum(found["gave"].values())
    gave, gained = set(found["gave"]), set(found["gained"]) - {NO_ONE}
    return Overview(lines, len(gave), len(gained), len(gave & gained))


Stamp = (
    tuple[int, datetime] | None
)  # the last entry of the log that counts; its instant tells two databases apart
_large: dict[Any, tuple[Any, datetime, Any]] = {}


@lru_cache(maxsize=256)
def _remembered(_stamp: Stamp, read: Callable[..., Any], *asked: Any) -> Any:
    return read(*asked)


def _recent(stamp: tuple[int, datetime], read: Callable[..., Any], *asked: Any) -> Any:
    """The same of a large ledger, where adding up takes some tenths of a second: what is ten minutes old will do."""
    key = (str(db.engine.url), read, *asked)
    kept_stamp, at, value = _large.get(key, (None, clock.now(), None))
    if kept_stamp is None or (kept_stamp != stamp and clock.now() - at > GOOD_FOR):
        if len(_large) >= MOST_KEPT:
            _large.clear()
        value = read(*asked)
        _large[key] = stamp, clock.now(), value
    return value


class Reading:
    """The sums as they stand now; what was read of them before holds until the next receipt."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        last = db.session.execute(*_last()).one_or_none()
        self._stamp: Stamp = None if last is None else (last.id, last.at)

    def _read(self, read: Callable[..., Any], *asked: Any) -> Any:
        if self._stamp is not None and self._stamp[0] > LARGE:
            return _recent(self._stamp, read, *asked)
        return _remembered(self._stamp, read, *asked)

    @property
    def as_of(self) -> date | None:
        """The day of the last receipt or reversal."""
        return None if self._stamp is None else self._stamp[1].date()

    def measures(self) -> tuple[Measure, ...]:
        """What can be drawn, by kind and unit."""
        found: tuple[Measure, ...] = self._read(_read_measures, self.scope)
        return found

    def flows(self, measure: Measure) -> tuple[Flow, ...]:
        """Who gave how much of it to whom, all of them: read anew each time."""
        return _read_flows(self.scope, measure.kind, measure.unit)

    def drawn(self, measure: Measure) -> Drawn:
        """What a picture shows of it."""
        found: Drawn = self._read(_read_drawn, self.scope, measure)
        return found

    def overview(self) -> Overview:
        """How many lines and institutions."""
        found: Overview = self._read(_read_overview, self.scope)
        return found


def _sums(pairs: Mapping[tuple[int, int], Decimal], side: int) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for pair, much in pairs.items():
        found[pair[side]] = found.get(pair[side], Decimal(0)) + much
    return found


def _largest(sums: Mapping[int, Decimal]) -> set[int]:
    """The keys of the eight largest; where there are nine, the ninth takes no more room than others would."""
    found = sorted(sums, key=lambda key: (-sums[key], key))
    return set(found if len(found) <= SHOWN + 1 else found[:SHOWN])


def drawn(flows: Iterable[Flow], measure: Measure) -> Drawn:
    """What a picture shows of them: the amount in the unit, or the lines where there is none."""
    much = ((flow, flow.quantity if measure.unit else Decimal(flow.lines)) for flow in flows)
    pairs = {(flow.giver_id, flow.receiver_id): number for flow, number in much if number > 0}
    gave, gained = _sums(pairs, 0), _sums(pairs, 1)
    givers, receivers = _largest(gave), _largest(gained)
    grouped: dict[tuple[int, int], Decimal] = {}
    for (giver, receiver), number in pairs.items():
        key = giver if giver in givers else OTHERS, receiver if receiver in receivers else OTHERS
        grouped[key] = grouped.get(key, Decimal(0)) + number
    nothing = Decimal(0)
    named = _largest(
        {key: gave.get(key, nothing) + gained.get(key, nothing) for key in gave.keys() | gained.keys()}
    )
    sides = {key: (gave.get(key, nothing), gained.get(key, nothing)) for key in sorted(named)}
    rest = (
        sum(gave.values()) - sum(one[0] for one in sides.values()),
        sum(gained.values()) - sum(one[1] for one in sides.values()),
    )
    if any(rest):
        sides[OTHERS] = Decimal(rest[0]), Decimal(rest[1])
    taking = gained.keys() - {NO_ONE}
    return Drawn(
        grouped,
        tuple((key, *one) for key, one in sides.items()),
        len(gave),
        len(taking),
        len(gave.keys() & taking),
        sum(gave.values(), nothing),
    )


def _read_drawn(scope: Scope, measure: Measure) -> Drawn:
    return drawn(_read_flows(scope, measure.kind, measure.unit), measure)


def flows_of_lines(rows: Iterable[Any], measure: Measure) -> tuple[Flow, ...]:
    """The same of single lines (rows of `line_columns`), such as those of a project; reversing ones subtract."""
    found: dict[tuple[int, int], tuple[int, Decimal]] = {}
    for row in rows:
        if row.received_at is None or (row.kind, row.unit) != (measure.kind, measure.unit):
            continue
        lines, quantity = found.get((row.giver_id, row.receiver_id or 0), (0, Decimal(0)))
        sign = -1 if row.reverses_id else 1
        found[row.giver_id, row.receiver_id or 0] = lines + sign, quantity + (row.amount or 0)
    return tuple(Flow(*pair, *much) for pair, much in found.items() if much[0] > 0)


def measures_of_lines(rows: Iterable[Any]) -> tuple[Measure, ...]:
    """What can be drawn of single lines."""
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.received_at is not None:
            key = row.kind, row.unit
            found[key] = found.get(key, 0) + (-1 if row.reverses_id else 1)
    return tuple(sorted(Measure(*key, lines) for key, lines in found.items() if lines > 0))


@kept
def _lights(*, consortium_id: Any, now: Any, red: Any) -> Any:
    def counted(state: str, *conditions: Any) -> Any:
        rows = (
            select(literal_column("1"))
            .select_from(LedgerLine)
            .where(
                LedgerLine.consortium_id == consortium_id,
                literal_column(f"ledger_line.state = '{state}'"),
                *conditions,
            )
            .limit(MOST_COUNTED)
            .subquery()
        )
        return select(func.count()).select_from(rows).scalar_subquery()

    return select(
        counted("pledged", LedgerLine.due_at >= now),
        counted("pledged", LedgerLine.due_at.is_(None)),
        counted("pledged", LedgerLine.due_at < now, LedgerLine.due_at >= red),
        counted("pledged", LedgerLine.due_at < red),
        counted("delivered"),
        counted("disputed"),
    )


def lights(consortium_id: int) -> Lights:
    """All open lines of a consortium by how they stand, for its leads; one statement."""
    now = clock.now()
    asked = _lights(consortium_id=consortium_id, now=now, red=now - timedelta(days=RED_AFTER))
    ahead, undated, *others = map(int, db.session.execute(*asked).one())
    return Lights(min(MOST_COUNTED, ahead + undated), *others)


def lights_of_lines(rows: Iterable[Any]) -> Lights:
    """The same of single lines (rows of `line_columns`)."""
    red = clock.now() - timedelta(days=RED_AFTER)
    found = dict.fromkeys(Lights._fields, 0)
    for row in rows:
        if row.state in {"delivered", "disputed"}:
            found[row.state] += 1
        elif row.state == "pledged":
            found["red" if row.is_late and row.due_at < red else "yellow" if row.is_late else "green"] += 1
    return Lights(**found)

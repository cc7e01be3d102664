"""What waits for a person: every feature offers one select, all are read in one statement.

A source returns a select made with `item(...)`, or None when the person holds nothing there. It is asked for a kind of
reader and kept (`core.kept`): it asks `actor.holds_any(...)` and compares with `actor.id` and `in_(actor.ids(...))`. The feature's
template `<feature>/_waiting.html` puts a row into words (it gets `row`, branches on `row.kind`).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    nulls_last,
    select,
    union_all,
)

from app.core.access import Actor
from app.core.db import UtcDateTime
from app.core.i18n import get_locale
from app.core.kept import kept_rows, written_out

Source = Callable[[Actor], Select[Any] | None]
_sources: list[Source] = []


class Waiting(NamedTuple):
    """One item: kind `feature.what`, the thing's id and name, the asked item's id, who asks, since and until when, and the
    consortium under whose roof it is (for a lead's dashboard), if any.
    """

    kind: str
    thing_id: int
    item_id: int
    title: str
    who: str
    since: datetime | None
    due: datetime | None
    consortium_id: int | None = None

    @property
    def feature(self) -> str:
        """The feature that offered it."""
        return self.kind.split(".", 1)[0]


def source(select_for: Source) -> Source:
    """Register a feature's select."""
    _sources.append(select_for)
    return select_for


def item(
    kind: str,
    *,
    thing_id: Any,
    item_id: Any,
    title: Any,
    who: Any = None,
    since: Any = None,
    due: Any = None,
    consortium_id: Any = None,
) -> Select[Any]:
    """The columns of a waiting item; add `.select_from`, `.join` and `.where`."""

    def column(value: Any, kind_of: Any) -> ColumnElement[Any]:
        return cast(null(), kind_of) if value is None else value

    return select(
        cast(literal(kind), String).label("kind"),
        cast(thing_id, Integer).label("thing_id"),
        cast(item_id, Integer).label("item_id"),
        cast(title, String).label("title"),
        cast(column(who, String), String).label("who"),
        column(since, UtcDateTime()).label("since"),
        column(due, UtcDateTime()).label("due"),
        column(consortium_id, Integer).label("consortium_id"),
    )


_NOTHING = item("none", thing_id=null(), item_id=null(), title=null()).where(false())


# Putting some dozens of selects together takes longer than running them, and every page of somebody signed in asks.
@kept_rows
def _listing(
    reader: Any, _locale: str, sources: tuple[Source, ...], within: Any = None, *, most: Any
) -> Select[Any]:
    rows = union_all(*_offered(reader, sources)).subquery()
    query = select(rows)
    if within is not None:
        query = query.where(rows.c.consortium_id == within)
    return query.order_by(nulls_last(rows.c.due.asc()), nulls_last(rows.c.since.asc())).limit(most)


@kept_rows
def _number(reader: Any, sources: tuple[Source, ...], *, most: Any) -> Select[Any]:
    # Without their columns: these cost more than finding the rows. Each source says itself what it selects from.
    one: Any = literal_column("1").label("one")
    bare = [found.with_only_columns(one) for found in _offered(reader, sources)]
    return select(func.count()).select_from(union_all(*bare).limit(most).subquery())


def _offered(reader: Any, sources: tuple[Source, ...]) -> list[Select[Any]]:
    found = [written_out(query) for query in (offer(reader) for offer in sources) if query is not None]
    return found or [_NOTHING]


def waiting_for(actor: Actor, limit: int = 51, consortium_id: int | None = None) -> list[Waiting]:
    """What waits for this person, the nearest due first; one statement, at most `limit` rows.

    With a consortium: what waits under its roof.
    """
    place = {} if consortium_id is None else {"within": consortium_id}
    rows = _listing(actor, get_locale(), tuple(_sources), most=limit, **place)
    return [
        Waiting(kind, thing_id, item_id, title or "", who or "", since, due, roof)
        for kind, thing_id, item_id, title, who, since, due, roof in rows
    ]


def count_for(actor: Actor, at_most: int = 100) -> int:
    """How many items wait, counted up to `at_most`; one statement."""
    [(number,)] = _number(actor, tuple(_sources), most=at_most)
    return int(number)

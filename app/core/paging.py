"""Lists that page by key: no OFFSET, no uncapped COUNT, so the last page costs what the first one costs.

A sort is a column and the id, both in one direction, so that one row comparison bounds the page and one index
serves it.
"""

import base64
import binascii
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import (
    CompoundSelect,
    Date,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from app.core.db import UtcDateTime, db
from app.core.errors import DomainError
from app.core.i18n import _l

PAGE_SIZE = 25
COUNT_CAP = 1000
LARGEST_INTEGER = 2**31 - 1  # what an integer column of PostgreSQL holds


@dataclass(frozen=True)
class Sort:
    """An order of a list: its column (not null, indexed together with the id) and direction."""

    name: str
    column: Any
    key: Any
    descending: bool = True


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the cursors of its neighbours (None where there is none)."""

    rows: list[Any]
    newer: str | None = None
    older: str | None = None


def _encode(direction: str, row: Any) -> str:
    value = row.sort_value
    if isinstance(value, date):
        value = value.isoformat()
    raw = json.dumps([direction, value, row.sort_key], ensure_ascii=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _decode(cursor: str, sort: Sort) -> tuple[str, Any, int]:
    bad = DomainError(
        "bad_cursor", _l("This page of the list cannot be found. Start again from the first page.")
    )
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        direction, value, key = json.loads(raw)
        column_type = sort.column.type
        if isinstance(column_type, UtcDateTime):
            value = datetime.fromisoformat(value)
            if value.tzinfo is None:
                raise bad
            value = value.astimezone(
                UTC
            )  # an instant beyond the last year overflows here, not in the database
        elif isinstance(column_type, Date):
            value = date.fromisoformat(value)
        elif isinstance(column_type, Integer):
            value = int(value)
        elif not isinstance(value, str):
            raise bad
        if (
            direction not in {"n", "o"}
            or not isinstance(key, int)
            or abs(key) > LARGEST_INTEGER
            or "\x00" in str(value)
        ):
            raise bad
        if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            raise bad
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError) as error:
        raise bad from error
    return direction, value, key


def page_by_key(
    query: Select[Any] | CompoundSelect[Any],
    sort: Sort,
    cursor: str | None,
    size: int = PAGE_SIZE,
    kept_with: Mapping[str, Any] | None = None,
) -> Page:
    """One page of a Core select in one statement. Raises DomainError(`bad_cursor`) for a cursor that is not ours.

    A UNION ALL of selects that share no row is paged in each of them, so that each may follow an index of its own.

    A query that is the same object at every request comes with its values by name in `kept_with`: what is made of
    it here is kept as well.
    """
    values = dict(kept_with or {})
    direction = ""
    if cursor:
        direction, values["edge_value"], values["edge_key"] = _decode(cursor[:500], sort)
    paged = (_paged if kept_with is None else _paged_once)(query, sort, direction, size)
    backwards = direction == "n"
    rows = list(db.session.execute(paged, values))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_older = more if not backwards else bool(cursor)
    has_newer = bool(cursor) and (more if backwards else True)
    return Page(
        rows,
        newer=_encode("n", rows[0]) if rows and has_newer else None,
        older=_encode("o", rows[-1]) if rows and has_older else None,
    )


def _paged(query: Select[Any] | CompoundSelect[Any], sort: Sort, direction: str, size: int) -> Select[Any]:
    """The statement of a page: the first one without a direction, else what lies beyond the edge."""
    if isinstance(query, CompoundSelect):
        arms = [_paged(cast(Any, arm), sort, direction, size).subquery() for arm in query.selects]
        rows = union_all(*(select(arm) for arm in arms)).subquery()
        whole = Sort(sort.name, rows.c.sort_value, rows.c.sort_key, sort.descending)
        return select(rows).order_by(*_order(whole, direction)).limit(size + 1)
    query = query.add_columns(sort.column.label("sort_value"), sort.key.label("sort_key"))
    if direction:
        down = sort.descending != (direction == "n")
        bound = tuple_(sort.column, sort.key)
        edge = tuple_(bindparam("edge_value", type_=sort.column.type), bindparam("edge_key", type_=Integer))
        query = query.where(bound < edge if down else bound > edge)
    return query.order_by(*_order(sort, direction)).limit(size + 1)


def _order(sort: Sort, direction: str) -> tuple[Any, Any]:
    if sort.descending != (direction == "n"):
        return sort.column.desc(), sort.key.desc()
    return sort.column.asc(), sort.key.asc()


_paged_once = lru_cache(maxsize=64)(_paged)


def capped_count(query: Select[Any], cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many rows the select has, counted up to `cap`: (number, whether there are more)."""
    capped = (
        query.with_only_columns(literal(1).label("one"), maintain_column_froms=True)
        .order_by(None)
        .limit(cap + 1)
        .subquery()
    )
    found = db.session.execute(select(func.count()).select_from(capped)).scalar_one()
    return min(found, cap), found > cap


def lone(chosen: Mapping[str, Sequence[str]], skip: str | None, drivers: Collection[str]) -> str | None:
    """The one filter that is left without `skip`, if it is one of the drivers with one value.

    >>> lone({"sdg": ["6"], "country": ["EG"], "need": []}, "country", ("sdg", "country"))
    'sdg'
    """
    left = [name for name, values in chosen.items() if values and name != skip]
    is_lone = skip is not None and len(left) == 1 and left[0] in drivers and len(chosen[left[0]]) == 1
    return left[0] if is_lone else None


def at_least(entries: Any) -> Any:
    """The number of rows; of `entries`, where these are given and too many for the rows to have been looked at."""
    return func.count() if entries is None else case((entries > COUNT_CAP, entries), else_=func.count())


def counted_up(*conditions: Any) -> Any:
    """How many rows fulfil the conditions, counted to one more than the cap; to be compared within a statement."""
    found: Any = select(literal_column("1").label("one")).where(*conditions)
    return select(func.count()).select_from(found.limit(COUNT_CAP + 1).subquery()).scalar_subquery()


def count_pairs(counts: Mapping[str, dict[str, int]], names: Iterable[str], pairs: str) -> None:
    """Count `facet:value` pairs, joined by commas, into facet → value → number, for the facets of these names.

    Of fields of research only the 26 that a list offers are counted, whose codes begin with an f.

    >>> counts = {"sdg": {}, "field": {}}
    >>> count_pairs(counts, ["sdg", "field"], "sdg:6,field:f23,field:d2,sdg:6,need:skills")
    >>> counts
    {'sdg': {'6': 2}, 'field': {'f23': 1}}
    """
    wanted = set(names)
    for pair, number in Counter(pairs.split(",")).items():
        name, _colon, value = pair.partition(":")
        if name in wanted and (name != "field" or value.startswith("f")):
            counts[name][value] = counts[name].get(value, 0) + number

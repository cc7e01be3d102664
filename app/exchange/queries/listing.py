"""The list of one's own courses."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select

from app.core.access import Actor
from app.core.db import alias, db
from app.core.kept import kept
from app.core.paging import COUNT_CAP, Page, Sort, page_by_key
from app.exchange.models import ExchangeCourse
from app.exchange.policies import own
from app.institutions.models import Institution
from app.listings.models import Listing

SIDES = ("provider", "taker")
SORT = Sort("due", ExchangeCourse.due_next, ExchangeCourse.id, descending=False)
_provider, _taker, _turn = alias(Institution), alias(Institution), alias(Institution)


@kept
def _rows(reader: Actor, states: tuple[str, ...], side: str) -> Any:
    query: Any = (
        select(
            ExchangeCourse.id,
            ExchangeCourse.state,
            ExchangeCourse.every_months,
            ExchangeCourse.due_next,
            ExchangeCourse.late_until,
            ExchangeCourse.until_on,
            ExchangeCourse.provider_id,
            ExchangeCourse.taker_id,
            _provider.name.label("provider"),
            _taker.name.label("taker"),
            _turn.name.label("turn"),
            _turn.zone.label("turn_zone"),
            Listing.title,
            Listing.language,
        )
        .join(Listing, Listing.id == ExchangeCourse.listing_id)
        .join(_provider, _provider.id == ExchangeCourse.provider_id)
        .join(_taker, _taker.id == ExchangeCourse.taker_id)
        .outerjoin(_turn, _turn.id == ExchangeCourse.turn_id)
        .where(own(reader))
    )
    return _narrowed(query, reader, states, side)


@kept
def _number(reader: Actor, states: tuple[str, ...], side: str, most: Any) -> Any:
    ids = _narrowed(select(ExchangeCourse.id).where(own(reader)), reader, states, side)
    return select(func.count()).select_from(ids.limit(most).subquery())


def _narrowed(query: Select[Any], reader: Actor, states: tuple[str, ...], side: str) -> Any:
    if states:
        query = query.where(ExchangeCourse.state.in_(states))
    if side and reader.holds_any("member"):
        column = ExchangeCourse.provider_id if side == "provider" else ExchangeCourse.taker_id
        query = query.where(column.in_(reader.ids("member")))
    return query


def find(
    actor: Actor, states: Collection[str], side: str, cursor: str | None
) -> tuple[Page, tuple[int, bool]]:
    """A page of the courses of the reader's institutions, what is due first first, and how many there are; two statements."""
    shape = tuple(sorted(states)), side
    query, values = _rows(actor, *shape)
    page = page_by_key(query, SORT, cursor, kept_with=values)
    number = db.session.execute(*_number(actor, *shape, most=COUNT_CAP + 1)).scalar_one()
    return page, (min(number, COUNT_CAP), number > COUNT_CAP)

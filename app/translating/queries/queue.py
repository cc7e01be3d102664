"""The queue: what waits for a check, what is wanted, what is one's own. Two statements a page, and one for one's languages."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, false, or_, select
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Person
from app.core import things
from app.core.access import Actor
from app.core.db import db
from app.core.paging import Page, Sort, capped_count, page_by_key
from app.translating.models import Translation, TranslationWanted
from app.translating.policies import Standing

MOST_EXPORTED = 10_000
Pair = tuple[str, str]  # the original's language, the translation's
SORTS = {
    "asked": Sort("asked", TranslationWanted.asks, TranslationWanted.id),
    "newest": Sort("newest", TranslationWanted.since, TranslationWanted.id),
}
OLDEST_FIRST = Sort("oldest", Translation.asked_at, Translation.id, descending=False)
NEWEST_FIRST = Sort("newest", Translation.begun_at, Translation.id)


@dataclass(frozen=True)
class Queue:
    """A part of the queue: its rows and their order."""

    query: Select[Any]
    sort: Sort

    def page(self, cursor: str | None) -> Page:
        """One page; one statement. Raises DomainError(`bad_cursor`)."""
        return page_by_key(self.query, self.sort, cursor)

    def total(self) -> tuple[int, bool]:
        """The capped number of rows; one statement."""
        return capped_count(self.query)

    def all(self) -> list[Any]:
        """The rows for a file, at most 10,000."""
        order = [self.sort.column, self.sort.key]
        ordered = self.query.order_by(*(part.desc() if self.sort.descending else part for part in order))
        return list(db.session.execute(ordered.limit(MOST_EXPORTED)))


def pairs_to_check(standing: Standing) -> list[Pair]:
    """The pairs of languages that the person may check."""
    return [
        (original, language)
        for original in standing.spoken
        if standing.speaks(original)
        for language in standing.spoken
        if language != original and standing.reads(language)
    ]


def pairs_to_translate(standing: Standing) -> list[Pair]:
    """The pairs of languages in which the person may translate."""
    read = [code for code in standing.spoken if standing.reads(code)]
    return [(original, language) for original in read for language in read if language != original]


def seen(actor: Actor, table: Any, kinds: Collection[str] = ()) -> ColumnElement[bool]:
    """That the row's thing is one that the actor may see (and of one of the kinds). Asked row by row, by the thing's key."""
    parts = []
    for kind in things.KINDS.values():
        if kind.texts is None or (kinds and kind.name not in kinds):
            continue
        ids = kind.seen(actor)
        of_row = ids.where(ids.selected_columns[0] == table.thing_id).correlate(table)
        parts.append(and_(table.kind == kind.name, of_row.exists()))
    return or_(*parts) if parts else false()


def checkable(actor: Actor, standing: Standing, pairs: Collection[Pair]) -> ColumnElement[bool]:
    """The list form of `policies.may_check` for what others own: proposed by somebody else in one of these pairs."""
    allowed = [pair for pair in pairs if pair in pairs_to_check(standing)]
    if not allowed:
        return false()
    return and_(
        Translation.state == "proposed",
        Translation.translator_id != actor.id,
        or_(
            *(
                and_(Translation.source_language == original, Translation.language == language)
                for original, language in allowed
            )
        ),
    )


def _rows(*more: Any) -> Select[Any]:
    query: Any = select(
        Translation.id, Translation.kind, Translation.thing_id, Translation.number, Translation.title,
        Translation.source_language, Translation.language, Translation.state, Translation.asked_at,
        Translation.begun_at, Translation.words, *more,
    )  # fmt: skip
    rows: Select[Any] = query
    return rows


def to_check(actor: Actor, standing: Standing, pairs: Collection[Pair], kinds: Collection[str]) -> Queue:
    """What waits for a check that the person may make, the oldest first."""
    query = (
        _rows(Person.display_name.label("translator"))
        .join(Person, Person.id == Translation.translator_id)
        .where(checkable(actor, standing, pairs), seen(actor, Translation, kinds))
    )
    return Queue(query, OLDEST_FIRST)


def wanted(actor: Actor, pair: Pair | None, kinds: Collection[str], sort: str) -> Queue:
    """Things without an up-to-date translation from the one language into the other; of one pair, so that an index gives them."""
    table = TranslationWanted
    original, language = pair or ("", "")
    query: Any = select(
        table.id, table.kind, table.thing_id, table.number, table.title,
        table.source_language, table.language, table.since, table.asks, table.is_renewal,
    ).where(
        table.source_language == original, table.language == language, seen(actor, table, kinds)
    )  # fmt: skip
    return Queue(query, SORTS[sort])


def mine(actor: Actor, states: Collection[str], pairs: Collection[Pair], kinds: Collection[str]) -> Queue:
    """What the person has translated or begun, of things that they see, the newest first."""
    query = _rows().where(Translation.translator_id == actor.id, seen(actor, Translation, kinds))
    if states:
        query = query.where(Translation.state.in_(states))
    if pairs:
        of_pairs = (and_(Translation.source_language == a, Translation.language == b) for a, b in pairs)
        query = query.where(or_(*of_pairs))
    return Queue(query, NEWEST_FIRST)

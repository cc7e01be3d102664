"""The list of consortia, and short lists of them for other pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Select, and_, bindparam, exists, func, or_, select

from app.consortia.models import Admission, Consortium
from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.kept import kept
from app.core.paging import Page, Sort, capped_count, page_by_key
from app.institutions.models import Institution

SORTS = {"name": Sort("name", Consortium.sort_name, Consortium.id, descending=False)}


@dataclass(frozen=True)
class Row:
    """A thing in another page's list: id, title, number (none for consortia), state, its language."""

    id: int
    title: str
    number: str
    state: str


def name_column() -> Any:
    """SQL of the name in the reader's language, else in English. The language is read when the statement runs."""
    language = bindparam(None, callable_=get_locale, type_=JSON.JSONStrIndexType())
    return func.coalesce(
        Consortium.names[language].as_string(), Consortium.names["en"].as_string(), Consortium.sort_name
    )


def find(asked_words: str, cursor: str | None) -> tuple[Page, tuple[int, bool]]:
    """A page of the public list by name, and how many there are. Rows: the consortium's columns and its members."""
    members = (
        select(func.count())
        .select_from(Admission)
        .where(Admission.consortium_id == Consortium.id, Admission.state == "member")
        .scalar_subquery()
    )
    query = select(
        Consortium.id,
        Consortium.names,
        Consortium.purposes,
        Consortium.state,
        Consortium.is_open,
        Consortium.sdgs,
        members.label("members"),
    )
    query = _with_words(query, asked_words)
    total = capped_count(_with_words(select(Consortium.id), asked_words))
    return page_by_key(query, SORTS["name"], cursor), total


def _with_words(query: Select[Any], words: str) -> Select[Any]:
    hits = index.matching("consortium", words) if words else None
    return query if hits is None else query.where(Consortium.id.in_(hits))


def institution_choices(ids: Iterable[int]) -> list[tuple[int, str]]:
    """(id, name) of institutions, by name."""
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .where(Institution.id.in_(list(ids)))
        .order_by(Institution.sort_name)
    )
    return [(row.id, row.name) for row in rows]


def titles_of_institution(_reader: Actor, institution_id: Any) -> Select[Any]:
    """A select of (id, name) of the consortia of which an institution is a member, by name."""
    query: Any = select(Consortium.id, name_column().label("name"))
    return (
        query.join(Admission, Admission.consortium_id == Consortium.id)
        .where(Admission.institution_id == institution_id, Admission.state == "member")
        .order_by(Consortium.sort_name)
        .limit(100)
    )


def pairs_open_to(institution_ids: Any) -> Any:
    """A select of where people of these institutions may post: institution_id, consortium_id, name, sort_name."""
    columns = (Consortium.id.label("consortium_id"), name_column().label("name"), Consortium.sort_name)
    active = Consortium.state == "active"
    own = (
        select(Admission.institution_id, *columns)
        .join(Consortium, Consortium.id == Admission.consortium_id)
        .where(Admission.institution_id.in_(institution_ids), Admission.state == "member", active)
    )
    everybody = (
        select(Institution.id, *columns)
        .join(Consortium, Consortium.is_open.is_(True))
        .where(Institution.id.in_(institution_ids), Institution.state == "verified", active)
    )
    return own.union(everybody)


@kept
def _open_to(institution_ids: Any) -> Any:
    return pairs_open_to(institution_ids).order_by("sort_name")


def open_to(institution_ids: Iterable[int]) -> list[tuple[int, int, str]]:
    """Where people of these institutions may post: (institution id, consortium id, name), the open one for each."""
    rows = db.session.execute(*_open_to(institution_ids=list(institution_ids)))
    return [(row[0], row[1], row[2]) for row in rows]


@kept
def _open_for(institution_id: Any, consortium_id: Any) -> Any:
    is_member = exists().where(
        Admission.consortium_id == Consortium.id,
        Admission.institution_id == institution_id,
        Admission.state == "member",
    )
    is_verified = exists().where(Institution.id == institution_id, Institution.state == "verified")
    return select(Consortium).where(
        Consortium.id == consortium_id,
        Consortium.state == "active",
        or_(is_member, and_(Consortium.is_open, is_verified)),
    )


def open_for(institution_id: int, consortium_id: int) -> Consortium | None:
    """The consortium, if people of this institution may post there."""
    asked = _open_for(institution_id=institution_id, consortium_id=consortium_id)
    found: Consortium | None = db.session.scalars(*asked).first()
    return found


@kept
def _led_by(reader: Actor) -> Any:
    return (
        select(Consortium.id, name_column().label("name"), Consortium.state)
        .where(Consortium.id.in_(reader.ids("lead")))
        .order_by(Consortium.sort_name)
    )


def led_by(actor: Actor) -> list[Row]:
    """The consortia that a person leads, by name."""
    if not actor.holds_any("lead"):
        return []
    rows = db.session.execute(*_led_by(actor))
    return [Row(row.id, row.name, "", row.state) for row in rows]


def choices(limit: int = 200) -> list[tuple[str, str]]:
    """(id as text, name) of the active consortia, for filters."""
    rows = db.session.execute(
        select(Consortium.id, name_column().label("name"))
        .where(Consortium.state == "active")
        .order_by(Consortium.sort_name)
        .limit(limit)
    )
    return [(str(row.id), row.name) for row in rows]

"""Reads of single lines, of the lines of a source or project, and of whom to tell."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.consortia.models import Consortium, Leadership
from app.core.access import Actor
from app.core.db import alias, db
from app.core.errors import NotFound
from app.core.i18n import LazyText, _l, get_locale
from app.core.kept import kept, now
from app.institutions.models import Affiliation, Institution
from app.ledger.models import LedgerEvent, LedgerLine
from app.ledger.policies import view, visible_lines

GIVER, RECEIVER = alias(Institution), alias(Institution)
_OTHER = alias(Affiliation)


def get(actor: Actor, line_id: int) -> LedgerLine:
    """A line with its giver, receiver and consortium. Raises NotFound when the actor may not see it."""
    found = db.session.scalars(
        select(LedgerLine)
        .where(LedgerLine.id == line_id)
        .options(
            joinedload(LedgerLine.giver), joinedload(LedgerLine.receiver), joinedload(LedgerLine.consortium)
        )
    ).first()
    if found is None or not view(actor, found):
        raise NotFound
    return found


def is_late() -> ColumnElement[bool]:
    """The list form of `LedgerLine.is_late`."""
    return and_(LedgerLine.state == "pledged", LedgerLine.due_at < now())


def line_columns() -> list[Any]:
    """What a row of a line shows; the names need `with_names`. `receiver` is None where the pool receives."""
    return [
        LedgerLine.id,
        LedgerLine.giver_id,
        GIVER.name.label("giver"),
        LedgerLine.receiver_id,
        RECEIVER.name.label("receiver"),
        LedgerLine.consortium_id,
        Consortium.names.label("consortium_names"),
        LedgerLine.kind,
        LedgerLine.text,
        LedgerLine.language,
        func.coalesce(LedgerLine.given, LedgerLine.quantity).label("amount"),
        LedgerLine.unit,
        LedgerLine.due_on,
        LedgerLine.due_at,
        LedgerLine.state,
        LedgerLine.received_at,
        LedgerLine.rating,
        LedgerLine.source_kind,
        LedgerLine.source_id,
        LedgerLine.source_part,
        LedgerLine.project_id,
        LedgerLine.reverses_id,
        LedgerLine.replaces_id,
        func.coalesce(is_late(), False).label("is_late"),
    ]


def with_names(query: Select[Any]) -> Select[Any]:
    """Join the two institutions and the consortium."""
    return (
        query.join(GIVER, GIVER.id == LedgerLine.giver_id)
        .outerjoin(RECEIVER, RECEIVER.id == LedgerLine.receiver_id)
        .outerjoin(Consortium, Consortium.id == LedgerLine.consortium_id)
    )


@kept
def _of_project(reader: Actor, *, project_id: Any) -> Any:
    return (
        with_names(select(*line_columns()))
        .where(LedgerLine.project_id == project_id, visible_lines(reader))
        .order_by(LedgerLine.id)
        .limit(500)
    )


def of_project(actor: Actor, project_id: int) -> list[Row[Any]]:
    """The lines of a project that the actor may see, in the order in which they were promised; at most 500.

    Columns as in `line_columns`.
    """
    return list(db.session.execute(*_of_project(actor, project_id=project_id)))


@kept
def _of_source(reader: Actor, *, source_kind: Any, source_ids: Any) -> Any:
    return (
        with_names(select(*line_columns()))
        .where(
            LedgerLine.source_kind == source_kind,
            LedgerLine.source_id.in_(source_ids),
            LedgerLine.reverses_id.is_(None),
            visible_lines(reader),
        )
        .order_by(LedgerLine.id)
    )


def of_source(actor: Actor, source_kind: str, source_ids: Collection[int]) -> dict[tuple[int, int], Row[Any]]:
    """The newest line of each part of each source, by (source id, part): one that replaces a reversed one stands for it."""
    rows = db.session.execute(*_of_source(actor, source_kind=source_kind, source_ids=sorted(set(source_ids))))
    return {(row.source_id, row.source_part): row for row in rows}


@kept
def _events(*, line_id: Any) -> Any:
    return (
        select(
            LedgerEvent.id,
            LedgerEvent.what,
            LedgerEvent.state,
            LedgerEvent.side,
            LedgerEvent.by_id,
            Person.display_name.label("by"),
            LedgerEvent.at,
            LedgerEvent.note,
            LedgerEvent.rating,
            LedgerEvent.quantity,
        )
        .outerjoin(Person, Person.id == LedgerEvent.by_id)
        .where(LedgerEvent.line_id == line_id)
        .order_by(LedgerEvent.id)
    )


def events_of(line_id: int) -> list[Row[Any]]:
    """The log of a line that the caller may see, the oldest entry first."""
    return list(db.session.execute(*_events(line_id=line_id)))


@kept
def _beside(reader: Actor, *, line_id: Any, ids: Any) -> Any:
    return (
        select(
            LedgerLine.id,
            LedgerLine.state,
            LedgerLine.reverses_id,
            LedgerLine.replaces_id,
            func.coalesce(LedgerLine.given, LedgerLine.quantity).label("amount"),
            LedgerLine.unit,
        )
        .where(
            or_(
                LedgerLine.reverses_id == line_id,
                LedgerLine.replaces_id == line_id,
                LedgerLine.id.in_(ids),
            ),
            visible_lines(reader),
        )
        .order_by(LedgerLine.id)
    )


def beside(actor: Actor, line: LedgerLine) -> list[Row[Any]]:
    """The lines that take this one back or stand for it, and those for which it does."""
    if line.state != "reversed" and line.reverses_id is None and line.replaces_id is None:
        return []
    ids = [number for number in (line.reverses_id, line.replaces_id) if number is not None]
    return list(db.session.execute(*_beside(actor, line_id=line.id, ids=ids)))


def pool_name(names: dict[str, Any] | None) -> LazyText:
    """What stands in place of a receiver where a consortium's pool receives."""
    known = names or {}
    name = known.get(get_locale()) or known.get("en") or next(iter(known.values()), "")
    return _l("Pool of %(consortium)s", consortium=name)


def names_of(line: LedgerLine) -> tuple[str, str | LazyText]:
    """(giver, receiver) in words, for notices."""
    giver = db.session.get_one(Institution, line.giver_id).name
    if line.receiver_id is not None:
        return giver, db.session.get_one(Institution, line.receiver_id).name
    return giver, pool_name(db.session.get_one(Consortium, line.consortium_id).names)


def _leads(consortium_id: int | None) -> Select[Any]:
    return select(Leadership.person_id).where(
        Leadership.consortium_id == consortium_id, Leadership.until.is_(None)
    )


def speakers(line: LedgerLine, side: str) -> list[int]:
    """The person ids who may speak for the giver or the receiver."""
    institution_id = line.giver_id if side == "giver" else line.receiver_id
    if institution_id is None:
        return list(db.session.scalars(_leads(line.consortium_id)))
    return list(
        db.session.scalars(
            select(Affiliation.person_id).where(
                Affiliation.institution_id == institution_id,
                Affiliation.state == "active",
                Affiliation.role == "representative",
            )
        )
    )


def mediators(line: LedgerLine) -> list[int]:
    """The person ids who may settle a dispute about it."""
    of_a_side = select(_OTHER.person_id).where(
        _OTHER.state == "active", _OTHER.institution_id.in_(_ids(line.giver_id, line.receiver_id))
    )
    if line.has_free_lead:
        return list(
            db.session.scalars(_leads(line.consortium_id).where(Leadership.person_id.not_in(of_a_side)))
        )
    query = select(Person.id).where(Person.is_admin, Person.id.not_in(of_a_side))
    if line.receiver_id is None:
        query = query.where(Person.id.not_in(_leads(line.consortium_id)))
    return list(db.session.scalars(query))


def _ids(*found: int | None) -> Iterable[int]:
    return [number for number in found if number is not None]

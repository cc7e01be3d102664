"""Entries, for those who may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from app.accounts.models import Person
from app.audit.models import AuditEntry
from app.audit.policies import READ_ALL, READING, read_all, visible_entries
from app.core import clock
from app.core.access import Actor, demand
from app.core.db import db
from app.core.paging import Page, Sort, capped_count, page_by_key

NEWEST = Sort("newest", AuditEntry.id, AuditEntry.id)
MOST_EXPORTED = 10_000
# What changed is kept as keys of people, so that an entry holds no name that somebody may have taken back since.
OF_PEOPLE = ("person_id", "lead_id", "deputy_id", "lead")


@dataclass(frozen=True)
class Asked:
    """What narrows the list: actions by name, one thing (kind, id), one person, since when."""

    actions: tuple[str, ...] = ()
    thing: tuple[str, int] | None = None
    person_id: int | None = None
    since: datetime | None = None


def reading_until(actor: Actor) -> datetime | None:
    """Until when an administrator reads every entry, None when no purpose was given lately; one statement for them."""
    if not actor.is_admin:
        return None
    began = db.session.scalar(
        select(AuditEntry.at)
        .where(
            AuditEntry.actor_id == actor.id,
            AuditEntry.action == READ_ALL,
            AuditEntry.at > clock.now() - READING,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return began + READING if began else None


def _select(actor: Actor, asked: Asked, everything: bool) -> Select[Any]:
    query = select(
        AuditEntry.id,
        AuditEntry.at,
        AuditEntry.actor_id,
        Person.display_name.label("actor_name"),
        AuditEntry.system_reason,
        AuditEntry.action,
        AuditEntry.thing_kind,
        AuditEntry.thing_id,
        AuditEntry.thing_label,
        AuditEntry.before,
        AuditEntry.after,
        AuditEntry.note,
        AuditEntry.request_id,
    ).outerjoin(Person, Person.id == AuditEntry.actor_id)
    if not (everything and actor.is_admin):
        query = query.where(visible_entries(actor))
    if asked.actions:
        query = query.where(AuditEntry.action.in_(asked.actions))
    if asked.thing:
        query = query.where(AuditEntry.thing_kind == asked.thing[0], AuditEntry.thing_id == asked.thing[1])
    if asked.person_id is not None:
        query = query.where(AuditEntry.actor_id == asked.person_id)
    if asked.since is not None:
        query = query.where(AuditEntry.at >= asked.since)
    return query


def entries(
    actor: Actor, asked: Asked, cursor: str | None = None, everything: bool = False
) -> tuple[Page, tuple[int, bool]]:
    """A page of the entries that the actor may read, newest first, and how many there are; two statements.

    `everything` counts only while `reading_until` gives an instant; the caller asks that first. Rows have id, at,
    actor_id, actor_name, system_reason, action, thing_kind, thing_id, thing_label, before, after, note, request_id.
    """
    query = _select(actor, asked, everything)
    return page_by_key(query, NEWEST, cursor), capped_count(query)


def export(actor: Actor, asked: Asked, everything: bool = False) -> list[Any]:
    """The same entries for a file, newest first, at most MOST_EXPORTED."""
    query = _select(actor, asked, everything).order_by(AuditEntry.id.desc()).limit(MOST_EXPORTED)
    return list(db.session.execute(query))


def of_thing(actor: Actor, thing_kind: str, thing_id: int, limit: int = 50) -> list[Any]:
    """What happened to one thing, newest first, as far as the actor may read it; rows as in `entries`; one statement.

    `thing_kind` is the table's name, such as `team`.
    """
    query = _select(actor, Asked(thing=(thing_kind, thing_id)), everything=False)
    return list(db.session.execute(query.order_by(AuditEntry.id.desc()).limit(limit)))


def people_named(rows: Iterable[Any]) -> dict[int, str]:
    """The names of the people whose keys stand in what these entries changed, by key; one statement."""
    held = (values.get(name) for row in rows for values in (row.before, row.after) for name in OF_PEOPLE)
    keys = {value for value in held if isinstance(value, int)}
    found = db.session.execute(select(Person.id, Person.display_name).where(Person.id.in_(keys)))
    return {row.id: row.display_name for row in found}


def person_name(actor: Actor, person_id: int, everything: bool = False) -> str | None:
    """The name of somebody by whom the actor may read an entry; None otherwise, so that names cannot be looked up here."""
    query = _select(actor, Asked(person_id=person_id), everything).limit(1)
    row = db.session.execute(query).first()
    return row.actor_name if row else None


def newest_of_everybody(actor: Actor, limit: int = 1) -> list[Any]:
    """The newest instants and actions, without what they were about, for the overview. Raises NotAllowed."""
    demand(read_all, actor)
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.action).order_by(AuditEntry.id.desc()).limit(limit)
    )
    return list(rows)

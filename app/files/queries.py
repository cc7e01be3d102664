"""What is read of attachments: the list of a thing, those of comments, one that somebody may see."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.core import clock, things
from app.core.access import Actor
from app.core.db import alias, db
from app.core.errors import NotFound
from app.core.files import StoredFile
from app.core.kept import Call, kept
from app.core.text import initials
from app.files import policies
from app.files.models import LICENCES, MOST_OF_THING, Attachment

_preview = alias(StoredFile)


class Adder(NamedTuple):
    """Who added a file, for a person chip."""

    id: int
    display_name: str

    @property
    def initials(self) -> str:
        """At most two letters."""
        return initials(self.display_name)


class FileRow(NamedTuple):
    """A file as a page shows it. `preview` is (width, height) of its small picture, or None."""

    id: int
    version: int
    comment_id: int | None
    audience: str
    title: str
    description: str
    language: str
    licence: str
    name: str
    size: int
    media_type: str
    preview: tuple[int, int] | None
    added_by: Adder
    added_at: datetime
    may_remove: bool

    @property
    def ending(self) -> str:
        """What its name ends in, such as PDF."""
        return self.name.rpartition(".")[2].upper()

    @property
    def licence_name(self) -> str:
        """The licence's usual name, empty when none was given."""
        return str(LICENCES.get(self.licence, ""))


_SHOWN = ("id", "version", "comment_id", "audience", "title", "description", "language", "licence")
_ROWS: Select[Any] = (
    select(
        *(getattr(Attachment, name) for name in _SHOWN),
        StoredFile.name,
        StoredFile.size,
        StoredFile.media_type,
        _preview.width,
        _preview.height,
        Attachment.added_by_id,
        Person.display_name,
        Attachment.added_at,
    )
    .join(StoredFile, StoredFile.id == Attachment.file_id)
    .join(Person, Person.id == Attachment.added_by_id)
    .outerjoin(_preview, _preview.id == Attachment.preview_id)
    .where(Attachment.hidden_at.is_(None))
    .order_by(Attachment.id)
)


@kept
def _of_thing(kind: Any, thing_id: Any, audiences: Any) -> Any:
    return _ROWS.where(
        Attachment.kind == kind,
        Attachment.thing_id == thing_id,
        Attachment.comment_id.is_(None),
        Attachment.audience.in_(audiences),
    ).limit(MOST_OF_THING)


@kept
def _of_comments(kind: Any, thing_id: Any, comment_ids: Any, audiences: Any) -> Any:
    return _ROWS.where(
        Attachment.kind == kind,
        Attachment.thing_id == thing_id,
        Attachment.comment_id.in_(comment_ids),
        Attachment.audience.in_(audiences),
    )


def _rows(actor: Actor, call: Call, kind: things.Kind, record: Any, may_attach: bool) -> list[FileRow]:
    return [
        FileRow(
            **{name: getattr(row, name) for name in _SHOWN},
            name=row.name,
            size=row.size,
            media_type=row.media_type,
            preview=(row.width, row.height) if row.width else None,
            added_by=Adder(
                row.added_by_id,
                row.display_name
                if actor.id == row.added_by_id
                else kind.name_of(record, row.added_by_id, row.display_name),
            ),
            added_at=row.added_at,
            may_remove=actor.id is not None and (row.added_by_id == actor.id or may_attach),
        )
        for row in db.session.execute(*call)
    ]


def _seen(actor: Actor, kind: str, thing: Any) -> tuple[things.Kind, Any]:
    if isinstance(thing, int):
        return things.find(actor, kind, thing)
    return things.KINDS[kind], thing


def of(actor: Actor, kind: str, thing: Any) -> list[FileRow]:
    """The files of a thing that the actor sees, in the order in which they came. `thing` is its record, or its id.

    One statement for a record that the actor is known to see; with an id the thing is looked up first (raises NotFound).
    """
    known, record = _seen(actor, kind, thing)
    if not policies.view_files(actor, known, record):
        return []
    call = _of_thing(kind=kind, thing_id=record.id, audiences=sorted(known.audiences(actor, record)))
    return _rows(actor, call, known, record, may_attach=bool(policies.add_file(actor, known, record)))


def of_comments(
    actor: Actor, kind: str, thing: Any, comment_ids: Collection[int]
) -> Mapping[int, list[FileRow]]:
    """The files of comments about a thing, by comment id; one statement, none without comments."""
    found: dict[int, list[FileRow]] = {}
    if not comment_ids:
        return found
    known, record = _seen(actor, kind, thing)
    call = _of_comments(
        kind=kind,
        thing_id=record.id,
        comment_ids=sorted(comment_ids),
        audiences=sorted(known.audiences(actor, record)),
    )
    for row in _rows(actor, call, known, record, may_attach=False):
        found.setdefault(row.comment_id or 0, []).append(row)
    return found


def get(actor: Actor, attachment_id: int) -> tuple[Attachment, things.Kind, Any]:
    """An attachment with its file, its thing's kind and record, if the actor sees all of them. Raises NotFound."""
    attachment = db.session.scalars(
        select(Attachment)
        .where(Attachment.id == attachment_id, Attachment.removed_at.is_(None))
        .options(joinedload(Attachment.file), joinedload(Attachment.preview))
    ).first()
    if attachment is None:
        raise NotFound
    kind, record = things.find(actor, attachment.kind, attachment.thing_id)
    if not policies.view_file(actor, kind, record, attachment):
        raise NotFound
    return attachment, kind, record


def held_by_thing(kind: str, thing_id: int) -> tuple[int, int]:
    """How many files a thing holds with its comments, and how many bytes."""
    number, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
            Attachment.kind == kind, Attachment.thing_id == thing_id, Attachment.removed_at.is_(None)
        )
    ).one()
    return number, int(size)


def added_today(person_id: int) -> tuple[int, int]:
    """How many files a person added in the last 24 hours, and how many bytes, removed ones too."""
    number, size = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
            Attachment.added_by_id == person_id, Attachment.added_at > clock.now() - timedelta(days=1)
        )
    ).one()
    return number, int(size)


def of_comment(comment_id: int) -> list[Attachment]:
    """The attachments of a comment with their files, hidden ones too, for changing them."""
    return list(
        db.session.scalars(
            select(Attachment)
            .where(Attachment.comment_id == comment_id, Attachment.removed_at.is_(None))
            .options(joinedload(Attachment.file), joinedload(Attachment.preview))
        )
    )

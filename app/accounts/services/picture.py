"""The picture beside a person's name on their own page."""

from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts import policies
from app.accounts.models import Person, PersonPicture
from app.audit import services as audit
from app.core import files
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import NotFound

MOST_BYTES = 10 * files.MEGABYTE
SIDE = 320


def set_picture(actor: Actor, *, upload: tuple[IO[bytes], str | None]) -> None:
    """Show this picture, its middle cut out square, in place of an earlier one. Raises Invalid on `file`."""
    stream, name = upload
    with (
        files.receive_pictures(
            stream, name, purpose="portrait", most_bytes=MOST_BYTES, sides=(SIDE,), square=True
        ) as received,
        transaction(),
    ):
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        forget_picture(person)
        db.session.add(PersonPicture(person_id=person.id, file=files.keep_received(received[0], by=actor.id)))
        audit.record(actor, "accounts.set_picture", person)


def remove_picture(actor: Actor) -> None:
    """Show the letters of the name again. Raises NotFound when there is no picture."""
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        if not forget_picture(person):
            raise NotFound
        audit.record(actor, "accounts.remove_picture", person)


def forget_picture(person: Person) -> bool:
    """Inner step: take the picture out, if there is one."""
    found = db.session.scalars(
        select(PersonPicture)
        .where(PersonPicture.person_id == person.id)
        .options(joinedload(PersonPicture.file))
    ).first()
    if found is None:
        return False
    stored = found.file
    db.session.delete(found)
    db.session.flush()
    files.forget(stored)
    return True

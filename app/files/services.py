"""Adding and removing files."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Any

from app.accounts.models import Person
from app.audit import services as audit
from app.core import clock, files, things
from app.core.access import VISITOR, Actor, authorize, demand
from app.core.db import Base, db, lock, lock_id, require_scope, transaction
from app.core.errors import Invalid, NotAllowed
from app.core.i18n import _l
from app.core.vocab import is_language
from app.files import models, policies, queries
from app.files.models import Attachment

Upload = tuple[IO[bytes], str | None]  # the stream and the name that it was sent under
PURPOSE = "attachment"


@dataclass(frozen=True)
class Incoming:
    """A checked file, ready to be kept; a picture was made anew, with a small one for the page."""

    file: files.Received
    preview: files.Received | None = None

    @property
    def size(self) -> int:
        """The bytes of both."""
        return self.file.size + (self.preview.size if self.preview else 0)


@contextmanager
def receiving(uploads: Sequence[Upload], field: str = "file") -> Iterator[list[Incoming]]:
    """Take files in and check them, before the transaction opens. Raises Invalid for `field`, naming the file."""
    with ExitStack() as stack:
        taken = []
        for stream, name in uploads:
            received = stack.enter_context(
                files.receive(
                    stream,
                    name,
                    purpose=PURPOSE,
                    most_bytes=models.MOST_BYTES,
                    allowed=models.ALLOWED,
                    field=field,
                )
            )
            if received.is_picture:
                whole, small = stack.enter_context(files.made_anew(received, sides=models.SIDES, field=field))
                taken.append(Incoming(whole, small))
            else:
                taken.append(Incoming(received))
        yield taken


def add(
    actor: Actor,
    kind: str,
    thing_id: int,
    *,
    upload: Upload,
    title: str = "",
    description: str = "",
    language: str = "",
    licence: str = "",
    audience: str = things.EVERYBODY,
) -> Attachment:
    """Attach a file to a thing. A picture needs a description.

    Raises NotFound, NotAllowed, Invalid (`file`, `description`, `language`, `licence`, `audience`),
    RuleBroken (`thing_full`, `day_full`).
    """
    known, record = things.find(actor, kind, thing_id)
    demand(policies.add_file, actor, known, record)  # before anything is read of the file
    with receiving([upload]) as received, transaction():
        known, record = things.find(actor, kind, thing_id)
        authorize(policies.add_file, actor, known, record)
        _require_audience(actor, known, record, audience)
        wrong: dict[str, Any] = {}
        if received[0].preview is not None and not description:
            wrong["description"] = _l("Say what can be seen, for those who cannot see it")
        if language and not is_language(language):
            wrong["language"] = _l("Choose a language")
        if licence and licence not in models.LICENCES:
            wrong["licence"] = _l("Choose one of the list")
        if wrong:
            raise Invalid(wrong)
        _require_room(actor, kind, record, received)
        attachment = _keep(actor, kind, thing_id, received[0], audience=audience)
        attachment.title = title or attachment.title
        attachment.description, attachment.language, attachment.licence = description, language, licence
        _note(actor, "files.add_file", known, record, attachment)
    return attachment


def attach_to_comment(
    actor: Actor,
    kind: str,
    thing_id: int,
    comment_id: int,
    received: Sequence[Incoming],
    *,
    audience: str = things.EVERYBODY,
) -> list[Attachment]:
    """Attach received files to a comment: a step of writing it, inside its transaction, which has asked who may.

    Raises NotFound, Invalid (`files`), RuleBroken (`thing_full`, `day_full`).
    """
    require_scope()
    if not received:
        return []
    known, record = things.find(actor, kind, thing_id)
    if len(received) > models.MOST_OF_COMMENT:
        raise Invalid({"files": _l("Attach at most %(num)s files", num=models.MOST_OF_COMMENT)})
    _require_room(actor, kind, record, received)
    added = []
    for one in received:
        attachment = _keep(actor, kind, thing_id, one, audience=audience, comment_id=comment_id)
        _note(actor, "files.add_file", known, record, attachment)
        added.append(attachment)
    return added


def _require_audience(actor: Actor, kind: things.Kind, record: Any, audience: str) -> None:
    if audience not in policies.audiences_for(actor, kind, record):
        no = policies.NOT_FOR_THEM
        raise NotAllowed(no.code, no.text)


def _require_room(actor: Actor, kind: str, record: Any, received: Sequence[Incoming]) -> None:
    """The quotas of the thing and of the person's day; both rows are held, so that they hold in a race."""
    assert actor.id is not None
    lock_id(Person, actor.id)
    if isinstance(record, Base):
        lock(record)
    coming = len(received), sum(one.size for one in received)
    models.require_room(
        queries.added_today(actor.id), coming, (models.MOST_OF_DAY, models.MOST_BYTES_OF_DAY), of_day=True
    )
    models.require_room(
        queries.held_by_thing(kind, record.id),
        coming,
        (models.MOST_OF_THING, models.MOST_BYTES_OF_THING),
        of_day=False,
    )


def _keep(
    actor: Actor,
    kind: str,
    thing_id: int,
    incoming: Incoming,
    *,
    audience: str,
    comment_id: int | None = None,
) -> Attachment:
    stored = files.keep_received(incoming.file, by=actor.id)
    preview = files.keep_received(incoming.preview, by=actor.id) if incoming.preview else None
    attachment = Attachment(
        kind=kind,
        thing_id=thing_id,
        comment_id=comment_id,
        audience=audience,
        title=stored.name[: models.TITLE_LENGTH],
        size=incoming.size,
        file=stored,
        preview=preview,
        added_by_id=actor.id,
    )
    db.session.add(attachment)
    db.session.flush()
    return attachment


def remove(actor: Actor, attachment: Attachment, *, version: int | None = None) -> None:
    """Take a file away for good; that it was there stays in the audit. Raises NotFound, NotAllowed, Conflict."""
    with transaction():
        attachment, kind, record = queries.get(actor, attachment.id)
        authorize(policies.remove_file, actor, kind, record, attachment)
        attachment.expect_version(version)
        _note(actor, "files.remove_file", kind, record, attachment)
        _forget(actor, attachment)


def remove_with_comment(actor: Actor, comment_id: int) -> None:
    """Forget the files of a comment: a step of taking it back, inside its transaction."""
    require_scope()
    for attachment in queries.of_comment(comment_id):
        _forget(actor, attachment)


def hide_with_comment(comment_id: int, *, hidden: bool) -> None:
    """Take the files of a comment out of sight, or show them again: a step of moderating it, inside its transaction."""
    require_scope()
    for attachment in queries.of_comment(comment_id):
        attachment.hidden_at = clock.now() if hidden else None


def _forget(actor: Actor, attachment: Attachment) -> None:
    stored = [one for one in (attachment.file, attachment.preview) if one is not None]
    attachment.file = attachment.preview = None
    attachment.removed_at, attachment.removed_by_id = clock.now(), actor.id
    db.session.flush()
    for one in stored:
        files.forget(one)


def _note(actor: Actor, action: str, kind: things.Kind, record: Any, attachment: Attachment) -> None:
    about = kind.about(record)
    stored = attachment.file
    facts = {
        "thing": about.number,
        "audience": attachment.audience,
        "name": stored.name if stored else "",
        "sha256": stored.sha256 if stored else "",
    }
    audit.record(
        actor,
        action,
        attachment,
        before=facts if action == "files.remove_file" else None,
        after=facts if action == "files.add_file" else None,
        label=attachment.title,
        # Leads read the audit of their consortium; what is for a smaller circle is none of theirs.
        consortium_id=about.consortium_id if _is_for_all(kind, record, attachment) else None,
    )


def _is_for_all(kind: things.Kind, record: Any, attachment: Attachment) -> bool:
    """Whether nobody who sees the thing is kept from the file."""
    is_open = kind.see_files is None or bool(kind.see_files(VISITOR, record))
    return attachment.audience == things.EVERYBODY and is_open

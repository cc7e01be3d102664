"""Who may see, add and remove files: what the thing says, through `core.things`."""

from typing import Any

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.core.things import EVERYBODY, REVIEWERS, Kind
from app.files.models import Attachment

NOT_SEEN = No("not_seen", _l("This file is for others."))
NOT_YOURS = No("not_yours", _l("A file is removed by who added it, or by those who may add files here."))
NOT_FOR_THEM = No("not_for_them", _l("You may add files only for circles that you belong to."))


@permission("files.view_files")
def view_files(actor: Actor, kind: Kind, record: Any) -> Answer:
    """Who sees the files of a thing that they see."""
    return True if kind.see_files is None else kind.see_files(actor, record)


@permission("files.view_file")
def view_file(actor: Actor, kind: Kind, record: Any, attachment: Attachment) -> Answer:
    """One file: its audience among those who see the thing's files."""
    if not attachment.is_there or attachment.audience not in kind.audiences(actor, record):
        return NOT_SEEN
    # What stands at a comment goes by the comment's audience alone.
    return True if attachment.comment_id else view_files(actor, kind, record)


@permission("files.add_file")
def add_file(actor: Actor, kind: Kind, record: Any) -> Answer:
    """Those whom the thing lets attach files, now."""
    return kind.attach(actor, record) if actor.is_signed_in else SIGN_IN_FIRST


@permission("files.remove_file")
def remove_file(actor: Actor, kind: Kind, record: Any, attachment: Attachment) -> Answer:
    """Who added it, or who may add files to the thing."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not view_file(actor, kind, record, attachment):
        return NOT_SEEN
    if attachment.added_by_id == actor.id:
        return True
    return True if attachment.comment_id is None and kind.attach(actor, record) else NOT_YOURS


def audiences_for(actor: Actor, kind: Kind, record: Any) -> list[str]:
    """For whom this person may add a file to the thing."""
    own = kind.audiences(actor, record)
    return [audience for audience in (EVERYBODY, REVIEWERS) if audience in own]

"""Single comments, each looked up through the thing on which it was written."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.core import leaving, reporting, things
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.things import About, Kind
from app.discussion import policies
from app.discussion.models import Comment, CommentVersion, ContentReport
from app.files import queries as files
from app.files.models import Attachment

MOST_TO_TAKE = 10_000


@dataclass(frozen=True)
class Found:
    """A comment with the thing on which it was written and the audiences to which the actor belongs there."""

    comment: Comment
    kind: Kind
    record: Any
    audiences: frozenset[str]

    @property
    def about(self) -> About:
        """What the thing is."""
        return self.kind.about(self.record)


def get(actor: Actor, comment_id: int) -> Found:
    """A comment for whose audience the actor counts. Raises NotFound."""
    comment = db.session.get(Comment, comment_id)
    if comment is None:
        raise NotFound
    kind, record = things.find(actor, comment.kind, comment.thing_id)
    audiences = kind.audiences(actor, record)
    if not policies.view(actor, comment, audiences):
        raise NotFound
    return Found(comment, kind, record, audiences)


def versions(comment_id: int) -> list[CommentVersion]:
    """The earlier texts of a comment, the newest first."""
    return list(
        db.session.scalars(
            select(CommentVersion)
            .where(CommentVersion.comment_id == comment_id)
            .order_by(CommentVersion.number.desc())
        )
    )


def sees(person: Person, kind: str, thing_id: int, audience: str) -> bool:
    """Whether a person sees a thing and belongs to this audience of it, now."""
    actor = actor_for(person)
    try:
        found, record = things.find(actor, kind, thing_id)
    except NotFound:
        return False
    return audience in found.audiences(actor, record)


def voices(parent_id: int, limit: int = 20) -> list[Person]:
    """Those who wrote a comment or answered it, open accounts, the latest first."""
    latest = (
        select(Comment.author_id)
        .where((Comment.parent_id == parent_id) | (Comment.id == parent_id), Comment.state != "withdrawn")
        .order_by(Comment.id.desc())
        .limit(200)
    )
    ids = list(dict.fromkeys(db.session.scalars(latest)))[:limit]
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids), Person.closed_at.is_(None))))


# ---- What other features ask -------------------------------------------------------------------------------


@leaving.belongings("comments")
def own_comments(person_id: int) -> list[dict[str, Any]]:
    """What a person wrote, for the file of their own data."""
    rows = db.session.scalars(
        select(Comment).where(Comment.author_id == person_id).order_by(Comment.id).limit(MOST_TO_TAKE)
    )
    return [
        {
            "on": f"{row.kind} {row.thing_id}",
            "written_at": row.written_at.isoformat(),
            "edited_at": row.edited_at.isoformat() if row.edited_at else None,
            "language": row.language,
            "state": row.state,
            "text": row.text,
        }
        for row in rows
    ]


@leaving.belongings("reports")
def own_reports(person_id: int) -> list[dict[str, Any]]:
    """What a person reported, for the file of their own data."""
    rows = db.session.scalars(
        select(ContentReport)
        .where(ContentReport.reporter_id == person_id)
        .order_by(ContentReport.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {"reported_at": row.reported_at.isoformat(), "reason": row.reason, "text": row.text} for row in rows
    ]


def _content(comment: Comment) -> reporting.Content:
    return reporting.Content(
        comment.author_id,
        comment.text,
        comment.language,
        f"/discussion/comments/{comment.id}",
        is_hidden=comment.state == "hidden",
        is_gone=comment.state == "withdrawn",
    )


def find_content(actor: Actor, comment_id: int) -> tuple[About, reporting.Content]:
    """A comment to be reported. Raises NotFound."""
    found = get(actor, comment_id)
    return found.about, _content(found.comment)


def look_at_content(comment_id: int) -> reporting.Content | None:
    """A comment that was reported, for those who decide."""
    comment = db.session.get(Comment, comment_id)
    return None if comment is None else _content(comment)


def _file_content(attachment: Attachment) -> reporting.Content:
    name = attachment.file.name if attachment.file is not None else ""
    return reporting.Content(
        attachment.added_by_id,
        " ".join(part for part in (attachment.title, attachment.description) if part),
        attachment.language,
        f"/files/{attachment.id}/{name}" if attachment.is_there else "",
        is_hidden=attachment.hidden_at is not None,
        is_gone=attachment.removed_at is not None,
    )


def find_file(actor: Actor, attachment_id: int) -> tuple[About, reporting.Content]:
    """A file to be reported. Raises NotFound."""
    attachment, kind, record = files.get(actor, attachment_id)
    return kind.about(record), _file_content(attachment)


def look_at_file(attachment_id: int) -> reporting.Content | None:
    """A file that was reported, for those who decide: its words, and its address while it is not hidden."""
    attachment = db.session.get(Attachment, attachment_id, options=[joinedload(Attachment.file)])
    return None if attachment is None else _file_content(attachment)

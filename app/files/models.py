"""What somebody attached to a thing."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock, files
from app.core.db import Base, Versioned, person_key
from app.core.errors import RuleBroken
from app.core.i18n import _l
from app.core.things import AUDIENCES, EVERYBODY

TITLE_LENGTH, DESCRIPTION_LENGTH = 120, 500
MOST_BYTES = 20 * files.MEGABYTE  # of one file
ALLOWED = files.DOCUMENTS | files.PICTURES
SIDES = (2000, 480)  # pixels of a picture, and of the small one that the page shows
MOST_OF_THING, MOST_BYTES_OF_THING = 60, 300 * files.MEGABYTE
MOST_OF_DAY, MOST_BYTES_OF_DAY = 100, 300 * files.MEGABYTE
MOST_OF_COMMENT = 5
LICENCES = {
    "cc0": "CC0 1.0",
    "cc_by": "CC BY 4.0",
    "cc_by_sa": "CC BY-SA 4.0",
    "cc_by_nc": "CC BY-NC 4.0",
    "odbl": "ODbL 1.0",
    "mit": "MIT",
    "apache": "Apache 2.0",
    "reserved": _l("All rights reserved"),
}


class Attachment(Versioned, Base):
    """A file on a thing, or on a comment about it. A removed one keeps its row and loses its file.

    `description` says what is to be seen, for those who cannot see it, when the file is a picture; `language` is that of the
    file. `comment_id` names a comment of the feature above, which looks after it.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(removed_at IS NULL) = (file_id IS NOT NULL)", name="removed_has_no_file"),
        CheckConstraint("preview_id IS NULL OR file_id IS NOT NULL", name="preview_with_file"),
        CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),
        Index("ix_attachment_thing", "kind", "thing_id", "id"),
        Index("ix_attachment_added", "added_by_id", "added_at"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int]
    comment_id: Mapped[int | None] = mapped_column(index=True)
    audience: Mapped[str] = mapped_column(String(12), default=EVERYBODY)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    licence: Mapped[str] = mapped_column(String(12), default="")
    size: Mapped[int]  # of the file and its small picture, for the quotas
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    file: Mapped[files.StoredFile | None] = relationship(
        foreign_keys="Attachment.file_id", lazy="raise_on_sql"
    )
    preview_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    preview: Mapped[files.StoredFile | None] = relationship(
        foreign_keys="Attachment.preview_id", lazy="raise_on_sql"
    )
    added_by_id: Mapped[int] = person_key()
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_by_id: Mapped[int | None] = person_key()
    removed_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]  # with its comment, by a moderator

    @property
    def is_there(self) -> bool:
        """Whether it can be had: neither removed nor hidden."""
        return self.removed_at is None and self.hidden_at is None


def require_room(held: tuple[int, int], coming: tuple[int, int], most: tuple[int, int], of_day: bool) -> None:
    """Refuse files (number, bytes) that a thing, or a person's day, has no room for. Raises RuleBroken."""
    if held[0] + coming[0] <= most[0] and held[1] + coming[1] <= most[1]:
        return
    megabytes = most[1] // files.MEGABYTE
    if of_day:
        raise RuleBroken(
            "day_full",
            _l(
                "You may add %(num)s files or %(size)s MB in 24 hours. Go on tomorrow.",
                num=most[0],
                size=megabytes,
            ),
        )
    raise RuleBroken(
        "thing_full",
        _l(
            "There is room for %(num)s files or %(size)s MB here. Remove one that is not needed any more.",
            num=most[0],
            size=megabytes,
        ),
    )

"""Comment, its earlier versions, and what moderators decide: cases with their reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.i18n import _l
from app.core.states import State, States, moves
from app.core.things import AUDIENCES

LONGEST_COMMENT = 5000
LONGEST_WORDS = 2000  # of a report, a decision, a reply to it
COMMENT_STATES = States(
    (
        State("shown", _l("Shown"), "", "message-square"),
        State("hidden", _l("Hidden by a moderator"), "warn", "eye"),
        State("withdrawn", _l("Taken back by its author"), "", "circle-dashed"),
    ),
    moves(
        hide=(["shown"], "hidden"),
        restore=(["hidden"], "shown"),
        withdraw=(["shown", "hidden"], "withdrawn"),
    ),
)
# Whether the author of a comment is named as contributor to the thing: asked by its people, answered by the author.
NAMINGS = ("", "asked", "named", "declined")
REPORT_REASONS = {
    "abuse": _l("It insults, threatens or harasses somebody."),
    "personal": _l("It shows what is private to somebody."),
    "misleading": _l("It is false or misleads on purpose."),
    "rights": _l("It uses the work of others without the right to."),
    "unlawful": _l("It is against the law."),
    "spam": _l("It is advertising, or repeats itself."),
    "off_topic": _l("It does not belong here."),
    "other": _l("Another reason, said in words."),
}
DECISIONS = {
    "nothing": _l("It stays as it is"),
    "hide": _l("It is hidden"),
    "restore": _l("It is shown again"),
    "acted": _l("It was dealt with on its own page"),
}


class Comment(Versioned, Base):
    """What somebody said on a thing, or in answer to another comment; for an audience that only gets narrower.

    `mentions` holds person ids. The text of a comment that was taken back is empty here and stands in its versions.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(COMMENT_STATES.check(), name="state"),
        CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),
        CheckConstraint(f"naming IN {NAMINGS}", name="naming"),
        CheckConstraint("(state = 'withdrawn') = (text = '')", name="withdrawn_has_no_text"),
        CheckConstraint("(state = 'hidden') = (hidden_reason <> '')", name="hidden_has_reason"),
        CheckConstraint("(naming = 'asked') = (naming_due_at IS NOT NULL)", name="asked_has_end"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="answers_another"),
        Index("ix_comment_thread", "kind", "thing_id", "parent_id", "id"),
        Index("ix_comment_answers", "parent_id", "id"),
        Index("ix_comment_author", "author_id", "naming"),
        Index("ix_comment_naming", "naming", "naming_due_at"),
    )

    kind: Mapped[str] = mapped_column(String(16))
    thing_id: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    author_id: Mapped[int] = person_key()
    audience: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), default="shown")
    language: Mapped[str] = mapped_column(String(10), default="en")
    mentions: Mapped[list[Any]] = mapped_column(default=list)
    hidden_reason: Mapped[str] = mapped_column(String(12), default="")
    naming: Mapped[str] = mapped_column(String(10), default="")
    naming_asked_by_id: Mapped[int | None] = person_key()
    naming_asked_at: Mapped[datetime | None]
    naming_due_at: Mapped[datetime | None]
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    edited_at: Mapped[datetime | None]
    edits: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(Text, sort_order=20)


class CommentVersion(Base):
    """A text of a comment as it stood before it was changed or taken back; insert-only."""

    __tablename__ = "comment_version"
    __table_args__ = (UniqueConstraint("comment_id", "number"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id"))
    number: Mapped[int]
    audience: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(default=clock.now)


class ModerationCase(Ask, Base):
    """What moderators decide about one content: all reports of it until then, or an appeal against a decision.

    `content` is "comment", "file", "translation" or the kind of a thing; `kind` and `thing_id` name the thing to which it
    belongs, `label` says it as the first reporter saw it. `reason` is why it was hidden.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(
            f"decision_code IS NULL OR decision_code IN {tuple(DECISIONS)}", name="known_decision"
        ),
        CheckConstraint("(appeal_of_id IS NULL) = (appeal_text = '')", name="appeal_has_words"),
        Index("uq_moderation_case_open", "content", "content_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_moderation_case_waiting", "decided_at", "due_at"),
        Index("ix_moderation_case_consortium", "consortium_id", "id"),
        Index("ix_moderation_case_author", "author_id"),
    )  # fmt: skip

    content: Mapped[str] = mapped_column(String(16))
    content_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    thing_id: Mapped[int]
    label: Mapped[str] = mapped_column(String(300))
    consortium_id: Mapped[int | None] = mapped_column(ForeignKey("consortium.id"))
    author_id: Mapped[int | None] = person_key()
    reason: Mapped[str] = mapped_column(String(12), default="")
    late_at: Mapped[datetime | None]  # when administrators were told that it waits too long
    appeal_of_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_case.id"), unique=True)
    appeal_text: Mapped[str] = mapped_column(Text, default="")


class ContentReport(Base):
    """Somebody's word that a content should not stand: a reason and what they say."""

    __tablename__ = "content_report"
    __table_args__ = (UniqueConstraint("case_id", "reporter_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id"))
    reporter_id: Mapped[int] = person_key(index=True)
    reason: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime] = mapped_column(default=clock.now)


class CaseParty(Base):
    """Somebody whose own thing is reported, beside its author: they decide nothing about it."""

    __tablename__ = "case_party"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id"))
    person_id: Mapped[int] = person_key(index=True)

"""The inbox line, and the outbox of mails."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, person_key

MAIL_STATES = ("waiting", "sending", "sent", "failed")
MOST_ATTEMPTS = 6


class Notice(Base):
    """A line in a person's inbox: what happened to which thing, and why this person is told."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_inbox", "person_id", "id"),
        Index("ix_notice_unread", "person_id", "read_at"),
        Index("ix_notice_about", "about_kind", "about_id"),
    )

    person_id: Mapped[int] = person_key()
    kind: Mapped[str] = mapped_column(String(60))
    about_kind: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int | None]
    path: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    read_at: Mapped[datetime | None]


class Mail(Base):
    """A mail in the outbox and, once sent, in the log. `facts` are emptied of secrets once it is sent."""

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(f"state IN {MAIL_STATES}", name="state"),
        Index("ix_mail_due", "state", "due_at"),
    )

    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"), index=True)
    person_id: Mapped[int | None] = person_key(index=True)
    address: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(10))
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    kind: Mapped[str] = mapped_column(String(60))
    path: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subject: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    sent_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(Text)

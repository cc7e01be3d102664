"""The entries, and the head of their chain."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base, person_key


class AuditEntry(Base):
    """One line. A trigger on either database refuses to change or delete it."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_thing", "thing_kind", "thing_id", "id"),
        CheckConstraint("actor_id IS NOT NULL OR system_reason IS NOT NULL", name="somebody_or_reason"),
    )

    at: Mapped[datetime]
    actor_id: Mapped[int | None] = person_key(index=True)
    system_reason: Mapped[str | None] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60), index=True)
    thing_kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[int | None]
    thing_label: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    note: Mapped[str | None] = mapped_column(Text)
    institution_id: Mapped[int | None] = mapped_column(index=True)
    consortium_id: Mapped[int | None] = mapped_column(index=True)
    team_id: Mapped[int | None] = mapped_column(index=True)
    request_id: Mapped[str | None] = mapped_column(String(40))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """The last hash of the chain: one row, locked while entries are added."""

    __tablename__ = "audit_head"

    entries: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64))

"""The hash chain: each entry's hash covers its content and the hash before it, so that nothing can be changed unseen."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEntry, AuditHead
from app.core.db import db

GENESIS = "0" * 64
CONTENT = (
    "at",
    "actor_id",
    "system_reason",
    "action",
    "thing_kind",
    "thing_id",
    "thing_label",
    "before",
    "after",
    "note",
    "institution_id",
    "consortium_id",
    "team_id",
    "request_id",
)
BATCH = 1000


def plain(value: Any) -> Any:
    """The value as JSON knows it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def digest(previous: str, entry: dict[str, Any]) -> str:
    """The SHA-256 (hex) of an entry's content and the hash before it."""
    content = {key: plain(value) for key, value in sorted(entry.items())}
    return hashlib.sha256(
        (previous + json.dumps(content, sort_keys=True, ensure_ascii=True)).encode()
    ).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """How many entries were read, and what is broken first: the entry's id (None: the head) and what is wrong."""

    entries: int
    fault: str = ""
    entry_id: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, taken out or put between."""
        return not self.fault


def verify() -> Verdict:
    """Walk along the whole chain, a batch at a time; finds changed, missing, foreign and (by the head) cut-off entries."""
    previous, count, last_id = GENESIS, 0, 0
    columns = [getattr(AuditEntry, name) for name in CONTENT]
    while True:
        rows = db.session.execute(
            select(AuditEntry.id, AuditEntry.previous_hash, AuditEntry.hash, *columns)
            .where(AuditEntry.id > last_id)
            .order_by(AuditEntry.id)
            .limit(BATCH)
        ).all()
        for row in rows:
            if row.previous_hash != previous:
                return Verdict(count, "does not follow the entry before it", row.id)
            if digest(previous, {name: getattr(row, name) for name in CONTENT}) != row.hash:
                return Verdict(count, "was changed", row.id)
            previous, last_id, count = row.hash, row.id, count + 1
        if len(rows) < BATCH:
            break
    head = db.session.execute(select(AuditHead.entries, AuditHead.hash)).first()
    kept = tuple(head) if head else (0, GENESIS)
    if kept != (count, previous):
        return Verdict(count, f"the end is missing: {kept[0]} entries were written")
    return Verdict(count)

"""Writing the audit: entries are gathered during a transaction and chained at its end."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEntry, AuditHead
from app.core import clock
from app.core.access import Actor
from app.core.db import Base, Scope, db, require_scope
from app.core.tracing import request_id

GENESIS = "0" * 64


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def record(
    actor: Actor | None,
    action: str,
    thing: Base | None = None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
    label: str = "",
    institution_id: int | None = None,
    consortium_id: int | None = None,
    team_id: int | None = None,
) -> None:
    """Leave a line in the audit of the open transaction. `action` is the permission's name, such as `teams.approve`.

    `thing` may be new (its id is read when the transaction ends). Never hand over secrets: no password, token, address.
    """
    scope = require_scope()
    lines: list[dict[str, Any]] = scope.facts.setdefault("audit", [])
    if not lines:
        scope.before_commit.append(lambda: _append(scope))
    lines.append(
        {
            "thing": thing,
            "at": clock.now(),
            "actor_id": actor.id if actor else None,
            "system_reason": scope.system if actor is None or actor.id is None else None,
            "action": action,
            "thing_kind": thing.__tablename__ if thing is not None else "portal",
            "thing_label": label[:200],
            "before": _plain(before or {}),
            "after": _plain(after or {}),
            "note": note,
            "institution_id": institution_id,
            "consortium_id": consortium_id,
            "team_id": team_id,
            "request_id": request_id.get(),
        }
    )


def digest(previous: str, entry: dict[str, Any]) -> str:
    """The SHA-256 (hex) of an entry's content and the hash before it."""
    content = {key: _plain(value) for key, value in sorted(entry.items())}
    return hashlib.sha256(
        (previous + json.dumps(content, sort_keys=True, ensure_ascii=True)).encode()
    ).hexdigest()


def _append(scope: Scope) -> None:
    head = db.session.scalars(select(AuditHead).with_for_update()).first()
    if head is None:
        head = AuditHead(entries=0, hash=GENESIS)
        db.session.add(head)
    for line in scope.facts["audit"]:
        thing = line.pop("thing")
        line["thing_id"] = thing.id if thing is not None else None
        line["at"] = line["at"].astimezone(UTC)
        line["previous_hash"] = head.hash
        head.hash = digest(line["previous_hash"], {key: line[key] for key in line if key != "previous_hash"})
        head.entries += 1
        db.session.add(AuditEntry(**line, hash=head.hash))
    db.session.flush()

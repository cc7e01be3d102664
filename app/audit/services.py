"""Writing the audit: entries are gathered during a transaction and chained at its end. And reading all of it, for a reason."""

from datetime import UTC
from typing import Any

from sqlalchemy import insert, select

from app.audit import policies
from app.audit.models import AuditEntry, AuditHead
from app.audit.queries.chain import GENESIS, digest, plain
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import Base, Scope, db, require_scope, transaction
from app.core.errors import Invalid
from app.core.i18n import _l
from app.core.text import clean_text
from app.core.tracing import request_id

SHORTEST_PURPOSE = 10
# What the portal does by itself in the transaction that a person opened.
CONSEQUENCE = "follows from the action beside it"


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
            "system_reason": (scope.system or CONSEQUENCE) if actor is None or actor.id is None else None,
            "action": action,
            "thing_kind": thing.__tablename__ if thing is not None else "portal",
            "thing_label": label[:200],
            "before": plain(before or {}),
            "after": plain(after or {}),
            "note": note,
            "institution_id": institution_id,
            "consortium_id": consortium_id,
            "team_id": team_id,
            "request_id": request_id.get(),
        }
    )


def _append(scope: Scope) -> None:
    head = db.session.scalars(select(AuditHead).with_for_update()).first()
    if head is None:
        # A fixed key: of two first entries at once one is refused, so that there is never a second head.
        head = AuditHead(id=1, entries=0, hash=GENESIS)
        db.session.add(head)
    for line in scope.facts["audit"]:
        thing = line.pop("thing")
        line["thing_id"] = thing.id if thing is not None else None
        line["at"] = line["at"].astimezone(UTC)
        line["previous_hash"] = head.hash
        head.hash = digest(line["previous_hash"], {key: line[key] for key in line if key != "previous_hash"})
        head.entries += 1
        line["hash"] = head.hash
    db.session.flush()
    # Without records in between: a file that is loaded leaves thousands of lines while everybody else waits.
    db.session.execute(insert(AuditEntry), scope.facts["audit"])


def open_reading(actor: Actor, purpose: str) -> None:
    """Let an administrator read every entry for an hour (`policies.READING`); the purpose stays in the audit itself.

    Raises NotAllowed, or Invalid when no purpose is given.
    """
    purpose = clean_text(purpose)
    with transaction():
        authorize(policies.read_all, actor)
        if len(purpose) < SHORTEST_PURPOSE:
            raise Invalid({"purpose": _l("Say in a few words what you read the audit for")})
        record(actor, policies.READ_ALL, note=purpose[:1000])

"""What somebody takes along of the ledger in the file of their own data."""

from typing import Any

from sqlalchemy import select

from app.core import leaving
from app.core.db import db
from app.ledger.models import LedgerEvent

MOST_TO_TAKE = 10_000


@leaving.belongings("ledger_entries")
def entries_by(person_id: int) -> list[dict[str, Any]]:
    """What the person said of lines for their side."""
    rows = db.session.scalars(
        select(LedgerEvent).where(LedgerEvent.by_id == person_id).order_by(LedgerEvent.id).limit(MOST_TO_TAKE)
    )
    return [
        {
            "line": f"L-{row.line_id}",
            "what": row.what,
            "side": row.side,
            "note": row.note,
            "rating": row.rating,
            "quantity": None if row.quantity is None else str(row.quantity),
            "at": row.at.isoformat(),
        }
        for row in rows
    ]

"""What somebody takes along of agreements in the file of their own data: what they said of lines, what they signed."""

from typing import Any

from sqlalchemy import select

from app.agreements.models import AgreementComment, AgreementSignature
from app.core import leaving
from app.core.db import db

MOST_TO_TAKE = 10_000


@leaving.belongings("agreement_comments")
def comments_by(person_id: int) -> list[dict[str, Any]]:
    """What the person said of lines of agreements."""
    rows = db.session.scalars(
        select(AgreementComment)
        .where(AgreementComment.by_id == person_id)
        .order_by(AgreementComment.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {"agreement": row.agreement_id, "version": row.number, "line": row.quote, "text": row.text, "at": row.at.isoformat()}
        for row in rows
    ]  # fmt: skip


@leaving.belongings("signatures")
def signed_by(person_id: int) -> list[dict[str, Any]]:
    """The versions that the person signed, in what capacity."""
    rows = db.session.scalars(
        select(AgreementSignature)
        .where(AgreementSignature.person_id == person_id)
        .order_by(AgreementSignature.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {"agreement": row.agreement_id, "version": row.number, "sha256": row.sha256, "capacity": row.capacity, "at": row.at.isoformat()}
        for row in rows
    ]  # fmt: skip

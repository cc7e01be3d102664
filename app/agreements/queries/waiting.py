"""What waits for a person in agreements while they are negotiated: drafts to send, the ball."""

from typing import Any

from sqlalchemy import Select

from app.agreements.models import Agreement
from app.core import waiting
from app.core.access import Actor
from app.core.db import alias
from app.institutions.models import Institution

_ball = alias(Institution)


@waiting.source
def to_answer(actor: Actor) -> Select[Any] | None:
    """Agreements in negotiation of which the person's institution has the ball."""
    if not actor.holds_any("agreement_party"):
        return None
    return (
        waiting.item(
            "agreements.answer",
            thing_id=Agreement.id,
            item_id=Agreement.id,
            title=Agreement.title,
            who=_ball.name,
            since=Agreement.ball_since,
            due=Agreement.ball_due_at,
            consortium_id=Agreement.consortium_id,
        )
        .select_from(Agreement)
        .join(_ball, _ball.id == Agreement.ball_institution_id)
        .where(
            Agreement.id.in_(actor.ids("agreement_party")),
            Agreement.ball_institution_id.in_(actor.ids("representative")),
            Agreement.state == "negotiation",
        )
    )


@waiting.source
def drafts(actor: Actor) -> Select[Any] | None:
    """Own drafts that were not sent."""
    if not actor.holds_any("agreement_drafter"):
        return None
    return (
        waiting.item(
            "agreements.draft",
            thing_id=Agreement.id,
            item_id=Agreement.id,
            title=Agreement.title,
            since=Agreement.created_at,
            consortium_id=Agreement.consortium_id,
        )
        .select_from(Agreement)
        .where(
            Agreement.id.in_(actor.ids("agreement_drafter")),
            Agreement.state == "draft",
        )
    )

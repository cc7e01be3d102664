"""What waits for a person: reports to decide, and whether to be named as contributor."""

from typing import Any

from sqlalchemy import Select, literal

from app.core import waiting
from app.core.access import Actor
from app.discussion import policies
from app.discussion.models import Comment, ModerationCase


@waiting.source
def cases(actor: Actor) -> Select[Any] | None:
    """Reports and appeals that this moderator can decide."""
    if not policies.moderate_any(actor):
        return None
    return (
        waiting.item(
            "discussion.case",
            thing_id=ModerationCase.id,
            item_id=ModerationCase.id,
            title=ModerationCase.label,
            since=ModerationCase.asked_at,
            due=ModerationCase.due_at,
            consortium_id=ModerationCase.consortium_id,
        )
        .select_from(ModerationCase)
        .where(ModerationCase.decided_at.is_(None), policies.cases_to_decide(actor))
    )


@waiting.source
def namings(actor: Actor) -> Select[Any] | None:
    """Comments of the person for which others wish to name them as contributor."""
    if not actor.is_signed_in:
        return None
    return (
        waiting.item(
            "discussion.naming",
            thing_id=Comment.thing_id,
            item_id=Comment.id,
            title=literal(""),
            since=Comment.naming_asked_at,
            due=Comment.naming_due_at,
        )
        .select_from(Comment)
        .where(Comment.author_id == actor.id, Comment.naming == "asked", Comment.state == "shown")
    )

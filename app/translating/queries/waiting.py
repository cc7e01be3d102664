"""What waits for a person: own translations that were returned. What could be checked stands in the queue alone."""

from typing import Any

from sqlalchemy import Select

from app.accounts.models import Person
from app.core import waiting
from app.core.access import Actor
from app.translating.models import Translation
from app.translating.queries.queue import seen


@waiting.source
def changes_wanted(actor: Actor) -> Select[Any] | None:
    """Own translations to which a checker wishes changes."""
    if not actor.is_signed_in:
        return None
    return (
        waiting.item(
            "translating.changes",
            thing_id=Translation.id,
            item_id=Translation.id,
            title=Translation.title,
            who=Person.display_name,
            since=Translation.decided_at,
        )
        .select_from(Translation)
        .join(Person, Person.id == Translation.decided_by_id)
        .where(
            Translation.translator_id == actor.id,
            Translation.state == "needs_changes",
            seen(actor, Translation),
        )
    )

"""What waits for a person: problems to review, and own problems that were returned."""

from typing import Any

from sqlalchemy import Select, func, select

from app.accounts.models import Person
from app.core import waiting
from app.core.access import Actor
from app.problems.models import Problem, Review
from app.problems.policies import deciding


@waiting.source
def reviews_to_do(actor: Actor) -> Select[Any] | None:
    """Problems that wait for this lead's decision (for an administrator where no lead can decide)."""
    if not actor.holds_any("lead") and not actor.is_admin:
        return None
    return (
        waiting.item(
            "problems.review",
            thing_id=Problem.id,
            item_id=Review.id,
            title=Problem.title,
            who=Person.display_name,
            since=Review.asked_at,
            due=Review.due_at,
            consortium_id=Problem.consortium_id,
        )
        .select_from(Review)
        .join(Problem, Problem.id == Review.problem_id)
        .join(Person, Person.id == Problem.author_id)
        .where(Review.decided_at.is_(None), Problem.state == "submitted", deciding(actor))
    )


@waiting.source
def changes_wanted(actor: Actor) -> Select[Any] | None:
    """Own problems that a reviewer returned with wishes."""
    if not actor.is_signed_in:
        return None
    returned_at = (
        select(func.max(Review.decided_at))
        .where(Review.problem_id == Problem.id)
        .correlate(Problem)
        .scalar_subquery()
    )
    return (
        waiting.item(
            "problems.changes",
            thing_id=Problem.id,
            item_id=Problem.id,
            title=Problem.title,
            since=returned_at,
            consortium_id=Problem.consortium_id,
        )
        .select_from(Problem)
        .where(Problem.author_id == actor.id, Problem.state == "needs_changes")
    )

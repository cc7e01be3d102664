"""A problem is answered by an outcome, or is so no more. Inner steps of the outcomes above, which ask the permission."""

from collections.abc import Callable, Iterable

from app.core.access import Actor
from app.core.db import db, lock_id
from app.problems import notices
from app.problems.models import Problem
from app.problems.services.steps import adjust_work, move, show


def answered(
    actor: Actor, problem_id: int, *, outcome: str, path: str, readers: Callable[[Iterable[int]], set[int]]
) -> str:
    """Author and lead accept that an outcome (its number and page) answers it; returns the state before.

    `readers` says which of some people see the outcome. Raises RuleBroken(`wrong_state`).
    """
    problem = lock_id(Problem, problem_id)
    before = move(actor, problem, "answer", outcome=outcome)
    db.session.flush()
    show(problem)
    notices.answered(actor, problem, outcome, path, readers)
    return before


def no_longer_answered(actor: Actor, problem_id: int, *, before: str, outcome: str, reason: str) -> None:
    """The outcome that answered it was retracted: it is open again, or closed as it was before. Raises RuleBroken."""
    problem = lock_id(Problem, problem_id)
    move(actor, problem, "close_again" if before == "closed" else "open_again", reason, outcome=outcome)
    adjust_work(problem)
    db.session.flush()
    show(problem)
    notices.no_longer_answered(actor, problem, outcome, reason)

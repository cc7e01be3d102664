"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

from typing import Any

from sqlalchemy import delete, select, update

from app.audit import services as audit
from app.core import index, vocab
from app.core.access import Actor
from app.core.db import db, lock_id
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.problems import policies, queries
from app.problems.models import PROBLEM_STATES, Problem, ProblemFacet, Review
from app.translating.services import source_changed


def require_state(problem: Problem, verb: str) -> None:
    """Refuse what the state of things forbids now. Raises RuleBroken with the code that the page shows."""
    no = policies.blocked(problem, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text, state=problem.state)


def move(actor: Actor | None, problem: Problem, verb: str, note: str | None = None, **after: Any) -> str:
    """Make a move and leave it in the audit; returns the state before. Raises RuleBroken(`wrong_state`)."""
    before = PROBLEM_STATES.move(problem, verb)
    action = "problems.return" if verb == "return_for_changes" else f"problems.{verb}"
    note_in_audit(
        actor,
        problem,
        action,
        before={"state": before},
        after={"state": problem.state, **after},
        note=note,
    )
    return before


def note_in_audit(
    actor: Actor | None,
    problem: Problem,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """A line of the audit about a problem, under its consortium's and institution's roof."""
    audit.record(
        actor,
        action,
        problem,
        before=before,
        after=after,
        note=note or None,
        label=problem.title,
        institution_id=problem.institution_id,
        consortium_id=problem.consortium_id,
    )


def open_review(problem: Problem) -> Review | None:
    """The round that waits for a decision, its row held."""
    return db.session.scalars(
        select(Review).where(Review.problem_id == problem.id, Review.decided_at.is_(None)).with_for_update()
    ).first()


def end_review(problem: Problem, by: int | None, code: str, note: str = "") -> None:
    """Answer the open round, if there is one."""
    review = open_review(problem)
    if review is not None:
        review.decide(by, code, note)


def require_reason(actor: Actor, problem: Problem, note: str) -> None:
    """An administrator who decides in a lead's place says why. Raises Invalid for `note`."""
    if policies.needs_reason(actor, problem) and not note:
        raise Invalid(
            {"note": _l("You decide as administrator because no lead can. Say why.")}, "reason_needed"
        )


def show(problem: Problem) -> None:
    """Put a public problem into the list's facets and the word index, as it is now; tell its translations."""
    _brings, needs = queries.lines(problem.id)
    values = {("sdg", goal) for goal in problem.sdg_goals}
    values |= {("country", country) for country in problem.affected_where}
    values |= {("need", line.kind) for line in needs}
    for code in problem.fields:
        values |= {("field", above) for above in (code, *vocab.field_ancestors(code))}
    _forget_facets(problem)
    db.session.add_all(
        ProblemFacet(problem_id=problem.id, facet=facet, value=value, listed_at=problem.listed_at)
        for facet, value in sorted(values)
    )
    index.put("problem", problem.id, *queries.words(problem))
    source_changed("problem", problem.id, queries.texts(problem))


def hide(problem: Problem) -> None:
    """Take it out of the list's facets and the word index."""
    _forget_facets(problem)
    index.drop("problem", problem.id)
    source_changed("problem", problem.id, queries.texts(problem))


def _forget_facets(problem: Problem) -> None:
    db.session.execute(delete(ProblemFacet).where(ProblemFacet.problem_id == problem.id))


def count(problem: Problem, **changes: int) -> None:
    """Change counters of a problem whose row is held, and read them back.

    The version stays: nobody's edit is refused because somebody endorsed or started a team meanwhile.
    """
    values = {name: getattr(Problem, name) + number for name, number in changes.items() if number}
    if not values:
        return
    db.session.flush()
    db.session.execute(
        update(Problem)
        .where(Problem.id == problem.id)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(problem, list(values))


def adjust_work(problem: Problem) -> None:
    """`in_work` while teams are at work on an open problem, else `published`."""
    if problem.state == "published" and problem.teams_at_work > 0:
        move(None, problem, "begin_work")
    elif problem.state == "in_work" and problem.teams_at_work == 0:
        move(None, problem, "stop_work")


def lock_both(first_id: int, second_id: int) -> tuple[Problem, Problem]:
    """Hold two problems, always in the same order, so that two mergers cannot wait for each other."""
    held = {key: lock_id(Problem, key) for key in sorted({first_id, second_id})}
    return held[first_id], held[second_id]

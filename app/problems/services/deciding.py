"""Deciding about a problem statement: publish, return, reject, merge; and what is said on the way."""

from collections.abc import Sequence

from sqlalchemy import select, update

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, NotFound, RuleBroken
from app.core.i18n import _l
from app.problems import notices, policies, queries
from app.problems.models import (
    OPEN_STATES,
    PARTS,
    REJECTION_CODES,
    Endorsement,
    Problem,
    ProblemFollow,
    ReviewComment,
)
from app.problems.services.steps import (
    adjust_work,
    count,
    end_review,
    hide,
    lock_both,
    move,
    note_in_audit,
    require_reason,
    require_state,
    show,
)


def publish(actor: Actor, problem: Problem, *, note: str = "", version: int | None = None) -> None:
    """Open it to teams. Raises NotAllowed, RuleBroken (`wrong_state`, `deadline_passed`), Conflict, Invalid."""
    with transaction():
        problem = lock(problem)
        authorize(policies.publish, actor, problem)
        problem.expect_version(version)
        require_state(problem, "publish")
        require_reason(actor, problem, note)
        move(actor, problem, "publish", note)
        problem.published_at = problem.listed_at = clock.now()
        end_review(problem, actor.id, "published", note)
        adjust_work(problem)
        db.session.flush()
        show(problem)
        notices.published(actor, problem, note)


def return_for_changes(
    actor: Actor,
    problem: Problem,
    *,
    note: str = "",
    wishes: Sequence[tuple[str, str]] = (),
    version: int | None = None,
) -> None:
    """Give it back to its author with wishes of (part or "", text). Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        problem = lock(problem)
        authorize(policies.return_for_changes, actor, problem)
        problem.expect_version(version)
        require_state(problem, "return_for_changes")
        require_reason(actor, problem, note)
        kept = [(part if part in PARTS else "", text) for part, text in wishes if text]
        if not kept:
            raise Invalid({"wishes": _l("Say at least one thing that should change")})
        for part, text in kept:
            db.session.add(
                ReviewComment(problem_id=problem.id, author_id=actor.id, part=part, text=text, is_wish=True)
            )
        move(actor, problem, "return_for_changes", note, wishes=len(kept))
        end_review(problem, actor.id, "returned", note)
        notices.returned(actor, problem, note, len(kept))


def reject(actor: Actor, problem: Problem, *, code: str, note: str = "", version: int | None = None) -> None:
    """Do not accept it, with a reason's code and words. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        problem = lock(problem)
        authorize(policies.reject, actor, problem)
        problem.expect_version(version)
        require_state(problem, "reject")
        if code not in REJECTION_CODES:
            raise Invalid({"code": _l("Choose a reason")})
        if not note:
            raise Invalid({"note": _l("Say in your own words why, so that the author understands")})
        move(actor, problem, "reject", note, code=code)
        end_review(problem, actor.id, code, note)
        notices.rejected(actor, problem, REJECTION_CODES[code], note)


def merge(
    actor: Actor, problem: Problem, *, survivor_id: int, note: str = "", version: int | None = None
) -> None:
    """Let another problem of the same consortium take over: endorsements, followers, counters and credit go with it.

    What was merged into this one before points to the survivor too. Raises NotAllowed, RuleBroken, Conflict, Invalid.
    """
    with transaction():
        if survivor_id == problem.id:
            raise Invalid({"survivor": _l("Choose another problem than this one")})
        unknown = Invalid({"survivor": _l("There is no open problem of this consortium with this number")})
        try:
            problem, survivor = lock_both(problem.id, survivor_id)
        except NotFound as error:
            raise unknown from error
        authorize(policies.merge, actor, problem)
        if survivor.consortium_id != problem.consortium_id or survivor.state not in OPEN_STATES:
            raise unknown
        authorize(policies.merge, actor, problem, survivor)
        problem.expect_version(version)
        require_state(problem, "merge")
        require_reason(actor, problem, note)
        followers = queries.followers(problem.id)
        problem.merged_into_id = survivor.id
        move(actor, problem, "merge", note, survivor=survivor.number)
        end_review(problem, actor.id, "merged", note)
        _flatten(problem, survivor)
        _carry(problem, survivor, followers)
        hide(problem)
        note_in_audit(actor, survivor, "problems.take_over", after={"merged": problem.number})
        notices.merged(actor, problem, survivor, note)


def _flatten(problem: Problem, survivor: Problem) -> None:
    db.session.flush()
    db.session.execute(
        update(Problem)
        .where(Problem.merged_into_id == problem.id)
        .values(merged_into_id=survivor.id)
        .execution_options(synchronize_session=False)
    )


def _carry(problem: Problem, survivor: Problem, followers: list[int]) -> None:
    """Copy endorsements and followers that the survivor lacks, and hand over the counters."""
    has = set(
        db.session.scalars(select(Endorsement.institution_id).where(Endorsement.problem_id == survivor.id))
    )
    has.add(survivor.institution_id)
    carried = [
        (row.institution_id, row.person_id, row.note, row.endorsed_at)
        for row in db.session.scalars(select(Endorsement).where(Endorsement.problem_id == problem.id))
    ]
    # Who posted it has the survivor's problem too.
    carried.append((problem.institution_id, problem.author_id, "", clock.now()))
    new = {row[0]: row for row in reversed(carried) if row[0] not in has}
    for institution_id, person_id, note, at in new.values():
        db.session.add(
            Endorsement(
                problem_id=survivor.id,
                institution_id=institution_id,
                person_id=person_id,
                note=note,
                endorsed_at=at,
            )
        )
    known = set(queries.followers(survivor.id))
    for person_id in {*followers, problem.author_id} - known - {survivor.author_id}:
        db.session.add(ProblemFollow(problem_id=survivor.id, person_id=person_id))
    count(
        survivor,
        endorsements=len(new),
        teams_open=problem.teams_open,
        teams_at_work=problem.teams_at_work,
    )
    count(problem, teams_open=-problem.teams_open, teams_at_work=-problem.teams_at_work)
    adjust_work(survivor)


def comment(actor: Actor, problem: Problem, *, text: str, part: str = "") -> ReviewComment:
    """Say something in the review. Raises NotAllowed, RuleBroken, Invalid."""
    with transaction():
        problem = lock(problem)
        authorize(policies.comment, actor, problem)
        if problem.state not in {"submitted", "needs_changes"}:
            raise RuleBroken("wrong_state", _l("The review is over, so nothing can be added to it."))
        if not text:
            raise Invalid({"text": _l("Write something first")})
        said = ReviewComment(
            problem_id=problem.id, author_id=actor.id, part=part if part in PARTS else "", text=text
        )
        db.session.add(said)
        note_in_audit(actor, problem, "problems.comment")
        notices.commented(actor, problem, text)
    return said


def tick_wish(actor: Actor, problem: Problem, *, comment_id: int, met: bool = True) -> None:
    """Say that a wish is met (or is not after all). Raises NotFound, NotAllowed."""
    with transaction():
        problem = lock(problem)
        authorize(policies.tick_wish, actor, problem)
        wish = db.session.scalars(
            select(ReviewComment).where(
                ReviewComment.id == comment_id,
                ReviewComment.problem_id == problem.id,
                ReviewComment.is_wish,
            )
        ).first()
        if wish is None:
            raise NotFound
        wish.met_at = clock.now() if met else None
        note_in_audit(actor, problem, "problems.tick_wish", after={"wish": wish.id, "met": met})

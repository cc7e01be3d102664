"""What happens around a problem statement once it stands: endorse, follow, withdraw, renew, close, open again."""

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.problems import notices, policies, queries
from app.problems.models import NO_END, Endorsement, Problem, ProblemFollow
from app.problems.services.steps import (
    adjust_work,
    count,
    end_review,
    hide,
    move,
    note_in_audit,
    require_reason,
    require_state,
)


def endorse(actor: Actor, problem: Problem, *, institution_id: int, note: str = "") -> Endorsement:
    """Say for an institution that it has this problem too. Raises NotAllowed, RuleBroken."""
    with transaction():
        problem = lock(problem)
        authorize(policies.endorse, actor, problem, institution_id)
        require_state(problem, "endorse")
        if _endorsement(problem, institution_id) is not None:
            raise RuleBroken("already_endorsed", _l("Your institution has said this already."))
        endorsement = Endorsement(
            problem_id=problem.id, institution_id=institution_id, person_id=actor.id, note=note
        )
        db.session.add(endorsement)
        count(problem, endorsements=1)
        note_in_audit(actor, problem, "problems.endorse", after={"institution": institution_id})
        notices.endorsed(actor, problem, institution_id)
    return endorsement


def withdraw_endorsement(actor: Actor, problem: Problem, *, institution_id: int) -> None:
    """Take the institution's word back. Raises NotAllowed, RuleBroken."""
    with transaction():
        problem = lock(problem)
        authorize(policies.endorse, actor, problem, institution_id)
        endorsement = _endorsement(problem, institution_id)
        if endorsement is None:
            raise RuleBroken("not_endorsed", _l("Your institution does not stand behind this problem."))
        db.session.delete(endorsement)
        count(problem, endorsements=-1)
        note_in_audit(actor, problem, "problems.withdraw_endorsement", before={"institution": institution_id})


def _endorsement(problem: Problem, institution_id: int) -> Endorsement | None:
    return db.session.scalars(
        select(Endorsement).where(
            Endorsement.problem_id == problem.id, Endorsement.institution_id == institution_id
        )
    ).first()


def follow(actor: Actor, problem: Problem) -> None:
    """Get news of it. Doing it twice changes nothing. Raises NotAllowed, RuleBroken."""
    with transaction():
        problem = lock(problem)
        authorize(policies.follow, actor, problem)
        require_state(problem, "follow")
        if _follow(actor, problem) is None:
            db.session.add(ProblemFollow(problem_id=problem.id, person_id=actor.id))
            note_in_audit(actor, problem, "problems.follow")


def unfollow(actor: Actor, problem: Problem) -> None:
    """Get no more news of it. Raises NotAllowed."""
    with transaction():
        authorize(policies.follow, actor, problem)
        row = _follow(actor, problem)
        if row is not None:
            db.session.delete(row)
            note_in_audit(actor, problem, "problems.unfollow")


def _follow(actor: Actor, problem: Problem) -> ProblemFollow | None:
    return db.session.scalars(
        select(ProblemFollow).where(
            ProblemFollow.problem_id == problem.id, ProblemFollow.person_id == actor.id
        )
    ).first()


def withdraw(actor: Actor, problem: Problem, *, note: str = "", version: int | None = None) -> None:
    """Take it away from readers, reviewers and teams to come. Raises NotAllowed, RuleBroken (`teams_at_work`), Conflict."""
    with transaction():
        problem = lock(problem)
        authorize(policies.withdraw, actor, problem)
        problem.expect_version(version)
        require_state(problem, "withdraw")
        before = move(actor, problem, "withdraw", note)
        end_review(problem, actor.id, "withdrawn", note)
        hide(problem)
        notices.withdrawn(actor, problem, before, note)


def renew(
    actor: Actor, problem: Problem, *, closes_on: date | None, note: str = "", version: int | None = None
) -> None:
    """Open it (again) until a day, or until it is answered. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        problem = lock(problem)
        authorize(policies.renew, actor, problem)
        problem.expect_version(version)
        require_state(problem, "renew")
        if closes_on is not None and closes_on <= clock.today():
            raise Invalid({"closes_on": _l("Enter a day that is still to come")})
        if problem.author_id != actor.id:
            require_reason(actor, problem, note)
        old = problem.closes_on
        problem.closes_on, problem.reminded_days = closes_on or NO_END, None
        if problem.state == "in_work":
            note_in_audit(
                actor,
                problem,
                "problems.renew",
                before={"closes_on": old},
                after={"closes_on": problem.closes_on},
                note=note,
            )
        else:
            move(actor, problem, "renew", note, closes_on=problem.closes_on)
            adjust_work(problem)
        notices.renewed(actor, problem)


def close(actor: Actor, problem: Problem, *, note: str, version: int | None = None) -> None:
    """Take no more teams; teams at work go on. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        problem = lock(problem)
        authorize(policies.close, actor, problem)
        problem.expect_version(version)
        require_state(problem, "close")
        if not note:
            raise Invalid({"note": _l("Say why, so that those who follow it understand")})
        move(actor, problem, "close", note)
        notices.closed(actor, problem, note)


def reopen(actor: Actor, problem: Problem, *, note: str = "", version: int | None = None) -> None:
    """Make it a draft again that its author may change and send. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        problem = lock(problem)
        review = queries.newest_review(problem.id)
        authorize(policies.reopen, actor, problem, review.decided_by_id if review else None)
        problem.expect_version(version)
        require_state(problem, "reopen")
        was_rejected = problem.state == "rejected"
        if was_rejected and not note:
            raise Invalid({"note": _l("Say why you open it again")})
        move(actor, problem, "reopen", note)
        hide(problem)
        if was_rejected:
            notices.reopened(actor, problem, note)

"""What is done without anybody asking: counters for the teams above, expiry, reminders, and what ends with an account."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select

from app.core import clock, jobs, leaving
from app.core.access import Actor
from app.core.db import db, lock_id, require_scope, transaction
from app.problems import notices
from app.problems.models import OPEN_STATES, Problem, ProblemFollow, Review
from app.problems.services.steps import adjust_work, count, end_review, hide, move

REMIND_DAYS = (14, 3)
BATCH = 200


def count_teams(problem_id: int, *, opened: int = 0, at_work: int = 0) -> None:
    """Count teams of a problem up or down; call inside the transaction that moves the team.

    The survivor counts for what was merged into it. The first team at work makes it `in_work`, the last one that
    ends makes it `published` again. Raises NotFound.
    """
    require_scope()
    problem = lock_id(Problem, problem_id)
    if problem.merged_into_id is not None:
        problem = lock_id(Problem, problem.merged_into_id)
    opened = max(opened, -problem.teams_open)
    at_work = max(at_work, -problem.teams_at_work)
    count(problem, teams_open=opened, teams_at_work=at_work)
    adjust_work(problem)


@jobs.periodic("problems.expire", every=timedelta(hours=6))
def expire() -> int:
    """Let open problems without a team at work expire when their last day has passed; returns how many."""
    due = _ids(
        select(Problem.id)
        .where(Problem.closes_on < clock.today(), Problem.state == "published")
        .order_by(Problem.closes_on)
    )
    done = 0
    for problem_id in due:
        with transaction(system="its last day has passed"):
            problem = lock_id(Problem, problem_id)
            if problem.state != "published" or problem.closes_on >= clock.today():
                continue
            move(None, problem, "expire")
            notices.expired(problem)
            done += 1
    return done


@jobs.periodic("problems.remind_of_ends", every=timedelta(hours=6))
def remind_of_ends() -> int:
    """Remind authors 14 and 3 days before their problem's last day, once each; returns how many were reminded."""
    done = 0
    for days in sorted(REMIND_DAYS):
        due = _ids(
            select(Problem.id)
            .where(
                Problem.closes_on >= clock.today(),
                Problem.closes_on <= clock.today() + timedelta(days=days),
                Problem.state.in_(OPEN_STATES),
                or_(Problem.reminded_days.is_(None), Problem.reminded_days > days),
            )
            .order_by(Problem.closes_on)
        )
        for problem_id in due:
            with transaction(system=f"{days} days before its last day"):
                problem = lock_id(Problem, problem_id)
                if problem.reminded_days is not None and problem.reminded_days <= days:
                    continue
                problem.reminded_days = days
                notices.expiring(problem, (problem.closes_on - clock.today()).days)
                done += 1
    return done


@jobs.periodic("problems.remind_of_decisions", every=timedelta(hours=1))
def remind_of_decisions() -> int:
    """Remind leads of reviews at half time, and again when one is late; then the author is told too.

    Nothing is decided by itself: a problem is published by a person.
    """
    now = clock.now()
    rows = db.session.execute(
        select(Review.id, Review.asked_at, Review.due_at)
        .where(
            Review.decided_at.is_(None),
            or_(
                Review.reminded_at.is_(None),
                (Review.reminded_at < Review.due_at) & (Review.due_at < now),
            ),
        )
        .order_by(Review.due_at)
        .limit(2000)
    ).all()
    done = 0
    for review_id, asked_at, due_at in rows:
        if asked_at is None or due_at is None or now < clock.halfway(asked_at, due_at):
            continue
        with transaction(system="a decision is due"):
            review = lock_id(Review, review_id)
            if review.decided_at is not None:
                continue
            review.reminded_at = now
            problem = db.session.get_one(Problem, review.problem_id)
            if due_at < now:
                notices.decision_late(problem, review)
            else:
                notices.decision_due(problem, review)
            done += 1
    return done


def _ids(query: Select[Any]) -> list[int]:
    return list(db.session.scalars(query.limit(BATCH)))


@leaving.release
def release(actor: Actor, person_id: int) -> None:
    """What a person leaves behind: what was never public is withdrawn, what they follow is forgotten."""
    unfinished = db.session.scalars(
        select(Problem)
        .where(Problem.author_id == person_id, Problem.state.in_(["draft", "submitted", "needs_changes"]))
        .with_for_update()
    ).all()
    for problem in unfinished:
        move(actor, problem, "withdraw", "The author closed their account.")
        end_review(problem, None, "automatic")
        hide(problem)
    db.session.execute(delete(ProblemFollow).where(ProblemFollow.person_id == person_id))

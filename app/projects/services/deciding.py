"""Deciding about a project: accept, return, reject; reminders of decisions."""

from datetime import timedelta

from sqlalchemy import or_, select

from app.core import clock, jobs
from app.core.access import Actor, authorize
from app.core.db import db, lock, lock_id, transaction
from app.core.errors import Invalid
from app.core.i18n import _l
from app.projects import notices, policies
from app.projects.models import REJECTION_CODES, Project, ProjectReview
from app.projects.services.course import begin_if_ready
from app.projects.services.steps import (
    end_review,
    move,
    recount,
    require_reason,
    require_state,
    set_due,
    show,
)


def accept(actor: Actor, project: Project, *, note: str = "", version: int | None = None) -> None:
    """Take it into the consortium: it is listed from now on. Raises NotAllowed, RuleBroken (`end_passed`), Conflict, Invalid."""
    with transaction():
        project = lock(project)
        authorize(policies.accept, actor, project)
        project.expect_version(version)
        require_state(project, "accept")
        require_reason(actor, project, note)
        project.accepted_at = project.listed_at = clock.now()
        move(actor, project, "accept", note)
        end_review(project, actor.id, "accepted", note)
        recount(project)
        set_due(project)
        show(project)
        begin_if_ready(actor, project)
        notices.accepted(actor, project, note)


def return_for_changes(actor: Actor, project: Project, *, note: str, version: int | None = None) -> None:
    """Give it back to its lead with wishes. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        project = lock(project)
        authorize(policies.return_for_changes, actor, project)
        project.expect_version(version)
        require_state(project, "return_for_changes")
        if not note:
            raise Invalid({"note": _l("Say what should change")})
        move(actor, project, "return_for_changes", note)
        end_review(project, actor.id, "returned", note)
        notices.returned(actor, project, note)


def reject(actor: Actor, project: Project, *, code: str, note: str = "", version: int | None = None) -> None:
    """Do not accept it, with a reason's code and words. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        project = lock(project)
        authorize(policies.reject, actor, project)
        project.expect_version(version)
        require_state(project, "reject")
        if code not in REJECTION_CODES:
            raise Invalid({"code": _l("Choose a reason")})
        if not note:
            raise Invalid({"note": _l("Say in your own words why, so that the lead understands")})
        move(actor, project, "reject", note, code=code)
        end_review(project, actor.id, code, note)
        notices.rejected(actor, project, REJECTION_CODES[code], note)


@jobs.periodic("projects.remind_of_decisions", every=timedelta(hours=1))
def remind_of_decisions() -> int:
    """Remind leads of reviews at half time, and again when one is late; then the project's lead is told too.

    Nothing is decided by itself: a project is accepted by a person.
    """
    now = clock.now()
    rows = db.session.execute(
        select(ProjectReview.id, ProjectReview.asked_at, ProjectReview.due_at)
        .where(
            ProjectReview.decided_at.is_(None),
            or_(
                ProjectReview.reminded_at.is_(None),
                (ProjectReview.reminded_at < ProjectReview.due_at) & (ProjectReview.due_at < now),
            ),
        )
        .order_by(ProjectReview.due_at)
        .limit(2000)
    ).all()
    done = 0
    for review_id, asked_at, due_at in rows:
        if asked_at is None or due_at is None or now < clock.halfway(asked_at, due_at):
            continue
        with transaction(system="a decision is due"):
            review = lock_id(ProjectReview, review_id)
            if review.decided_at is not None:
                continue
            review.reminded_at = now
            project = db.session.get_one(Project, review.project_id)
            if due_at < now:
                notices.decision_late(project, review)
            else:
                notices.decision_due(project, review)
            done += 1
    return done

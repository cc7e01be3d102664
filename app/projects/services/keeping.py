"""What people do beside a project, and what is done without anybody asking: following, lapses, reminders, leaving."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from app.core import clock, jobs, leaving
from app.core.access import Actor, authorize
from app.core.db import db, lock, lock_id, transaction
from app.institutions.models import Institution
from app.projects import notices, policies, queries
from app.projects.models import (
    MEMBER_STATES,
    PARTNER_STATES,
    Project,
    ProjectFollow,
    ProjectMember,
    ProjectPartner,
)
from app.projects.services.steps import end_review, hide, move, note_in_audit, recount, require_state

BATCH = 200


def follow(actor: Actor, project: Project) -> None:
    """Get news of it. Doing it twice changes nothing. Raises NotAllowed, RuleBroken."""
    with transaction():
        project = lock(project)
        authorize(policies.follow, actor, project)
        require_state(project, "follow")
        if _follow(actor, project) is None:
            db.session.add(ProjectFollow(project_id=project.id, person_id=actor.id))
            note_in_audit(actor, project, "projects.follow")


def unfollow(actor: Actor, project: Project) -> None:
    """Get no more news of it. Raises NotAllowed."""
    with transaction():
        authorize(policies.follow, actor, project)
        row = _follow(actor, project)
        if row is not None:
            db.session.delete(row)
            note_in_audit(actor, project, "projects.unfollow")


def _follow(actor: Actor, project: Project) -> ProjectFollow | None:
    return db.session.scalars(
        select(ProjectFollow).where(
            ProjectFollow.project_id == project.id, ProjectFollow.person_id == actor.id
        )
    ).first()


def _name(asked: ProjectPartner | ProjectMember) -> str:
    if isinstance(asked, ProjectPartner):
        return db.session.get_one(Institution, asked.institution_id).own_name
    return queries.person_name(asked.person_id)


@jobs.periodic("projects.lapse", every=timedelta(minutes=10))
def lapse() -> int:
    """End questions to partners and invitations that nobody answered in time; returns how many."""
    done = 0
    kinds: tuple[tuple[type[Any], str, Any], ...] = (
        (ProjectPartner, "asked", PARTNER_STATES),
        (ProjectMember, "invited", MEMBER_STATES),
    )
    for kind, state, states in kinds:
        due = db.session.scalars(
            select(kind.id)
            .where(kind.state == state, kind.due_at <= clock.now())
            .order_by(kind.due_at)
            .limit(BATCH)
        ).all()
        for key in due:
            with transaction(system="nobody answered in time"):
                asked = lock_id(kind, key)
                if asked.state != state or asked.due_at > clock.now():
                    continue
                project = lock_id(Project, asked.project_id)
                states.move(asked, "lapse")
                asked.decide(None, "lapsed")
                note_in_audit(None, project, "projects.lapse", after={"what": _name(asked)})
                notices.lapsed(project, asked, _name(asked))
                done += 1
    return done


@jobs.periodic("projects.remind", every=timedelta(hours=1))
def remind() -> int:
    """Remind asked institutions and invited people once, at half time; returns how many."""
    now, done = clock.now(), 0
    kinds: tuple[tuple[type[Any], str], ...] = ((ProjectPartner, "asked"), (ProjectMember, "invited"))
    for kind, state in kinds:
        rows = db.session.execute(
            select(kind.id, kind.asked_at, kind.due_at)
            .where(kind.state == state, kind.reminded_at.is_(None), kind.due_at > now)
            .order_by(kind.due_at)
            .limit(2000)
        ).all()
        for key, asked_at, due_at in rows:
            if now < clock.halfway(asked_at, due_at):
                continue
            with transaction(system="half of the time has gone"):
                asked = lock_id(kind, key)
                if asked.state != state or asked.reminded_at is not None:
                    continue
                asked.reminded_at = now
                notices.remind(db.session.get_one(Project, asked.project_id), asked)
                done += 1
    return done


@leaving.release
def release(actor: Actor, person_id: int) -> None:
    """What a person leaves behind: drafts are withdrawn, memberships and invitations end, following is forgotten."""
    unfinished = db.session.scalars(
        select(Project)
        .where(Project.lead_id == person_id, Project.state.in_(["draft", "submitted", "needs_changes"]))
        .with_for_update()
    ).all()
    for project in unfinished:
        move(actor, project, "withdraw", "The lead closed their account.")
        end_review(project, None, "automatic")
        hide(project)
    rows = db.session.scalars(
        select(ProjectMember)
        .where(ProjectMember.person_id == person_id, ProjectMember.state.in_(["invited", "active"]))
        .with_for_update()
    ).all()
    for member in rows:
        if member.state == "invited":
            MEMBER_STATES.move(member, "decline")
            member.decide(person_id, "declined")
        else:
            MEMBER_STATES.move(member, "leave")
            member.ended_at = clock.now()
        recount(lock_id(Project, member.project_id))
    db.session.execute(delete(ProjectFollow).where(ProjectFollow.person_id == person_id))

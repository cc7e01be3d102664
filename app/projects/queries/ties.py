"""What holds a lead who wants to leave, and what a person can take along of their work in projects."""

from typing import Any

from sqlalchemy import select

from app.core import leaving
from app.core.db import db
from app.core.i18n import _l
from app.projects.models import RUNNING_STATES, Project, ProjectMember, ProjectUpdate

MOST_TO_TAKE = 10_000


@leaving.ties
def ties_of(person_id: int) -> list[leaving.Tie]:
    """Projects under way that the person leads."""
    rows = db.session.execute(
        select(Project.id, Project.code, Project.title)
        .where(Project.lead_id == person_id, Project.state.in_(RUNNING_STATES))
        .order_by(Project.id)
        .limit(50)
    )
    return [
        leaving.Tie(
            _l("You lead the project %(number)s “%(title)s”.", number=row.code or "", title=row.title),
            f"/projects/{row.id}/settings",
        )
        for row in rows
    ]


@leaving.belongings("projects")
def part_of(person_id: int) -> list[dict[str, Any]]:
    """The person's own part in projects, with what was asked of them."""
    rows = db.session.execute(
        select(
            Project.id,
            Project.code,
            Project.title,
            Project.lead_id,
            ProjectMember.state,
            ProjectMember.position,
            ProjectMember.credit_roles,
            ProjectMember.starts_on,
            ProjectMember.ends_on,
        )
        .join(ProjectMember, ProjectMember.project_id == Project.id)
        .where(ProjectMember.person_id == person_id)
        .order_by(ProjectMember.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {
            "number": row.code or f"D-{row.id:04d}",
            "title": row.title,
            "is_lead": row.lead_id == person_id,
            "state": row.state,
            "position": row.position,
            "credit_roles": list(row.credit_roles),
            "starts_on": row.starts_on.isoformat() if row.starts_on else None,
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
        }
        for row in rows
    ]


@leaving.belongings("project_updates")
def updates_by(person_id: int) -> list[dict[str, Any]]:
    """What the person posted on projects."""
    rows = db.session.execute(
        select(
            Project.code,
            ProjectUpdate.title,
            ProjectUpdate.text,
            ProjectUpdate.language,
            ProjectUpdate.posted_at,
        )
        .join(Project, Project.id == ProjectUpdate.project_id)
        .where(ProjectUpdate.author_id == person_id)
        .order_by(ProjectUpdate.id)
        .limit(MOST_TO_TAKE)
    )
    return [
        {
            "project": row.code,
            "title": row.title,
            "text": row.text,
            "language": row.language,
            "posted_at": row.posted_at.isoformat(),
        }
        for row in rows
    ]

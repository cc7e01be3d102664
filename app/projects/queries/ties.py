"""What holds a lead who wants to leave: projects that have to be handed over first."""

from sqlalchemy import select

from app.core import leaving
from app.core.db import db
from app.core.i18n import _l
from app.projects.models import RUNNING_STATES, Project


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

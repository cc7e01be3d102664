"""What groundwork asks of a project before work begins, and what somebody takes along of it."""

from typing import Any

from sqlalchemy import or_, select

from app.consortia.models import Consortium
from app.core import leaving
from app.core.db import db
from app.core.i18n import _
from app.groundwork.models import Groundwork, GroundworkAnswer
from app.groundwork.queries.records import LEAST_MEMBERS
from app.projects.models import Project
from app.projects.queries.gates import Missing, gate
from app.teams.models import Team

WORKING = ("approved", "paused", "completed")


@gate("begin")
def settled(project: Project) -> list[Missing]:
    """Where the consortium asks for it, the project's team has settled the fourteen questions.

    A team of one cannot be asked them, so they do not hold up its work.
    """
    if project.team_approved_at is None:  # no team yet: said by the projects themselves
        return []
    team_id = db.session.scalar(
        select(Team.id)
        .join(Consortium, Consortium.id == Team.consortium_id)
        .outerjoin(Groundwork, Groundwork.team_id == Team.id)
        .where(
            Team.project_id == project.id,
            Team.state.in_(WORKING),
            Consortium.groundwork_asked,
            Groundwork.agreed_at.is_(None),
            or_(Groundwork.id.is_not(None), Team.seats_taken >= LEAST_MEMBERS),
        )
        .limit(1)
    )
    if team_id is None:
        return []
    return [
        Missing(
            "groundwork_open",
            _("Its team has not settled the fourteen questions yet."),
            f"/teams/{team_id}",
        )
    ]


@leaving.belongings("groundwork_answers")
def belongings(person_id: int) -> list[dict[str, Any]]:
    """What somebody has answered, for the file of their own data."""
    rows = db.session.execute(
        select(
            Team.name.label("team"),
            GroundworkAnswer.question,
            GroundworkAnswer.text,
            GroundworkAnswer.language,
            GroundworkAnswer.saved_at,
        )
        .join(Groundwork, Groundwork.id == GroundworkAnswer.groundwork_id)
        .join(Team, Team.id == Groundwork.team_id)
        .where(GroundworkAnswer.person_id == person_id)
        .order_by(GroundworkAnswer.id)
    )
    return [{**row._asdict(), "saved_at": row.saved_at.isoformat()} for row in rows]

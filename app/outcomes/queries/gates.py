"""A project is closed once its outcomes are recorded, also negative ones, or once its lead has said that there is none."""

from sqlalchemy import exists, select

from app.core.db import db
from app.core.i18n import _
from app.outcomes.models import NoOutcome, Outcome
from app.projects.models import Project
from app.projects.queries.gates import Missing, gate


@gate("close")
def recorded(project: Project) -> list[Missing]:
    """An outcome that was sent and not retracted, or the word that there is none."""
    sent = exists().where(
        Outcome.project_id == project.id, Outcome.sent_at.is_not(None), Outcome.state != "retracted"
    )
    said = exists().where(NoOutcome.project_id == project.id)
    has_one, has_none = db.session.execute(select(sent, said)).one()
    if has_one or has_none:
        return []
    return [
        Missing(
            "no_outcome",
            _("No outcome is recorded. Negative results count as well; if there is none, say so."),
            f"/outcomes/of-project/{project.id}",
        )
    ]

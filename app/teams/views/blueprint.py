"""The blueprint, and what every view of teams does the same way."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core.i18n import _
from app.teams import policies
from app.teams.models import TEAM_STATES, Team
from app.teams.queries import records
from app.web.guards import current_actor

bp = Blueprint("teams", __name__, url_prefix="/teams", template_folder="../templates")
UNPROCESSABLE = 422


def find(team_id: int) -> Team:
    """The team of this address, if the reader may see it."""
    return records.get(current_actor(), team_id)


def may_open(team: Team, path: str) -> bool:
    """Whether the reader may open the page on which something that is missing is mended."""
    actor = current_actor()
    if path.endswith("/deputy"):
        return bool(policies.name_deputy(actor, team))
    if not path.startswith(f"/teams/{team.id}/") or policies.runs(actor, team):
        return True
    return "/lines" in path and policies.is_inside(actor, team.id)


def done(team: Team, message: str, anchor: str | None = None, endpoint: str = "show") -> Response:
    """Say what was done and go on to the team's page."""
    flash(message, "ok")
    return redirect(url_for(f"teams.{endpoint}", team_id=team.id, _anchor=anchor), 303)


def page(template: str, team: Team, status: int = 200, **values: Any) -> tuple[str, int]:
    """A page below the team's own."""
    form = values.get("form")
    if form is not None and form.errors:
        status = UNPROCESSABLE
    crumbs = [
        (_("Teams"), url_for("teams.index")),
        (f"{team.number} {team.name}", url_for("teams.show", team_id=team.id)),
    ]
    return (
        render_template(
            f"teams/{template}", team=team, crumbs=crumbs, state=TEAM_STATES[team.state], **values
        ),
        status,
    )

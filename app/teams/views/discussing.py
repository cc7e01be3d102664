"""The discussion of a team."""

from typing import Any

from flask import request

from app.discussion import queries as discussion
from app.teams.views.blueprint import bp, find, page
from app.web.guards import current_actor, public


@bp.get("/<int:team_id>/discussion")
@public
def discuss(team_id: int) -> Any:
    """What people say about the team, for the reader."""
    team = find(team_id)
    thread = discussion.thread(current_actor(), "team", team, request.args.get("page"))
    return page("discussion.html", team, thread=thread)

"""The discussion of a problem statement."""

from flask import render_template, request

from app.discussion import queries as discussion
from app.problems import queries
from app.problems.views.blueprint import bp
from app.web.guards import current_actor, public


@bp.get("/<int:problem_id>/discussion")
@public
def discuss(problem_id: int) -> str:
    """What people say about it, for the reader."""
    actor = current_actor()
    problem = queries.get(actor, problem_id)
    thread = discussion.thread(actor, "problem", problem, request.args.get("page"))
    return render_template("problems/discussion.html", problem=problem, thread=thread)

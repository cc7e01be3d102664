"""The blueprint, and what every view of discussions does the same way."""

from typing import Any

from flask import Blueprint, current_app, g, render_template, request
from werkzeug.exceptions import HTTPException

from app.core.things import About
from app.discussion.forms import CommentForm
from app.discussion.models import COMMENT_STATES, REPORT_REASONS
from app.discussion.queries import Thread
from app.web.guards import safe_next
from app.web.jinja import way_to

bp = Blueprint("discussion", "app.discussion", url_prefix="/discussion", template_folder="templates")
UNPROCESSABLE = 422


def comment_form(thread: Thread) -> CommentForm:
    """The form at the end of a discussion, filled with what was sent to its own page."""
    if "comment_sent" in g:
        return g.comment_sent  # type: ignore[no-any-return]  # put there by `on_its_page`
    is_sent = request.method == "POST" and (request.endpoint or "").startswith("discussion.")
    form = CommentForm() if is_sent else CommentForm(formdata=None)
    form.back.data = safe_next(form.back.data) or request.path
    return form.offer(thread.audiences)


def on_its_page(about: About, form: CommentForm) -> Any:
    """The page from which a comment was sent, with what is wrong with it, so that the thing's own tabs stay; None if it was ours."""
    path = (form.back.data or "").partition("?")[0]
    if not path.startswith(f"{about.path}/"):
        return None
    try:
        endpoint, values = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return None
    g.comment_sent = form
    return current_app.view_functions[endpoint](**values), UNPROCESSABLE


@bp.app_context_processor
def _parts() -> dict[str, Any]:
    """What `discussion/_thread.html` uses on the pages of others."""
    return {
        "has_errors": "comment_sent" in g,
        "comment_form": comment_form,
        "comment_states": COMMENT_STATES,
        "report_reasons": REPORT_REASONS,
    }


def page(
    template: str, about: About | None = None, form: Any = None, status: int = 200, **values: Any
) -> Any:
    """A page of ours, with the way up to the thing."""
    if form is not None and form.errors:
        status = UNPROCESSABLE
    crumbs = [] if about is None else way_to(about)
    return render_template(
        f"discussion/{template}.html", about=about, form=form, crumbs=crumbs, **values
    ), status

"""The blueprint, and what every view of discussions does the same way."""

from typing import Any

from flask import Blueprint, render_template, request

from app.core.things import About
from app.discussion.forms import CommentForm
from app.discussion.models import COMMENT_STATES, REPORT_REASONS
from app.discussion.queries import Thread
from app.web.guards import safe_next

bp = Blueprint("discussion", "app.discussion", url_prefix="/discussion", template_folder="templates")
UNPROCESSABLE = 422


def comment_form(thread: Thread) -> CommentForm:
    """The form at the end of a discussion, filled with what was sent to its own page."""
    is_sent = request.method == "POST" and (request.endpoint or "").startswith("discussion.")
    form = CommentForm() if is_sent else CommentForm(formdata=None)
    form.back.data = safe_next(form.back.data) or request.path
    return form.offer(thread.audiences)


@bp.app_context_processor
def _parts() -> dict[str, Any]:
    """What `discussion/_thread.html` uses on the pages of others."""
    return {
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
    crumbs = [] if about is None else [(f"{about.number} {about.title}", about.path)]
    return render_template(
        f"discussion/{template}.html", about=about, form=form, crumbs=crumbs, **values
    ), status

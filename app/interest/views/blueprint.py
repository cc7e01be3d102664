"""The blueprint, and what every view of interests does the same way."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core.i18n import _, ngettext
from app.interest import queries
from app.interest.models import INTEREST_STATES, Interest
from app.interest.queries import Replies
from app.web.guards import current_actor

bp = Blueprint("interest", "app.interest", url_prefix="/interest", template_folder="templates")
UNPROCESSABLE = 422


def find(interest_id: int) -> Interest:
    """The interest of this address, if the reader is of one of its sides."""
    return queries.get(current_actor(), interest_id)


def done(interest_id: int, message: str, endpoint: str = "show") -> Response:
    """Say what was done and go on to its page."""
    flash(message, "ok")
    return redirect(url_for(f"interest.{endpoint}", interest_id=interest_id), 303)


def page(template: str, interest: Interest, **values: Any) -> tuple[str, int]:
    """A page of an interest, or below it."""
    form = values.get("form")
    crumbs = [(_("Interest"), url_for("interest.index"))]
    if template != "show.html":
        crumbs.append((interest.number, url_for("interest.show", interest_id=interest.id)))
    shown = render_template(
        f"interest/{template}",
        interest=interest,
        thing=interest.thing,
        state=INTEREST_STATES[interest.state],
        crumbs=crumbs,
        **values,
    )
    return shown, UNPROCESSABLE if form is not None and form.errors else 200


def how_they_answer(replies: Replies | None) -> str:
    """How an owner answers, in a sentence; empty before five interests ended."""
    if replies is None:
        return ""
    answered = _(
        "Answered %(answered)s of the last %(asked)s interests",
        answered=replies.answered,
        asked=replies.asked,
    )
    if replies.median_hours is None:
        return answered
    if replies.median_hours < 24:
        return _("%(answered)s, half of them within a day", answered=answered)
    days = -int(-replies.median_hours // 24)
    return ngettext(
        "%(answered)s, half of them within %(num)s day",
        "%(answered)s, half of them within %(num)s days",
        days,
        answered=answered,
    )


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """What `interest/_beside.html` uses on the pages of others."""
    return {"how_they_answer": how_they_answer, "interest_states": INTEREST_STATES}

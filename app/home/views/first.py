"""The first page: for visitors what this is, for people what waits for them."""

from typing import Any

from flask import g, render_template, url_for

from app.core import clock
from app.core.i18n import zone_name
from app.home import queries
from app.home.queries.pages import MOST_WAITING
from app.home.views.blueprint import bp
from app.notifications.views import lines_of
from app.web.guards import current_actor, public
from app.web.jinja import bdi


@bp.route("/")
@public
def index() -> str:
    """Visitors: what this is. Signed in: what waits for you."""
    actor = current_actor()
    if not actor.is_signed_in:
        found = queries.landing(actor)
        posted = {direction: _lines(rows) for direction, rows in found.posted.items()}
        return render_template("home/landing.html", found=found, posted=posted)
    own = queries.own(actor)
    if len(own.waiting) < MOST_WAITING:
        g.inbox_count = len(own.waiting)  # the same number that the head of the page would count again
    due = next((item.due for item in own.waiting if item.due), None)
    return render_template(
        "home/waiting.html",
        own=own,
        nearest_due=due,
        notices=lines_of(own.notices),
        today=clock.today(zone_name()),
        now=clock.now(),
        more_waits=len(own.waiting) >= MOST_WAITING,
    )


def _lines(rows: list[Any]) -> list[dict[str, Any]]:
    """Offers or needs as lines of `components/two_sides.html`, each with whose it is."""
    return [
        {
            "text": row.title,
            "lang": row.language,
            "url": url_for("listings.show", catalogue=row.catalogue, listing_id=row.id),
            "note": bdi(row.institution),
        }
        for row in rows
    ]

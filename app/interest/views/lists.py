"""The list of interests, and its file."""

from flask import Response, render_template, request, url_for

from app.core.i18n import _
from app.interest.models import INTEREST_STATES
from app.interest.queries import lists as reads
from app.interest.queries.lists import Wanted, thing_number
from app.interest.views.blueprint import bp
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor

ORDERS = ("newest", "oldest")


def _asked() -> tuple[lists.Asked, list[lists.Facet], Wanted]:
    states = [(name, str(INTEREST_STATES[name].label)) for name in INTEREST_STATES.names]
    facets = [lists.Facet("state", _("State"), states)]
    asked = lists.read(facets, ORDERS, ("sent",))
    return asked, facets, Wanted("sent" if asked.view == "sent" else "to_answer", asked.chosen["state"])


@bp.get("")
def index() -> str:
    """What came to the reader's side, or what it sent."""
    actor = current_actor()
    asked, facets, wanted = _asked()
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest first")), ("oldest", _("Oldest first"))],
        reads.page(actor, wanted, asked.sort, asked.cursor),
        reads.count(actor, wanted),
        title=_("Interest"),
        lead=_("Who would like to work with you, and to whom your side has written."),
        csv_path=url_for("interest.export", view=asked.view or None),
        views=[("", _("To us")), ("sent", _("From us"))],
        has_search=False,
    )
    return render_template(
        "interest/index.html",
        listing=listing,
        states=INTEREST_STATES,
        is_sent=asked.view == "sent",
        thing_number=thing_number,
    )


@bp.get("/export.csv")
def export() -> Response:
    """The same list, filtered the same way, as CSV. It names institutions and no person."""
    asked, _facets_used, wanted = _asked()
    header = [
        _("Number"), _("What it is about"), _("Title"), _("From whom"), _("To whom"), _("State"), _("Sent on"), _("Answer by"),
        _("First answer"), _("Decided"),
    ]  # fmt: skip
    root = request.url_root.rstrip("/")
    rows = reads.export(current_actor(), wanted, asked.sort)
    return csv_response(
        "interest",
        [*header, _("Address")],
        (
            (
                f"I-{row.id:04d}",
                thing_number(row),
                row.title,
                row.sender,
                row.owner,
                INTEREST_STATES[row.state].label,
                *(
                    moment.date().isoformat() if moment else ""
                    for moment in (row.asked_at, row.due_at, row.replied_at, row.decided_at)
                ),
                f"{root}/interest/{row.id}",
            )
            for row in rows
        ),
    )

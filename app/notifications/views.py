"""The inbox: what was told to whoever asks, and how many things wait for them (in the head of every page)."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import waiting
from app.core.i18n import _, ngettext
from app.notifications import queries, services
from app.notifications.reasons import reason_text
from app.web import letters, lists
from app.web.guards import current_actor, safe_next

bp = Blueprint("notifications", __name__, url_prefix="/notifications", template_folder="templates")
MOST_SHOWN = 99


def lines_of(rows: list[Any]) -> list[dict[str, Any]]:
    """Rows of the inbox in words: id, subject, button, reason, path, at, is_read, about."""
    return [
        {
            "id": row.id,
            "words": letters.words_of(row.kind, row.facts),
            "reason": reason_text(row.reason),
            "path": row.path,
            "at": row.created_at,
            "is_read": row.read_at is not None,
            "about": (row.about_kind, row.about_id) if row.about_id is not None else row.id,
        }
        for row in rows
    ]


def grouped(lines: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The lines by what they are about, each group where its newest line stands."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for line in lines:
        groups.setdefault(line["about"], []).append(line)
    return list(groups.values())


def _facets() -> list[lists.Facet]:
    labels = {
        "problems": _("Problems"),
        "listings": _("Offers and needs"),
        "teams": _("Teams"),
        "discussion": _("Discussions"),
        "institutions": _("Institutions"),
        "consortia": _("Consortia"),
        "accounts": _("Your account"),
        "notifications": _("The portal"),
    }
    return [
        lists.Facet("show", _("Show"), [("unread", _("Only unread ones"))]),
        lists.Facet("about", _("What it is about"), [(name, labels[name]) for name in queries.GROUPS]),
    ]


@bp.route("", strict_slashes=False)
def index() -> str:
    """The notices of whoever asks, newest first, those about one thing together."""
    facets = _facets()
    asked = lists.read(facets, ["newest"])
    page, total = queries.inbox(
        current_actor(),
        unread=bool(asked.chosen["show"]),
        groups=asked.chosen["about"],
        cursor=asked.cursor,
    )
    newest_id = max((row.id for row in page.rows), default=0)
    lines = lines_of(page.rows)
    page.rows[:] = grouped(lines)
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest first"))],
        page,
        total,
        title=_("Inbox"),
        lead=_("What happened to things that concern you, and why you are told."),
        has_search=False,
    )
    listing.sorts = []  # there is one order
    any_unread = any(not line["is_read"] for line in lines)
    return render_template(
        "notifications/index.html",
        listing=listing,
        newest_id=newest_id if any_unread else 0,
        here=request.full_path.rstrip("?"),
    )


def _back() -> Response:
    return redirect(safe_next(request.form.get("next")) or url_for("notifications.index"), 303)


@bp.route("/<int:notice_id>/read", methods=["POST"])
def read(notice_id: int) -> Response:
    """Mark one as read."""
    services.mark_read(current_actor(), notice_id)
    return _back()


@bp.route("/<int:notice_id>/unread", methods=["POST"])
def unread(notice_id: int) -> Response:
    """Mark one as unread again."""
    services.mark_read(current_actor(), notice_id, read=False)
    return _back()


@bp.route("/read", methods=["POST"])
def read_all() -> Response:
    """Mark everything as read that was there when the page was shown."""
    up_to = request.form.get("up_to", "")
    marked = services.mark_all_read(
        current_actor(), int(up_to) if up_to.isdecimal() and len(up_to) < 10 else 0
    )
    flash(ngettext("%(num)s notice marked as read.", "%(num)s notices marked as read.", marked), "ok")
    return _back()


@bp.app_context_processor
def _head() -> dict[str, Any]:
    def inbox_count() -> int:
        """How many things wait for whoever asks: one statement a page for people, none for visitors."""
        actor = current_actor()
        if not actor.is_signed_in:
            return 0
        if "inbox_count" not in g:
            g.inbox_count = waiting.count_for(actor, MOST_SHOWN)
        return int(g.inbox_count)

    return {"inbox_count": inbox_count}

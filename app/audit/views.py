"""The audit for those who may read it: a list with filters, the same as CSV, and the door to all of it."""

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries, services
from app.audit.forms import PurposeForm
from app.audit.queries import words
from app.core import clock
from app.core.access import Actor
from app.core.errors import Invalid
from app.core.i18n import _
from app.web import lists
from app.web.csv import csv_response
from app.web.guards import current_actor

bp = Blueprint("audit", __name__, url_prefix="/audit", template_folder="templates")
PERIODS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
LARGEST = 2**31 - 1


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 11 and int(text) <= LARGEST else None


def _facets(actor: Actor, everything: bool) -> list[lists.Facet]:
    facets = [
        lists.Facet("action", _("What was done"), words.choices(), "select"),
        lists.Facet(
            "since",
            _("When"),
            [
                ("day", _("In the last day")),
                ("week", _("In the last week")),
                ("month", _("In the last month")),
                ("year", _("In the last year")),
            ],
            "select",
        ),
    ]
    # A person or a thing is picked from a row; its filter then stands among the others, to be taken away again.
    person_id = _number(request.args.get("person"))
    if person_id is not None:
        name = queries.person_name(actor, person_id, everything)
        if name:
            facets.append(lists.Facet("person", _("Who"), [(str(person_id), name)]))
    thing = _thing(request.args.get("thing"))
    if thing:
        facets.append(
            lists.Facet(
                "thing", _("What it is about"), [(f"{thing[0]}-{thing[1]}", words.thing(thing[0], thing[1]))]
            )
        )
    return facets


def _thing(text: str | None) -> tuple[str, int] | None:
    kind, _dash, number = (text or "").rpartition("-")
    found = _number(number)
    return (kind, found) if kind in words.THINGS and found is not None else None


def _narrowed(asked: lists.Asked) -> queries.Asked:
    def one(name: str) -> str | None:
        return next(iter(asked.chosen.get(name, [])), None)

    since = one("since")
    return queries.Asked(
        actions=tuple(asked.chosen["action"]),
        thing=_thing(one("thing")),
        person_id=_number(one("person")),
        since=clock.now() - PERIODS[since] if since else None,
    )


def _shown(row: Any, people: dict[int, str]) -> dict[str, Any]:
    return {
        "at": row.at,
        "who": row.actor_name,
        "person_id": row.actor_id,
        "system_reason": row.system_reason,
        "action": words.action(row.action),
        "thing": words.thing(row.thing_kind, row.thing_id),
        "thing_key": f"{row.thing_kind}-{row.thing_id}"
        if row.thing_kind in words.THINGS and row.thing_id
        else "",
        "label": row.thing_label,
        "changes": words.changes(row.before, row.after, people),
        "note": row.note,
    }


@bp.route("", strict_slashes=False)
def index() -> str:
    """The entries that whoever asks may read."""
    return _page(PurposeForm())


def _page(form: PurposeForm) -> str:
    actor = current_actor()
    until = queries.reading_until(actor)
    facets = _facets(actor, until is not None)
    asked = lists.read(facets, ["newest"])
    page, total = queries.entries(actor, _narrowed(asked), asked.cursor, everything=until is not None)
    people = queries.people_named(page.rows)
    page.rows[:] = [_shown(row, people) for row in page.rows]
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest first"))],
        page,
        total,
        title=_("History"),
        lead=_("Who did what, to which thing, when. Entries cannot be changed or taken away."),
        csv_path=url_for("audit.export"),
        has_search=False,
    )
    listing.sorts = []  # there is one order
    return render_template("audit/index.html", listing=listing, until=until, form=form)


@bp.route("/read-all", methods=["POST"])
def read_all() -> Any:
    """Say why, then read everything for an hour."""
    form = PurposeForm()
    if form.validate_on_submit():
        try:
            services.open_reading(current_actor(), form.purpose.data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            flash(_("You see every entry for one hour. Your purpose stands in the audit."), "ok")
            return redirect(url_for("audit.index"), 303)
    return _page(form), 422


@bp.route("/entries.csv")
def export() -> Response:
    """The same entries, as the filters say, as a file."""
    actor = current_actor()
    everything = queries.reading_until(actor) is not None
    asked = lists.read(_facets(actor, everything), ["newest"])
    rows = queries.export(actor, _narrowed(asked), everything)
    header = [
        "at",
        "who",
        "reason",
        "action",
        "in_words",
        "thing",
        "thing_id",
        "label",
        "before",
        "after",
        "note",
        "request",
    ]
    return csv_response(
        "audit",
        header,
        (
            [
                row.at.isoformat(),
                row.actor_name,
                row.system_reason,
                row.action,
                words.action(row.action),
                row.thing_kind,
                row.thing_id,
                row.thing_label,
                json.dumps(row.before, ensure_ascii=False) if row.before else "",
                json.dumps(row.after, ensure_ascii=False) if row.after else "",
                row.note,
                row.request_id,
            ]
            for row in rows
        ),
    )

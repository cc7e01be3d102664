"""The statement of an institution: what it gave and what it gained, side by side, and the lines behind it."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, render_template, request, url_for

from app.core import clock
from app.core.i18n import _
from app.core.vocab import kind_label
from app.institutions import queries as institutions
from app.ledger import queries
from app.ledger.models import LINE_STATES
from app.ledger.views.blueprint import bp
from app.web.csv import csv_response
from app.web.guards import current_actor, public

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
YEARS_OFFERED = 5
HEADER = (
    "number", "side", "partner", "kind", "text", "language", "amount", "unit", "state", "due_on", "received_on", "rating", "address",
)  # fmt: skip


def _month(name: str) -> date | None:
    """The first day of a month that the address names, as `2026-11`; None when it names none."""
    found = _MONTH.fullmatch(request.args.get(name, "").strip())
    if found is None or not 1900 <= int(found[1]) <= 2200:
        return None
    return date(int(found[1]), int(found[2]), 1)


def _asked() -> tuple[date | None, date | None, Any]:
    """The period and which lines are asked for: from the address, whatever it holds."""
    since, until = _month("since"), _month("until")
    if since and until and until < since:
        since, until = until, since
    view = request.args.get("view", "")
    return since, until, view if view in queries.VIEWS else "received"


def _params(since: date | None, until: date | None, view: str = "received") -> dict[str, str]:
    given = {
        "since": since.strftime("%Y-%m") if since else "",
        "until": until.strftime("%Y-%m") if until else "",
        "view": "" if view == "received" else view,
    }
    return {name: value for name, value in given.items() if value}


def _periods(since: date | None, until: date | None, view: str) -> list[dict[str, Any]]:
    """All time and the last years, as links."""
    this = clock.today().year
    years = [(date(year, 1, 1), date(year, 12, 1)) for year in range(this, this - YEARS_OFFERED, -1)]
    offered = [(_("All time"), None, None)] + [(str(first.year), first, last) for first, last in years]
    return [
        {
            "label": label,
            "url": _address(_params(first, last, view)),
            "current": (since, until) == (first, last),
        }
        for label, first, last in offered
    ]


def _address(params: dict[str, str], path: str = "") -> str:
    path = path or request.path
    return f"{path}?{urlencode(params)}" if params else path


@bp.get("/institutions/<int:institution_id>")
@public
def statement(institution_id: int) -> str:
    """The page."""
    actor = current_actor()
    institution = institutions.get(actor, institution_id)
    since, until, view = _asked()
    found = queries.statement(
        actor, institution_id, since, until, view=view, cursor=request.args.get("page") or None
    )

    params = _params(since, until, view)
    labels = {"received": _("Received"), "open": _("Open"), "all": _("All")}
    return render_template(
        "ledger/statement.html",
        institution=institution,
        found=found,
        reach=queries.reach(actor, institution_id),
        periods=_periods(since, until, view),
        params=params,
        views=[
            {"label": label, "url": _address(_params(since, until, name)), "current": name == view}
            for name, label in labels.items()
        ],
        newer_url=_address(params | {"page": found.page.newer}) if found.page.newer else None,
        older_url=_address(params | {"page": found.page.older}) if found.page.older else None,
        csv_url=_address(params, url_for("ledger.statement_csv", institution_id=institution_id)),
        line_url=url_for("ledger.line", line_id=0).removesuffix("0"),
        states=LINE_STATES,
        pool_name=queries.pool_name,
    )


@bp.get("/institutions/<int:institution_id>.csv")
@public
def statement_csv(institution_id: int) -> Response:
    """The lines of the statement, in the order of the page."""
    actor = current_actor()
    institutions.get(actor, institution_id)
    since, until, view = _asked()
    rows = queries.export(actor, institution_id, since, until, view=view)
    base = str(current_app.config["SETTINGS"].base_url) + url_for("ledger.line", line_id=0).removesuffix("0")
    is_inside = queries.reach(actor, institution_id) == "all"
    return csv_response(f"statement-{institution_id}", HEADER, _exported(rows, base, is_inside))


def _exported(rows: Any, base: str, is_inside: bool) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        partner = row.receiver if row.side == "giver" else row.giver
        yield (
            f"L-{row.id}",
            "gave" if row.side == "giver" else "gained",
            partner if partner is not None else queries.pool_name(row.consortium_names),
            kind_label(row.kind),
            row.text,
            row.language,
            row.amount,
            row.unit,
            row.state,
            row.due_on,
            row.received_at.date() if row.received_at else None,
            row.rating if is_inside else None,
            f"{base}{row.id}",
        )

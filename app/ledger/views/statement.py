"""The statement of an institution: what it gave and what it gained, side by side, and the lines behind it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from flask import Response, current_app, render_template, request, url_for

from app.core.i18n import _
from app.core.text import excerpt
from app.core.vocab import kind_label
from app.institutions import queries as institutions
from app.ledger import queries
from app.ledger.models import LINE_STATES
from app.ledger.views.blueprint import bp
from app.ledger.views.period import address, params_of, period_asked, periods
from app.web.csv import csv_response
from app.web.guards import current_actor, public

HEADER = (
    "number", "side", "partner", "kind", "text", "language", "amount", "unit", "state", "due_on", "received_on", "rating", "address",
)  # fmt: skip


def _view() -> Any:
    """Which lines are asked for: from the address, whatever it holds."""
    asked = request.args.get("view", "")
    return asked if asked in queries.VIEWS else "received"


class Row(NamedTuple):
    """A line as the page shows it: all that its row reads, so that a row which was drawn once is kept."""

    id: int
    side: str
    partner: str
    kind: str
    text: str
    language: str
    amount: Decimal | None
    unit: str
    state: str
    is_late: bool
    due_on: date | None
    received_at: datetime | None
    reverses_id: int | None


def _partner(row: Any) -> str:
    partner = row.receiver if row.side == "giver" else row.giver
    return partner if partner is not None else str(queries.pool_name(row.consortium_names))


def _row(row: Any) -> Row:
    return Row(
        row.id,
        row.side,
        _partner(row),
        row.kind,
        excerpt(row.text, 140),
        row.language,
        row.amount,
        row.unit,
        row.state,
        row.is_late,
        row.due_on,
        row.received_at,
        row.reverses_id,
    )


def _named(view: str) -> str:
    return "" if view == "received" else view


@bp.get("/institutions/<int:institution_id>")
@public
def statement(institution_id: int) -> str:
    """The page."""
    actor = current_actor()
    institution = institutions.get(actor, institution_id)
    (since, until), view = period_asked(), _view()
    found = queries.statement(
        actor, institution_id, since, until, view=view, cursor=request.args.get("page") or None
    )

    params = params_of(since, until, view=_named(view))
    labels = {"received": _("Received"), "open": _("Open"), "all": _("All")}
    return render_template(
        "ledger/statement.html",
        institution=institution,
        found=found,
        rows=[_row(row) for row in found.page.rows],
        reach=queries.reach(actor, institution_id),
        periods=periods(since, until, view=_named(view)),
        params=params,
        views=[
            {
                "label": label,
                "url": address(params_of(since, until, view=_named(name))),
                "current": name == view,
            }
            for name, label in labels.items()
        ],
        newer_url=address(params | {"page": found.page.newer}) if found.page.newer else None,
        older_url=address(params | {"page": found.page.older}) if found.page.older else None,
        csv_url=address(params, url_for("ledger.statement_csv", institution_id=institution_id)),
        line_url=url_for("ledger.line", line_id=0).removesuffix("0"),
        states=LINE_STATES,
    )


@bp.get("/institutions/<int:institution_id>.csv")
@public
def statement_csv(institution_id: int) -> Response:
    """The lines of the statement, in the order of the page."""
    actor = current_actor()
    institutions.get(actor, institution_id)
    (since, until), view = period_asked(), _view()
    rows = queries.export(actor, institution_id, since, until, view=view)
    base = str(current_app.config["SETTINGS"].base_url) + url_for("ledger.line", line_id=0).removesuffix("0")
    is_inside = queries.reach(actor, institution_id) == "all"
    return csv_response(f"statement-{institution_id}", HEADER, _exported(rows, base, is_inside))


def _exported(rows: Any, base: str, is_inside: bool) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield (
            f"L-{row.id}",
            "gave" if row.side == "giver" else "gained",
            _partner(row),
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

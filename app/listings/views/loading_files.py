"""Files about loading: the template, one's own listings in its columns, the report of a load."""

from collections.abc import Iterator
from typing import Any

from flask import Response

from app.core.access import demand
from app.core.i18n import _, ngettext
from app.listings import policies
from app.listings.models.loading_columns import COLUMNS, Column
from app.listings.queries import exporting, loading_own
from app.listings.queries import loading as queries
from app.listings.views.blueprint import bp
from app.listings.views.loading_words import faults_of, file_fault
from app.web.csv import csv_response
from app.web.guards import current_actor
from app.web.xlsx import Sheet, xlsx_response


def _headings() -> list[str]:
    return [str(column.label) for column in COLUMNS.values()]


@bp.route("/resources/loads/template.csv")
def load_template_csv() -> Response:
    """The headings in one's language, and one row as an example."""
    demand(policies.load, current_actor())
    return csv_response("listings-template", _headings(), [[column.example for column in COLUMNS.values()]])


@bp.route("/resources/loads/template.xlsx")
def load_template_xlsx() -> Response:
    """The same as a workbook, with a second sheet that explains each column."""
    demand(policies.load, current_actor())
    rows = [[column.example for column in COLUMNS.values()]]
    about = [_("Column"), _("Code"), _("Must be filled"), _("What it holds"), _("Values"), _("Example")]
    return xlsx_response(
        "listings-template",
        [
            Sheet(_("Listings"), _headings(), rows),
            Sheet(_("Columns"), about, [_explained(column) for column in COLUMNS.values()], wraps=True),
        ],
    )


def _explained(column: Column) -> list[str]:
    return [
        str(column.label),
        column.name,
        _("yes") if column.required else _("no"),
        str(column.hint),
        _values(column),
        column.example,
    ]


def _values(column: Column) -> str:
    """The listed values with their labels, or the shape of what is typed."""
    if column.options:
        return "\n".join(f"{code} = {label}" for code, label in column.options.items())
    if column.shape in {"line", "text", "id"}:
        return ngettext("At most %(num)s character", "At most %(num)s characters", column.most)
    if column.shape == "date":
        return _("A day as 2027-01-31 or 31.01.2027")
    return ""


@bp.route("/resources/loads/listings-<int:institution_id>.csv")
def load_own_csv(institution_id: int) -> Response:
    """All listings of an institution, to be changed and loaded again."""
    demand(policies.load, current_actor(), institution_id)
    return csv_response("listings", _headings(), _own(institution_id))


@bp.route("/resources/loads/listings-<int:institution_id>.xlsx")
def load_own_xlsx(institution_id: int) -> Response:
    """The same as a workbook."""
    demand(policies.load, current_actor(), institution_id)
    return xlsx_response("listings", [Sheet(_("Listings"), _headings(), _own(institution_id))])


def _own(institution_id: int) -> Iterator[list[str]]:
    for values in loading_own.own(current_actor(), institution_id):
        yield [exporting.cell(name, values.get(name)) for name in COLUMNS]


@bp.route("/resources/loads/<int:load_id>/report.csv")
def load_report(load_id: int) -> Response:
    """Every fault with its place and what to do, in one's language."""
    load = queries.get(current_actor(), load_id)
    header = [_("Row"), _("Column"), _("Your identifier"), _("Value"), _("Fault"), _("What to do")]
    lines: list[list[Any]] = []
    if load.fault:
        what, mend = file_fault(load.fault)
        lines.append(["", "", "", "", what, mend])
    for row in queries.faulty_rows(load.id):
        lines += [
            [row.number, fault.label, row.identifier, fault.value, fault.what, fault.mend]
            for fault in faults_of(row)
        ]
    return csv_response(f"load-{load.id}", header, lines)

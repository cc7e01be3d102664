"""Lists as XLSX files: every cell is text, so that nothing in them is computed; sheets run from the right in Arabic."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from app.core.i18n import text_dir
from app.web.csv import safe_cell

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # what the format holds
WIDEST, NARROWEST = 60, 10


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name (at most 31 signs), headings, rows; `wraps` breaks long texts into lines."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    wraps: bool = False


def workbook(sheets: Sequence[Sheet], rtl: bool = False) -> bytes:
    """The sheets as a file."""
    import xlsxwriter  # eight megabytes that a process without spreadsheets never needs

    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        # As text, so that a spreadsheet keeps 2027-01-31 and 0042 as they were written.
        plain = book.add_format({"num_format": "@", "valign": "top"})
        wrapped = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            if rtl:
                page.right_to_left()
            page.freeze_panes(1, 0)
            for at, heading in enumerate(sheet.header):
                page.set_column(
                    at, at, max(NARROWEST, min(WIDEST, len(heading) + 4)), wrapped if sheet.wraps else plain
                )
                page.write_string(0, at, heading, bold)
            for number, row in enumerate(sheet.rows, start=1):
                for at, value in enumerate(row):
                    text = safe_cell(value)[:LONGEST_CELL]
                    if text:
                        page.write_string(number, at, text, wrapped if sheet.wraps else plain)
    return buffer.getvalue()


def xlsx_response(name: str, sheets: Sequence[Sheet]) -> Response:
    """A download named `name`.xlsx in the direction of the language spoken now."""
    response = Response(workbook(sheets, rtl=text_dir() == "rtl"), mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response

"""Files that a spreadsheet opens as data, not as formulas."""

import csv
import io

import pytest
from flask import has_request_context

from app.web.csv import csv_response, safe_cell


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=HYPERLINK(1)"])
def test_what_looks_like_a_formula_is_made_text(value) -> None:
    assert safe_cell(value) == f"'{value}"


@pytest.mark.parametrize(
    ("value", "cell"), [("a=b", "a=b"), (None, ""), (5, "5"), (-5, "'-5"), ("", ""), ("م", "م")]
)
def test_everything_else_stays(value, cell) -> None:
    assert safe_cell(value) == cell


def test_a_file_reads_back_as_it_was_written(app) -> None:
    rows = [["a,b", 'say "x"'], ["two\nlines", "مرحبا"], [None, "=1"]]
    with app.test_request_context():
        response = csv_response("things", ["one", "two"], rows)
        text = response.get_data(as_text=True)
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="things.csv"'
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))) == [
        ["one", "two"],
        ["a,b", 'say "x"'],
        ["two\nlines", "مرحبا"],
        ["", "'=1"],
    ]


def test_rows_are_read_while_the_request_lasts(app) -> None:
    def rows():
        yield [has_request_context()]

    with app.test_request_context():
        response = csv_response("things", ["one"], rows())
    assert "True" in response.get_data(as_text=True)

"""Files as rows: what is read, what is refused, and that nothing in a file is computed or unpacked beyond measure."""

import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pytest
import xlsxwriter

from app.listings.services.loading.reading import (
    MOST_ROWS,
    Line,
    Unreadable,
    column_letter,
    lines,
    neutral,
    plain,
)

pytestmark = pytest.mark.pure


def read(data: bytes, name: str = "f.csv") -> list[Line]:
    return list(lines(io.BytesIO(data), name))


def texts(data: bytes, name: str = "f.csv") -> list[list[str]]:
    return [[cell.text for cell in line.cells] for line in read(data, name)]


def refusal(data: bytes, name: str = "f.csv") -> tuple[str, dict]:
    with pytest.raises(Unreadable) as caught:
        read(data, name)
    return caught.value.code, caught.value.kept


def book(*rows: list, change=None) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if change:
        change(made)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_csv_with_each_separator_with_and_without_mark(separator, bom) -> None:
    data = (
        bom
        + separator.join(["a", '"b, c; d"', "é"]).encode()
        + b"\r\n"
        + separator.join(["1", "2", "مختبر"]).encode()
    )
    assert texts(data) == [["a", "b, c; d", "é"], ["1", "2", "مختبر"]]


def test_a_line_that_names_the_separator_is_no_heading() -> None:
    assert texts(b"sep=;\r\na;b\r\n1;2\r\n") == [["a", "b"], ["1", "2"]]
    assert [line.number for line in read(b"sep=;\r\na;b\r\n1;2\r\n")] == [2, 3]


def test_rows_bear_the_numbers_of_the_spreadsheet_and_empty_ones_are_left_out() -> None:
    assert [line.number for line in read(b'a,b\n\n,\n"1\n2",3\n4,5\n')] == [1, 4, 5]


def test_a_cell_that_is_no_utf_8_is_marked_where_it_stands() -> None:
    found = read("a,b\nx,Münster\n".encode("latin-1"))
    assert found[1].cells[1].text == "M\ufffdnster"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_file_in_another_encoding_is_refused_as_a_whole(encoding) -> None:
    data = ("\ufeff" if encoding == "utf-16-be" else "") + "a,b\n1,2\n"
    assert refusal(data.encode(encoding))[0] == "wrong_encoding"


def test_a_file_that_is_another_encoding_throughout_names_the_first_place() -> None:
    data = b"a,b\n1,x\n" + "2,مختبر\n".encode("cp1256") * 200
    assert refusal(data) == ("wrong_encoding", {"row": 3, "column": "B"})


def test_an_open_quotation_mark_is_said_with_its_row() -> None:
    code, facts = refusal(b'a,b\n1,2\n3,"' + b"x" * 500_000)
    assert (code, facts) == ("broken_quotes", {"row": 3})


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "f.csv", "empty_file"),
        (b"\n\n,,\n", "f.csv", "empty_file"),
        (b"%PDF-1.7", "f.csv", "not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n", "f.csv", "not_a_spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "f.xls", "old_or_locked"),
        (b"a,b\n1,2\n", "f.xlsx", "not_a_spreadsheet"),
        (b"PK\x03\x04rubbish", "f.xlsx", "not_a_spreadsheet"),
        (b"a\x00b\x00,\x00" * 5, "f.csv", "wrong_encoding"),
    ],
)
def test_what_is_no_spreadsheet(data, name, code) -> None:
    assert refusal(data, name)[0] == code


def test_5000_rows_and_no_more() -> None:
    assert len(read(b"a\n" + b"1\n" * MOST_ROWS)) == MOST_ROWS + 1
    assert refusal(b"a\n" + b"1\n" * (MOST_ROWS + 1)) == ("too_many_rows", {"most": MOST_ROWS})


def test_a_million_empty_rows_are_not_waited_for() -> None:
    far = book(["a"], ["1"], change=lambda made: made.active.cell(row=1_048_576, column=1, value="x"))
    assert refusal(far, "f.xlsx")[0] == "too_many_rows"


def test_values_of_a_workbook_read_as_one_would_type_them() -> None:
    row = [
        1,
        2.5,
        1e6,
        True,
        False,
        date(2027, 1, 31),
        datetime(2027, 1, 31, 8, 30, tzinfo=UTC).replace(tzinfo=None),
        None,
        " x ",
        "'=1+1",
    ]
    assert texts(book(["a"], row), "f.xlsx")[1] == [
        "1", "2.5", "1000000", "yes", "no", "2027-01-31", "2027-01-31 08:30", "", " x ", "=1+1",
    ]  # fmt: skip


def test_formulas_are_texts_that_are_marked() -> None:
    for found in (read(b"a\n=1+1\n"), read(book(["a"], ["=1+1"]), "f.xlsx")):
        assert found[1].cells[0].is_formula
    assert not read(b"a\n'=1+1\n")[1].cells[0].is_formula


def test_the_first_sheet_that_is_seen_counts() -> None:
    def hide(made) -> None:
        made.active.sheet_state = "hidden"
        made.create_sheet("seen").append(["b"])

    assert texts(book(["a"], change=hide), "f.xlsx") == [["b"]]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "'=1", "''-1", "plain", "a=b", "'quoted'", "", "'"]
)
def test_neutral_cells_read_back_as_they_were(text) -> None:
    assert plain(neutral(text)) == text
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t"))


def test_letters_of_columns() -> None:
    assert [column_letter(at) for at in (0, 25, 26, 51, 702)] == ["A", "Z", "AA", "AZ", "AAA"]


# ---- traps -----------------------------------------------------------------------------------------------


def package(**parts: bytes) -> bytes:
    """A workbook with other parts put in or over."""
    buffer = io.BytesIO(book(["a"], ["1"]))
    made = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return made.getvalue()


def test_a_bomb_is_seen_before_it_is_unpacked() -> None:
    data = package(**{"xl/worksheets/sheet1.xml": b"<a>" + b" " * (80 * 1024 * 1024)})
    assert len(data) < 1024 * 1024
    tracemalloc.start()
    assert refusal(data, "f.xlsx")[0] == "too_large_unpacked"
    assert tracemalloc.get_traced_memory()[1] < 2 * 1024 * 1024
    tracemalloc.stop()


def test_a_table_of_texts_that_fills_the_memory_is_not_read() -> None:
    texts_ = b"".join(b"<si><t>%d</t></si>" % (number * 7919) for number in range(1_100_000))
    assert refusal(package(**{"xl/sharedStrings.xml": texts_}), "f.xlsx")[0] == "too_large_unpacked"


def test_many_parts_macros_and_what_is_no_workbook() -> None:
    assert (
        refusal(package(**{f"xl/x{at}.xml": b"x" for at in range(600)}), "f.xlsx")[0] == "too_large_unpacked"
    )
    assert refusal(package(**{"xl/vbaProject.bin": b"x"}), "f.xlsx")[0] == "has_macros"
    plain_zip = io.BytesIO()
    with zipfile.ZipFile(plain_zip, "w") as target:
        target.writestr("a.txt", "x")
    assert refusal(plain_zip.getvalue(), "f.xlsx")[0] == "not_a_spreadsheet"


@pytest.mark.parametrize(
    "sheet",
    [
        b"<not closed",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>',
        b"",
    ],
)
def test_broken_and_hostile_xml_is_refused(sheet) -> None:
    code, _facts = refusal(package(**{"xl/worksheets/sheet1.xml": sheet}), "f.xlsx")
    assert code in {"broken_sheet", "empty_file", "not_a_spreadsheet"}


def test_hostile_cells_are_kept_as_databases_can_hold_them() -> None:
    found = texts(b"a,b\nx\x00y," + b"z" * 32_000 + b"\n")
    assert found[1][0] == "x\ufffdy"
    assert len(found[1][1]) == 21_001


def test_a_workbook_with_its_texts_in_one_table_as_spreadsheet_programs_write_it() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "dd.mm.yyyy"}) as made:
        sheet = made.add_worksheet()
        bold = made.add_format({"bold": True})
        sheet.write_row(0, 0, ["a", "b", "c", "d", "e", "f"], bold)
        sheet.write_rich_string(1, 0, "Scanning ", bold, "electron", " microscope")
        sheet.write_datetime(1, 1, datetime(2027, 1, 31, tzinfo=UTC).replace(tzinfo=None))
        sheet.write_formula(1, 2, "=1+1", None, 2)
        sheet.write_boolean(1, 3, True)
        sheet.write_number(1, 4, 12.5)
        sheet.write_string(1, 5, "=not one")
    found = read(buffer.getvalue(), "f.xlsx")[1]
    assert [cell.text for cell in found.cells] == [
        "Scanning electron microscope", "2027-01-31", "=1+1", "yes", "12.5", "=not one",
    ]  # fmt: skip
    assert [cell.is_formula for cell in found.cells] == [False, False, True, False, False, False]

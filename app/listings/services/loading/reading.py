"""A spreadsheet as rows of texts: CSV (UTF-8; `,` `;` or tab) and XLSX, read row by row so that memory stays flat.

Nothing in a file is computed or followed. What breaks one cell is marked in it (`FORMULA`, `UNREADABLE`); what breaks the
file raises Unreadable with a code of `models.loading_faults`.
"""

import codecs
import contextlib
import csv
import io
import itertools
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError  # nosec B405 - the error alone; defusedxml parses

from app.core.errors import DomainError
from app.listings.models.loading_faults import FILE_FAULTS

MOST_ROWS = 5_000
MOST_BYTES = 10 * 1024 * 1024
MOST_COLUMNS = 200
MOST_KEPT = 21_000  # characters of one cell; no column takes more
MOST_LINES = 4 * MOST_ROWS  # empty rows count too: a sheet may claim a million of them
MOST_UNREADABLE = 100  # cells; a file with more of them is in another encoding as a whole
LARGEST_FIELD = 400_000
LARGEST_UNPACKED = 64 * 1024 * 1024
LARGEST_TEXTS = 24 * 1024 * 1024  # the table of texts, which is held in memory while a workbook is read
LARGEST_PART_RATIO = 150
MOST_PARTS = 500
SEPARATORS = (",", ";", "\t")
UNREADABLE = "\ufffd"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MACROS = re.compile(r"vba|macrosheet|activex|\.bin$", re.IGNORECASE)


class Unreadable(DomainError):
    """The file as a whole cannot be read. `code` is one of FILE_FAULTS, `facts` fill its sentence."""

    status, code = 422, "not_a_spreadsheet"

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, FILE_FAULTS[code].what, **facts)
        self.kept = facts


@dataclass(frozen=True)
class Cell:
    """A cell's text as it stands in the file; a formula is its text and is never computed."""

    text: str
    is_formula: bool = False


@dataclass(frozen=True)
class Line:
    """A row with its number as a spreadsheet shows it; empty rows are left out."""

    number: int
    cells: Sequence[Cell]


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula (CWE-1236); `plain` reads it back.

    >>> neutral("=1+1"), neutral("'=1+1"), neutral("ice-free")
    ("'=1+1", "''=1+1", 'ice-free')
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def plain(text: str) -> str:
    """A cell's text without the apostrophe that `neutral` put before it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_FORMULA_STARTS) else text


def column_letter(at: int) -> str:
    """A column's letters as a spreadsheet shows them: `A` for 0, `AA` for 26."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def lines(stream: BinaryIO, name: str) -> Iterator[Line]:
    """The rows of a file, the headings first, at most MOST_ROWS below them; the content decides what it is.

    Raises Unreadable, at any row.
    """
    start = stream.read(8)
    stream.seek(0)
    if start.startswith(b"PK\x03\x04"):
        found = _xlsx(stream)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("old_or_locked")
    elif name.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")):
        raise Unreadable("not_a_spreadsheet")
    else:
        found = _csv(stream)
    count = 0
    for line in found:
        if any(cell.text for cell in line.cells):
            count += 1
            if count > MOST_ROWS + 1:
                raise Unreadable("too_many_rows", most=MOST_ROWS)
            yield line
        if line.number > MOST_LINES:
            raise Unreadable("too_many_rows", most=MOST_ROWS)
    if not count:
        raise Unreadable("empty_file")


# ---- CSV -------------------------------------------------------------------------------------------------


def _csv(stream: BinaryIO) -> Iterator[Line]:
    start = stream.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or start.count(b"\x00") > 8:
        raise Unreadable("wrong_encoding", row=1, column="A")
    _refuse_pictures_and_such(start)
    stream.seek(0)
    # What is no UTF-8 becomes a lone surrogate, so that the very cell can be named.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield from _records(text)
    finally:
        with contextlib.suppress(ValueError):  # closed meanwhile by who reads it
            text.detach()


def _records(text: io.TextIOWrapper) -> Iterator[Line]:
    first = text.readline(LARGEST_FIELD)
    number = 0
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        separator, head = first.strip()[4], []
        number = 1
    else:
        separator, head = _separator(first), [first]
    csv.field_size_limit(LARGEST_FIELD)
    rows = csv.reader(itertools.chain(head, text), delimiter=separator)
    broken: list[tuple[int, str]] = []
    try:
        for row in rows:
            number += 1
            cells = [_csv_cell(cell) for cell in row[:MOST_COLUMNS]]
            for at, cell in enumerate(cells):
                if UNREADABLE in cell.text:
                    broken.append((number, column_letter(at)))
            if len(broken) > MOST_UNREADABLE:
                raise Unreadable("wrong_encoding", row=broken[0][0], column=broken[0][1])
            yield Line(number, cells)
    except csv.Error:
        raise Unreadable("broken_quotes", row=number + 1) from None


def _csv_cell(text: str) -> Cell:
    return Cell(_kept(plain(text)), is_formula=text.lstrip().startswith("="))


def _separator(first: str) -> str:
    outside = re.sub(r'"[^"]*"', "", first)
    return max(SEPARATORS, key=outside.count)


def _refuse_pictures_and_such(start: bytes) -> None:
    """Content that is no text at all, by its many control signs."""
    controls = sum(byte < 32 and byte not in (9, 10, 13, 27) for byte in start)
    if start.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"<html", b"<!DOCTYPE", b"<?xml")
    ):
        raise Unreadable("not_a_spreadsheet")
    if controls > max(8, len(start) // 50):
        raise Unreadable("not_a_spreadsheet")


_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")


def _kept(text: str) -> str:
    """The text as databases can keep it: what cannot be read stands as one sign, and no more than MOST_KEPT of it."""
    text = _IMPOSSIBLE.sub(UNREADABLE, text[: MOST_KEPT + 1])
    return unicodedata.normalize("NFC", text) if not text.isascii() else text


# ---- XLSX ------------------------------------------------------------------------------------------------


def _check_package(stream: BinaryIO) -> None:
    """Look at the table of contents before anything is unpacked. Raises Unreadable."""
    try:
        with zipfile.ZipFile(stream) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable("not_a_spreadsheet") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Unreadable("too_large_unpacked")
    for part in parts:
        if part.file_size > 1024 * 1024 and part.file_size > LARGEST_PART_RATIO * max(1, part.compress_size):
            raise Unreadable("too_large_unpacked")
        if part.filename.lower().endswith("sharedstrings.xml") and part.file_size > LARGEST_TEXTS:
            raise Unreadable("too_large_unpacked")
        if part.flag_bits & 1:
            raise Unreadable("old_or_locked")
    names = {part.filename for part in parts}
    if any(_MACROS.search(name) for name in names if not name.startswith("xl/printerSettings")):
        raise Unreadable("has_macros")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Unreadable("not_a_spreadsheet")


def _xlsx(stream: BinaryIO) -> Iterator[Line]:
    _check_package(stream)
    stream.seek(0)
    import openpyxl  # takes a tenth of a second, and only who loads needs it

    # Whatever a damaged file makes the library raise, it is this file's fault and not the portal's.
    faults = (
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        EOFError,
        OSError,
        OverflowError,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and other things that are not read
        try:
            book = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
        except (*faults, zipfile.BadZipFile, openpyxl.utils.exceptions.InvalidFileException):
            raise Unreadable("not_a_spreadsheet") from None
    with contextlib.closing(book):
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not sheets:
            raise Unreadable("empty_file")
        number = 0
        try:
            sheets[0].reset_dimensions()  # a file may claim more, or less, than it holds
            rows = sheets[0].iter_rows(max_col=MOST_COLUMNS)
            while (row := _next(rows)) is not None:
                number += 1
                yield Line(number, _xlsx_cells(row))
        except (*faults, zipfile.BadZipFile):
            raise Unreadable("broken_sheet", row=number + 1) from None


def _next(rows: Iterator[Any]) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a day that no calendar has: the cell says so itself
        return next(rows, None)


def _xlsx_cells(row: Sequence[Any]) -> list[Cell]:
    """The cells up to the last one that holds something: the library fills rows up to the greatest width."""
    end = len(row)
    while end and row[end - 1].value is None:
        end -= 1
    return [_xlsx_cell(cell) for cell in row[:end]]


def _xlsx_cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return _EMPTY
    if cell.data_type == "f":
        return Cell(_kept(value if isinstance(value, str) else "="), is_formula=True)
    return Cell(_kept(_written(value)))


def _written(value: Any) -> str:
    """A value of a sheet as one would type it: days as year-month-day, whole numbers without a point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        is_day = not (value.hour or value.minute)
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return plain(str(value))


_EMPTY = Cell("")


def cut(rows: Iterable[Line], most: int) -> Iterator[list[Line]]:
    """Portions of at most `most` rows."""
    rows = iter(rows)
    while portion := list(itertools.islice(rows, most)):
        yield portion

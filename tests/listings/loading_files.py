"""Files of listings for tests: real facilities (those of the demonstration, whose sources are named there), repeated under
identifiers of their own until there are enough rows, with faults planted at rows that the test knows.
"""

import csv
import io
import json
import pathlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

import openpyxl

from app.core.i18n import use_locale
from app.listings.models.loading_columns import COLUMNS

FACTS = pathlib.Path(__file__).parents[2] / "app/demo/data/facilities.json"
NAMES = (
    "external_id", "direction", "kind", "title", "summary", "language", "quantity", "unit", "free_from", "place",
    "country", "latitude", "longitude", "access_mode", "cost_basis", "wants", "is_gift", "forms", "languages",
    "sdg_goals", "fields", "keywords", "ror",
)  # fmt: skip
ROR = "03y8mtb59"
NOT_UTF8 = "M\udcfcnster"  # the letter as one byte of Latin-1, as surrogateescape writes it
# Ten kinds of faults: the code, the column, what stands in the cell.
FAULTS: dict[str, tuple[str, str]] = {
    "bad_unit": ("unit", "parsecs"),
    "unknown_kind": ("kind", "starship"),
    "negative": ("quantity", "-5"),
    "bad_year": ("free_from", "0000-01-01"),
    "too_long": ("title", "Very long " * 30),
    "formula": ("summary", '=HYPERLINK("https://example.org";"open")'),
    "double_id": ("external_id", "F-00001"),
    "wrong_encoding": ("place", NOT_UTF8),
    "missing_return": ("wants", ""),
    "unknown_ror": ("ror", "0zzzzzz99"),
}


@lru_cache(maxsize=1)
def _facts() -> list[dict]:
    return json.loads(FACTS.read_text())


def facility(number: int) -> dict[str, str]:
    """Row `number` (from 1) of a clean file."""
    known = _facts()[(number - 1) % len(_facts())]
    lists = ("forms", "languages", "sdg_goals", "fields", "keywords")
    cells = {name: known.get(name) for name in NAMES}
    return {
        **{name: "" if value is None else str(value) for name, value in cells.items()},
        **{name: "; ".join(known.get(name) or []) for name in lists},
        "external_id": f"F-{number:05d}",
        "title": f"{known['title'][:105]} {number}",
        "wants": "; ".join(f"{line['kind']}: {line['text']}" for line in known.get("wants") or [])
        or "training: a week a year",
        "is_gift": "",
        "ror": ROR,
    }


def facilities(number: int) -> list[dict[str, str]]:
    """A clean file."""
    return [facility(at) for at in range(1, number + 1)]


def spoiled(rows: list[dict[str, str]], times: int = 4) -> dict[int, str]:
    """Plant each kind of fault `times` times, spread over the file; returns row of the spreadsheet → code."""
    codes = [code for code in FAULTS for _time in range(times)]
    step = (len(rows) - 2) // len(codes)
    planted = {}
    for at, code in enumerate(codes):
        place = 1 + at * step
        column, text = FAULTS[code]
        rows[place][column] = text
        planted[place + 2] = code  # the headings stand in row 1
    return planted


def as_csv(
    rows: Iterable[Mapping[str, str]], locale: str | None = None, separator: str = ",", bom: bool = False
) -> bytes:
    """The rows as CSV, with codes as headings or, with a locale, with labels in that language."""
    rows = list(rows)
    names = list(rows[0])
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow(headings(names, locale))
    writer.writerows([row[name] for name in names] for row in rows)
    return (b"\xef\xbb\xbf" if bom else b"") + buffer.getvalue().encode("utf-8", "surrogateescape")


def as_xlsx(rows: Iterable[Mapping[str, object]], locale: str | None = None) -> bytes:
    """The rows as a workbook; what begins with = is a formula in it."""
    rows = list(rows)
    names = list(rows[0])
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(headings(names, locale))
    for row in rows:
        sheet.append(
            [
                value.replace("\udcfc", "\ufffd") if isinstance(value := row[name], str) else value
                for name in names
            ]
        )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def headings(names: Iterable[str], locale: str | None) -> list[str]:
    if locale is None:
        return list(names)
    with use_locale(locale):
        return [str(COLUMNS[name].label) for name in names]

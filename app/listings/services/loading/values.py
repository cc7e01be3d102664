"""A cell's text as the value that a listing keeps, or the fault that stands in its way."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz, process

from app.core import vocab
from app.core.i18n import LOCALES
from app.core.quantities import parse
from app.core.text import canonical_email, clean_line, clean_text
from app.listings.models.loading_columns import COLUMNS, WORD_LENGTH, Column, accepted, plain_key
from app.listings.models.loading_faults import Fault
from app.listings.models.terms import LINE_LENGTH
from app.listings.queries.loading import Around

SHOWN = 60  # characters of a refused value that its sentence repeats
ALIKE = 78
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "01234567890123456789.")
_GAPS = str.maketrans("", "", " \u00a0\u202f\u2009٬'’")
_ISO = re.compile(r"(\d{1,6})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{1,6})")
_SLASHES = re.compile(r"\d{1,4}[/.\-\s]\d{1,2}[/.\-\s]\d{1,4}")
_ROR = re.compile(r"(?:https?://)?(?:www\.)?(?:ror\.org/)?(0[a-z0-9]{6}\d{2})/?", re.IGNORECASE)
_OWN_NUMBER = re.compile(r"#(\d{1,9})")


class Wrong(Exception):
    """A cell that cannot be taken: the code of its fault, with the facts of its sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts
        super().__init__(code)


def read(name: str, text: str, around: Around) -> Any:
    """The value of a cell; None for an empty one. Raises Wrong."""
    column = COLUMNS[name]
    if "\ufffd" in text:
        raise Wrong("wrong_encoding")
    cleaned = clean_text(text)
    return _READERS[column.shape](column, cleaned, around) if cleaned else None


def fault(column: str, wrong: Wrong) -> Fault:
    """The fault of a cell of this column."""
    return Fault(column, wrong.code, wrong.facts)


def split(text: str) -> list[str]:
    r"""The entries of a list: `;` or a new line between them, `\;` for a semicolon within one.

    >>> split("a; b\\;c;")
    ['a', 'b;c']
    """
    entries, entry, escaped = [], "", False
    for sign in text:
        if escaped:
            entry, escaped = entry + (sign if sign in ";\\؛" else f"\\{sign}"), False
        elif sign == "\\":
            escaped = True
        elif sign in ";\n؛":
            entries.append(entry)
            entry = ""
        else:
            entry += sign
    entries.append(f"{entry}\\" if escaped else entry)
    return [line for line in map(clean_line, entries) if line]


def join(entries: list[str]) -> str:
    """The reverse of `split`."""
    return "; ".join(re.sub(r"([\\;؛])", r"\\\1", entry) for entry in entries)


def ror_of(text: str) -> str | None:
    """A ROR identifier in the form that we keep (or `#12`, an institution's number here); None when it is neither."""
    cleaned = clean_line(text)
    if match := _ROR.fullmatch(cleaned):
        return match[1].lower()
    return cleaned if _OWN_NUMBER.fullmatch(cleaned) else None


# ---- texts -----------------------------------------------------------------------------------------------


def _most(text: str, most: int) -> str:
    if len(text) > most:
        raise Wrong("too_long", length=len(text), most=most, over=len(text) - most)
    return text


def _text(column: Column, text: str, _around: Around) -> str:
    return _most(text, column.most)


def _line(column: Column, text: str, _around: Around) -> str:
    return _most(clean_line(text), column.most)


def _identifier(column: Column, text: str, _around: Around) -> str:
    found = clean_line(text)
    if len(found) > column.most:
        raise Wrong("bad_id", most=column.most)
    return found


def _words(column: Column, text: str, _around: Around) -> list[str]:
    return _several(column, [_most(word, WORD_LENGTH) for word in split(text)])


def _several(column: Column, found: list[Any]) -> list[Any]:
    once = list(dict.fromkeys(found))
    if len(once) > column.most:
        raise Wrong("too_many", most=column.most)
    return once


# ---- listed values ---------------------------------------------------------------------------------------


def _choice(column: Column, text: str, _around: Around) -> Any:
    found = accepted(column.name).get(plain_key(text))
    if found is None:
        raise _unknown(column, text)
    return int(found) if column.name == "readiness" else found


def _unknown(column: Column, text: str) -> Wrong:
    facts: dict[str, Any] = {"value": clean_line(text)[:SHOWN]}
    if column.unknown == "bad_choice":
        facts["allowed"] = ", ".join(str(code) for code in column.options)
    known = accepted(column.name)
    likest = process.extractOne(plain_key(text)[:SHOWN], known.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    if likest:
        facts["likest"] = known[likest[0]]
    return Wrong(column.unknown, **facts)


def _choices(column: Column, text: str, around: Around) -> list[str]:
    return _several(column, [_choice(column, entry, around) for entry in split(text)])


def _yes_no(column: Column, text: str, _around: Around) -> bool:
    said = {"true": "yes", "1": "yes", "x": "yes", "y": "yes", "false": "no", "0": "no", "n": "no"}
    key = plain_key(text)
    found = accepted(column.name).get(said.get(key, key))
    if found is None:
        raise Wrong("bad_choice", value=clean_line(text)[:SHOWN], allowed="yes, no")
    return bool(found == "yes")


@lru_cache(maxsize=4)
def _vocabulary(shape: str) -> dict[str, str]:
    """What a cell may hold, as `plain_key` makes it, to the code of a country, language, field, goal or zone."""
    found: dict[str, str] = {}
    for locale in LOCALES:
        for code, label in _TERMS[shape](locale):
            found.setdefault(plain_key(code), code)
            if label:
                found.setdefault(plain_key(label), code)
    return found


def _field_terms(locale: str) -> list[tuple[str, str]]:
    """Domains first: a name that stands on several levels is the widest one's."""
    level = list(vocab.field_tree(locale))
    found: list[tuple[str, str]] = []
    while level:
        found += [(node.code, node.label) for node in level]
        level = [child for node in level for child in node.children]
    return found


# Names that files use for countries beside those of CLDR.
_COUNTRY_NAMES = {
    "Brunei Darussalam": "BN",
    "Burma": "MM",
    "Cape Verde": "CV",
    "Czech Republic": "CZ",
    "Great Britain": "GB",
    "Holland": "NL",
    "Iran (Islamic Republic of)": "IR",
    "Ivory Coast": "CI",
    "Korea, Republic of": "KR",
    "KSA": "SA",
    "Macedonia": "MK",
    "Palestine": "PS",
    "Republic of Korea": "KR",
    "Russian Federation": "RU",
    "Swaziland": "SZ",
    "Syrian Arab Republic": "SY",
    "The Netherlands": "NL",
    "Turkey": "TR",
    "UAE": "AE",
    "UK": "GB",
    "United States of America": "US",
    "USA": "US",
    "Viet Nam": "VN",
}


def _country_terms(locale: str) -> list[tuple[str, str]]:
    return [(term.code, term.label) for term in vocab.countries(locale)] + [
        (code, name) for name, code in _COUNTRY_NAMES.items()
    ]


_TERMS: dict[str, Callable[[str], list[tuple[str, str]]]] = {
    "country": _country_terms,
    "language": lambda locale: [(term.code, term.label) for term in vocab.languages(locale)],
    "field": _field_terms,
    "goal": lambda locale: [(term.code, term.label) for term in vocab.sdg_goals(locale)],
}


def _term(shape: str, column: Column, text: str) -> str:
    found = _vocabulary(shape).get(plain_key(text.translate(_DIGITS) if shape == "goal" else text))
    if found is None:
        raise Wrong(column.unknown, value=clean_line(text)[:SHOWN])
    return found


def _one(shape: str) -> Callable[[Column, str, Around], str]:
    return lambda column, text, _around: _term(shape, column, text)


def _many(shape: str) -> Callable[[Column, str, Around], list[str]]:
    return lambda column, text, _around: _several(
        column, [_term(shape, column, entry) for entry in split(text)]
    )


def _zone(column: Column, text: str, _around: Around) -> str:
    found = clean_line(text)
    if not vocab.is_timezone(found):
        raise Wrong(column.unknown, value=found[:SHOWN])
    return found


# ---- numbers and days ------------------------------------------------------------------------------------


def _decimal(text: str) -> Decimal:
    """The number of a text, in either digits. Raises Wrong."""
    typed = clean_line(text).translate(_DIGITS).translate(_GAPS).replace("−", "-").lstrip("+")
    if "," in typed:
        if re.fullmatch(r"-?\d{1,3},\d{3}", typed):
            raise Wrong("unclear_number", value=clean_line(text)[:SHOWN])
        is_european = typed.rfind(",") > typed.rfind(".") and typed.count(",") == 1
        typed = typed.replace(".", "").replace(",", ".") if is_european else typed.replace(",", "")
    try:
        if not re.fullmatch(r"-?\d{1,18}(\.\d{1,12})?", typed):
            raise Wrong("not_a_number", value=clean_line(text)[:SHOWN])
        return Decimal(typed)
    except InvalidOperation:
        raise Wrong("not_a_number", value=clean_line(text)[:SHOWN]) from None


def _number(column: Column, text: str, _around: Around) -> Decimal:
    number = _decimal(text)
    if number < 0:
        raise Wrong("negative")
    found = parse(f"{number:f}")
    if found is None or not 0 < found <= column.most:
        raise Wrong("out_of_range", least="0.001", most=f"{column.most:,}")
    return found


def _degrees(column: Column, text: str, _around: Around) -> float:
    number = _decimal(text)
    if not -column.most <= number <= column.most:
        raise Wrong("out_of_range", least=-column.most, most=column.most)
    return float(number)


def _day(_column: Column, text: str, _around: Around) -> date:
    shown = clean_line(text)[:SHOWN]
    typed = clean_line(text).translate(_DIGITS)
    if match := _ISO.fullmatch(typed):
        year, month, day = match.groups()
    elif match := _POINTS.fullmatch(typed):
        day, month, year = match.groups()
    else:
        raise Wrong("unclear_date" if _SLASHES.fullmatch(typed) else "not_a_date", value=shown)
    if len(year) < 4 and int(year):
        raise Wrong("unclear_date", value=shown)
    if not 1900 <= int(year) <= 2200:
        raise Wrong("bad_year", value=int(year))
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Wrong("not_a_date", value=shown) from None


# ---- what refers to others -------------------------------------------------------------------------------


def _lines(column: Column, text: str, _around: Around) -> list[dict[str, str]]:
    """What is wanted in return: `kind: words`, several with `;` between them."""
    found = []
    kinds = accepted("kind")
    for entry in split(text):
        head, colon, words = entry.partition(":")
        kind = kinds.get(plain_key(head))
        if not colon or not words.strip():
            raise Wrong("no_kind_in_line", value=entry[:SHOWN])
        if kind is None:
            raise _unknown(COLUMNS["kind"], head)
        found.append({"kind": kind, "text": _most(clean_line(words), LINE_LENGTH)})
    if len(found) > column.most:
        raise Wrong("too_many", most=column.most)
    return found


def _email(_column: Column, text: str, around: Around) -> int:
    found = around.representatives.get(canonical_email(text) or "")
    if found is None:
        raise Wrong("not_representative", value=clean_line(text)[:SHOWN])
    return found


def _consortium(_column: Column, text: str, around: Around) -> int:
    found = around.consortia.get(plain_key(text))
    if found is None:
        raise Wrong("bad_consortium", value=clean_line(text)[:SHOWN])
    return found


def _institution(text: str, around: Around) -> int:
    found = around.institutions.get(ror_of(text) or "")
    if found is None:
        raise Wrong("unknown_ror", value=clean_line(text)[:SHOWN])
    return found


def _ror(_column: Column, text: str, around: Around) -> None:
    if _institution(text, around) != around.institution_id:
        raise Wrong("other_ror", value=clean_line(text)[:SHOWN])


def _institutions(column: Column, text: str, around: Around) -> list[int]:
    return sorted(_several(column, [_institution(entry, around) for entry in split(text)]))


_READERS: dict[str, Callable[[Column, str, Around], Any]] = {
    "id": _identifier,
    "line": _line,
    "text": _text,
    "words": _words,
    "choice": _choice,
    "choices": _choices,
    "yes_no": _yes_no,
    "yes_no_open": _yes_no,
    "country": _one("country"),
    "language": _one("language"),
    "languages": _many("language"),
    "fields": _many("field"),
    "goals": _many("goal"),
    "zone": _zone,
    "number": _number,
    "degrees": _degrees,
    "date": _day,
    "lines": _lines,
    "email": _email,
    "consortium": _consortium,
    "ror": _ror,
    "institutions": _institutions,
}

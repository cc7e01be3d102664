"""What has to be there before an outcome can be sent, and the forms that identifiers have."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from app.core import clock
from app.core.i18n import LazyText, _l
from app.core.quantities import parse
from app.outcomes.models.words import LEADING, PARTS

PART_FIELDS = {
    "about": ("kind", "title", "summary", "description", "is_negative", "produced_on", "problem_id"),
    "change": ("measures", "benefits_who", "benefits_where", "origins"),
    "identifiers": ("identifiers", "licence"),
    "evidence": ("links",),
    "credit": (),
}
NEEDED = (
    ("about", "title", _l("Enter a title")),
    ("about", "summary", _l("Enter a summary")),
    ("about", "description", _l("Say what came of it")),
    ("about", "produced_on", _l("Enter the day on which it was there")),
    ("change", "benefits_who", _l("Say who benefits, or who may use what was learnt")),
    ("change", "benefits_where", _l("Choose at least one country")),
    ("identifiers", "licence", _l("Choose a licence")),
    ("evidence", "evidence", _l("Add a file, a link or an identifier that shows it")),
    ("credit", "named", _l("Name at least one person who contributed")),
)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>\\]{1,180}")
_PATENT = re.compile(r"[A-Z]{2}[A-Z0-9/.\-]{4,24}")
_HANDLE = re.compile(r"\d+(?:\.[\w.-]+)*/[^\s\"<>\\]{1,180}", re.ASCII)
_BEFORE_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_BEFORE_HANDLE = re.compile(r"^(?:https?://hdl\.handle\.net/|hdl:\s*)", re.IGNORECASE)


def web_address(typed: str) -> str | None:
    """An address of the web as it is kept, None for anything else.

    >>> web_address("https://data.example/set 1"), web_address("javascript:alert(1)")
    (None, None)
    """
    try:
        parts = urlsplit(typed)
        host = parts.hostname or ""
        _port = parts.port  # refuses what is no number
    except ValueError:
        return None
    is_plain = not re.search(r"[\s\"<>\\^`{|}]", typed) and len(typed) <= 300
    known = parts.scheme in {"http", "https"} and "." in host and "@" not in parts.netloc
    return typed if is_plain and known else None


def _isbn(typed: str) -> str | None:
    signs = typed.upper().replace("-", "").replace(" ", "").removeprefix("ISBN").lstrip(":")
    if re.fullmatch(r"\d{9}[\dX]", signs):
        numbers = [10 if sign == "X" else int(sign) for sign in signs]
        return (
            signs
            if sum(n * weight for n, weight in zip(numbers, range(10, 0, -1), strict=True)) % 11 == 0
            else None
        )
    if re.fullmatch(r"97[89]\d{10}", signs):
        return (
            signs
            if sum(int(sign) * (3 if at % 2 else 1) for at, sign in enumerate(signs)) % 10 == 0
            else None
        )
    return None  # fmt: skip


def identifier(scheme: str, typed: str) -> str | None:
    """An identifier as it is kept, without what people write around it; None when it has not the form of its kind.

    >>> identifier("doi", "https://doi.org/10.5281/zenodo.123"), identifier("doi", "zenodo.123")
    ('10.5281/zenodo.123', None)
    >>> identifier("isbn", "978-3-16-148410-0"), identifier("isbn", "978-3-16-148410-1")
    ('9783161484100', None)
    """
    typed = typed.strip()
    if scheme == "doi":
        bare = _BEFORE_DOI.sub("", typed)
        return bare if _DOI.fullmatch(bare) else None
    if scheme == "handle":
        bare = _BEFORE_HANDLE.sub("", typed)
        return bare if _HANDLE.fullmatch(bare) else None
    if scheme == "patent":
        bare = typed.upper().replace(" ", "")
        return bare if _PATENT.fullmatch(bare) and any(sign.isdigit() for sign in bare) else None
    if scheme == "isbn":
        return _isbn(typed)
    return web_address(typed) if scheme == "repository" else None


def address_of(scheme: str, value: str) -> str:
    """The web address of an identifier; empty for those that have none."""
    before = {"doi": "https://doi.org/", "handle": "https://hdl.handle.net/", "repository": ""}
    return before[scheme] + value if scheme in before else ""


def missing(values: Mapping[str, Any]) -> dict[str, dict[str, LazyText]]:
    """What has to be filled in before it can be sent: part → field → sentence. A part not in it is complete.

    `values` are those of all its fields, or of some: what is not named is not asked for. `evidence` says whether there is
    a file, a link or an identifier; `named` whether somebody is named.
    """
    found: dict[str, dict[str, LazyText]] = {}
    for part, field, sentence in NEEDED:
        if field in values and not values[field]:
            found.setdefault(part, {})[field] = sentence
    produced = values.get("produced_on")
    if produced is not None and produced > clock.today():
        found.setdefault("about", {})["produced_on"] = _l("Enter a day that has come")
    return {part: found[part] for part in PARTS if part in found}


def without_leading(origins: Iterable[str], named: Iterable[tuple[str, str | None]]) -> list[str]:
    """The countries of origin none of whose people holds a leading role, in order.

    `named`: (degree, country of the person's institution) of each role that stands.
    """
    leading = {country for degree, country in named if degree in LEADING and country}
    return [code for code in origins if code not in leading]


def numbers(measure: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """Baseline, target and what was reached, as numbers where they are.

    >>> numbers({"baseline": "35", "target": "less", "reached": ""})
    (Decimal('35'), None, None)
    """
    baseline, target, reached = (parse(measure.get(name) or "") for name in ("baseline", "target", "reached"))
    return baseline, target, reached

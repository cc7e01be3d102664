"""The period that a page of the ledger is asked for: whole months, in its address."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import request

from app.core import clock
from app.core.i18n import _

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
YEARS_OFFERED = 5


def _month(given: Mapping[str, str], name: str) -> date | None:
    """The first day of a month that is named as `2026-11`; None when it names none."""
    found = _MONTH.fullmatch(given.get(name, "").strip())
    if found is None or not 1900 <= int(found[1]) <= 2200:
        return None
    return date(int(found[1]), int(found[2]), 1)


def period_asked(given: Mapping[str, str] | None = None) -> tuple[date | None, date | None]:
    """The first and the last month, from the address (or a form), whatever it holds."""
    source = request.args if given is None else given
    since, until = _month(source, "since"), _month(source, "until")
    return (until, since) if since and until and until < since else (since, until)


def params_of(since: date | None, until: date | None, **others: str) -> dict[str, str]:
    """The same for an address, without what is empty."""
    given = {
        "since": since.strftime("%Y-%m") if since else "",
        "until": until.strftime("%Y-%m") if until else "",
        **others,
    }
    return {name: value for name, value in given.items() if value}


def address(params: Mapping[str, str], path: str = "") -> str:
    """The address of this page, or of another, with these parameters."""
    path = path or request.path
    return f"{path}?{urlencode(params)}" if params else path


def periods(since: date | None, until: date | None, **others: str) -> list[dict[str, Any]]:
    """All time and the last years, as tabs."""
    this = clock.today().year
    years = [(date(year, 1, 1), date(year, 12, 1)) for year in range(this, this - YEARS_OFFERED, -1)]
    offered = [(_("All time"), None, None)] + [(str(first.year), first, last) for first, last in years]
    return [
        {
            "label": label,
            "url": address(params_of(first, last, **others)),
            "current": (since, until) == (first, last),
        }
        for label, first, last in offered
    ]

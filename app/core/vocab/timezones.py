"""Time zones of the IANA database, named by their city and grouped by country, with the offset of the day."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.core import get_global

from app.core import clock
from app.core.collation import collation_key
from app.core.i18n import DEFAULT_LOCALE, babel_locale
from app.core.vocab.places import cldr_language, country_name
from app.core.vocab.terms import Term, load

UTC_ZONE = "Etc/UTC"


class ZoneGroup(NamedTuple):
    """The zones of one country; the code is empty for UTC, which belongs to none."""

    code: str
    label: str
    zones: tuple[Term, ...]


@lru_cache(maxsize=1)
def _data() -> dict[str, str]:
    """IANA zone to the ISO 3166-1 code of its country, empty for UTC."""
    data: dict[str, str] = load("timezones.json")
    return data


def offset_text(zone: str, on: date | None = None) -> str:
    """`UTC+5:30`: how far a zone is from UTC at noon of a day (today without), held together in a line of Arabic."""
    noon = datetime.combine(on or clock.today(), time(12), UTC)
    minutes = int((noon.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    text = "UTC" if not minutes else f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")
    # U+2066 and U+2069 keep the Latin letters and the sign from being reordered.
    return f"\u2066{text}\u2069"


@lru_cache(maxsize=1)
def _older_names() -> dict[str, list[str]]:
    """Zone to its older names; CLDR keeps a city's name under one of them (`Asia/Calcutta` for `Asia/Kolkata`)."""
    older: dict[str, list[str]] = {}
    for old, new in get_global("zone_aliases").items():
        older.setdefault(new, []).append(old)
    return older


def _city(zone: str, lang: str) -> str:
    for code in (lang, DEFAULT_LOCALE):
        named = babel_locale(code).time_zones
        for name in (zone, *_older_names().get(zone, ())):
            if city := named.get(name, {}).get("city"):
                return str(city)
    return zone.rpartition("/")[2].replace("_", " ")


@lru_cache(maxsize=4)
def _groups(lang: str, on: date) -> tuple[ZoneGroup, ...]:
    by_country: dict[str, list[Term]] = {}
    for zone, country in _data().items():
        if country:
            label = f"{_city(zone, lang)} ({offset_text(zone, on)})"
            by_country.setdefault(country, []).append(Term(zone, label))
    groups = [
        ZoneGroup(
            code,
            country_name(code, lang),
            tuple(sorted(zones, key=lambda term: collation_key(term.label, lang))),
        )
        for code, zones in by_country.items()
    ]
    groups.sort(key=lambda group: collation_key(group.label, lang))
    return (ZoneGroup("", "UTC", (Term(UTC_ZONE, "UTC"),)), *groups)


def timezones(locale: object = "en", on: date | None = None) -> tuple[ZoneGroup, ...]:
    """UTC, then the zones of each country, both sorted by name; offsets as of a day (today without)."""
    return _groups(cldr_language(locale), on or clock.today())


def timezone_label(zone: str, locale: object = "en", on: date | None = None) -> str:
    """`Amman (UTC+3)`; the zone itself when it is unknown."""
    known = canonical_timezone(zone)
    if known is None:
        return zone
    return "UTC" if known == UTC_ZONE else f"{_city(known, cldr_language(locale))} ({offset_text(known, on)})"


def timezone_country(zone: str) -> str | None:
    """The country a zone belongs to; None for UTC or an unknown zone."""
    return _data().get(canonical_timezone(zone) or "") or None


def canonical_timezone(zone: str) -> str | None:
    """The zone as it stands in the list, also for an older name a browser may send (`Asia/Calcutta`); None if unknown.

    >>> canonical_timezone("Asia/Calcutta")
    'Asia/Kolkata'
    """
    if zone in _data():
        return zone
    if zone in ("UTC", "GMT", "Etc/GMT"):
        return UTC_ZONE
    known = get_global("zone_aliases").get(zone)
    return known if known in _data() else None


def is_timezone(zone: str) -> bool:
    """Whether this zone stands in the list; bring an older name there with canonical_timezone first."""
    return zone in _data()

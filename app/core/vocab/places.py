"""Countries (ISO 3166-1) and the United Nations' regions (M49), named by Unicode CLDR through Babel.

Kosovo is among the countries under the code XK, which ISO leaves to users: CLDR and ROR use it.
"""

from functools import lru_cache
from typing import NamedTuple

from babel import UnknownLocaleError

from app.core.collation import collation_key
from app.core.i18n import DEFAULT_LOCALE, babel_locale
from app.core.vocab.terms import Term, language_of, load

# M49's five regions. Antarctica lies outside of them.
REGIONS = ("002", "019", "142", "150", "009")


class Place(NamedTuple):
    """Where a country lies, by M49 codes, and its IANA zones."""

    region: str | None = None
    subregion: str | None = None
    zones: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, Place], dict[str, dict[str, str]]]:
    """Alpha-2 code to its place; language to {alpha-2 code: short name}."""
    data = load("countries.json")
    places = {
        code: Place(region, sub, tuple(zones)) for code, (region, sub, zones) in data["countries"].items()
    }
    return places, data["short"]


def _places() -> dict[str, Place]:
    return _data()[0]


def cldr_language(locale: object) -> str:
    """The language to ask Babel for: the locale's own, or English where Babel has no names in it."""
    lang = language_of(locale)
    try:
        babel_locale(lang)
    except (UnknownLocaleError, ValueError):
        return DEFAULT_LOCALE
    return lang


@lru_cache(maxsize=2000)
def _territory(code: str, lang: str) -> str:
    """CLDR's name of a country or region; CLDR's short form where its usual one is long or carries a comment."""
    short = _data()[1].get(lang, {}).get(code)
    return str(
        short
        or babel_locale(lang).territories.get(code)
        or babel_locale(DEFAULT_LOCALE).territories.get(code, code)
    )


@lru_cache(maxsize=8)
def _countries(lang: str) -> tuple[Term, ...]:
    named = (Term(code, _territory(code, lang)) for code in _places())
    return tuple(sorted(named, key=lambda term: collation_key(term.label, lang)))


def countries(locale: object = "en") -> tuple[Term, ...]:
    """The 249 countries and areas of ISO 3166-1 and Kosovo, sorted by name."""
    return _countries(cldr_language(locale))


def country_name(code: str, locale: object = "en") -> str:
    """A country's everyday name; the code itself when it is unknown."""
    return _territory(code, cldr_language(locale)) if is_country(code) else code


def country_region(code: str) -> str | None:
    """The M49 code of the region a country lies in (`142`, Asia); None for Antarctica or an unknown code."""
    return _places().get(code, Place()).region


def country_subregion(code: str) -> str | None:
    """The M49 code of the subregion a country lies in (`145`, Western Asia); None as for country_region."""
    return _places().get(code, Place()).subregion


def country_timezones(code: str) -> tuple[str, ...]:
    """The IANA zones of a country; none for an unknown code."""
    return _places().get(code, Place()).zones


def regions(locale: object = "en") -> tuple[Term, ...]:
    """M49's five regions, sorted by name."""
    lang = cldr_language(locale)
    named = (Term(code, _territory(code, lang)) for code in REGIONS)
    return tuple(sorted(named, key=lambda term: collation_key(term.label, lang)))


def subregions(region: str, locale: object = "en") -> tuple[Term, ...]:
    """The M49 subregions of a region that hold a country, sorted by name; none for an unknown region."""
    lang = cldr_language(locale)
    codes = {place.subregion for place in _places().values() if place.region == region and place.subregion}
    return tuple(
        sorted(
            (Term(code, _territory(code, lang)) for code in codes),
            key=lambda term: collation_key(term.label, lang),
        )
    )


def region_name(code: str, locale: object = "en") -> str:
    """The name of an M49 region or subregion; the code itself when it is unknown."""
    return _territory(code, cldr_language(locale))


def countries_in(region: str) -> tuple[str, ...]:
    """The country codes of an M49 region or subregion."""
    return tuple(code for code, place in _places().items() if region in place[:2])


def is_country(code: str) -> bool:
    """Whether this is an ISO 3166-1 alpha-2 code, or XK, in capitals."""
    return code in _places()


def is_region(code: str) -> bool:
    """Whether this is one of M49's five regions."""
    return code in REGIONS

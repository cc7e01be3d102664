"""Countries (ISO 3166-1) and the United Nations' regions (M49), named by Unicode CLDR through Babel."""

from functools import lru_cache
from typing import Any

from babel import UnknownLocaleError

from app.core.collation import collation_key
from app.core.i18n import DEFAULT_LOCALE, babel_locale
from app.core.vocab.terms import Term, language_of, load

# M49's five regions. Antarctica lies outside of them.
REGIONS = ("002", "019", "142", "150", "009")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    """`countries`: alpha-2 code to [M49 region, subregion, [time zones]]; `short`: language to {code: short name}."""
    return load("countries.json")


def cldr_language(locale: object) -> str:
    """The language to ask Babel for: the locale's own, or English where Babel has no names in it."""
    lang = language_of(locale)
    try:
        babel_locale(lang)
    except (UnknownLocaleError, ValueError):
        return DEFAULT_LOCALE
    return lang


def _territory(code: str, lang: str) -> str:
    """CLDR's name of a country or region; CLDR's short form where its usual one is long or carries a comment."""
    short = _data()["short"].get(lang, {}).get(code)
    return short or babel_locale(lang).territories.get(code) or babel_locale(DEFAULT_LOCALE).territories.get(code, code)


@lru_cache(maxsize=8)
def _countries(lang: str) -> tuple[Term, ...]:
    named = (Term(code, _territory(code, lang)) for code in _data()["countries"])
    return tuple(sorted(named, key=lambda term: collation_key(term.label, lang)))


def countries(locale: object = "en") -> tuple[Term, ...]:
    """The 249 countries and areas of ISO 3166-1, sorted by name."""
    return _countries(cldr_language(locale))


def country_name(code: str, locale: object = "en") -> str:
    """A country's everyday name; the code itself when it is unknown."""
    return _territory(code, cldr_language(locale)) if is_country(code) else code


def country_region(code: str) -> str | None:
    """The M49 code of the region a country lies in (`142`, Asia); None for Antarctica or an unknown code."""
    return _data()["countries"].get(code, [None])[0]


def country_subregion(code: str) -> str | None:
    """The M49 code of the subregion a country lies in (`145`, Western Asia); None as for country_region."""
    return _data()["countries"].get(code, [None, None])[1]


def country_timezones(code: str) -> tuple[str, ...]:
    """The IANA zones of a country; none for an unknown code."""
    return tuple(_data()["countries"].get(code, [None, None, ()])[2])


def regions(locale: object = "en") -> tuple[Term, ...]:
    """M49's five regions, sorted by name."""
    lang = cldr_language(locale)
    named = (Term(code, _territory(code, lang)) for code in REGIONS)
    return tuple(sorted(named, key=lambda term: collation_key(term.label, lang)))


def subregions(region: str, locale: object = "en") -> tuple[Term, ...]:
    """The M49 subregions of a region that hold a country, sorted by name; none for an unknown region."""
    lang = cldr_language(locale)
    codes = {row[1] for row in _data()["countries"].values() if row[0] == region and row[1]}
    return tuple(
        sorted((Term(code, _territory(code, lang)) for code in codes), key=lambda term: collation_key(term.label, lang))
    )


def region_name(code: str, locale: object = "en") -> str:
    """The name of an M49 region or subregion; the code itself when it is unknown."""
    return _territory(code, cldr_language(locale))


def countries_in(region: str) -> tuple[str, ...]:
    """The country codes of an M49 region or subregion."""
    return tuple(code for code, row in _data()["countries"].items() if region in row[:2])


def is_country(code: str) -> bool:
    """Whether this is an ISO 3166-1 alpha-2 code, in capitals."""
    return code in _data()["countries"]


def is_region(code: str) -> bool:
    """Whether this is one of M49's five regions."""
    return code in REGIONS

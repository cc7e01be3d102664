"""Languages people write and speak: the 184 of ISO 639-1, named by Unicode CLDR through Babel."""

from functools import lru_cache

from app.core.collation import collation_key
from app.core.i18n import DEFAULT_LOCALE, babel_locale
from app.core.vocab.places import cldr_language
from app.core.vocab.terms import Term, load


@lru_cache(maxsize=1)
def _data() -> dict[str, list[str]]:
    """ISO 639-1 code to [the language's own name, `ltr` or `rtl`]."""
    data: dict[str, list[str]] = load("languages.json")
    return data


def _name(code: str, lang: str) -> str:
    names = babel_locale(lang).languages
    return names.get(code) or babel_locale(DEFAULT_LOCALE).languages.get(code) or _data()[code][0]


@lru_cache(maxsize=8)
def _languages(lang: str) -> tuple[Term, ...]:
    named = (Term(code, _name(code, lang), row[0]) for code, row in _data().items())
    return tuple(sorted(named, key=lambda term: collation_key(term.label, lang)))


def languages(locale: object = "en") -> tuple[Term, ...]:
    """All languages sorted by name in the locale; the title is the language's own name."""
    return _languages(cldr_language(locale))


def language_name(code: str, locale: object = "en") -> str:
    """A language's name in another language; the code itself when it is unknown."""
    return _name(code, cldr_language(locale)) if is_language(code) else code


def language_native(code: str) -> str:
    """A language's own name (`العربية`); the code itself when it is unknown."""
    return _data()[code][0] if is_language(code) else code


def language_dir(code: str) -> str:
    """`rtl` or `ltr`, the direction a language is written in; `auto` for an unknown code."""
    return _data()[code][1] if is_language(code) else "auto"


def is_language(code: str) -> bool:
    """Whether this is an ISO 639-1 code, in small letters."""
    return code in _data()

"""Two languages: which one is spoken now, and how a sentence, date or number reads in it.

The locale is a context variable, so that a request, a mail to somebody else and a worker all use the same
functions. Catalogues are GNU gettext files in `app/translations`, read by Babel.
"""

import pathlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, lists, numbers, units
from babel.support import NullTranslations, Translations

LOCALES = ("en", "ar")
DEFAULT_LOCALE = "en"
RTL = frozenset({"ar", "fa", "ur", "he", "ps", "ug", "ckb", "sd", "dv", "yi"})
CATALOGUES = pathlib.Path(__file__).parent.parent / "translations"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)
_zone: ContextVar[str] = ContextVar("zone", default="UTC")


def get_locale() -> str:
    """The language code spoken now, one of LOCALES."""
    return _locale.get()


def set_locale(code: str | None, zone: str | None = None) -> None:
    """Speak this language (and zone) for the rest of the current context; unknown codes fall back to English."""
    _locale.set(code if code in LOCALES else DEFAULT_LOCALE)
    _zone.set(zone or "UTC")


@contextmanager
def use_locale(code: str | None, zone: str | None = None) -> Iterator[None]:
    """Speak another language for a while, as for a mail to its reader."""
    tokens = _locale.set(code if code in LOCALES else DEFAULT_LOCALE), _zone.set(zone or _zone.get())
    try:
        yield
    finally:
        _locale.reset(tokens[0])
        _zone.reset(tokens[1])


def text_dir(code: str | None = None) -> str:
    """`rtl` or `ltr` of a language code (of the current one without)."""
    return "rtl" if (code or get_locale()).split("-")[0].split("_")[0] in RTL else "ltr"


@lru_cache(maxsize=8)
def _catalogue(code: str) -> NullTranslations:
    return Translations.load(CATALOGUES, [code]) if code != DEFAULT_LOCALE else NullTranslations()


def gettext(message: str, /, **facts: Any) -> str:
    """The sentence in the current language, `%(name)s` filled from facts."""
    text = _catalogue(get_locale()).ugettext(message)
    return text % facts if facts else text


def plural_form(singular: str, plural: str, num: int, /) -> str:
    """The sentence for this number (Arabic has six forms), its `%(name)s` not filled yet."""
    return _catalogue(get_locale()).ungettext(singular, plural, num)


def ngettext(singular: str, plural: str, num: int, /, **facts: Any) -> str:
    """The sentence for this number; `%(num)s` is the number, written for the locale."""
    return plural_form(singular, plural, num) % {"num": fmt_number(num), **facts}


def pgettext(context: str, message: str, /, **facts: Any) -> str:
    """Like gettext, for a word that needs its context to be translated."""
    text = _catalogue(get_locale()).upgettext(context, message)
    return str(text % facts if facts else text)


class LazyText:
    """A sentence that is put into words when it is read: for constants, errors and labels."""

    __slots__ = ("context", "facts", "message")

    def __init__(self, message: str, context: str | None = None, **facts: Any) -> None:
        self.message, self.context, self.facts = message, context, facts

    def __str__(self) -> str:
        facts = {
            key: str(value) if isinstance(value, LazyText) else value for key, value in self.facts.items()
        }
        if self.context:
            return pgettext(self.context, self.message, **facts)
        return gettext(self.message, **facts)

    def __html__(self) -> str:
        from markupsafe import escape

        return escape(str(self))

    def __mod__(self, other: Any) -> str:
        return str(self) % other

    def __repr__(self) -> str:
        return f"LazyText({self.message!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self.message)


def lazy_gettext(message: str, /, **facts: Any) -> LazyText:
    """A sentence translated when it is shown."""
    return LazyText(message, **facts)


_ = gettext
_l = lazy_gettext


# ---- how things read -------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def babel_locale(code: str) -> Locale:
    """Babel's locale object of a language code."""
    return Locale.parse(code.replace("-", "_"))


def zone() -> ZoneInfo:
    """The reader's time zone."""
    return ZoneInfo(_zone.get())


def zone_name() -> str:
    """The reader's IANA zone."""
    return _zone.get()


def fmt_date(value: date | datetime | None, length: str = "long") -> str:
    """A day in words in the reader's zone, such as `22 November 2026`; empty for None."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(zone()).date()
    return _date_in(value, length, get_locale())


# A list names the same days and figures again and again, and Babel takes its time for each.
@lru_cache(maxsize=4096)
def _date_in(day: date, length: str, code: str) -> str:
    pattern = {
        "long": "d MMMM y",
        "weekday": "EEEE d MMMM",
        "full": "EEEE d MMMM y",
        "medium": "d MMM y",
        "month": "LLLL y",
    }
    return dates.format_date(day, pattern[length], locale=babel_locale(code))


def fmt_datetime(value: datetime | None) -> str:
    """Day, time and zone, such as `22 November 2026, 14:12 (UTC+3)`; empty for None."""
    if value is None:
        return ""
    here = value.astimezone(zone())
    offset = here.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "-"
    shown = (
        "UTC"
        if not minutes
        else f"UTC{sign}{abs(minutes) // 60}" + (f":{abs(minutes) % 60:02d}" if minutes % 60 else "")
    )
    clock = dates.format_time(here.timetz(), "HH:mm", locale=babel_locale(get_locale()))
    # U+2066..U+2069 keep the zone's Latin letters from reordering an Arabic line.
    return gettext(
        "%(day)s, %(clock)s (%(zone)s)", day=fmt_date(here), clock=clock, zone=f"\u2066{shown}\u2069"
    )


def fmt_since(value: datetime | None) -> str:
    """How long ago (or ahead), in words, such as `3 days ago`."""
    if value is None:
        return ""
    delta = value - datetime.now(UTC)
    return dates.format_timedelta(delta, add_direction=True, locale=babel_locale(get_locale()), threshold=1.2)


def fmt_number(value: float | Decimal | None) -> str:
    """A number with the locale's grouping, in Western digits; empty for None."""
    return "" if value is None else _number_in(value, get_locale())


@lru_cache(maxsize=4096)
def _number_in(value: float | Decimal, code: str) -> str:
    return numbers.format_decimal(value, locale=babel_locale(code))


def fmt_size(size: int) -> str:
    """The size of a file, such as `2.4 MB`."""
    unit, by = ("megabyte", 1024 * 1024) if size >= 1024 * 1024 else ("kilobyte", 1024)
    number = max(0.1, round(size / by, 1))
    return units.format_unit(number, f"digital-{unit}", "short", locale=babel_locale(get_locale()))


def fmt_list(values: list[str]) -> str:
    """`A, B and C` in the current language."""
    texts = [str(value) for value in values]
    if get_locale() == "ar" and (len(texts) > 2 or any(" و" in text for text in texts)):
        # CLDR joins with a bare "and", which hides where one name ends when names hold an "and" themselves.
        return "، و".join(texts)
    return lists.format_list(texts, locale=babel_locale(get_locale())) if texts else ""


def start_of_day(day: date, zone_id: str = "UTC") -> datetime:
    """The instant in UTC at which a day begins in a zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone_id)).astimezone(UTC)

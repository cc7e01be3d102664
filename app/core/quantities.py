"""Quantities with a unit: exact decimals, and the fixed list of units. Unlike units are never summed."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, TypeDecorator

from app.core.i18n import LazyText, _l, fmt_number, ngettext

PLACES = Decimal("0.001")
MOST = Decimal(10**11)


class Quantity(TypeDecorator[Decimal]):
    """A decimal with three places, kept as a whole number of thousandths: exact, and summed alike on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Towards the database."""
        return None if value is None else int((value * 1000).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Any) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From the database; without zeros at the end."""
        return None if value is None else plain(Decimal(value) / 1000)


class Unit(NamedTuple):
    """A unit: its code, its name in a list of units, and what a quantity of it reads like.

    `amount` takes a whole number that decides the form, and the number as it is written.
    """

    code: str
    label: LazyText
    amount: Callable[[int, str], str]


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("hour", _l("hours"), lambda n, num: ngettext("%(num)s hour", "%(num)s hours", n, num=num)),
        Unit("day", _l("days"), lambda n, num: ngettext("%(num)s day", "%(num)s days", n, num=num)),
        Unit("week", _l("weeks"), lambda n, num: ngettext("%(num)s week", "%(num)s weeks", n, num=num)),
        Unit("month", _l("months"), lambda n, num: ngettext("%(num)s month", "%(num)s months", n, num=num)),
        Unit(
            "person_day",
            _l("person-days"),
            lambda n, num: ngettext("%(num)s person-day", "%(num)s person-days", n, num=num),
        ),
        Unit(
            "person_month",
            _l("person-months"),
            lambda n, num: ngettext("%(num)s person-month", "%(num)s person-months", n, num=num),
        ),
        Unit("place", _l("places"), lambda n, num: ngettext("%(num)s place", "%(num)s places", n, num=num)),
        Unit("piece", _l("pieces"), lambda n, num: ngettext("%(num)s piece", "%(num)s pieces", n, num=num)),
        Unit(
            "sample", _l("samples"), lambda n, num: ngettext("%(num)s sample", "%(num)s samples", n, num=num)
        ),
        Unit("run", _l("runs"), lambda n, num: ngettext("%(num)s run", "%(num)s runs", n, num=num)),
        Unit("visit", _l("visits"), lambda n, num: ngettext("%(num)s visit", "%(num)s visits", n, num=num)),
        Unit(
            "session",
            _l("sessions"),
            lambda n, num: ngettext("%(num)s session", "%(num)s sessions", n, num=num),
        ),
        Unit("page", _l("pages"), lambda n, num: ngettext("%(num)s page", "%(num)s pages", n, num=num)),
        Unit(
            "record", _l("records"), lambda n, num: ngettext("%(num)s record", "%(num)s records", n, num=num)
        ),
        Unit(
            "licence",
            _l("licences"),
            lambda n, num: ngettext("%(num)s licence", "%(num)s licences", n, num=num),
        ),
        Unit(
            "core_hour",
            _l("core hours"),
            lambda n, num: ngettext("%(num)s core hour", "%(num)s core hours", n, num=num),
        ),
        Unit(
            "gpu_hour",
            _l("GPU hours"),
            lambda n, num: ngettext("%(num)s GPU hour", "%(num)s GPU hours", n, num=num),
        ),
        Unit(
            "gigabyte",
            _l("gigabytes"),
            lambda n, num: ngettext("%(num)s gigabyte", "%(num)s gigabytes", n, num=num),
        ),
        Unit(
            "terabyte",
            _l("terabytes"),
            lambda n, num: ngettext("%(num)s terabyte", "%(num)s terabytes", n, num=num),
        ),
        Unit(
            "square_metre",
            _l("square metres"),
            lambda n, num: ngettext("%(num)s square metre", "%(num)s square metres", n, num=num),
        ),
        Unit(
            "hectare",
            _l("hectares"),
            lambda n, num: ngettext("%(num)s hectare", "%(num)s hectares", n, num=num),
        ),
        Unit(
            "kilogram",
            _l("kilograms"),
            lambda n, num: ngettext("%(num)s kilogram", "%(num)s kilograms", n, num=num),
        ),
        Unit("tonne", _l("tonnes"), lambda n, num: ngettext("%(num)s tonne", "%(num)s tonnes", n, num=num)),
        Unit("litre", _l("litres"), lambda n, num: ngettext("%(num)s litre", "%(num)s litres", n, num=num)),
        Unit(
            "kilometre",
            _l("kilometres"),
            lambda n, num: ngettext("%(num)s kilometre", "%(num)s kilometres", n, num=num),
        ),
        Unit("eur", _l("euros"), lambda n, num: ngettext("%(num)s euro", "%(num)s euros", n, num=num)),
        Unit(
            "usd",
            _l("US dollars"),
            lambda n, num: ngettext("%(num)s US dollar", "%(num)s US dollars", n, num=num),
        ),
        Unit(
            "gbp",
            _l("pounds sterling"),
            lambda n, num: ngettext("%(num)s pound sterling", "%(num)s pounds sterling", n, num=num),
        ),
        Unit(
            "sar",
            _l("Saudi riyals"),
            lambda n, num: ngettext("%(num)s Saudi riyal", "%(num)s Saudi riyals", n, num=num),
        ),
        Unit(
            "aed",
            _l("UAE dirhams"),
            lambda n, num: ngettext("%(num)s UAE dirham", "%(num)s UAE dirhams", n, num=num),
        ),
        Unit(
            "egp",
            _l("Egyptian pounds"),
            lambda n, num: ngettext("%(num)s Egyptian pound", "%(num)s Egyptian pounds", n, num=num),
        ),
        Unit(
            "myr",
            _l("Malaysian ringgit"),
            lambda n, num: ngettext("%(num)s Malaysian ringgit", "%(num)s Malaysian ringgit", n, num=num),
        ),
        Unit(
            "try",
            _l("Turkish lira"),
            lambda n, num: ngettext("%(num)s Turkish lira", "%(num)s Turkish lira", n, num=num),
        ),
    )
}


def is_unit(code: str) -> bool:
    """Whether this is the code of a unit."""
    return code in UNITS


def unit_label(code: str) -> str:
    """What stands after a number; the code itself when it is unknown."""
    return str(UNITS[code].label) if code in UNITS else code


def plain(number: Decimal) -> Decimal:
    """The same number without zeros at its end and without an exponent.

    >>> plain(Decimal("80.000")), plain(Decimal("2.50"))
    (Decimal('80'), Decimal('2.5'))
    """
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def parse(text: str) -> Decimal | None:
    """The number of a text with a point for its decimals and at most three of them; None when it is none.

    >>> parse("80"), parse("2.5"), parse("1e3"), parse("2.0001"), parse("-1")
    (Decimal('80'), Decimal('2.5'), None, None, Decimal('-1'))
    """
    if not text.isascii() or not text.lstrip("-").replace(".", "", 1).isdigit() or len(text) > 20:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return plain(number) if number == number.quantize(PLACES) else None


def amount(number: Decimal | None, unit: str) -> str:
    """A quantity in words, as `80 hours` or `1 hour`; empty without a number."""
    if number is None:
        return ""
    if unit not in UNITS:
        return f"{fmt_number(number)} {unit}".strip()
    # A fraction is neither one, two nor a few: it reads like hundreds do ("2.5 hours").
    deciding = int(number) if number == number.to_integral_value() else 100
    return UNITS[unit].amount(deciding, fmt_number(number))

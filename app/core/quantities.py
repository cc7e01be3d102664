"""Quantities with a unit: exact decimals, and the fixed list of units. Unlike units are never summed."""

from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, TypeDecorator

from app.core.i18n import LazyText, _l, fmt_number

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
    """A unit: its code and what stands after a number; the label is put into words when it is shown."""

    code: str
    label: LazyText


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("hour", _l("hours")),
        Unit("day", _l("days")),
        Unit("week", _l("weeks")),
        Unit("month", _l("months")),
        Unit("person_day", _l("person-days")),
        Unit("person_month", _l("person-months")),
        Unit("place", _l("places")),
        Unit("piece", _l("pieces")),
        Unit("sample", _l("samples")),
        Unit("run", _l("runs")),
        Unit("visit", _l("visits")),
        Unit("session", _l("sessions")),
        Unit("page", _l("pages")),
        Unit("record", _l("records")),
        Unit("licence", _l("licences")),
        Unit("core_hour", _l("core hours")),
        Unit("gpu_hour", _l("GPU hours")),
        Unit("gigabyte", _l("gigabytes")),
        Unit("terabyte", _l("terabytes")),
        Unit("square_metre", _l("square metres")),
        Unit("hectare", _l("hectares")),
        Unit("kilogram", _l("kilograms")),
        Unit("tonne", _l("tonnes")),
        Unit("litre", _l("litres")),
        Unit("kilometre", _l("kilometres")),
        Unit("eur", _l("euros")),
        Unit("usd", _l("US dollars")),
        Unit("gbp", _l("pounds sterling")),
        Unit("sar", _l("Saudi riyals")),
        Unit("aed", _l("UAE dirhams")),
        Unit("egp", _l("Egyptian pounds")),
        Unit("myr", _l("Malaysian ringgit")),
        Unit("try", _l("Turkish lira")),
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
    """A quantity in words, as `80 hours`; empty without a number."""
    return "" if number is None else f"{fmt_number(number)} {unit_label(unit)}".strip()

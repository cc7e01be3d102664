"""The partners on the map and by region."""

import pathlib
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from sqlalchemy import func, select

from app.core import vocab
from app.core.db import db
from app.core.i18n import fmt_number, get_locale
from app.institutions.models import Institution

LAND = pathlib.Path(__file__).parents[2] / "data" / "land.txt"
# The plate carrée in which the coast line of data/land.txt is drawn: 900 by 378, 168° W at the start.
ORIGIN_X, ORIGIN_Y, SCALE_X, SCALE_Y, WEST = 420.6, 226.4, 2.5, 2.7, -168.0
SMALLEST, ONE, LARGEST = 3.0, 5.5, 13.0


@dataclass(frozen=True)
class Country:
    """A country's verified institutions: code, name, region's code, how many, and the middle of where they are."""

    code: str
    name: str
    region: str | None
    number: int
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Partners:
    """All countries, and the same by region: (name, institutions, countries)."""

    countries: list[Country]
    regions: list[tuple[str, int, int]]

    @property
    def total(self) -> int:
        """How many institutions there are."""
        return sum(country.number for country in self.countries)

    def table_by_region(self) -> list[list[str]]:
        """Rows of region, institutions, countries, in the reader's numbers."""
        return [[name, fmt_number(number), fmt_number(countries)] for name, number, countries in self.regions]

    def table_by_country(self) -> list[list[str]]:
        """Rows of country and institutions, the most first."""
        return [[country.name, fmt_number(country.number)] for country in self.countries]


@lru_cache(maxsize=1)
def land() -> str:
    """The path of the coast lines."""
    return LAND.read_text().strip()


def partners() -> Partners:
    """Verified institutions by country; one statement."""
    rows = db.session.execute(
        select(
            Institution.country,
            func.count().label("number"),
            func.avg(Institution.latitude).label("latitude"),
            func.avg(Institution.longitude).label("longitude"),
        )
        .where(Institution.state == "verified")
        .group_by(Institution.country)
    )
    locale = get_locale()
    countries = [
        Country(
            row.country,
            vocab.country_name(row.country, locale),
            vocab.country_region(row.country),
            row.number,
            None if row.latitude is None else float(row.latitude),
            None if row.longitude is None else float(row.longitude),
        )
        for row in rows
    ]
    countries.sort(key=lambda country: (-country.number, country.name))
    regions = []
    for code, name, _title in vocab.regions(locale):
        here = [country for country in countries if country.region == code]
        if here:
            regions.append((name, sum(country.number for country in here), len(here)))
    return Partners(countries, regions)


@dataclass(frozen=True)
class Dot:
    """A country on the map, in the drawing's units: where, how large, and what it stands for."""

    x: str
    y: str
    radius: str
    name: str
    number: int


def dots(countries: list[Country]) -> list[Dot]:
    """A dot a country, the largest first so that small ones lie above; area grows with the number."""
    most = max((country.number for country in countries), default=1)
    unit = min(ONE, LARGEST / sqrt(most))
    found = []
    for country in countries:
        if country.latitude is None or country.longitude is None:
            continue
        longitude = country.longitude + 360 if country.longitude < WEST else country.longitude
        radius = max(SMALLEST, unit * sqrt(country.number))
        found.append(
            Dot(
                f"{ORIGIN_X + SCALE_X * longitude:.0f}",
                f"{ORIGIN_Y - SCALE_Y * country.latitude:.0f}",
                f"{radius:.1f}",
                country.name,
                country.number,
            )
        )
    return found

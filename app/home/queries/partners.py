"""The partners on the map and by region."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import vocab
from app.core.db import db
from app.core.i18n import fmt_number, get_locale
from app.core.worldmap import Dot, Place, dots, land
from app.institutions.models import Institution


@dataclass(frozen=True)
class Country(Place):
    """A country's verified institutions, the middle of where they are, and its region's code."""

    region: str | None = None


@dataclass(frozen=True)
class Partners:
    """Values that stand for themselves: all countries, and the same by region: (name, institutions, countries)."""

    countries: tuple[Country, ...]
    regions: tuple[tuple[str, int, int], ...]

    @property
    def total(self) -> int:
        """How many institutions there are."""
        return sum(country.number for country in self.countries)

    @property
    def land(self) -> str:
        """The path of the coast lines."""
        return land()

    def dots(self) -> list[Dot]:
        """The countries on the map."""
        return dots(self.countries)

    def table_by_region(self) -> list[list[str]]:
        """Rows of region, institutions, countries, in the reader's numbers."""
        return [[name, fmt_number(number), fmt_number(countries)] for name, number, countries in self.regions]

    def table_by_country(self) -> list[list[str]]:
        """Rows of country and institutions, the most first."""
        return [[country.name, fmt_number(country.number)] for country in self.countries]


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
            row.number,
            None if row.latitude is None else float(row.latitude),
            None if row.longitude is None else float(row.longitude),
            vocab.country_region(row.country),
        )
        for row in rows
    ]
    countries.sort(key=lambda country: (-country.number, country.name))
    regions = []
    for code, name, _title in vocab.regions(locale):
        here = [country for country in countries if country.region == code]
        if here:
            regions.append((name, sum(country.number for country in here), len(here)))
    return Partners(tuple(countries), tuple(regions))

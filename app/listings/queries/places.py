"""Where the listings of a list are, for its map."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select

from app.core import vocab
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.worldmap import Place
from app.institutions.models import Institution
from app.listings.models import Listing
from app.listings.queries.catalogue import first_matches
from app.listings.queries.matching import Asking, Wanted


def places(actor: Actor, wanted: Wanted) -> list[Place]:
    """The countries of what is filtered, the most first; of more than a thousand matches the newest thousand count.

    A dot lies in the middle of the listings' own places, else of their institutions. What can be had from anywhere and
    names no country has the code "" and no dot.
    """
    asking = Asking.of(actor, wanted)
    locale = get_locale()
    query = _by_country(asking)
    found = [
        Place(
            row.country,
            vocab.country_name(row.country, locale) if row.country else "",
            row.number,
            None if row.latitude is None or not row.country else float(row.latitude),
            None if row.longitude is None or not row.country else float(row.longitude),
        )
        for row in db.session.execute(query, asking.values(query))
    ]
    return sorted(found, key=lambda place: (not place.code, -place.number, place.name))


@lru_cache(maxsize=64)
def _by_country(asking: Asking) -> Select[Any]:
    over = first_matches(asking)
    return (
        select(
            Listing.country,
            func.count().label("number"),
            func.avg(func.coalesce(Listing.latitude, Institution.latitude)).label("latitude"),
            func.avg(func.coalesce(Listing.longitude, Institution.longitude)).label("longitude"),
        )
        .select_from(over)
        .join(Listing, Listing.id == over.c.id)
        .join(Institution, Institution.id == Listing.institution_id)
        .group_by(Listing.country)
    )

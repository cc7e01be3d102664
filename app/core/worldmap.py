"""The world as the portal draws it: our own coast lines, a dot for a country or place. No tiles, no borders."""

import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

LAND = pathlib.Path(__file__).parents[1] / "data" / "land.txt"
# The plate carrée in which the coast line of data/land.txt is drawn: 900 by 378, 168° W at the start.
ORIGIN_X, ORIGIN_Y, SCALE_X, SCALE_Y, WEST = 420.6, 226.4, 2.5, 2.7, -168.0
SMALLEST, ONE, LARGEST = 3.0, 5.5, 13.0


@lru_cache(maxsize=1)
def land() -> str:
    """The path of the coast lines."""
    return LAND.read_text().strip()


@dataclass(frozen=True)
class Place:
    """What a dot stands for: a code, its name, how many there are, and where (None where that is not known)."""

    code: str
    name: str
    number: int
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Dot:
    """A place on the map, in the drawing's units: where, how large, and what it stands for."""

    x: str
    y: str
    radius: str
    code: str
    name: str
    number: int


def dots(places: Sequence[Place]) -> list[Dot]:
    """A dot a place, in their order; area grows with the number. Give the largest first, so that small ones lie above."""
    most = max((place.number for place in places), default=1)
    unit = min(ONE, LARGEST / sqrt(most))
    found = []
    for place in places:
        if place.latitude is None or place.longitude is None:
            continue
        longitude = place.longitude + 360 if place.longitude < WEST else place.longitude
        found.append(
            Dot(
                f"{ORIGIN_X + SCALE_X * longitude:.0f}",
                f"{ORIGIN_Y - SCALE_Y * place.latitude:.0f}",
                f"{max(SMALLEST, unit * sqrt(place.number)):.1f}",
                place.code,
                place.name,
                place.number,
            )
        )
    return found

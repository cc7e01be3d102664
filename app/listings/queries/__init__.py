"""Reads of offers and needs; all take the actor or a listing that the reader may see."""

from app.listings.queries.review import deciders, newest_review, rounds
from app.listings.queries.writing import (
    Places,
    askers,
    consortia_of,
    contacts_of,
    has_earned_trust,
    lines,
    places_to_post,
    values_of,
)

__all__ = [
    "Places",
    "askers",
    "consortia_of",
    "contacts_of",
    "deciders",
    "has_earned_trust",
    "lines",
    "newest_review",
    "places_to_post",
    "rounds",
    "values_of",
]

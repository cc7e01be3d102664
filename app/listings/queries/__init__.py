"""Reads of offers and needs. For other features: `get`, `of_institution`, `of_consortium`, `drafts_of`,
`newest`, `numbers`; all but `numbers` take the actor and return only what they may see.
"""

from app.listings.queries.catalogue import Found, divided, export, find
from app.listings.queries.detail import (
    Detail,
    detail,
    drafts_of,
    get,
    newest,
    number_of,
    numbers,
    of_consortium,
    of_institution,
    parts,
    photo,
)
from app.listings.queries.managing import Managed, managed
from app.listings.queries.matching import FACETS, SORTS, Wanted, month_code, months
from app.listings.queries.places import places
from app.listings.queries.review import deciders, newest_review, rounds
from app.listings.queries.things import LISTING
from app.listings.queries.waiting import changes_wanted, reviews_to_do
from app.listings.queries.writing import (
    Places,
    askers,
    consortia_of,
    contacts_of,
    has_earned_trust,
    lines,
    places_to_post,
    usual_consortium,
    values_of,
)

__all__ = [
    "FACETS",
    "LISTING",
    "SORTS",
    "Detail",
    "Found",
    "Managed",
    "Places",
    "Wanted",
    "askers",
    "changes_wanted",
    "consortia_of",
    "contacts_of",
    "deciders",
    "detail",
    "divided",
    "drafts_of",
    "export",
    "find",
    "get",
    "has_earned_trust",
    "lines",
    "managed",
    "month_code",
    "months",
    "newest",
    "newest_review",
    "number_of",
    "numbers",
    "of_consortium",
    "of_institution",
    "parts",
    "photo",
    "places",
    "places_to_post",
    "reviews_to_do",
    "rounds",
    "usual_consortium",
    "values_of",
]

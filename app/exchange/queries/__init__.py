"""Reads of exchanges.

For others: `beside_listing(actor, listing)`; `insights_of(listing_id)` → what both sides share with everybody; `of_listing(actor, id)` and
`of_institution(actor, id)` → rows of courses that the reader sees.
"""

from app.exchange.queries.detail import (
    beside_listing,
    get,
    insights_of,
    interest_to_propose,
    leg,
    legs_of,
    members_of,
    of_institution,
    of_listing,
)
from app.exchange.queries.listing import SIDES, find
from app.exchange.queries.ties import reports_by
from app.exchange.queries.waiting import legs_to_acknowledge, legs_to_report, questions, rhythms

__all__ = [
    "SIDES",
    "beside_listing",
    "find",
    "get",
    "insights_of",
    "interest_to_propose",
    "leg",
    "legs_of",
    "legs_to_acknowledge",
    "legs_to_report",
    "members_of",
    "of_institution",
    "of_listing",
    "questions",
    "reports_by",
    "rhythms",
]

"""Reads of interests. For other features: `get(actor, id)`, `opened(actor, kind, thing_id)`, `replies_of(institution_id)`,
`beside(actor, kind, thing)`.
"""

from app.core.access import Actor
from app.interest.queries import things, waiting
from app.interest.queries.lists import Wanted
from app.interest.queries.records import (
    Contact,
    accepted_terms,
    askers_of,
    contacts,
    get,
    homes,
    is_anonymous,
    open_one,
    openings,
    owner_of,
    teams_led,
)
from app.interest.queries.replies import Beside, Own, Replies, beside, beside_page, replies_of


def opened(actor: Actor, kind: str, thing_id: int) -> bool:
    """Whether both sides said yes about a listing or problem, so that its contact is open to the actor."""
    return actor.holds(f"opened_{kind}", thing_id)


__all__ = [
    "Beside",
    "Contact",
    "Own",
    "Replies",
    "Wanted",
    "accepted_terms",
    "askers_of",
    "beside",
    "beside_page",
    "contacts",
    "get",
    "homes",
    "is_anonymous",
    "open_one",
    "opened",
    "openings",
    "owner_of",
    "replies_of",
    "teams_led",
    "things",
    "waiting",
]

"""Whom we tell what about offers and needs. The words stand in templates/listings/mail; none of them holds the detail."""

from typing import Any

from app.core.access import Actor
from app.core.text import excerpt
from app.institutions import queries as institutions
from app.listings import queries
from app.listings.models import Listing, ListingReview
from app.notifications.services import tell


def _facts(listing: Listing, actor: Actor | None = None, **more: Any) -> dict[str, Any]:
    # A subject has about 60 characters; `short` leaves room for what happened.
    return {
        "number": listing.number,
        "title": listing.title,
        "short": excerpt(listing.title, 34),
        "by": actor.name if actor else "",
        **more,
    }


def _keepers(
    actor: Actor | None, listing: Listing, kind: str, *, page: str = "", mail: bool = True, **more: Any
) -> None:
    """Who keeps it: its contact, and who wrote it, as far as they still represent the institution; else all who do."""
    own = institutions.representatives_of(listing.institution_id)
    people = [key for key in own if key in {listing.contact_id, listing.created_by_id}] or own
    tell(
        people,
        kind,
        about=listing,
        path=listing.path + page,
        reason="representative",
        facts=_facts(listing, actor, **more),
        actor=actor,
        mail=mail,
    )


def sent(actor: Actor, listing: Listing, review: ListingReview) -> None:
    """Those who decide: one of an institution's first listings waits."""
    tell(
        queries.deciders(listing),
        "listings.sent",
        about=listing,
        path=f"{listing.path}/review",
        reason="listing_reviewer",
        facts=_facts(listing, actor, due=review.due_at),
        actor=actor,
    )


def published(actor: Actor, listing: Listing, note: str) -> None:
    """Who keeps it: others see it now."""
    _keepers(actor, listing, "listings.published", note=note)


def returned(actor: Actor, listing: Listing, note: str) -> None:
    """Who keeps it: changes are wanted."""
    _keepers(actor, listing, "listings.returned", page="/review", note=note)


def expiring(listing: Listing, days: int) -> None:
    """Who keeps it: the last day comes near."""
    _keepers(None, listing, "listings.expiring", page="/renew", days=days, until=listing.valid_until)


def expired(listing: Listing) -> None:
    """Who keeps it: the last day has passed."""
    _keepers(None, listing, "listings.expired", page="/renew", until=listing.valid_until)


def stale(listing: Listing, days: int) -> None:
    """Who keeps it: nobody has touched it for long."""
    _keepers(None, listing, "listings.stale", page="/renew", days=days)


def review_late(listing: Listing, review: ListingReview) -> None:
    """Those who decide: the day has passed without an answer."""
    tell(
        queries.deciders(listing),
        "listings.review_late",
        about=listing,
        path=f"{listing.path}/review",
        reason="listing_reviewer",
        facts=_facts(listing, due=review.due_at),
    )


def handed_over(listing: Listing) -> None:
    """Who represents the institution: the listing has another contact now. Inbox only."""
    _keepers(None, listing, "listings.handed_over", mail=False)

"""What waits for a person: first listings to review, own listings that were returned."""

from typing import Any

from sqlalchemy import Select, func, select

from app.core import waiting
from app.core.access import Actor
from app.institutions.models import Institution
from app.listings.models import Listing, ListingReview
from app.listings.policies import deciding, represented


@waiting.source
def reviews_to_do(actor: Actor) -> Select[Any] | None:
    """An institution's first listings that wait for this person's decision."""
    if not actor.holds_any("lead") and not actor.is_admin:
        return None
    return (
        waiting.item(
            "listings.review",
            thing_id=Listing.id,
            item_id=ListingReview.id,
            title=Listing.title,
            who=Institution.name,
            since=ListingReview.asked_at,
            due=ListingReview.due_at,
            consortium_id=Listing.consortium_id,
        )
        .select_from(ListingReview)
        .join(Listing, Listing.id == ListingReview.listing_id)
        .join(Institution, Institution.id == Listing.institution_id)
        .where(ListingReview.decided_at.is_(None), Listing.state == "in_review", deciding(actor))
    )


@waiting.source
def changes_wanted(actor: Actor) -> Select[Any] | None:
    """Listings of the institutions that the person represents that were returned with wishes."""
    if not actor.holds_any("representative"):
        return None
    returned_at = (
        select(func.max(ListingReview.decided_at))
        .where(ListingReview.listing_id == Listing.id)
        .correlate(Listing)
        .scalar_subquery()
    )
    return (
        waiting.item(
            "listings.changes",
            thing_id=Listing.id,
            item_id=Listing.id,
            title=Listing.title,
            since=returned_at,
            consortium_id=Listing.consortium_id,
        )
        .select_from(Listing)
        .where(represented(actor), Listing.state == "returned")
    )

"""Deciding about an institution's first listings: publish, or return with wishes."""

from app.core.access import Actor, authorize
from app.core.db import lock, transaction
from app.core.errors import Invalid
from app.core.i18n import _l
from app.listings import notices, policies
from app.listings.models import Listing
from app.listings.services.steps import appear, end_review, move, require_state


def publish(actor: Actor, listing: Listing, *, note: str = "", version: int | None = None) -> None:
    """Show it to others. Raises NotAllowed, RuleBroken (`wrong_state`, `end_passed`), Conflict."""
    with transaction():
        listing = lock(listing)
        authorize(policies.publish, actor, listing)
        listing.expect_version(version)
        require_state(listing, "publish")
        move(actor, listing, "publish", note)
        end_review(listing, actor.id, "published", note)
        appear(listing)
        notices.published(actor, listing, note)


def return_for_changes(actor: Actor, listing: Listing, *, note: str, version: int | None = None) -> None:
    """Give it back to its institution with wishes. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        listing = lock(listing)
        authorize(policies.return_for_changes, actor, listing)
        listing.expect_version(version)
        require_state(listing, "return_for_changes")
        if not note:
            raise Invalid({"note": _l("Say what should change")})
        move(actor, listing, "return_for_changes", note)
        end_review(listing, actor.id, "returned", note)
        notices.returned(actor, listing, note)

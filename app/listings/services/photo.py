"""The photo of a listing."""

from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import files
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, NotFound
from app.core.i18n import _l
from app.listings import policies
from app.listings.models import Listing, ListingPhoto
from app.listings.services.steps import note_in_audit, require_state

MOST_BYTES = 10 * files.MEGABYTE
SIDE = 960


def set_photo(actor: Actor, listing: Listing, *, upload: tuple[IO[bytes], str | None], alt: str) -> None:
    """Show this photo in place of an earlier one. Raises NotAllowed, RuleBroken, Invalid on `file` or `alt`."""
    stream, name = upload
    with (
        files.receive_pictures(
            stream, name, purpose="listing", most_bytes=MOST_BYTES, sides=(SIDE,)
        ) as received,
        transaction(),
    ):
        listing = lock(listing)
        authorize(policies.edit, actor, listing)
        require_state(listing, "edit")
        if not alt:
            raise Invalid({"alt": _l("Say what the photo shows, for those who do not see it")})
        _forget(listing)
        kept = files.keep_received(received[0], by=actor.id)
        db.session.add(ListingPhoto(listing_id=listing.id, file=kept, alt=alt))
        note_in_audit(actor, listing, "listings.set_photo")


def remove_photo(actor: Actor, listing: Listing) -> None:
    """Take the photo away. Raises NotAllowed, RuleBroken, NotFound when there is none."""
    with transaction():
        listing = lock(listing)
        authorize(policies.edit, actor, listing)
        require_state(listing, "edit")
        if not _forget(listing):
            raise NotFound
        note_in_audit(actor, listing, "listings.remove_photo")


def _forget(listing: Listing) -> bool:
    found = db.session.scalars(
        select(ListingPhoto)
        .where(ListingPhoto.listing_id == listing.id)
        .options(joinedload(ListingPhoto.file))
    ).first()
    if found is None:
        return False
    stored = found.file
    db.session.delete(found)
    db.session.flush()
    files.forget(stored)
    return True

"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

from typing import Any

from sqlalchemy import delete, insert, select

from app.audit import services as audit
from app.core import clock, index
from app.core.access import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.listings import policies
from app.listings.models import LISTING_STATES, Listing, ListingFacet, ListingReview
from app.listings.queries.searching import facets_of, words_of
from app.translating.models import Translation
from app.translating.services import source_changed


def require_state(listing: Listing, verb: str) -> None:
    """Refuse what the state of things forbids now. Raises RuleBroken with the code that the page shows."""
    no = policies.blocked(listing, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text, state=listing.state)


def move(actor: Actor | None, listing: Listing, verb: str, note: str | None = None, **after: Any) -> str:
    """Make a move and leave it in the audit; returns the state before. Raises RuleBroken(`wrong_state`)."""
    before = LISTING_STATES.move(listing, verb)
    if listing.state == "published" and listing.published_at is None:
        listing.published_at = clock.now()
    action = "listings.return" if verb == "return_for_changes" else f"listings.{verb}"
    note_in_audit(
        actor,
        listing,
        action,
        before={"state": before},
        after={"state": listing.state, **after},
        note=note,
    )
    return before


def note_in_audit(
    actor: Actor | None,
    listing: Listing,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """A line of the audit about a listing, under its consortium's and institution's roof."""
    audit.record(
        actor,
        action,
        listing,
        before=before,
        after=after,
        note=note or None,
        label=listing.title,
        institution_id=listing.institution_id,
        consortium_id=listing.consortium_id,
    )


def open_review(listing: Listing) -> ListingReview | None:
    """The round that waits for a decision, its row held."""
    return db.session.scalars(
        select(ListingReview)
        .where(ListingReview.listing_id == listing.id, ListingReview.decided_at.is_(None))
        .with_for_update()
    ).first()


def end_review(listing: Listing, by: int | None, code: str, note: str = "") -> None:
    """Answer the open round, if there is one."""
    review = open_review(listing)
    if review is not None:
        review.decide(by, code, note)


def appear(listing: Listing) -> None:
    """What holds whenever it is published: newest of all, confirmed now, in the lists and in the word index."""
    listing.listed_at = listing.confirmed_at = clock.now()
    listing.reminded_days = listing.stale_reminded_at = None
    db.session.flush()
    show(listing)


def confirm(listing: Listing) -> None:
    """Somebody of the institution has just said that it holds."""
    listing.confirmed_at, listing.stale_reminded_at = clock.now(), None


def show(listing: Listing) -> None:
    """Put what is published into the lists' facets and the word index, as it is now."""
    _forget_facets(listing)
    db.session.execute(
        insert(ListingFacet),
        [
            {
                "listing_id": listing.id,
                "catalogue": listing.catalogue,
                "facet": facet,
                "value": value,
                "listed_at": listing.listed_at,
            }
            for facet, value in sorted(facets_of(listing))
        ],
    )
    index.put(listing.catalogue, listing.id, *words_of(listing))
    source_changed("listing", listing.id)


def hide(listing: Listing) -> None:
    """Take it out of the lists' facets and the word index."""
    _forget_facets(listing)
    index.drop(listing.catalogue, listing.id)
    source_changed("listing", listing.id)


def protect_detail(listing: Listing) -> None:
    """A detail that not everybody reads any more is in no translation either: others read those."""
    if listing.detail_visibility == "public":
        return
    for translation in db.session.scalars(
        select(Translation)
        .where(Translation.kind == "listing", Translation.thing_id == listing.id)
        .with_for_update()
    ):
        if "detail" in translation.texts:
            translation.texts = {name: text for name, text in translation.texts.items() if name != "detail"}


def _forget_facets(listing: Listing) -> None:
    db.session.execute(delete(ListingFacet).where(ListingFacet.listing_id == listing.id))

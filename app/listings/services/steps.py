"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, insert, select

from app.audit import services as audit
from app.core import clock, index, vocab
from app.core.access import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.listings import policies, queries
from app.listings.models import LISTING_STATES, Listing, ListingFacet, ListingReview


def require_state(listing: Listing, verb: str) -> None:
    """Refuse what the state of things forbids now. Raises RuleBroken with the code that the page shows."""
    no = policies.blocked(listing, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text, state=listing.state)


def move(actor: Actor | None, listing: Listing, verb: str, note: str | None = None, **after: Any) -> str:
    """Make a move and leave it in the audit; returns the state before. Raises RuleBroken(`wrong_state`)."""
    before = LISTING_STATES.move(listing, verb)
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
    """What holds whenever it is published: since when, confirmed now, in the lists and in the word index."""
    now = clock.now()
    if listing.published_at is None:
        listing.published_at = now
    listing.listed_at = listing.confirmed_at = now
    listing.reminded_days = listing.stale_reminded_at = None
    db.session.flush()
    show(listing)


def confirm(listing: Listing) -> None:
    """Somebody of the institution has just said that it holds."""
    listing.confirmed_at, listing.stale_reminded_at = clock.now(), None


def facets_of(listing: Listing) -> set[tuple[str, str]]:
    """The values by which the lists find it: (facet, value)."""
    values = {("kind", listing.kind), ("institution", str(listing.institution_id))}
    if listing.country:
        values.add(("country", listing.country))
    if listing.consortium_id is not None:
        values.add(("consortium", str(listing.consortium_id)))
    if listing.readiness is not None:
        values.add(("readiness", str(listing.readiness)))
    values |= {("sdg", goal) for goal in listing.sdg_goals}
    values |= {("language", code) for code in listing.languages}
    for code in listing.fields:
        values |= {("field", above) for above in (code, *vocab.field_ancestors(code))}
    return values


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


def words_of(listing: Listing, line_texts: Iterable[str] | None = None) -> tuple[str, ...]:
    """The texts by which it is found. The detail is among them only where everybody who sees the listing reads it.

    `line_texts` are those of its lines, where they are at hand already.
    """
    if line_texts is None:
        line_texts = [line.text for line in queries.lines(listing.id)]
    translated = [text for texts in listing.localised.values() for text in texts.values()]
    return (
        listing.title,
        listing.summary,
        " ".join(listing.keywords),
        vocab.kind_label(listing.kind),
        listing.place,
        listing.manufacturer,
        listing.model,
        listing.partner_wanted,
        listing.advantages,
        " ".join(line_texts),
        *translated,
        listing.detail if listing.detail_visibility == "public" else "",
    )


def hide(listing: Listing) -> None:
    """Take it out of the lists' facets and the word index."""
    _forget_facets(listing)
    index.drop(listing.catalogue, listing.id)


def _forget_facets(listing: Listing) -> None:
    db.session.execute(delete(ListingFacet).where(ListingFacet.listing_id == listing.id))

"""Offers and needs in any state, complete enough to be sent."""

import itertools
from datetime import timedelta
from decimal import Decimal

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.listings.models import PUBLIC_STATES, Listing, ListingAsker, ListingLine, ListingReview
from app.listings.services import steps
from tests.factories.consortia import make_consortium
from tests.factories.institutions import affiliate, make_institution

_numbers = itertools.count(1)


def make_listing(
    title: str | None = None,
    *,
    state: str = "published",
    contact: Person | None = None,
    institution: Institution | None = None,
    consortium: Consortium | None = None,
    wants: tuple[tuple[str, str], ...] = (("training", "Two places in your summer school"),),
    askers: tuple[Institution, ...] = (),
    **values,
) -> Listing:
    """A complete listing; whatever is not given is made. Those in review have an open one; published ones are listed."""
    number = next(_numbers)
    institution = institution or make_institution()
    contact = contact or affiliate(None, institution, role="representative")
    consortium = consortium or make_consortium(members=[institution])
    was_public = state in (*PUBLIC_STATES, "retired")
    listing = Listing(
        **{
            "direction": "offer",
            "kind": "facility_time",
            "title": title or f"Listing {number}",
            "summary": f"Summary of listing {number}.",
            "detail": "Ask for the **blue** key.",
            "quantity": Decimal(80),
            "unit": "hour",
            "country": "EG",
            "place": "Giza",
            "languages": ["en"],
            "sdg_goals": ["6"],
            "fields": ["s2312"],
            "keywords": ["water"],
            "valid_until": (clock.now() + timedelta(days=90)).date(),
            "state": state,
            "contact_id": contact.id,
            "created_by_id": contact.id,
            "institution_id": institution.id,
            "consortium_id": consortium.id,
            "published_at": clock.now() if was_public else None,
            "confirmed_at": clock.now() if was_public else None,
            "is_gift": not wants,
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(listing)
        db.session.flush()
        for position, (kind, text) in enumerate(wants):
            db.session.add(ListingLine(listing_id=listing.id, kind=kind, text=text, position=position))
        for named in askers:
            db.session.add(ListingAsker(listing_id=listing.id, institution_id=named.id))
        if state == "in_review":
            review = ListingReview(listing_id=listing.id)
            review.ask(contact.id)
            db.session.add(review)
        db.session.flush()
        if state == "published":
            steps.show(listing)
    return listing

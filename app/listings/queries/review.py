"""Reads of reviews."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.consortia.models import Consortium, Leadership
from app.core.db import db
from app.institutions.models import Affiliation
from app.listings.models import Listing, ListingReview


def newest_review(listing_id: int) -> ListingReview | None:
    """The last round, decided or not."""
    return db.session.scalars(
        select(ListingReview)
        .where(ListingReview.listing_id == listing_id)
        .order_by(ListingReview.id.desc())
        .limit(1)
    ).first()


def rounds(listing_id: int) -> list[tuple[ListingReview, str, str]]:
    """All rounds, the newest first, with the names of who asked and who decided."""
    asker, decider = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(ListingReview, asker.display_name, decider.display_name)
        .outerjoin(asker, asker.id == ListingReview.asked_by_id)
        .outerjoin(decider, decider.id == ListingReview.decided_by_id)
        .where(ListingReview.listing_id == listing_id)
        .order_by(ListingReview.id.desc())
        .limit(50)
    )
    return [(review, asked or "", decided or "") for review, asked, decided in rows]


def deciders(listing: Listing) -> list[int]:
    """The person ids of those who may decide: its consortium's leads and the administrators, of other institutions."""
    leads = (
        select(Leadership.person_id)
        .join(Consortium, Consortium.id == Leadership.consortium_id)
        .where(
            Leadership.consortium_id == listing.consortium_id,
            Leadership.until.is_(None),
            Consortium.state == "active",
        )
    )
    own = select(Affiliation.person_id).where(
        Affiliation.institution_id == listing.institution_id, Affiliation.state == "active"
    )
    return list(
        db.session.scalars(
            select(Person.id).where(
                or_(Person.id.in_(leads), Person.is_admin),
                Person.closed_at.is_(None),
                Person.id.not_in(own),
                Person.id.not_in([listing.created_by_id, listing.contact_id]),
            )
        )
    )

"""What is done without anybody asking: expiry, reminders, and what ends with an account."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, or_, select

from app.core import clock, jobs, leaving
from app.core.access import Actor
from app.core.db import db, lock_id, transaction
from app.listings import notices, queries
from app.listings.models import Listing, ListingReview
from app.listings.services.steps import end_review, hide, move, note_in_audit

REMIND_DAYS = (14, 3)
STALE_DAYS = 60
BATCH = 200


@jobs.periodic("listings.expire", every=timedelta(hours=6))
def expire() -> int:
    """Let what is published or paused expire when its last day has passed; returns how many."""
    done = 0
    for listing_id in _ids(
        select(Listing.id)
        .where(Listing.state.in_(["published", "paused"]), Listing.valid_until < clock.today())
        .order_by(Listing.valid_until)
    ):
        with transaction(system="its last day has passed"):
            listing = lock_id(Listing, listing_id)
            if listing.state not in {"published", "paused"} or listing.valid_until >= clock.today():
                continue
            move(None, listing, "expire")
            hide(listing)
            notices.expired(listing)
            done += 1
    return done


@jobs.periodic("listings.remind_of_ends", every=timedelta(hours=6))
def remind_of_ends() -> int:
    """Remind who keeps a listing 14 and 3 days before its last day, once each; returns how many were reminded."""
    done = 0
    for days in sorted(REMIND_DAYS):
        due = _ids(
            select(Listing.id)
            .where(
                Listing.state == "published",
                Listing.valid_until >= clock.today(),
                Listing.valid_until <= clock.today() + timedelta(days=days),
                or_(Listing.reminded_days.is_(None), Listing.reminded_days > days),
            )
            .order_by(Listing.valid_until)
        )
        for listing_id in due:
            with transaction(system=f"{days} days before its last day"):
                listing = lock_id(Listing, listing_id)
                if listing.reminded_days is not None and listing.reminded_days <= days:
                    continue
                listing.reminded_days = days
                notices.expiring(listing, (listing.valid_until - clock.today()).days)
                done += 1
    return done


@jobs.periodic("listings.remind_of_stale", every=timedelta(hours=12))
def remind_of_stale() -> int:
    """Ask who keeps a listing whether it still holds when nobody has touched it for 60 days, once; returns how many."""
    edge = clock.now() - timedelta(days=STALE_DAYS)
    due = _ids(
        select(Listing.id)
        .where(Listing.state == "published", Listing.confirmed_at < edge, Listing.stale_reminded_at.is_(None))
        .order_by(Listing.confirmed_at)
    )
    done = 0
    for listing_id in due:
        with transaction(system=f"untouched for {STALE_DAYS} days"):
            listing = lock_id(Listing, listing_id)
            if listing.stale_reminded_at is not None or (listing.confirmed_at or edge) > edge:
                continue
            listing.stale_reminded_at = clock.now()
            notices.stale(listing, STALE_DAYS)
            done += 1
    return done


@jobs.periodic("listings.remind_of_reviews", every=timedelta(hours=6))
def remind_of_reviews() -> int:
    """Remind those who decide of reviews that are late, once; nothing is decided by itself. Returns how many."""
    due = _ids(
        select(ListingReview.id)
        .where(
            ListingReview.decided_at.is_(None),
            ListingReview.reminded_at.is_(None),
            ListingReview.due_at < clock.now(),
        )
        .order_by(ListingReview.due_at)
    )
    done = 0
    for review_id in due:
        with transaction(system="a decision is late"):
            review = lock_id(ListingReview, review_id)
            if review.decided_at is not None or review.reminded_at is not None:
                continue
            review.reminded_at = clock.now()
            notices.review_late(db.session.get_one(Listing, review.listing_id), review)
            done += 1
    return done


def _ids(query: Select[Any]) -> list[int]:
    return list(db.session.scalars(query.limit(BATCH)))


@leaving.release
def release(actor: Actor, person_id: int) -> None:
    """Listings whose contact leaves go to another representative of the institution; without one they are paused."""
    for listing in db.session.scalars(
        select(Listing).where(Listing.contact_id == person_id, Listing.state != "retired").with_for_update()
    ).all():
        others = [key for key, _name in queries.contacts_of(listing.institution_id) if key != person_id]
        if others:
            listing.contact_id = others[0]
            note_in_audit(actor, listing, "listings.hand_over", after={"contact": others[0]})
            notices.handed_over(listing)
        elif listing.state == "published":
            move(actor, listing, "pause")
            hide(listing)
        elif listing.state == "in_review":
            move(actor, listing, "recall")
            end_review(listing, None, "automatic")

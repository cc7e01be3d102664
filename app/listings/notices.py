"""Whom we tell what about offers and needs. The words stand in templates/listings/mail; none of them holds the detail."""

from typing import Any

from app.core.access import Actor
from app.core.text import excerpt
from app.institutions import queries as institutions
from app.listings import queries
from app.listings.models import Listing, ListingLoad, ListingReview
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


def _loader(load: ListingLoad, kind: str, **more: Any) -> None:
    """Who uploaded the file, or confirmed it last."""
    tell(
        [load.person_id],
        kind,
        about=load,
        path=f"/resources/loads/{load.id}",
        reason="representative",
        facts={"file": load.file_name, "short": excerpt(load.file_name, 30), "load": load.id, **more},
    )


def load_checked(load: ListingLoad) -> None:
    """Who uploaded a file: it has been checked and waits for a word."""
    _loader(load, "listings.load_checked", good=load.good, faulty=load.faulty)


def load_failed(load: ListingLoad) -> None:
    """Who uploaded a file: it could not be read, and nothing was kept."""
    _loader(load, "listings.load_failed")


def load_done(load: ListingLoad) -> None:
    """Who confirmed a file: its listings stand."""
    _loader(
        load,
        "listings.load_done",
        new=load.new,
        updated=load.updated,
        unchanged=load.unchanged,
        faulty=load.faulty,
        in_review=load.in_review,
    )


def load_sent(load: ListingLoad, listing: Listing, number: int) -> None:
    """Those who decide: many first listings of an institution wait at once; `listing` is one of them."""
    tell(
        queries.deciders(listing),
        "listings.load_sent",
        about=load,
        path=f"/resources/loads/{load.id}/review",
        reason="listing_reviewer",
        facts={"number": number, "short": excerpt(load.file_name, 30)},
    )


def load_published(actor: Actor, load: ListingLoad, number: int, note: str) -> None:
    """Who loaded a file: its listings are seen by others now."""
    _loader(load, "listings.load_published", number=number, note=note, by=actor.name)


def load_returned(actor: Actor, load: ListingLoad, number: int, note: str) -> None:
    """Who loaded a file: changes are wanted."""
    _loader(load, "listings.load_returned", number=number, note=note, by=actor.name)

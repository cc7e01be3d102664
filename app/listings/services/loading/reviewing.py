"""Deciding at once about all first listings that a file brought: each as if it had been decided by itself, one notice for all."""

from collections.abc import Callable
from itertools import islice

from sqlalchemy import insert, select, update

from app.audit import services as audit
from app.core import clock, index
from app.core.access import Actor, Permission, authorize
from app.core.db import db, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.listings import notices, policies
from app.listings.models import LISTING_STATES, Listing, ListingFacet, ListingLoad, ListingReview
from app.listings.queries import loading as queries
from app.listings.queries import loading_own
from app.listings.queries.searching import facets_of, words_of

AT_ONCE = 250


def publish_all(actor: Actor, load: ListingLoad, *, note: str = "") -> int:
    """Show all of a load's listings that wait for this reviewer; returns how many. Raises NotAllowed, RuleBroken (`none_waits`)."""
    done = _each(actor, load, "publish", check=policies.publish, note=note, then=_appear)
    with transaction():
        authorize(policies.review_load, actor, load)
        notices.load_published(actor, load, done, note)
    return done


def return_all(actor: Actor, load: ListingLoad, *, note: str) -> int:
    """Give all of them back with wishes; returns how many. Raises NotAllowed, RuleBroken (`none_waits`), Invalid."""
    if not note:
        raise Invalid({"note": _l("Say what should change")})
    done = _each(actor, load, "return_for_changes", check=policies.return_for_changes, note=note)
    with transaction():
        authorize(policies.review_load, actor, load)
        notices.load_returned(actor, load, done, note)
    return done


def _each(
    actor: Actor,
    load: ListingLoad,
    verb: str,
    *,
    check: Permission,
    note: str,
    then: Callable[[list[Listing]], None] | None = None,
) -> int:
    """Decide portion by portion: who presses again after a failure goes on with what is left."""
    waiting = iter(loading_own.to_decide(actor, load))
    action = "listings.publish" if verb == "publish" else "listings.return"
    done = 0
    while ids := list(islice(waiting, AT_ONCE)):
        now = clock.now()
        with transaction():
            authorize(policies.review_load, actor, load)
            found = [
                listing
                for listing in db.session.scalars(
                    select(Listing).where(Listing.id.in_(ids)).order_by(Listing.id).with_for_update()
                )
                if policies.blocked(listing, verb) is None
            ]
            for listing in found:
                authorize(check, actor, listing)
                before = LISTING_STATES.move(listing, verb)
                if verb == "publish":
                    listing.published_at = listing.published_at or now
                    listing.listed_at = listing.confirmed_at = now
                audit.record(
                    actor,
                    action,
                    listing,
                    before={"state": before},
                    after={"state": listing.state, "load": load.id},
                    note=note or None,
                    label=listing.title,
                    institution_id=listing.institution_id,
                    consortium_id=listing.consortium_id,
                )
            _answer(actor, [listing.id for listing in found], listing_code(verb), note)
            if then is not None:
                then(found)
        done += len(found)
    if not done:
        raise RuleBroken("none_waits", _l("None of these listings waits for your decision any more."))
    return done


def listing_code(verb: str) -> str:
    """The code of the answer, as it is kept for a listing decided by itself."""
    return "published" if verb == "publish" else "returned"


def _answer(actor: Actor, ids: list[int], code: str, note: str) -> None:
    db.session.execute(
        update(ListingReview)
        .where(ListingReview.listing_id.in_(ids), ListingReview.decided_at.is_(None))
        .values(
            decided_by_id=actor.id,
            decided_at=clock.now(),
            decision_code=code,
            decision_note=note or None,
            version=ListingReview.version + 1,
        )
        .execution_options(synchronize_session=False)
    )


def _appear(found: list[Listing]) -> None:
    """Into the lists and the index, as `steps.appear` does for one."""
    lines = queries.lines_of([listing.id for listing in found])
    facets, words = [], dict[str, dict[int, str]]()
    for listing in found:
        facets += [
            {
                "listing_id": listing.id,
                "catalogue": listing.catalogue,
                "facet": name,
                "value": value,
                "listed_at": listing.listed_at,
            }
            for name, value in sorted(facets_of(listing))
        ]
        texts = words_of(listing, [line["text"] for line in lines.get(listing.id, [])])
        words.setdefault(listing.catalogue, {})[listing.id] = index.words_of(listing.catalogue, *texts)
    db.session.flush()
    if facets:
        db.session.execute(insert(ListingFacet), facets)
    for catalogue, entries in words.items():
        index.put_many(catalogue, entries)

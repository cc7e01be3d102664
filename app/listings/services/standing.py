"""What happens to a listing once it stands: renew, pause, resume, retire, open again; one or many at once."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid
from app.core.i18n import _l
from app.listings import policies
from app.listings.models import VALID_DAYS, Listing
from app.listings.models.checks import faults
from app.listings.services.steps import appear, confirm, hide, move, note_in_audit, require_state, show

MOST_AT_ONCE = 500


def renew(
    actor: Actor, listing: Listing, *, valid_until: date | None = None, version: int | None = None
) -> None:
    """Say that it still holds, until a day (a year from now without one). Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        listing = lock(listing)
        authorize(policies.renew, actor, listing)
        listing.expect_version(version)
        require_state(listing, "renew")
        _renew(actor, listing, valid_until)


def renew_many(actor: Actor, ids: Collection[int]) -> int:
    """Renew those of these listings that can be; returns how many. Raises NotAllowed when one is of another institution."""
    with transaction():
        authorize(policies.create, actor)
        found = db.session.scalars(
            select(Listing)
            .where(Listing.id.in_(sorted(ids)[:MOST_AT_ONCE]), policies.represented(actor))
            .order_by(Listing.id)
            .with_for_update()
        ).all()
        done = 0
        for listing in found:
            authorize(policies.renew, actor, listing)
            if policies.blocked(listing, "renew") is None:
                _renew(actor, listing, None)
                done += 1
    return done


def _renew(actor: Actor, listing: Listing, valid_until: date | None) -> None:
    end = valid_until or max(listing.valid_until, clock.today() + timedelta(days=VALID_DAYS))
    if end <= clock.today():
        raise Invalid({"valid_until": _l("Enter a day that is still to come")})
    wrong = faults({"valid_until": end})
    if wrong:
        raise Invalid(dict(wrong))
    old, was = listing.valid_until, listing.state
    listing.valid_until, listing.reminded_days = end, None
    if was == "published":
        note_in_audit(
            actor, listing, "listings.renew", before={"valid_until": old}, after={"valid_until": end}
        )
        confirm(listing)
        return
    move(actor, listing, "renew", valid_until=end)
    appear(listing)


def pause(actor: Actor, listing: Listing, *, version: int | None = None) -> None:
    """Take it off the lists for a while. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        listing = lock(listing)
        authorize(policies.pause, actor, listing)
        listing.expect_version(version)
        require_state(listing, "pause")
        move(actor, listing, "pause")
        hide(listing)


def resume(actor: Actor, listing: Listing, *, version: int | None = None) -> None:
    """Put it on the lists again, at its old place. Raises NotAllowed, RuleBroken (`end_passed`), Conflict."""
    with transaction():
        listing = lock(listing)
        authorize(policies.resume, actor, listing)
        listing.expect_version(version)
        require_state(listing, "resume")
        move(actor, listing, "resume")
        confirm(listing)
        db.session.flush()
        show(listing)


def retire(actor: Actor, listing: Listing, *, note: str = "", version: int | None = None) -> None:
    """Take it away from readers. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        listing = lock(listing)
        authorize(policies.retire, actor, listing)
        listing.expect_version(version)
        require_state(listing, "retire")
        move(actor, listing, "retire", note)
        hide(listing)


def reopen(actor: Actor, listing: Listing, *, version: int | None = None) -> None:
    """Make what was retired a draft again. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        listing = lock(listing)
        authorize(policies.reopen, actor, listing)
        listing.expect_version(version)
        require_state(listing, "reopen")
        move(actor, listing, "reopen")

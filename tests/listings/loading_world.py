"""An institution with a representative whose first listings have been reviewed, and the worker at hand."""

import io
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.audit.models import AuditEntry
from app.core import clock
from app.core.access import Actor
from app.core.db import db, transaction
from app.core.index import IndexEntry
from app.institutions.models import Institution
from app.listings.models import (
    FIRST_REVIEWED,
    Listing,
    ListingAsker,
    ListingFacet,
    ListingLine,
    ListingLoad,
    ListingReview,
)
from app.listings.services import loading
from app.notifications.models import Notice
from tests.factories import affiliate, make_consortium, make_institution
from tests.listings.loading_files import ROR

KEPT = (Listing, ListingLine, ListingAsker, ListingFacet, ListingReview, IndexEntry, AuditEntry, Notice)


@dataclass
class World:
    """For whom files are loaded, and by whom."""

    institution: Institution
    person: Person
    actor: Actor

    def upload(self, data: bytes, name: str = "facilities.csv") -> ListingLoad:
        """A file, checked by the worker."""
        load = loading.receive(
            self.actor, institution_id=self.institution.id, stream=io.BytesIO(data), name=name
        )
        loading.work()
        return self.again(load)

    def again(self, load: ListingLoad) -> ListingLoad:
        """The load as it stands now."""
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(ListingLoad, load.id)

    def load(self, data: bytes, name: str = "facilities.csv", only_good: bool = False) -> ListingLoad:
        """A file, checked, confirmed and loaded."""
        load = self.upload(data, name)
        loading.confirm(self.actor, load, only_good=only_good)
        loading.work()
        return self.again(load)

    def listings(self) -> dict[str, Listing]:
        """What stands, by identifier."""
        db.session.rollback()
        db.session.expire_all()
        found = db.session.scalars(select(Listing).where(Listing.external_id.is_not(None)))
        return {listing.external_id: listing for listing in found}


def make_world(trusted: bool = True) -> World:
    institution = make_institution("Cairo Institute", ror=ROR, zone="Africa/Cairo")
    person = affiliate("Amal", institution, "representative")
    make_consortium(members=[institution])
    if trusted:
        for at in range(FIRST_REVIEWED):
            make_listing(institution, person, f"First {at}")
    return World(institution, person, actor_for(person))


def make_listing(institution: Institution, person: Person, title: str, **values: Any) -> Listing:
    """A published offer with what it must have."""
    listing = Listing(
        **{
            "direction": "offer",
            "kind": "training",
            "state": "published",
            "published_at": clock.now(),
            "institution_id": institution.id,
            "contact_id": person.id,
            "created_by_id": person.id,
            "title": title,
            "summary": f"Summary of {title}",
            "country": "EG",
            "languages": ["en"],
            "is_gift": True,
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(listing)
    return listing


def counts() -> dict[str, int]:
    """How many rows each table of what is kept has."""
    db.session.rollback()
    return {
        kind.__tablename__: db.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in KEPT
    }

"""Single interests with all that their pages show, as far as the reader may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.consortia.models import Admission, Consortium
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.text import initials
from app.institutions.models import Affiliation, Institution
from app.interest import policies
from app.interest.models import TERMS, Interest, InterestOpening
from app.listings.models import Listing, ListingAsker
from app.problems.models import Problem
from app.teams.models import GATHERING_STATES, Team

MOST_TEAMS = 50


@dataclass(frozen=True)
class Contact:
    """Who can be written to on one side: name, address (None once the account is closed), institution."""

    side: str
    person_id: int
    display_name: str
    romanised_name: str
    email: str | None
    institution: str

    @property
    def initials(self) -> str:
        """At most two letters for the square beside the name."""
        return initials(self.display_name)


def whole() -> Select[Any]:
    """Interests with their institutions, sender, and what they are about with its contact or author."""
    return select(Interest).options(
        joinedload(Interest.institution),
        joinedload(Interest.owner_institution),
        joinedload(Interest.sender),
        joinedload(Interest.listing).joinedload(Listing.contact),
        joinedload(Interest.problem).joinedload(Problem.author),
    )


def get(actor: Actor, interest_id: int) -> Interest:
    """An interest, if the reader is of one of its sides. Raises NotFound."""
    found = db.session.scalars(whole().where(Interest.id == interest_id, policies.visible(actor))).first()
    if found is None:
        raise NotFound
    return found


def owner_of(interest: Interest) -> Person:
    """Who is to be written to on the owner's side: the listing's contact, or the problem's author."""
    person: Person = interest.listing.contact if interest.listing else interest.thing.author
    return person


def contacts(actor: Actor, interest: Interest) -> list[Contact]:
    """The contact of each side, the sender's first; none as long as they are not open to the reader."""
    if not policies.see_contact(actor, interest):
        return []
    sides = (
        ("sender", interest.sender, interest.institution),
        ("owner", owner_of(interest), interest.owner_institution),
    )
    return [
        Contact(side, person.id, person.display_name, person.romanised_name, person.email, institution.name)
        for side, person, institution in sides
    ]


def is_anonymous(actor: Actor, interest: Interest, person: Person) -> bool:
    """Whether a person of an interest is not named to the reader: their profile is hidden, and nothing opened yet."""
    return (
        person.visibility == "hidden" and person.id != actor.id and not policies.see_contact(actor, interest)
    )


def openings(interest: Interest) -> list[InterestOpening]:
    """The log of what opened, the oldest first, with who caused it and for which institution."""
    return list(
        db.session.scalars(
            select(InterestOpening)
            .where(InterestOpening.interest_id == interest.id)
            .options(joinedload(InterestOpening.by), joinedload(InterestOpening.institution))
            .order_by(InterestOpening.id)
        )
    )


def accepted_terms(interest_id: int) -> dict[int, InterestOpening]:
    """Which institutions accepted the terms of confidentiality: institution → the line of the log."""
    rows = db.session.scalars(
        select(InterestOpening).where(
            InterestOpening.interest_id == interest_id, InterestOpening.what == TERMS
        )
    )
    return {row.institution_id: row for row in rows}


def askers_of(actor: Actor, thing: Any) -> frozenset[int]:
    """The actor's institutions from which a listing takes it, where only named ones or members of its consortium may ask.

    No statement for others.
    """
    if not isinstance(thing, Listing) or thing.who_may_ask == "anyone":
        return frozenset()
    if thing.who_may_ask == "institutions":
        taken = select(ListingAsker.institution_id).where(ListingAsker.listing_id == thing.id)
    else:
        is_member = exists().where(
            Admission.consortium_id == Consortium.id,
            Admission.institution_id == Institution.id,
            Admission.state == "member",
        )
        taken = (
            select(Institution.id)
            .join(Consortium, Consortium.id == thing.consortium_id)
            .where(or_(Consortium.is_open, is_member))
        )
    key = taken.selected_columns[0]
    return frozenset(db.session.scalars(taken.where(key.in_(sorted(actor.ids("member"))))))


def homes(actor: Actor) -> list[tuple[int, str]]:
    """The verified institutions to which the actor belongs, by name."""
    if not actor.ids("member"):
        return []
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .where(Institution.id.in_(sorted(actor.ids("member"))))
        .order_by(Institution.sort_name, Institution.id)
    )
    return [(key, name) for key, name in rows]


def open_one(institution_id: int, thing: Any) -> int | None:
    """The id of the open interest of an institution in a thing; None without one."""
    about = Interest.listing_id if isinstance(thing, Listing) else Interest.problem_id
    found: int | None = db.session.scalar(
        select(Interest.id).where(
            Interest.institution_id == institution_id, about == thing.id, Interest.decided_at.is_(None)
        )
    )
    return found


def belongs(person_id: int | None, institution_id: int) -> bool:
    """Whether a person has a confirmed affiliation with an institution now."""
    found = db.session.scalar(
        select(func.count(Affiliation.id)).where(
            Affiliation.person_id == person_id,
            Affiliation.institution_id == institution_id,
            Affiliation.state == "active",
        )
    )
    return bool(found)


def teams_led(actor: Actor) -> list[tuple[int, str]]:
    """The teams that the actor leads or is deputy of, and that have a free seat, by name."""
    led = actor.ids("team_lead", "team_deputy")
    if not led:
        return []
    rows = db.session.execute(
        select(Team.id, Team.name)
        .where(Team.id.in_(sorted(led)), Team.state.in_(GATHERING_STATES), Team.seats_taken < Team.seats)
        .order_by(Team.name, Team.id)
        .limit(MOST_TEAMS)
    )
    return [(key, name) for key, name in rows]


def own(person_id: int, limit: int = 10_000) -> Iterator[Interest]:
    """What a person sent, the oldest first."""
    yield from db.session.scalars(
        select(Interest).where(Interest.asked_by_id == person_id).order_by(Interest.id).limit(limit)
    )

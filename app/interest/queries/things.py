"""Interests as things that are discussed and hold files (`core.things`): for the two sides alone."""

from typing import Any

from sqlalchemy import Select, select

from app.accounts.models import Person
from app.core import leaving, things
from app.core.access import Actor, Answer
from app.core.db import db
from app.core.i18n import _l
from app.institutions import queries as institutions
from app.interest import policies
from app.interest.models import Interest
from app.interest.queries import records


def about(interest: Interest) -> things.About:
    """What it is, for pages of others. No consortium: what two institutions say to each other is moderated by administrators."""
    return things.About(
        "interest",
        interest.id,
        interest.number,
        interest.thing.title,
        interest.thing.language,
        f"/interest/{interest.id}",
    )


def seen(actor: Actor) -> Select[Any]:
    """The ids of those that the actor may see."""
    return select(Interest.id).where(policies.visible(actor))


def owners(interest: Interest) -> set[int]:
    """The person ids of the owner's side who are told: the author, or the listing's contact if they still represent it, else all."""
    if interest.owner_id is not None:
        return {interest.owner_id}
    own = set(institutions.representatives_of(interest.owner_institution_id))
    contact = interest.listing.contact_id if interest.listing is not None else None
    return {key for key in own if key == contact} or own


def told(interest: Interest, _audience: str) -> set[int]:
    """Who is told of a new comment: the sender and the owner's side."""
    return {interest.sender_id, *owners(interest)}


def discuss(actor: Actor, interest: Interest) -> Answer:
    """Both sides, once the owner has opened the conversation."""
    return policies.discuss(actor, interest)


def alias(interest: Interest, person_id: int) -> str | None:
    """What stands in place of the name of somebody whose profile is hidden, until both have said yes: their institution."""
    if interest.is_mutual:
        return None
    person = db.session.get(Person, person_id)
    if person is None or person.visibility != "hidden":
        return None
    is_sender = person_id == interest.sender_id or records.belongs(person_id, interest.institution_id)
    return interest.institution.name if is_sender else interest.owner_institution.name


INTEREST = things.kind(
    things.Kind(
        name="interest",
        label=_l("Interest"),
        get=records.get,
        about=about,
        seen=seen,
        audiences=lambda _actor, _interest: frozenset({things.EVERYBODY}),
        told=told,
        discuss=discuss,
        attach=discuss,
        audience_names={things.EVERYBODY: _l("Both sides")},
        owner=lambda interest: interest.sender_id,
        keepers=lambda interest: {interest.sender_id, *owners(interest)},
        alias=alias,
        names_contributors=False,
    )
)


@leaving.belongings("interests")
def own_interests(person_id: int) -> list[dict[str, Any]]:
    """What a person sent, for the file of their own data."""
    return [
        {
            "about": f"{one.kind} {one.thing_id}",
            "sent_at": one.asked_at.isoformat() if one.asked_at else None,
            "state": one.state,
            "language": one.language,
            "message": one.message,
            "brings": one.brings,
            "gains": one.gains,
        }
        for one in records.own(person_id)
    ]

"""Interests in any state, brought there by the actions themselves."""

import itertools
from typing import Any

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.institutions.queries import representatives_of
from app.interest import services
from app.interest.models import Interest
from app.interest.queries import records
from app.listings.models import Listing
from app.problems.models import Problem
from tests.factories.institutions import affiliate, make_institution
from tests.factories.listings import make_listing
from tests.factories.teams import make_team

_numbers = itertools.count(1)
BRINGS = ({"kind": "staff_time", "text": "Two days a week of a hydrologist"},)
GAINS = ({"kind": "data_set", "text": "The salinity records since 2011"},)


def reread(interest: Interest) -> Interest:
    """The interest as it stands now, with all that pages show."""
    found: Interest = db.session.scalars(
        records.whole().where(Interest.id == interest.id).execution_options(populate_existing=True)
    ).one()
    return found


def owner_of(interest: Interest) -> Person:
    """Somebody who may answer it: the author, or a representative of the owner's institution."""
    key = interest.owner_id or representatives_of(interest.owner_institution_id)[0]
    return db.session.get_one(Person, key)


def make_interest(
    about: Listing | Problem | None = None,
    *,
    state: str = "sent",
    sender: Person | None = None,
    institution: Institution | None = None,
    **values: Any,
) -> Interest:
    """An interest; whatever is not given is made. `about` a published listing unless said otherwise."""
    about = about or make_listing()
    institution = institution or make_institution(f"Seekers {next(_numbers)}", country="KE")
    sender = sender or affiliate(None, institution)
    interest = services.send(
        actor_for(sender),
        about,
        institution_id=institution.id,
        brings=values.pop("brings", BRINGS),
        gains=values.pop("gains", GAINS),
        message=values.pop("message", "We run three wells nearby."),
        language="en",
    )
    if values:
        with transaction(system="factory"):
            for name, value in values.items():
                setattr(interest, name, value)
    return bring_to(interest, state)


def bring_to(interest: Interest, state: str) -> Interest:
    """Let an interest that was sent go on to a state."""
    owner, sender = actor_for(owner_of(interest)), actor_for(reread(interest).sender)
    if state == "talking":
        services.talk(owner, interest)
    elif state in {"accepted", "converted"}:
        services.accept(owner, interest, brings=GAINS, gains=BRINGS, language="en")
    elif state == "declined":
        services.decline(owner, interest, reason="no_fit", note="Our wells are sweet.")
    elif state == "withdrawn":
        services.withdraw(sender, interest)
    elif state == "lapsed":
        _let_pass(interest)
        services.lapse_due()
    elif state == "superseded":
        _take_away(reread(interest))
        services.supersede_gone()
    if state == "converted":
        person = owner_of(interest)
        team = _team_of(person, interest)
        services.invite_into_team(actor_for(person), interest, team)  # who leads it since a moment ago
    return reread(interest)


def _team_of(person: Person, interest: Interest) -> Any:
    institution = db.session.get_one(Institution, interest.owner_institution_id)
    team = make_team(lead=person, institution=institution)
    db.session.expire_all()
    return team


def _let_pass(interest: Interest) -> None:
    with transaction(system="factory"):
        found = db.session.get_one(Interest, interest.id)
        found.due_at = found.asked_at


def _take_away(interest: Interest) -> None:
    with transaction(system="factory"):
        if interest.listing is not None:
            db.session.get_one(Listing, interest.listing_id).state = "retired"
        else:
            db.session.get_one(Problem, interest.problem_id).state = "closed"

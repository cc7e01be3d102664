"""What ends at institutions when somebody closes their account."""

from sqlalchemy import select

from app.core import leaving
from app.core.access import Actor
from app.core.db import db
from app.institutions import queries
from app.institutions.models import InstitutionClaim
from app.institutions.services.affiliations import end_live
from app.institutions.services.claims import take_back


@leaving.release
def release_person(actor: Actor, person_id: int) -> None:
    """End what a person has at institutions, inside the transaction that closes their account."""
    for affiliation in queries.roles_held_by(person_id):
        if affiliation.is_open:
            affiliation.decide(person_id, "withdrawn")
        end_live(actor, "institutions.leave", affiliation, "", "account_closed")
    asked = select(InstitutionClaim).where(
        InstitutionClaim.asked_by_id == person_id, InstitutionClaim.state == "asked"
    )
    for claim in db.session.scalars(asked).all():
        take_back(actor, claim)

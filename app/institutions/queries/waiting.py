"""What waits for administrators (claims) and for representatives (affiliations to confirm)."""

from typing import Any

from sqlalchemy import Select

from app.accounts.models import Person
from app.core import waiting
from app.core.access import Actor
from app.institutions import policies
from app.institutions.models import Affiliation, Institution, InstitutionClaim


@waiting.source
def claims_waiting(actor: Actor) -> Select[Any] | None:
    """`institutions.claim`: the thing is the institution, the item the claim."""
    if not actor.is_admin:
        return None
    return (
        waiting.item(
            "institutions.claim",
            thing_id=Institution.id,
            item_id=InstitutionClaim.id,
            title=Institution.name,
            who=Person.display_name,
            since=InstitutionClaim.asked_at,
            due=InstitutionClaim.due_at,
        )
        .select_from(InstitutionClaim)
        .join(Institution, Institution.id == InstitutionClaim.institution_id)
        .join(Person, Person.id == InstitutionClaim.asked_by_id)
        .where(InstitutionClaim.state == "asked", policies.claims_to_decide(actor))
    )


@waiting.source
def affiliations_waiting(actor: Actor) -> Select[Any] | None:
    """`institutions.affiliation`: the thing is the institution, the item the affiliation."""
    if not actor.holds_any("representative"):
        return None
    return (
        waiting.item(
            "institutions.affiliation",
            thing_id=Institution.id,
            item_id=Affiliation.id,
            title=Institution.name,
            who=Person.display_name,
            since=Affiliation.asked_at,
            due=Affiliation.due_at,
        )
        .select_from(Affiliation)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .join(Person, Person.id == Affiliation.person_id)
        .where(Affiliation.state == "requested", policies.affiliations_to_decide(actor))
    )

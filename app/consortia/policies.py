"""Who may see and do what with consortia."""

from typing import Any

from sqlalchemy import Select, literal, select

from app.consortia.models import Admission, Consortium, Leadership
from app.core.access import grant_source
from app.institutions.models import Affiliation, Institution


@grant_source
def leads(person_id: int) -> Select[Any]:
    """("lead", consortium)."""
    return (
        select(literal("lead"), Leadership.consortium_id)
        .join(Consortium, Consortium.id == Leadership.consortium_id)
        .where(Leadership.person_id == person_id, Leadership.until.is_(None), Consortium.state == "active")
    )


@grant_source
def consortium_members(person_id: int) -> Select[Any]:
    """("consortium_member", consortium): through a confirmed affiliation at a member institution."""
    return (
        select(literal("consortium_member"), Admission.consortium_id)
        .join(Affiliation, Affiliation.institution_id == Admission.institution_id)
        .join(Institution, Institution.id == Admission.institution_id)
        .where(
            Admission.state == "member",
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Institution.state == "verified",
        )
    )


@grant_source
def open_consortium_members(person_id: int) -> Select[Any]:
    """Everybody with a confirmed affiliation belongs to the open consortium."""
    return (
        select(literal("consortium_member"), Consortium.id)
        .join(Affiliation, Affiliation.person_id == person_id)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Consortium.is_open, Affiliation.state == "active", Institution.state == "verified")
    )

"""Who may see and do what with institutions and affiliations."""

from typing import Any

from sqlalchemy import Select, literal, select

from app.core.access import grant_source
from app.institutions.models import Affiliation, Institution


def _active(person_id: int) -> Select[Any]:
    return (
        select(literal("member"), Affiliation.institution_id)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(
            Affiliation.person_id == person_id, Affiliation.state == "active", Institution.state == "verified"
        )
    )


@grant_source
def members(person_id: int) -> Select[Any]:
    """("member", institution): a confirmed affiliation at a verified institution."""
    return _active(person_id)


@grant_source
def representatives(person_id: int) -> Select[Any]:
    """("representative", institution)."""
    return (
        _active(person_id)
        .with_only_columns(literal("representative"), Affiliation.institution_id)
        .where(Affiliation.role == "representative")
    )


@grant_source
def signatories(person_id: int) -> Select[Any]:
    """("signatory", institution)."""
    return (
        _active(person_id)
        .with_only_columns(literal("signatory"), Affiliation.institution_id)
        .where(Affiliation.is_signatory)
    )

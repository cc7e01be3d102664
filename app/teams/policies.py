"""Who may see and do what with teams and memberships."""

from typing import Any

from sqlalchemy import Select, literal, select

from app.core.access import grant_source
from app.teams.models import Membership, Team


@grant_source
def team_leads(person_id: int) -> Select[Any]:
    """("team_lead", team)."""
    return select(literal("team_lead"), Team.id).where(Team.lead_id == person_id)


@grant_source
def team_deputies(person_id: int) -> Select[Any]:
    """("team_deputy", team)."""
    return select(literal("team_deputy"), Team.id).where(Team.deputy_id == person_id)


@grant_source
def team_members(person_id: int) -> Select[Any]:
    """("team_member", team)."""
    return select(literal("team_member"), Membership.team_id).where(
        Membership.person_id == person_id, Membership.state == "active"
    )

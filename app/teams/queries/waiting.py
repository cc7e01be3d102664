"""What waits for a person in teams: one source a kind, all read in one statement by `core.waiting`."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.consortia.models import Leadership
from app.core import waiting
from app.core.access import Actor
from app.teams.models import HandOver, Membership, Proposal, Team
from app.teams.queries.records import LIVE_STATES


@waiting.source
def requests(actor: Actor) -> Select[Any] | None:
    """Requests to join, for lead and deputy."""
    teams = actor.ids("team_lead", "team_deputy")
    if not actor.holds_any("team_lead", "team_deputy"):
        return None
    return (
        waiting.item(
            "teams.request",
            thing_id=Team.id,
            item_id=Membership.id,
            title=Team.name,
            who=Person.display_name,
            since=Membership.asked_at,
            due=Membership.due_at,
        )
        .select_from(Membership)
        .join(Team, Team.id == Membership.team_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.team_id.in_(teams), Membership.state == "requested", Membership.person_id != actor.id
        )
    )


@waiting.source
def invitations(actor: Actor) -> Select[Any] | None:
    """Invitations, for the invited person."""
    if not actor.holds_any("team_guest"):
        return None
    return (
        waiting.item(
            "teams.invitation",
            thing_id=Team.id,
            item_id=Membership.id,
            title=Team.name,
            who=Person.display_name,
            since=Membership.asked_at,
            due=Membership.due_at,
        )
        .select_from(Membership)
        .join(Team, Team.id == Membership.team_id)
        .join(Person, Person.id == Membership.asked_by_id)
        .where(Membership.person_id == actor.id, Membership.state == "invited")
    )


@waiting.source
def confirmations(actor: Actor) -> Select[Any] | None:
    """Participations to confirm, for representatives of the institution."""
    institutions = actor.ids("representative")
    if not actor.holds_any("representative"):
        return None
    return (
        waiting.item(
            "teams.confirmation",
            thing_id=Team.id,
            item_id=Membership.id,
            title=Team.name,
            who=Person.display_name,
            since=Membership.asked_at,
            due=Membership.due_at,
        )
        .select_from(Membership)
        .join(Team, Team.id == Membership.team_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.institution_id.in_(institutions),
            Membership.state == "confirming",
            Membership.person_id != actor.id,
        )
    )


def _proposals() -> Select[Any]:
    return (
        waiting.item(
            "teams.proposal",
            thing_id=Team.id,
            item_id=Proposal.id,
            title=Team.name,
            who=Person.display_name,
            since=Proposal.asked_at,
            due=Proposal.due_at,
            consortium_id=Team.consortium_id,
        )
        .select_from(Proposal)
        .join(Team, Team.id == Proposal.team_id)
        .join(Person, Person.id == Proposal.asked_by_id)
        .where(Proposal.decided_at.is_(None), Team.state == "proposed")
    )


@waiting.source
def proposals(actor: Actor) -> Select[Any] | None:
    """Proposed teams, for leads of the consortium who are not in them."""
    consortia = actor.ids("lead")
    if not actor.holds_any("lead"):
        return None
    own = select(Membership.team_id).where(
        Membership.person_id == actor.id, Membership.state.in_(LIVE_STATES)
    )
    # Asked for by their own select: joined, SQLite goes through all proposals that wait anywhere.
    proposed = aliased(Team)
    theirs = select(proposed.id).where(proposed.consortium_id.in_(consortia), proposed.state == "proposed")
    return _proposals().where(Proposal.team_id.in_(theirs), Team.id.not_in(own))


@waiting.source
def proposals_without_lead(actor: Actor) -> Select[Any] | None:
    """Proposed teams that no lead of their consortium may decide, for administrators."""
    if not actor.is_admin:
        return None
    involved = select(Membership.person_id).where(
        Membership.team_id == Team.id, Membership.state.in_(LIVE_STATES)
    )
    lead = select(Leadership.id).where(
        Leadership.consortium_id == Team.consortium_id,
        Leadership.until.is_(None),
        Leadership.person_id.not_in(involved.correlate(Team)),
    )
    own = select(Membership.team_id).where(
        Membership.person_id == actor.id, Membership.state.in_(LIVE_STATES)
    )
    return _proposals().where(~lead.correlate(Team).exists(), Team.id.not_in(own))


@waiting.source
def hand_overs(actor: Actor) -> Select[Any] | None:
    """Teams whose lead is offered to this member."""
    if not actor.holds_any("team_member"):
        return None
    return (
        waiting.item(
            "teams.hand_over",
            thing_id=Team.id,
            item_id=HandOver.id,
            title=Team.name,
            who=Person.display_name,
            since=HandOver.asked_at,
            due=HandOver.due_at,
        )
        .select_from(HandOver)
        .join(Team, Team.id == HandOver.team_id)
        .join(Person, Person.id == HandOver.asked_by_id)
        .where(HandOver.to_person_id == actor.id, HandOver.decided_at.is_(None))
    )


@waiting.source
def wishes(actor: Actor) -> Select[Any] | None:
    """Teams returned with wishes, for their lead."""
    teams = actor.ids("team_lead")
    if not actor.holds_any("team_lead"):
        return None
    returned = (
        select(func.max(Proposal.decided_at))
        .where(Proposal.team_id == Team.id)
        .correlate(Team)
        .scalar_subquery()
    )
    return (
        waiting.item(
            "teams.changes_wanted", thing_id=Team.id, item_id=Team.id, title=Team.name, since=returned
        )
        .select_from(Team)
        .where(Team.id.in_(teams), Team.state == "needs_changes")
    )

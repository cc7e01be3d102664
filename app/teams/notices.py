"""What the team's people, the institutions and the consortium are told; the words are in templates/teams/mail."""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.notifications.services import tell, write_to
from app.teams.models import Membership, Team

LEAD = "team_lead"
MEMBER = "team_member"
ASKED = "asked_to_join"
REPRESENTATIVE = "representative"
CONSORTIUM_LEAD = "consortium_lead"
ADMINISTRATOR = "administrator"


def facts_of(team: Team, actor: Actor | None = None, **more: Any) -> dict[str, Any]:
    """What every one of our templates may say: team, number, who, and what is handed in."""
    return {"team": team.name, "number": team.number, "who": actor.name if actor else "", **more}


def say(
    people: Iterable[int | None],
    what: str,
    team: Team,
    *,
    reason: str,
    actor: Actor | None = None,
    path: str = "",
    mail: bool = True,
    **facts: Any,
) -> None:
    """Tell people `teams.<what>` about the team; `path` is below the team's own page."""
    tell(
        people,
        f"teams.{what}",
        path=f"/teams/{team.id}{path}",
        reason=reason,
        about=team,
        facts=facts_of(team, actor, **facts),
        actor=actor,
        mail=mail,
    )


def request_made(actor: Actor, team: Team, request: Membership) -> None:
    """Lead and deputy decide; the address is that of the one screen for yes or no."""
    say(
        (team.lead_id, team.deputy_id),
        "request_made",
        team,
        reason=LEAD,
        actor=actor,
        path=f"/requests/{request.id}",
        due=request.due_at,
        message=request.message,
    )


def invited_by_mail(
    actor: Actor, team: Team, address: str, *, locale: str, secret: str, message: str
) -> None:
    """The same mail to whoever has the address, with or without an account."""
    write_to(
        address,
        "teams.invited_by_mail",
        path=f"/teams/invitations/{secret}",
        locale=locale,
        reason="address_given",
        facts=facts_of(team, actor, message=message),
    )


def confirmation_asked(
    actor: Actor, team: Team, member: Membership, representatives: Iterable[int], person: str
) -> None:
    """Representatives say whether their institution wants the person in this team."""
    say(
        representatives,
        "confirmation_asked",
        team,
        reason=REPRESENTATIVE,
        actor=actor,
        path=f"/confirmations/{member.id}",
        due=member.due_at,
        person=person,
    )

"""What the members of a team are told about their groundwork; the words are in templates/groundwork/mail."""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.notifications.services import tell
from app.teams.models import Team

MEMBER = "team_member"
LEAD = "team_lead"


def say(
    people: Iterable[int | None],
    what: str,
    team: Team,
    *,
    actor: Actor | None = None,
    reason: str = MEMBER,
    mail: bool = True,
    **facts: Any,
) -> None:
    """Tell people `groundwork.<what>` about the team; never a word of an answer."""
    tell(
        people,
        f"groundwork.{what}",
        path=f"/teams/{team.id}/groundwork",
        reason=reason,
        about=team,
        facts={"team": team.name, "number": team.number, "who": actor.name if actor else "", **facts},
        actor=actor,
        mail=mail,
    )

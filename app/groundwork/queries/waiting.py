"""What waits for a person in groundwork: to answer, to accept; for lead and deputy to open the answers and to confirm the lines."""

from typing import Any

from sqlalchemy import Select, and_, or_, select

from app.core import waiting
from app.core.access import Actor
from app.core.kept import now
from app.groundwork.models import Groundwork, GroundworkMember
from app.groundwork.queries.records import RUNNING
from app.teams.models import Team


def _item(kind: str) -> Select[Any]:
    return (
        waiting.item(
            kind,
            thing_id=Team.id,
            item_id=Groundwork.id,
            title=Team.name,
            since=Groundwork.since,
            due=Groundwork.due_at,
        )
        .select_from(Groundwork)
        .join(Team, Team.id == Groundwork.team_id)
        .where(Team.state.in_(RUNNING))
    )


def _own(actor: Actor) -> Any:
    return and_(GroundworkMember.groundwork_id == Groundwork.id, GroundworkMember.person_id == actor.id)


@waiting.source
def answers(actor: Actor) -> Select[Any] | None:
    """Questions to answer, for members who have not handed theirs in."""
    teams = actor.ids("team_member")
    if not actor.holds_any("team_member"):
        return None
    done = select(GroundworkMember.id).where(_own(actor), GroundworkMember.handed_in_at.is_not(None))
    return _item("groundwork.answer").where(
        Team.id.in_(teams), Groundwork.state == "answering", ~done.correlate(Groundwork).exists()
    )


@waiting.source
def acceptances(actor: Actor) -> Select[Any] | None:
    """Lines to read and accept, for members who have not accepted this round; also for those who joined later."""
    teams = actor.ids("team_member")
    if not actor.holds_any("team_member"):
        return None
    done = select(GroundworkMember.id).where(_own(actor), GroundworkMember.accepted_round == Groundwork.round)
    return _item("groundwork.accept").where(
        Team.id.in_(teams),
        Groundwork.state.in_(("confirmed", "agreed")),
        ~done.correlate(Groundwork).exists(),
    )


@waiting.source
def steps(actor: Actor) -> Select[Any] | None:
    """For lead and deputy: answers that can be opened although some are missing, and lines to write and confirm."""
    teams = actor.ids("team_lead", "team_deputy")
    if not actor.holds_any("team_lead", "team_deputy"):
        return None
    return _item("groundwork.go_on").where(
        Team.id.in_(teams),
        or_(
            Groundwork.state == "opened",
            and_(Groundwork.state == "answering", Groundwork.due_at <= now()),
        ),
    )

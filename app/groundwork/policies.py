"""Who takes part in a team's groundwork, who runs it, who sees that it is done. Nobody else reads any of it."""

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.teams.models import Team
from app.teams.policies import runs, view_inside


@permission("groundwork.take_part")
def take_part(actor: Actor, team: Team) -> Answer:
    """Active members answer, read, write lines and accept; not even administrators read along."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("team_member", team.id) or No("members_only", _l("This is for members of the team."))


@permission("groundwork.run")
def run(actor: Actor, team: Team) -> Answer:
    """Lead or deputy begin it, open the answers after the due date and confirm the lines."""
    answer = take_part(actor, team)
    if not answer:
        return answer
    return runs(actor, team) or No(
        "team_run_by_others", _l("Only the lead or the deputy of the team may do this.")
    )


@permission("groundwork.see_state")
def see_state(actor: Actor, team: Team) -> Answer:
    """Members, leads of the consortium and administrators see how far it is."""
    return view_inside(actor, team)

"""A team as a thing that is discussed and that files hang on: see `core.things`."""

from typing import Any

from sqlalchemy import Select, select

from app.core import things
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No
from app.core.i18n import _l
from app.core.things import DECIDERS, EVERYBODY, REVIEWERS, About
from app.teams import policies
from app.teams.models import Team
from app.teams.queries import records

OVER = ("rejected", "dissolved")
NO_AFFILIATION = No(
    "no_affiliation",
    _l("This needs a confirmed affiliation: ask an institution to confirm that you belong to it."),
)
TEAM_OVER = No("team_over", _l("The team is no more, so nothing can be added to it."))


def about(team: Team) -> About:
    """What a team is, for pages of others."""
    return About(
        "team", team.id, team.number, team.name, team.language, f"/teams/{team.id}", team.consortium_id
    )


def seen(actor: Actor) -> Select[Any]:
    """The ids of the teams that the actor sees."""
    return select(Team.id).where(policies.visible_teams(actor))


def audiences(actor: Actor, team: Team) -> frozenset[str]:
    """Who is in the team reviews it with the leads of its consortium; those of them outside the team decide."""
    found = {EVERYBODY}
    if policies.view_inside(actor, team):
        found.add(REVIEWERS)
        if not policies.is_inside(actor, team.id) and not actor.holds("team_guest", team.id):
            found.add(DECIDERS)
    return frozenset(found)


def told(team: Team, audience: str) -> set[int]:
    """The members; with the deciders where it is for reviewers; the deciders alone where it is for them."""
    deciders = set(records.deciders(team)) if audience != EVERYBODY else set()
    if audience == DECIDERS:
        return deciders or set(records.administrators())
    return deciders | {member.person_id for member in records.members(team.id)}


def discuss(actor: Actor, team: Team) -> Answer:
    """Whoever sees the team and has a confirmed affiliation, until the team is no more."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if team.state in OVER:
        return TEAM_OVER
    return bool(actor.ids("member")) or bool(policies.view_inside(actor, team)) or NO_AFFILIATION


def attach(actor: Actor, team: Team) -> Answer:
    """Its members."""
    if not policies.is_inside(actor, team.id):
        return SIGN_IN_FIRST if not actor.is_signed_in else policies.post_update(actor, team)
    return team.state not in OVER or TEAM_OVER


KIND = things.kind(
    things.Kind(
        name="team",
        label=_l("Team"),
        get=records.get,
        about=about,
        seen=seen,
        audiences=audiences,
        told=told,
        discuss=discuss,
        attach=attach,
        audience_names={
            EVERYBODY: _l("Everybody who sees the team"),
            REVIEWERS: _l("The team and the leads of its consortium"),
            DECIDERS: _l("The leads who decide about the team"),
        },
        owner=lambda team: team.lead_id,
        keepers=lambda team: {member.person_id for member in records.members(team.id)},
    )
)

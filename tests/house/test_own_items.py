"""Nobody decides about their own item through any role: somebody who holds every role everywhere is refused each time."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from app.accounts.queries import actor_for
from app.consortia.models import Consortium
from app.core.access import PERMISSIONS, Actor, No
from app.core.db import db
from app.institutions.models import Institution
from app.teams.models import Team
from app.translating.policies import Standing
from tests.house.world import World

DECIDES = re.compile(
    r"(^|_)(approve|reject|return|publish|merge|decide|confirm|verify|admit|accept|decline|reopen|tick|administer|name_first)(_|$)"
)
# Permission → (whose item, the item as the permission takes it, told that this person would be the decider).
POLYGLOT = Standing({"en": "native", "fr": "native"})
Item = Callable[[World, int], tuple[Any, ...]]
OWN: dict[str, tuple[str, Item]] = {
    "consortia.name_first_lead": ("admin", lambda world, me: (me,)),
    "consortia.decide_admission": (
        "other_representative",
        lambda world, me: (world.things["asked_admission"], False),
    ),
    "institutions.decide_claim": ("asker", lambda world, me: (world.things["claim"], ())),
    "institutions.decide_affiliation": ("asker", lambda world, me: (world.things["affiliation"],)),
    "institutions.administer": ("asker", lambda world, me: (world.things["home"], {world.things["home"].id})),
    "discussion.decide": ("colleague", lambda world, me: (world.things["case"], (), None)),
    "listings.publish": ("representative", lambda world, me: (world.things["in_review_listing"],)),
    "listings.return": ("representative", lambda world, me: (world.things["in_review_listing"],)),
    "projects.accept": ("team_lead", lambda world, me: (world.things["submitted_project"],)),
    "projects.reject": ("team_lead", lambda world, me: (world.things["submitted_project"],)),
    "projects.reopen": ("team_lead", lambda world, me: (world.things["rejected_project"], me)),
    "projects.return": ("team_lead", lambda world, me: (world.things["submitted_project"],)),
    "translating.accept": ("asker", lambda world, me: (world.things["proposed_translation"], POLYGLOT)),
    "translating.reject": ("asker", lambda world, me: (world.things["proposed_translation"], POLYGLOT)),
    "translating.return": ("asker", lambda world, me: (world.things["proposed_translation"], POLYGLOT)),
    "problems.publish": ("author", lambda world, me: (world.things["submitted_problem"],)),
    "problems.return": ("author", lambda world, me: (world.things["submitted_problem"],)),
    "problems.reject": ("author", lambda world, me: (world.things["submitted_problem"],)),
    "problems.merge": (
        "author",
        lambda world, me: (world.things["submitted_problem"], world.things["published_problem"]),
    ),
    "problems.tick_wish": ("author", lambda world, me: (world.things["needs_changes_problem"],)),
    "problems.reopen": ("author", lambda world, me: (world.things["rejected_problem"], me)),
    "interest.accept": ("outsider", lambda world, me: (world.things["sent_interest"],)),
    "interest.decline": ("outsider", lambda world, me: (world.things["sent_interest"],)),
    "interest.accept_terms": ("outsider", lambda world, me: (world.things["sent_interest"],)),
    "outcomes.confirm": ("team_lead", lambda world, me: (world.things["evidenced_outcome"],)),
    "outcomes.return": ("team_lead", lambda world, me: (world.things["evidenced_outcome"],)),
    "teams.decide_request": (
        "asker",
        lambda world, me: (world.things["recruiting_team"], world.things["asked"]),
    ),
    "teams.confirm_participation": ("asker", lambda world, me: (world.things["asked"],)),
    "teams.approve": ("lead_in_team", lambda world, me: (world.things["proposed_team"], {me})),
    "teams.return": ("lead_in_team", lambda world, me: (world.things["proposed_team"], {me})),
    "teams.reject": ("lead_in_team", lambda world, me: (world.things["proposed_team"], {me})),
    "teams.reopen": ("lead_in_team", lambda world, me: (world.things["rejected_team"], me)),
}
# Who administers the portal decides about no item by that alone; what they do about one is asked under its own name.
# What one's institution took back it opens again itself; what was rejected as a translation, who rejected it.
# Each party ends a negotiation for itself.
NO_ITEM = {"accounts.administer", "agreements.decline", "listings.reopen", "translating.reopen"}


def with_every_role(world: World, kind: str) -> Actor:
    """The person of a kind, holding besides their own every role in everything there is, but for being in other teams."""
    me = world.people[kind]
    actor = actor_for(me)
    roles: set[tuple[str, int]] = {("administrator", 0), *actor.grants}
    for thing, names in (
        (Institution, ("member", "representative", "signatory")),
        (Consortium, ("lead", "consortium_member")),
        (Team, ("team_lead", "team_deputy")),
    ):
        for (key,) in db.session.query(thing.id):
            roles |= {(name, key) for name in names}
    return Actor(me.id, me.display_name, me.email or "", grants=frozenset(roles))


def test_every_permission_to_decide_is_asked_here():
    deciding = {name for name in PERMISSIONS if DECIDES.search(name.partition(".")[2])}
    assert deciding - set(OWN) - NO_ITEM == set()
    assert set(OWN) <= set(PERMISSIONS)


@pytest.mark.parametrize("name", sorted(OWN))
def test_nobody_decides_their_own(world: World, name):
    kind, item = OWN[name]
    actor = with_every_role(world, kind)
    answer = PERMISSIONS[name](actor, *item(world, actor.id))
    assert not answer
    assert isinstance(answer, No), "a refusal says why"


@pytest.mark.parametrize("name", sorted(OWN))
def test_somebody_else_with_the_same_roles_may(world: World, name):
    """Otherwise the refusal above would show nothing."""
    _kind, item = OWN[name]
    actor = with_every_role(world, "admin" if name != "consortia.name_first_lead" else "lead")
    nobodys = Actor(
        actor.id, grants=frozenset(grant for grant in actor.grants if not _ties(world, name, grant))
    )
    things = tuple(
        {actor.id}
        if name in {"teams.approve", "teams.return", "teams.reject"} and isinstance(thing, set)
        else thing
        for thing in item(world, actor.id)
    )
    if name == "institutions.administer":
        things = (things[0], ())
    if name == "consortia.name_first_lead":
        things = (world.people["admin"].id,)
    assert PERMISSIONS[name](nobodys, *things)


def _ties(world: World, name: str, grant: tuple[str, int]) -> bool:
    """Roles by which the item would be this person's own as well."""
    side = {"interest": "sent_interest", "outcomes": "evidenced_outcome"}.get(name.partition(".")[0])
    if side is not None:
        of_sender = grant[0] in {"member", "representative"} and grant[1] == world.things[side].institution_id
        return of_sender or (name.startswith("outcomes.") and grant[0].startswith("team_"))
    if name.startswith("teams.") and name.rpartition(".")[2] in {"approve", "return", "reject", "reopen"}:
        return grant[0].startswith("team_")
    if name.startswith("listings."):
        return grant[0] in {"member", "representative"}
    return name == "consortia.decide_admission" and grant[0] in {"member", "representative"}


@pytest.mark.parametrize("decision", ["approve", "return", "reject"])
def test_neither_does_the_page(world: World, browsers, decision):
    """Through the door: a lead of the consortium who is in the team, whatever the form says."""
    team = world.things["proposed_team"]
    page = browsers["lead_in_team"].get(f"/teams/{team.id}/decide")
    assert page.status_code in {200, 403}
    from tests.house import access

    with access.nothing_is_kept(browsers["lead"].application):
        sent = {"decision": decision, "version": "1", "note": "Because.", "code": "one_sided"}
        assert browsers["lead_in_team"].post(f"/teams/{team.id}/decide", data=sent).status_code == 403
        assert browsers["lead"].post(f"/teams/{team.id}/decide", data=sent).status_code != 403

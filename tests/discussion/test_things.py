"""Teams and problems as things that are discussed: who sees them, the same in a list as one by one, and their pages."""

import pytest

from app.accounts.queries import actor_for
from app.core import things
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.problems.models import PROBLEM_STATES
from app.teams.models import TEAM_STATES, Team
from tests.discussion.world import make_world
from tests.factories import affiliate, make_institution, make_problem, make_team

NAMES = ("anna", "ben", "cora", "dan", "eve", "ada", "visitor")


@pytest.fixture
def many(app):
    """A world with a team and a problem in every state and for everybody who can be meant."""
    world = make_world()
    away = make_institution("Elsewhere")
    stranger = affiliate("Stranger", away)
    problem = make_problem("Of many", consortium=world.consortium)
    for visibility in ("public", "signed_in", "consortium"):
        for state in TEAM_STATES.names:
            team = make_team(problem=problem)
            with transaction(system="test"):
                row = db.session.get_one(Team, team.id)
                row.visibility, row.state = visibility, state if state != "approved" else "recruiting"
        for state in PROBLEM_STATES.names:
            if state != "merged":
                make_problem(
                    state=state, visibility=visibility, consortium=world.consortium, author=world.dan
                )
    world.stranger = stranger
    return world


@pytest.mark.parametrize("kind", ["team", "problem"])
def test_the_list_form_is_what_can_be_reached(many, kind):
    from app.problems.models import Problem

    record = {"team": Team, "problem": Problem}[kind]
    found = things.KINDS[kind]
    for person in (None, many.anna, many.cora, many.dan, many.eve, many.ada, many.stranger):
        who = actor_for(person) if person else VISITOR
        listed = set(db.session.scalars(found.seen(who)))
        reached = set()
        for (key,) in db.session.query(record.id).all():
            try:
                one = found.get(who, key)
            except NotFound:
                continue
            reached.add(key)
            audiences = found.audiences(who, one)
            assert "everybody" in audiences <= set(things.AUDIENCES)
            assert found.about(one).id == key
        assert listed == reached
        assert listed


def test_those_who_are_told_belong_to_the_audience(app):
    world = make_world()
    found = things.KINDS["team"]
    team = world.fresh(world.team)
    for audience in things.AUDIENCES:
        for key in found.told(team, audience):
            who = actor_for(db.session.get(type(world.anna), key))
            assert audience in found.audiences(who, found.get(who, team.id))


@pytest.mark.parametrize("name", NAMES)
def test_who_may_add_to_a_team(app, name):
    world = make_world()
    found, team = things.KINDS["team"], world.fresh(world.team)
    who = world.actor(name)
    assert bool(found.attach(who, team)) == (name in {"anna", "ben"})
    assert bool(found.discuss(who, team)) == (name not in {"eve", "visitor"})
    with transaction(system="test"):
        world.fresh(team).state = "dissolved"
    team = world.fresh(team)
    assert not found.attach(world.actor(name), team)
    assert not found.discuss(world.actor(name), team)

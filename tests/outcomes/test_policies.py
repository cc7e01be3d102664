"""Who may what in which state, and that the list form says the same as the predicate."""

import pytest
from sqlalchemy import select

from app.consortia.models import Leadership
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.outcomes import policies, queries, services
from app.outcomes.models import Outcome
from app.problems.models import Problem
from app.projects.models import Project
from tests.factories import add_member, affiliate, make_admin, make_consortium, make_person, make_team
from tests.factories.outcomes import STATES, actor, again, make_outcome
from tests.outcomes.support import make_world, outcome_of

PEOPLE = ("lead", "author", "boss", "rep", "member", "host_rep", "colleague", "stranger")
# Who may do it at all, whatever the state.
MAY = {
    "edit": {"lead"},
    "send": {"lead"},
    "recall": {"lead"},
    "name": {"lead"},
    "confirm": {"rep", "member"},
    "return_for_changes": {"rep", "member"},
    "object_to": {"rep", "host_rep"},
    "settle": {"boss"},
    "retract": {"lead", "boss"},
}
# In which states it can be done.
WHEN = {
    "edit": {"claimed"},
    "send": {"claimed"},
    "recall": {"evidenced"},
    "name": set(STATES) - {"retracted"},
    "confirm": {"evidenced"},
    "return_for_changes": {"evidenced"},
    "object": {"confirmed"},
    "settle": {"disputed"},
    "retract": set(STATES) - {"retracted"},
}
SEEN = {
    "claimed": {"lead", "rep", "member", "host_rep", "colleague"},
    "evidenced": {"lead", "rep", "member", "host_rep", "colleague", "boss"},
    "confirmed": {"lead", "rep", "member", "host_rep", "colleague", "boss"},
    "disputed": {"lead", "rep", "member", "host_rep", "colleague", "boss"},
    "published": set(PEOPLE),
    "retracted": set(PEOPLE),
}


@pytest.fixture
def world(app):
    return make_world()


def test_actor_by_action(world):
    outcome = outcome_of(world, "evidenced")
    partners = queries.partner_ids(outcome)
    for verb, who in MAY.items():
        more = (partners,) if verb == "object_to" else ()
        check = getattr(policies, verb)
        allowed = {name for name in PEOPLE if check(actor(world[name]), again(outcome), *more)}
        assert allowed == who, verb
        assert not check(VISITOR, again(outcome), *more)


@pytest.mark.parametrize("state", STATES)
def test_state_by_action(world, state):
    outcome = outcome_of(world, state)
    can = {verb for verb in WHEN if policies.blocked(outcome, verb) is None}
    assert can == {verb for verb, states in WHEN.items() if state in states}


@pytest.mark.parametrize("state", STATES)
def test_who_sees_it(world, state):
    outcome = outcome_of(world, state)
    assert {name for name in PEOPLE if policies.view(actor(world[name]), again(outcome))} == SEEN[state]


def test_nobody_confirms_their_own(world):
    outcome = outcome_of(world, "evidenced")
    with transaction(system="test"):
        outcome = db.session.get_one(Outcome, outcome.id)
        outcome.claimer_id = world["member"].id  # of the partner that is asked, and of the host's project
    refused = policies.confirm(actor(world["member"]), again(outcome))
    assert refused.code == "own_outcome"
    assert policies.confirm(actor(world["host_rep"]), again(outcome)).code == "same_institution"
    assert policies.confirm(actor(world["stranger"]), again(outcome)).code == "not_confirmer"


def test_nobody_confirms_where_they_are_or_were_named(world):
    outcome = outcome_of(world, "evidenced")
    for who in ("rep", "member"):
        services.name(
            actor(world["lead"]), outcome, person_id=world[who].id, role="hosting", degree="supporting"
        )
    assert policies.confirm(actor(world["rep"]), again(outcome)).code == "own_outcome"  # asked, not answered
    services.answer_credit(actor(world["member"]), again(outcome), accept=True)
    services.withdraw_credit(actor(world["member"]), again(outcome))
    assert policies.confirm(actor(world["member"]), again(outcome)).code == "own_outcome"
    assert policies.confirm(actor(world["other_rep"]), again(outcome))


def test_who_may_object_once_it_is_confirmed(world):
    outcome = outcome_of(world, "evidenced")
    services.name(
        actor(world["lead"]), outcome, person_id=world["stranger"].id, role="hosting", degree="equal"
    )
    services.confirm(actor(world["rep"]), again(outcome), note="So it is")
    partners = queries.partner_ids(outcome)

    def answer(who):
        return policies.object_to(actor(world[who]), again(outcome), partners)

    assert answer("rep").code == "own_outcome"  # who confirmed it does not object
    assert answer("lead").code == "own_outcome"
    assert answer("other_rep")
    assert answer("stranger")  # is named
    assert answer("boss").code == "not_concerned"


def _lead_too(world, *names):
    """Let these people lead the consortium besides."""
    with transaction(system="test"):
        for name in names:
            db.session.add(Leadership(consortium_id=world["consortium"].id, person_id=world[name].id))


def _named_and_former(world, outcome, named, former):
    for who in (named, former):
        services.name(
            actor(outcome.claimer_id), again(outcome), person_id=world[who].id, role="hosting", degree="equal"
        )
        services.answer_credit(actor(world[who]), again(outcome), accept=True)
    services.withdraw_credit(actor(world[former]), again(outcome))


@pytest.mark.parametrize("of_team", [False, True])
def test_leads_with_a_part_in_it_decide_nothing(world, of_team):
    """Who claimed or confirmed it, is or was named, or takes part in the work neither settles nor answers for its leads."""
    world["mate"] = affiliate("Mate", world["partner"])
    if of_team:
        team = make_team(
            state="approved", problem=world["problem"], lead=world["lead"], institution=world["host"]
        )
        add_member(team, world["mate"], world["partner"])
        outcome = make_outcome(state="disputed", team=team, confirmer=world["partner"])
    else:
        outcome = outcome_of(world, "disputed")
    _named_and_former(world, outcome, "stranger", "host_rep")
    confirmer = next(name for name in ("rep", "other_rep") if world[name].id == outcome.confirmed_by_id)
    at_work = "mate" if of_team else "member"
    _lead_too(world, "lead", "author", "stranger", "host_rep", confirmer, at_work)
    free = {"boss", "second", "author"}

    outcome = again(outcome)
    objector = queries.open_objection(outcome.id).asked_by_id
    people = {name for name in world if hasattr(world[name], "display_name")}
    may = {name for name in people if policies.settle(actor(world[name]), outcome, objector)}
    assert may == free
    assert queries.settler_ids(outcome, objector) == {world[name].id for name in free}
    listed = {
        name
        for name in people
        if db.session.scalars(select(Outcome.id).where(policies.settling(actor(world[name])))).first()
    }
    assert listed == free
    assert {name for name in people if policies.retract(actor(world[name]), outcome)} == free | {"lead"}

    problem = db.session.get_one(Problem, world["problem"].id)
    answering = {name for name in people if policies.answer_as_lead(actor(world[name]), problem, outcome)}
    assert answering == free - {"author"}
    assert queries.answerer_ids(outcome, problem, "lead") == {world[name].id for name in answering}
    listed = {
        name
        for name in people
        if db.session.scalars(
            select(Outcome.id)
            .join(Problem, Problem.id == Outcome.problem_id)
            .where(policies.answering_as_lead(actor(world[name])))
        ).first()
    }
    assert listed == answering


def test_administrators_decide_only_where_no_lead_can(world):
    outcome = outcome_of(world, "disputed")
    problem, admin = db.session.get_one(Problem, world["problem"].id), actor(make_admin())
    assert policies.settle(admin, again(outcome)).code == "leads_decide"
    assert policies.answer_as_lead(admin, problem, again(outcome)).code == "leads_decide"
    _named_and_former(world, outcome, "boss", "second")
    db.session.expire_all()
    assert policies.settle(admin, again(outcome))
    assert policies.answer_as_lead(admin, db.session.get_one(Problem, problem.id), again(outcome))
    assert queries.settler_ids(again(outcome), None) == {admin.id}


def test_administrators_answer_for_the_problem_s_leads_alone(world):
    """Where the problem is another consortium's than the work: what counts is whether one of its own leads can."""
    free, admin = make_person("Free"), actor(make_admin())
    others = make_consortium("Deserts", leads=[free, world["author"]], members=[world["host"]])
    with transaction(system="test"):
        db.session.get_one(Problem, world["problem"].id).consortium_id = others.id
    outcome = outcome_of(world, "published")
    _named_and_former(world, outcome, "boss", "second")

    def answers():
        found, problem = again(outcome), db.session.get_one(Problem, world["problem"].id)
        listed = select(Outcome.id).join(Problem, Problem.id == Outcome.problem_id)
        listed = listed.where(policies.answering_as_lead(admin))
        may = bool(policies.answer_as_lead(admin, problem, found))
        assert (db.session.scalars(listed).first() is not None) is may
        assert (admin.id in queries.answerer_ids(found, problem, "lead")) is may
        return may

    assert (
        not answers()
    )  # the work's leads have a part in it, one of the problem's has none and did not write it
    services.name(
        actor(outcome.claimer_id), again(outcome), person_id=free.id, role="hosting", degree="equal"
    )
    assert answers()


def test_list_form_equals_predicate(world):
    team = make_team(
        state="approved", problem=world["problem"], lead=world["colleague"], institution=world["host"]
    )
    add_member(team, world["stranger"], world["partner"])
    made = [outcome_of(world, state) for state in STATES]
    made += [make_outcome(state="published", team=team, confirmer=world["partner"])]
    readers = [VISITOR, actor(make_admin()), *(actor(world[name]) for name in (*PEOPLE, "second"))]
    for visibility in ("public", "signed_in", "consortium", "members"):
        with transaction(system="test"):
            db.session.get_one(Project, world["project"].id).visibility = visibility
        db.session.expire_all()
        for reader in readers:
            ids = set(db.session.scalars(select(Outcome.id).where(policies.visible(reader))))
            by_one = {one.id for one in made if policies.view(reader, again(one))}
            assert ids & {one.id for one in made} == by_one, (visibility, reader.name)
            listed = set(db.session.scalars(select(Outcome.id).where(policies.listed(reader))))
            roof = {
                one.id for one in made if one.state == "published" and policies.under_roof(reader, again(one))
            }
            assert listed == roof, (visibility, reader.name)
            found = queries.find(reader, queries.Wanted(), None)
            assert {row.id for row in found.page.rows} == listed
            settled = select(Outcome.id).where(policies.settling(reader))
            by_list = set(db.session.scalars(settled))
            assert by_list == {one.id for one in made if policies.settle(reader, again(one))}, reader.name


def test_a_closed_problem_closes_its_outcome(world):
    outcome = outcome_of(world, "published")
    with transaction(system="test"):
        world["problem"].visibility = "consortium"
    assert not policies.view(VISITOR, again(outcome))
    assert not policies.view(actor(world["stranger"]), again(outcome))
    assert policies.view(actor(world["author"]), again(outcome))

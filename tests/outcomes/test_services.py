"""The course of an outcome: each action with its audit and notices, each refusal, nothing left after one."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.consortia.models import Leadership
from app.core import clock, index
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.core.waiting import waiting_for
from app.notifications.models import Notice
from app.outcomes import policies, queries, services
from app.outcomes.models import Confirmation, NoOutcome, Objection, Outcome, OutcomeFacet
from app.problems import services as problems
from app.problems.models import Problem
from app.projects.models import Project
from app.projects.queries import gates
from tests.factories import add_member, make_consortium, make_person, make_problem, make_project, make_team
from tests.factories.outcomes import actor, again, make_outcome, publish
from tests.outcomes.support import actions, make_world, outcome_of, told


@pytest.fixture
def world(app):
    return make_world()


def test_numbers_of_the_year(world):
    made = [outcome_of(world, "claimed") for _ in range(3)]
    year = clock.today().year
    assert [one.number for one in made] == [f"OUT-{year}-{number:04d}" for number in (1, 2, 3)]


def test_the_whole_course_leaves_its_traces(world):
    outcome = outcome_of(world, "published")
    course = [
        name
        for name in actions(outcome)
        if name not in {"outcomes.edit", "outcomes.name", "outcomes.accept_credit"}
    ]
    assert course == [
        "outcomes.claim",
        "outcomes.send",
        "outcomes.confirm",
        "outcomes.publish",
        "outcomes.ask_answer",
    ]
    assert told(world["rep"], "outcomes.to_confirm") == (1, 1)
    assert told(world["member"], "outcomes.to_confirm") == (1, 1)
    assert told(world["lead"], "outcomes.confirmed") == (1, 1)
    assert told(world["lead"], "outcomes.published") == (1, 1)
    assert told(world["author"], "outcomes.to_answer") == (1, 1)
    assert told(world["boss"], "outcomes.to_answer") == (1, 1)
    assert outcome.id in index.hits("outcome", outcome.title)
    facets = {tuple(row) for row in db.session.execute(select(OutcomeFacet.facet, OutcomeFacet.value))}
    assert {("sdg", "6"), ("country", "EG"), ("institution", str(world["host"].id))} == facets


def test_only_once_the_work_has_begun(world):
    project = make_project(state="forming")
    with pytest.raises(NotAllowed) as refused:
        services.claim_for_project(
            actor(project.lead_id), project, institution_id=project.institution_id, title="Too early"
        )
    assert refused.value.code == "not_begun"
    with pytest.raises(NotAllowed) as refused:
        services.claim_for_project(
            actor(world["stranger"]), world["project"], institution_id=world["host"].id, title="Not mine"
        )
    assert refused.value.code == "not_member"
    assert db.session.scalar(select(func.count()).select_from(Outcome)) == 0


@pytest.mark.parametrize("state", ["recruiting", "proposed", "dissolved"])
def test_only_once_the_team_was_approved(world, state):
    team = make_team(state=state, problem=world["problem"], lead=world["lead"], institution=world["host"])
    with pytest.raises(NotAllowed) as refused:
        services.claim_for_team(
            actor(world["lead"]), team, institution_id=world["host"].id, title="Too early"
        )
    assert refused.value.code == "not_begun"


def test_for_one_of_the_claimers_own_institutions(world):
    with pytest.raises(Invalid) as refused:
        services.claim_for_project(
            actor(world["lead"]), world["project"], institution_id=world["partner"].id, title="Theirs"
        )
    assert "institution" in refused.value.fields


def test_a_team_s_outcome_takes_its_problem(world):
    team = make_team(
        state="approved", problem=world["problem"], lead=world["lead"], institution=world["host"]
    )
    add_member(team, world["member"], world["partner"])
    outcome = make_outcome(team=team, confirmer=world["partner"], state="confirmed")
    assert (outcome.problem_id, outcome.sdg_goals) == (world["problem"].id, ["6"])


def test_what_is_incomplete_is_not_sent(world):
    outcome = outcome_of(world, "claimed", complete=False)
    with pytest.raises(RuleBroken) as refused:
        services.send(actor(world["lead"]), outcome, confirmer_id=world["partner"].id)
    assert refused.value.code == "incomplete"
    assert db.session.scalar(select(func.count()).select_from(Confirmation)) == 0
    assert again(outcome).state == "claimed"


def test_another_institution_confirms(world):
    outcome = outcome_of(world, "claimed")
    with pytest.raises(Invalid):
        services.send(actor(world["lead"]), outcome, confirmer_id=world["host"].id)


def test_a_negative_result_says_so(world):
    outcome = outcome_of(world, "claimed", kind="negative_result")
    assert outcome.is_negative


def test_only_problems_of_the_work(world):
    from tests.factories import make_problem

    outcome = outcome_of(world, "claimed")
    with pytest.raises(Invalid) as refused:
        services.save(actor(world["lead"]), outcome, "about", problem_id=make_problem().id)
    assert "problem" in refused.value.fields


def test_of_the_work_s_problems_only_those_that_the_claimer_sees(world):
    outcome = outcome_of(world, "claimed")
    with transaction(system="test"):
        db.session.get_one(Problem, world["problem"].id).state = "draft"
    assert queries.problems_for(actor(world["author"]), outcome) != []
    assert queries.problems_for(actor(world["lead"]), outcome) == []


def test_return_and_send_again(world):
    outcome = outcome_of(world, "evidenced")
    services.return_for_changes(actor(world["rep"]), outcome, code="evidence", note="Show the raw data")
    outcome = again(outcome)
    assert outcome.state == "claimed"
    assert told(world["lead"], "outcomes.returned") == (1, 1)
    services.send(actor(world["lead"]), outcome, confirmer_id=world["partner"].id)
    codes = [row.decision_code for row in queries.rounds(outcome.id)]
    assert codes == [None, "evidence"]


def test_who_is_named_does_not_confirm(world):
    outcome = outcome_of(world, "evidenced")
    stale = actor(world["rep"])  # their request began before they were named
    services.name(
        actor(world["lead"]), outcome, person_id=world["rep"].id, role="hosting", degree="supporting"
    )
    with pytest.raises(NotAllowed) as refused:
        services.confirm(stale, again(outcome), note="So it is")
    assert refused.value.code == "own_outcome"
    assert again(outcome).state == "evidenced"


def test_who_confirmed_is_not_named(world):
    outcome = outcome_of(world, "evidenced")
    services.confirm(actor(world["rep"]), outcome, note="So it is")
    with pytest.raises(RuleBroken) as refused:
        services.name(
            actor(world["lead"]), again(outcome), person_id=world["rep"].id, role="hosting", degree="lead"
        )
    assert refused.value.code == "confirmed_it"


def test_of_two_versions_the_second_is_refused(world):
    outcome = outcome_of(world, "evidenced")
    seen = outcome.version
    services.confirm(actor(world["rep"]), outcome, note="So it is", version=seen)
    with pytest.raises((Conflict, RuleBroken)):
        services.confirm(actor(world["other_rep"]), again(outcome), note="So it is", version=seen)


def test_objection_stops_publication_until_it_is_settled(world):
    outcome = outcome_of(world, "confirmed")
    services.object_to(actor(world["other_rep"]), outcome, reason="The baseline is another one.")
    publish(outcome)
    assert again(outcome).state == "disputed"
    assert told(world["boss"], "outcomes.to_settle") == (1, 1)
    assert told(world["lead"], "outcomes.objected") == (1, 1)
    with pytest.raises(NotAllowed):
        services.settle(actor(world["lead"]), again(outcome), code="stands", note="It is right")
    services.settle(actor(world["boss"]), again(outcome), code="stands", note="The baseline was agreed.")
    assert told(world["other_rep"], "outcomes.settled") == (1, 1)
    publish(outcome)
    assert again(outcome).state == "published"


def test_settled_to_be_mended_is_confirmed_anew(world):
    outcome = outcome_of(world, "disputed")
    services.settle(actor(world["boss"]), outcome, code="mend", note="Use the agreed baseline.")
    outcome = again(outcome)
    assert (outcome.state, outcome.confirmed_by_id, outcome.window_ends_at) == ("claimed", None, None)


def test_settled_as_right_it_is_retracted(world):
    outcome = outcome_of(world, "disputed")
    services.settle(actor(world["boss"]), outcome, code="retract", note="The data are another well's.")
    outcome = again(outcome)
    assert (outcome.state, outcome.retraction) == ("retracted", "The data are another well's.")


def test_who_objects_settles_not(world):
    from tests.factories import affiliate

    outcome = outcome_of(world, "confirmed")
    both = affiliate("Boss and rep", world["partner"], "representative")
    from app.consortia.models import Leadership

    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=world["consortium"].id, person_id=both.id))
    services.object_to(actor(both), outcome, reason="No")
    with pytest.raises(NotAllowed) as refused:
        services.settle(actor(both), again(outcome), code="retract", note="Mine")
    assert refused.value.code == "own_outcome"
    assert db.session.scalars(select(Objection)).one().is_open


def test_a_lead_settles_what_is_disputed_instead_of_retracting_it(world):
    outcome = outcome_of(world, "disputed")
    with pytest.raises(RuleBroken) as refused:
        services.retract(actor(world["boss"]), outcome, reason="It looks wrong.")
    assert refused.value.code == "settle_first"
    services.retract(actor(world["lead"]), again(outcome), reason="They are right.")
    assert db.session.scalars(select(Objection)).one().decision_code == "superseded"


def test_retracting_ends_the_question_to_confirm_it(world):
    outcome = outcome_of(world, "evidenced")
    services.retract(actor(world["lead"]), outcome, reason="Read wrongly.")
    assert [row.decision_code for row in queries.rounds(outcome.id)] == ["superseded"]
    assert told(world["rep"], "outcomes.retracted")[0] == 1  # as a partner and as who was asked, yet once
    assert told(world["member"], "outcomes.retracted") == (1, 0)


def test_the_audit_names_an_outcome_only_once_everybody_may(world):
    outcome = outcome_of(world, "published")
    rows = select(AuditEntry.action, AuditEntry.thing_label).where(AuditEntry.thing_kind == "outcome")
    named = {action for action, label in db.session.execute(rows) if outcome.title in label}
    assert named == {"outcomes.publish", "outcomes.ask_answer"}


def test_no_objection_after_the_window(world):
    outcome = outcome_of(world, "confirmed")
    with clock.at(outcome.window_ends_at + timedelta(seconds=1)), pytest.raises(RuleBroken) as refused:
        services.object_to(actor(world["host_rep"]), again(outcome), reason="Late")
    assert refused.value.code == "window_over"


def test_retraction_leaves_a_tombstone(world):
    outcome = outcome_of(world, "published")
    services.retract(actor(world["lead"]), outcome, reason="Read wrongly.")
    outcome = again(outcome)
    assert outcome.was_published
    assert index.hits("outcome", outcome.title) == []
    assert db.session.scalar(select(func.count()).select_from(OutcomeFacet)) == 0
    with pytest.raises(RuleBroken):
        services.retract(actor(world["lead"]), outcome, reason="Twice")


# ---- the problem -------------------------------------------------------------------------------------------------


def _state(problem):
    db.session.expire_all()
    return db.session.get_one(Problem, problem.id).state


def test_answered_when_author_and_lead_say_so(world):
    outcome = outcome_of(world, "published")
    assert not services.answer(actor(world["author"]), outcome, "author", is_answered=True)
    assert _state(world["problem"]) == "published"
    with pytest.raises(NotAllowed):
        services.answer(actor(world["lead"]), again(outcome), "lead", is_answered=True)
    assert services.answer(actor(world["boss"]), again(outcome), "lead", is_answered=True)
    assert _state(world["problem"]) == "answered"
    with pytest.raises(RuleBroken):
        services.answer(actor(world["second"]), again(outcome), "lead", is_answered=True)
    services.retract(actor(world["lead"]), again(outcome), reason="Read wrongly.")
    assert _state(world["problem"]) == "published"
    assert told(world["author"], "problems.no_longer_answered") == (1, 1)


def test_a_no_says_what_is_missing_and_can_become_a_yes(world):
    outcome = outcome_of(world, "published")
    with pytest.raises(Invalid):
        services.answer(actor(world["boss"]), outcome, "lead", is_answered=False)
    services.answer(actor(world["boss"]), again(outcome), "lead", is_answered=False, note="One well only")
    services.answer(actor(world["author"]), again(outcome), "author", is_answered=True)
    assert _state(world["problem"]) == "published"
    services.answer(actor(world["second"]), again(outcome), "lead", is_answered=True)
    assert _state(world["problem"]) == "answered"


def test_what_was_retracted_answers_nothing_any_more(world):
    outcome = outcome_of(world, "published")
    services.answer(actor(world["boss"]), outcome, "lead", is_answered=False, note="One well only")
    services.retract(actor(world["lead"]), again(outcome), reason="Read wrongly.")
    for who, side in (("author", "author"), ("boss", "lead")):
        with pytest.raises(RuleBroken) as refused:
            services.answer(actor(world[who]), again(outcome), side, is_answered=True)
        assert refused.value.code == "already_decided"
    assert _state(world["problem"]) == "published"


def test_a_negative_result_asks_nobody(world):
    outcome = outcome_of(world, "published", is_negative=True)
    assert queries.answers(outcome.id) == {}


def test_nobody_is_asked_where_a_side_may_not_see_it(app):
    world = make_world(visibility="members")
    outcome = outcome_of(world, "published")
    assert not policies.view(actor(world["author"]), again(outcome))
    assert queries.answers(outcome.id) == {}
    assert told(world["author"], "outcomes.to_answer") == told(world["boss"], "outcomes.to_answer") == (0, 0)


def test_leads_of_the_problem_answer_where_the_work_has_others(world):
    keeper = make_person("Keeper")
    with transaction(system="test"):
        problem = db.session.get_one(Problem, world["problem"].id)
        problem.consortium_id = make_consortium("Deserts", leads=[keeper]).id
    outcome = outcome_of(world, "published")
    assert told(keeper, "outcomes.to_answer") == (1, 1)
    assert told(world["boss"], "outcomes.to_answer") == (0, 0)
    waits = {one.id: {row.kind for row in waiting_for(actor(one))} for one in (keeper, world["boss"])}
    assert waits == {keeper.id: {"outcomes.answer"}, world["boss"].id: set()}
    with pytest.raises(NotAllowed):
        services.answer(actor(world["boss"]), outcome, "lead", is_answered=True)
    services.answer(actor(world["author"]), again(outcome), "author", is_answered=True)
    assert services.answer(actor(keeper), again(outcome), "lead", is_answered=True)


def test_who_follows_a_problem_is_led_to_its_answer_only_where_they_see_it(world):
    """The others read on the problem's page that it is answered."""
    with transaction(system="test"):
        db.session.get_one(Project, world["project"].id).visibility = "consortium"
    outcome = outcome_of(world, "published")
    for who in ("colleague", "stranger"):
        problems.follow(actor(world[who]), db.session.get_one(Problem, world["problem"].id))
    services.answer(actor(world["author"]), outcome, "author", is_answered=True)
    services.answer(actor(world["boss"]), again(outcome), "lead", is_answered=True)
    rows = select(Notice.person_id, Notice.path).where(Notice.kind == "problems.answered")
    paths = dict(tuple(row) for row in db.session.execute(rows))
    assert paths[world["colleague"].id] == f"/outcomes/{outcome.id}"
    assert paths[world["stranger"].id] == f"/problems/{world['problem'].id}"


def _waits_to_answer(world, *names):
    kinds = {name: {row.kind for row in waiting_for(actor(world[name]))} for name in names}
    return [name for name in names if "outcomes.answer" in kinds[name]]


def test_what_somebody_may_not_see_does_not_wait_for_them(world):
    """Of two leads of the problem's consortium one sees the work, which is another consortium's."""
    inside, outside = make_person("Inside"), make_person("Outside")
    others = make_consortium("Deserts", leads=[inside, outside], members=[world["host"]])
    with transaction(system="test"):
        db.session.get_one(Problem, world["problem"].id).consortium_id = others.id
        db.session.get_one(Project, world["project"].id).visibility = "consortium"
        db.session.add(Leadership(consortium_id=world["consortium"].id, person_id=inside.id))
    outcome = outcome_of(world, "published")
    world |= {"inside": inside, "outside": outside}
    assert not policies.view(actor(outside), again(outcome))
    assert told(inside, "outcomes.to_answer") == (1, 1)
    assert told(outside, "outcomes.to_answer") == (0, 0)
    assert _waits_to_answer(world, "inside", "outside", "author") == ["inside", "author"]


def test_what_was_merged_meanwhile_is_answered_as_its_survivor(world):
    outcome = outcome_of(world, "published")
    survivor = make_problem(institution=world["partner"], consortium=world["consortium"], author=world["rep"])
    problems.merge(actor(world["boss"]), world["problem"], survivor_id=survivor.id)
    assert _waits_to_answer(world, "rep", "author", "boss") == ["rep", "boss"]
    services.answer(actor(world["rep"]), again(outcome), "author", is_answered=True)
    assert services.answer(actor(world["boss"]), again(outcome), "lead", is_answered=True)
    assert _state(survivor) == "answered"
    services.retract(actor(world["lead"]), again(outcome), reason="Read wrongly.")
    assert _state(survivor) == "published"


# ---- closing a project -------------------------------------------------------------------------------------------


def _lacks(project):
    return "no_outcome" in {missing.code for missing in gates.missing_to_close(project)}


def test_a_project_closes_with_an_outcome_or_the_word_that_there_is_none(world):
    project = world["project"]
    assert _lacks(project)
    outcome_of(world, "claimed")
    assert _lacks(project)  # begun and not sent is no record yet
    services.say_none(actor(world["lead"]), project, reason="The money ended.")
    assert not _lacks(project)
    with pytest.raises(RuleBroken):
        services.say_none(actor(world["lead"]), project, reason="Twice")
    services.take_none_back(actor(world["lead"]), project)
    assert _lacks(project)
    outcome = outcome_of(world, "evidenced", is_negative=True)
    assert not _lacks(project)
    services.retract(actor(world["lead"]), outcome, reason="Wrong")
    assert _lacks(project)
    with pytest.raises(NotAllowed):
        services.say_none(actor(world["rep"]), project, reason="Not mine to say")
    assert db.session.scalar(select(func.count()).select_from(NoOutcome)) == 0

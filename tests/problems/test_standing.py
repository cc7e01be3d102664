"""What happens around a problem: rows, audit and notices after each action, and nothing left after a refusal."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, RuleBroken
from app.problems import queries, services
from app.problems.models import (
    NO_END,
    PROBLEM_STATES,
    Endorsement,
    Problem,
    ProblemFacet,
    ProblemFollow,
    Review,
)
from tests.factories import (
    affiliate,
    make_institution,
    make_person,
)
from tests.factories.accounts import actor
from tests.problems.support import count, last_line, mailed, make_people, problem_of, told


@pytest.fixture
def people(app):
    return make_people()


# ---- around it ----------------------------------------------------------------------------------------------


def test_endorse_counts_once_and_can_be_taken_back(people):
    problem = problem_of(people, "published")
    who = actor(affiliate(None, make_institution(), "representative"))
    institution_id = next(iter(who.ids("representative")))
    version = problem.version
    services.endorse(who, problem, institution_id=institution_id, note="Here too")
    with pytest.raises(RuleBroken) as refusal:
        services.endorse(who, problem, institution_id=institution_id)
    assert refusal.value.code == "already_endorsed"
    assert (problem.endorsements, problem.version, count(Endorsement)) == (1, version, 1)
    assert told("endorsed") == {people["author"].id}
    assert mailed("endorsed") == set()
    services.withdraw_endorsement(who, problem, institution_id=institution_id)
    assert (problem.endorsements, count(Endorsement)) == (0, 0)
    with pytest.raises(RuleBroken):
        services.withdraw_endorsement(who, problem, institution_id=institution_id)
    with pytest.raises(NotAllowed):
        services.endorse(actor(affiliate(None, make_institution())), problem, institution_id=institution_id)
    closed = problem_of(people, "closed")
    with pytest.raises(RuleBroken):
        services.endorse(who, closed, institution_id=institution_id)


def test_follow_twice_is_once(people):
    problem = problem_of(people, "published")
    who = actor(make_person())
    services.follow(who, problem)
    services.follow(who, problem)
    assert count(ProblemFollow) == 1
    services.unfollow(who, problem)
    services.unfollow(who, problem)
    assert count(ProblemFollow) == 0


def test_followers_are_told_only_while_they_may_read_it(people):
    problem, other = problem_of(people, "published"), problem_of(people, "published")
    within, outside = affiliate("Within", people["institution"]), make_person("Outside")
    for person in (within, outside):
        services.follow(actor(person), problem)
        services.follow(actor(person), other)
    for narrowed in (problem, other):
        services.save(actor(people["author"]), narrowed, "classification", visibility="consortium")
    services.merge(actor(people["lead"]), other, survivor_id=problem.id)
    assert told("merged") - {people["author"].id} == {within.id}
    services.close(actor(people["lead"]), problem, note="Solved")
    assert told("closed") - {people["author"].id} == {within.id}


def test_withdraw_is_refused_while_teams_work(people):
    problem = problem_of(people, "published")
    services.follow(actor(make_person("Follower")), problem)
    with transaction(system="test"):
        services.count_teams(problem.id, at_work=1)
    assert problem.state == "in_work"
    with pytest.raises(RuleBroken) as refusal:
        services.withdraw(actor(people["author"]), problem)
    assert refusal.value.code == "teams_at_work"
    with transaction(system="test"):
        services.count_teams(problem.id, at_work=-1)
    assert problem.state == "published"
    services.withdraw(actor(people["author"]), problem, note="Solved")
    assert problem.state == "withdrawn"
    assert len(told("withdrawn")) == 1
    assert count(ProblemFacet) == 0
    services.reopen(actor(people["author"]), problem)
    assert problem.state == "draft"


def test_expiry_reminders_and_renewal(people):
    problem = problem_of(people, "published", closes_on=clock.today() + timedelta(days=10))
    late = problem_of(people, "published", closes_on=clock.today() - timedelta(days=1))
    working = problem_of(people, "in_work", closes_on=clock.today() - timedelta(days=1), teams_at_work=1)
    assert services.remind_of_ends() == 1
    assert services.remind_of_ends() == 0
    with transaction(system="time passes"):
        db.session.get(Problem, problem.id).closes_on = clock.today() + timedelta(days=2)
    assert services.remind_of_ends() == 1
    assert services.remind_of_ends() == 0
    assert services.expire() == 1
    assert services.expire() == 0
    db.session.expire_all()
    assert (problem.state, late.state, working.state) == ("published", "expired", "in_work")
    assert last_line().system_reason == "its last day has passed"
    assert told("expired") == {people["author"].id}
    with pytest.raises(Invalid):
        services.renew(actor(people["author"]), late, closes_on=clock.today())
    services.renew(actor(people["author"]), late, closes_on=clock.today() + timedelta(days=30))
    assert (late.state, late.reminded_days) == ("published", None)
    services.renew(actor(people["lead"]), working, closes_on=None)
    assert (working.state, working.closes_on) == ("in_work", NO_END)
    assert told("renewed") == {people["author"].id}


def test_close_tells_why(people):
    problem = problem_of(people, "published")
    with pytest.raises(Invalid):
        services.close(actor(people["lead"]), problem, note="")
    services.close(actor(people["lead"]), problem, note="Answered elsewhere")
    assert problem.state == "closed"
    assert told("closed") == {people["author"].id}


def test_decisions_are_reminded_at_half_time_and_when_late(people):
    problem = problem_of(people, "submitted")
    review = queries.newest_review(problem.id)
    assert services.remind_of_decisions() == 0
    with transaction(system="time passes"):
        row = db.session.get(Review, review.id)
        row.asked_at, row.due_at = clock.now() - timedelta(days=6), clock.now() + timedelta(days=4)
    assert services.remind_of_decisions() == 1
    assert services.remind_of_decisions() == 0
    assert told("decision_due") == {people["lead"].id}
    with transaction(system="time passes"):
        row = db.session.get(Review, review.id)
        row.due_at, row.reminded_at = clock.now() - timedelta(hours=1), clock.now() - timedelta(days=2)
    assert services.remind_of_decisions() == 1
    assert services.remind_of_decisions() == 0
    assert told("decision_late") == {people["lead"].id}
    assert told("decision_waits") == {people["author"].id}
    assert db.session.get(Problem, problem.id).state == "submitted"


def test_what_a_leaver_began_is_withdrawn(people):
    draft, public = problem_of(people, "draft"), problem_of(people, "published")
    services.follow(actor(people["author"]), public)
    with transaction(system="closing"):
        services.release(actor(people["author"]), people["author"].id)
    assert (draft.state, public.state, count(ProblemFollow)) == ("withdrawn", "published", 0)


VERBS = {
    "submit": lambda p, who: services.submit(who["author"], p),
    "recall": lambda p, who: services.recall(who["author"], p),
    "publish": lambda p, who: services.publish(who["lead"], p),
    "return_for_changes": lambda p, who: services.return_for_changes(who["lead"], p, wishes=[("", "x")]),
    "reject": lambda p, who: services.reject(who["lead"], p, code="unclear", note="x"),
    "withdraw": lambda p, who: services.withdraw(who["author"], p),
    "close": lambda p, who: services.close(who["lead"], p, note="x"),
}


def test_every_move_from_every_state(people):
    survivor = problem_of(people, "published")
    who = {"author": actor(people["author"]), "lead": actor(people["lead"])}
    for verb, act in VERBS.items():
        for state in PROBLEM_STATES.names:
            values = {"merged_into_id": survivor.id} if state == "merged" else {}
            problem = problem_of(people, state, **values)
            if state in PROBLEM_STATES.moves[verb][0]:
                act(problem, who)
                assert problem.state == PROBLEM_STATES.moves[verb][1]
            else:
                with pytest.raises(RuleBroken):
                    act(problem, who)
                assert problem.state == state, (verb, state)

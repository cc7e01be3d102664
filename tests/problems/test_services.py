"""Writing and deciding: rows, audit and notices after each action, and nothing left after a refusal."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.core.index import IndexEntry
from app.notifications.models import Notice
from app.problems import queries, services
from app.problems.models import (
    NO_END,
    Problem,
    ProblemFacet,
    Review,
    ReviewComment,
)
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
)
from tests.factories.accounts import actor
from tests.problems.support import count, last_line, mailed, make_people, problem_of, told


@pytest.fixture
def people(app):
    return make_people()


# ---- writing ------------------------------------------------------------------------------------------------


def test_create_makes_a_draft(people):
    who = actor(people["author"])
    problem = services.create(
        who,
        institution_id=people["institution"].id,
        consortium_id=people["consortium"].id,
        title="Salt",
        language="ar",
    )
    assert (problem.state, problem.author_id, problem.visibility) == ("draft", who.id, "public")
    assert last_line().action == "problems.create"
    assert [row.id for row in queries.drafts_of(who)] == [problem.id]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"institution_id": 999}, "institution"),
        ({"consortium_id": 999}, "consortium"),
        ({"title": ""}, "title"),
        ({"language": "xx"}, "language"),
    ],
)
def test_create_refuses(people, change, field):
    values = {
        "institution_id": people["institution"].id,
        "consortium_id": people["consortium"].id,
        "title": "Salt",
        **change,
    }
    with pytest.raises(Invalid) as refusal:
        services.create(actor(people["author"]), **values)
    assert field in refusal.value.fields
    assert count(Problem) == 0
    assert count(AuditEntry) == 0


def test_save_keeps_a_part_and_says_what_changed(people):
    problem = problem_of(people, "draft")
    who = actor(people["author"])
    version = problem.version
    services.save(
        who, problem, "exchange", version=version, brings=[], needs=[{"kind": "training", "text": "Courses"}]
    )
    brings, needs = queries.lines(problem.id)
    assert (brings, [(row.kind, row.text) for row in needs]) == ([], [("training", "Courses")])
    assert last_line().after == {"part": "exchange", "fields": ["brings", "needs"]}
    with pytest.raises(Conflict):
        services.save(who, problem, "need", version=version, title="Another")
    services.save(who, problem, "classification", closes_on=None)
    assert problem.closes_on == NO_END
    with pytest.raises(ValueError, match="state"):
        services.save(who, problem, "need", state="published")


@pytest.mark.parametrize("state", ["submitted", "rejected", "merged", "withdrawn", "closed", "answered"])
def test_save_refuses_what_cannot_be_changed(people, state):
    values = {"merged_into_id": problem_of(people, "published").id} if state == "merged" else {}
    problem = problem_of(people, state, **values)
    with pytest.raises(RuleBroken):
        services.save(actor(people["author"]), problem, "need", title="Another")
    with pytest.raises(NotAllowed):
        services.save(actor(people["lead"]), problem, "need", title="Another")


def test_a_public_text_stays_complete_and_its_facets_follow(people):
    problem = problem_of(people, "published")
    who = actor(people["author"])
    with pytest.raises(Invalid) as refusal:
        services.save(who, problem, "need", summary="")
    assert "summary" in refusal.value.fields
    services.save(who, problem, "classification", sdg_goals=["13"], fields=["s2208"])
    rows = db.session.execute(
        select(ProblemFacet.facet, ProblemFacet.value).where(ProblemFacet.facet.in_(["sdg", "field"]))
    )
    assert {tuple(row) for row in rows} == {
        ("sdg", "13"),
        ("field", "s2208"),
        ("field", "f22"),
        ("field", "d3"),
    }
    assert told("edited") == {people["lead"].id}
    assert mailed("edited") == set()


def test_submit_asks_the_leads(people):
    problem = problem_of(people, "draft")
    review = services.submit(actor(people["author"]), problem)
    assert problem.state == "submitted"
    assert review.submitted["title"] == problem.title
    assert review.due_at == clock.add_working_days(review.asked_at, 5)
    assert told("submitted") == mailed("submitted") == {people["lead"].id}
    assert last_line().action == "problems.submit"
    with pytest.raises(RuleBroken):
        services.submit(actor(people["author"]), problem)
    assert count(Review) == 1


def test_submit_refuses_what_is_incomplete(people):
    problem = problem_of(people, "draft", summary="")
    with pytest.raises(RuleBroken) as refusal:
        services.submit(actor(people["author"]), problem)
    assert refusal.value.code == "incomplete"
    assert (problem.state, count(Review), count(Notice)) == ("draft", 0, 0)


def test_submit_refuses_where_the_institution_is_no_member(people):
    problem = make_problem(
        state="draft",
        author=people["author"],
        institution=people["institution"],
        consortium=make_consortium(),
    )
    with pytest.raises(RuleBroken) as refusal:
        services.submit(actor(people["author"]), problem)
    assert refusal.value.code == "consortium_closed"


def test_recall(people):
    problem = problem_of(people, "submitted")
    services.recall(actor(people["author"]), problem)
    assert problem.state == "draft"
    assert queries.newest_review(problem.id).decision_code == "recalled"
    assert told("recalled") == {people["lead"].id}


# ---- deciding -----------------------------------------------------------------------------------------------


def test_publish(people):
    problem = problem_of(people, "submitted", published_at=None)
    services.publish(actor(people["lead"]), problem, note="Good", version=problem.version)
    assert problem.state == "published"
    assert problem.published_at == problem.listed_at
    review = queries.newest_review(problem.id)
    assert (review.decided_by_id, review.decision_code, review.decision_note) == (
        people["lead"].id,
        "published",
        "Good",
    )
    assert told("published") == mailed("published") == {people["author"].id}
    assert count(ProblemFacet) > 0
    assert db.session.scalar(select(IndexEntry.ref_id).where(IndexEntry.kind == "problem")) == problem.id


def test_the_second_of_two_deciders_gets_a_conflict(people):
    problem = problem_of(people, "submitted")
    seen = problem.version
    services.return_for_changes(actor(people["lead"]), problem, wishes=[("need", "Shorter")], version=seen)
    with pytest.raises(Conflict):
        services.publish(actor(people["lead"]), problem, version=seen)
    assert problem.state == "needs_changes"


def test_publish_refuses_a_day_that_has_passed(people):
    problem = problem_of(people, "submitted", closes_on=clock.today() - timedelta(days=1))
    with pytest.raises(RuleBroken) as refusal:
        services.publish(actor(people["lead"]), problem)
    assert refusal.value.code == "deadline_passed"


def test_return_leaves_wishes_that_are_ticked(people):
    problem = problem_of(people, "submitted")
    lead = actor(people["lead"])
    with pytest.raises(Invalid):
        services.return_for_changes(lead, problem, wishes=[("need", "")])
    services.return_for_changes(
        lead, problem, wishes=[("need", "Shorter"), ("nonsense", "Say where")], note="Thanks"
    )
    wishes = queries.comments(problem.id)
    assert [(wish.part, wish.text, wish.is_wish) for wish in wishes] == [
        ("need", "Shorter", True),
        ("", "Say where", True),
    ]
    assert told("returned") == {people["author"].id}
    services.tick_wish(lead, problem, comment_id=wishes[0].id)
    assert queries.open_wishes(problem.id) == 1
    services.tick_wish(lead, problem, comment_id=wishes[0].id, met=False)
    assert queries.open_wishes(problem.id) == 2
    with pytest.raises(NotAllowed):
        services.tick_wish(actor(people["author"]), problem, comment_id=wishes[0].id)
    elsewhere = problem_of(people, "submitted")
    with pytest.raises(NotFound):
        services.tick_wish(lead, elsewhere, comment_id=wishes[0].id)


def test_reject_needs_a_reason_and_only_its_decider_reopens(people):
    problem = problem_of(people, "submitted")
    lead = actor(people["lead"])
    for wrong in ({"code": "nonsense", "note": "No"}, {"code": "unclear", "note": ""}):
        with pytest.raises(Invalid):
            services.reject(lead, problem, **wrong)
    services.reject(lead, problem, code="unclear", note="What is asked?")
    assert problem.state == "rejected"
    assert told("rejected") == {people["author"].id}
    with pytest.raises(NotAllowed):
        services.reopen(actor(people["author"]), problem, note="Please")
    with pytest.raises(Invalid):
        services.reopen(lead, problem)
    services.reopen(lead, problem, note="I see now")
    assert problem.state == "draft"
    assert told("reopened") == {people["author"].id}


def test_nobody_decides_their_own_and_an_administrator_says_why(people):
    alone = make_consortium(leads=[people["author"]], members=[people["institution"]])
    problem = make_problem(
        state="submitted", author=people["author"], institution=people["institution"], consortium=alone
    )
    for act in (
        lambda who: services.publish(who, problem),
        lambda who: services.return_for_changes(who, problem, wishes=[("", "x")]),
        lambda who: services.reject(who, problem, code="unclear", note="x"),
    ):
        with pytest.raises(NotAllowed) as refusal:
            act(actor(people["author"]))
        assert refusal.value.code == "own_problem"
    admin = actor(make_admin())
    with pytest.raises(Invalid) as no_reason:
        services.publish(admin, problem)
    assert "note" in no_reason.value.fields
    services.publish(admin, problem, note="Its only lead wrote it")
    assert last_line().note == "Its only lead wrote it"


def test_merge_carries_everything_and_keeps_chains_flat(people):
    first, second, third = (problem_of(people, "published") for _ in range(3))
    other = affiliate("Other author", make_institution(country="KE"))
    extra = make_problem(
        state="published", author=other, institution=make_institution(), consortium=people["consortium"]
    )
    representative = actor(affiliate(None, make_institution(), "representative"))
    institution_id = next(iter(representative.ids("representative")))
    follower = make_person("Follower")
    services.endorse(representative, extra, institution_id=institution_id)
    services.follow(actor(follower), extra)
    with transaction(system="test"):
        services.count_teams(extra.id, opened=2, at_work=1)
    lead = actor(people["lead"])
    services.merge(lead, extra, survivor_id=second.id, note="The same")
    assert (extra.state, extra.merged_into_id, second.state) == ("merged", second.id, "in_work")
    assert (second.teams_open, second.teams_at_work, extra.teams_open, extra.teams_at_work) == (2, 1, 0, 0)
    assert second.endorsements == 2  # the representative's, and the institution that posted it
    assert {row.id for row in queries.endorsements(lead, second.id)} == {institution_id, extra.institution_id}
    assert set(queries.followers(second.id)) == {follower.id, other.id}
    assert told("merged") == {other.id, follower.id}
    assert told("took_over") == {people["author"].id}
    services.merge(lead, second, survivor_id=third.id)
    db.session.expire_all()
    assert (extra.merged_into_id, second.merged_into_id) == (third.id, third.id)
    assert [row.id for row in queries.detail(lead, third.id).merged] == [second.id, extra.id]
    with transaction(system="test"):
        services.count_teams(extra.id, opened=-1)
    assert third.teams_open == 1
    for wrong in (third.id, second.id, first.id + 1000, make_problem().id):
        with pytest.raises(Invalid):
            services.merge(lead, third, survivor_id=wrong)
    assert third.state == "in_work"


def test_nobody_merges_into_their_own(people):
    lead = people["lead"]
    own = make_problem(state="published", author=lead, consortium=people["consortium"])
    problem = problem_of(people, "submitted")
    with pytest.raises(NotAllowed) as refusal:
        services.merge(actor(lead), problem, survivor_id=own.id)
    assert refusal.value.code == "own_problem"


def test_comments_reach_the_other_side(people):
    problem = problem_of(people, "submitted")
    services.comment(actor(people["author"]), problem, text="Is this clear?")
    assert told("comment") == {people["lead"].id}
    services.comment(actor(people["lead"]), problem, text="Yes")
    assert told("comment") == {people["lead"].id, people["author"].id}
    with pytest.raises(Invalid):
        services.comment(actor(people["lead"]), problem, text="")
    with pytest.raises(NotAllowed):
        services.comment(actor(affiliate(None, people["institution"])), problem, text="Me too")
    assert count(ReviewComment) == 2

"""Who sees and may do what: every kind of actor, state and visibility."""

import pytest
from sqlalchemy import select

from app.core.access import VISITOR
from app.core.db import db
from app.problems import policies
from app.problems.models import LISTED_STATES, PROBLEM_STATES, Problem
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
)
from tests.factories.accounts import actor


@pytest.fixture
def world(app):
    """One problem of each state and visibility in a consortium with a lead, and one consortium whose lead is the author."""
    institution = make_institution()
    lead, other_lead = make_person("Lead"), make_person("Lead elsewhere")
    author = affiliate("Author", institution)
    consortium = make_consortium(leads=[lead], members=[institution])
    make_consortium(leads=[other_lead])
    alone = make_consortium(leads=[author], members=[institution])
    survivor = make_problem(author=author, institution=institution, consortium=consortium)
    problems = [survivor]
    for state in PROBLEM_STATES.names:
        for visibility in ("public", "signed_in", "consortium"):
            values = {"merged_into_id": survivor.id} if state == "merged" else {}
            problems.append(
                make_problem(
                    f"{state} {visibility}",
                    state=state,
                    visibility=visibility,
                    author=author,
                    institution=institution,
                    consortium=consortium,
                    **values,
                )
            )
    problems += [
        make_problem(
            f"alone {state}",
            state=state,
            visibility="consortium",
            author=author,
            institution=institution,
            consortium=alone,
        )
        for state in ("draft", "submitted", "withdrawn", "published")
    ]
    problems.append(
        make_problem(
            "merged from review",
            state="merged",
            merged_into_id=survivor.id,
            published_at=None,
            author=author,
            institution=institution,
            consortium=consortium,
        )
    )
    return {
        "problems": problems,
        "actors": {
            "visitor": VISITOR,
            "outsider": actor(affiliate("Outsider", make_institution())),
            "member": actor(affiliate("Member", institution)),
            "author": actor(author),
            "lead": actor(lead),
            "lead elsewhere": actor(other_lead),
            "administrator": actor(make_admin()),
        },
    }


def seen(who, problems):
    return {problem.title for problem in problems if policies.view(who, problem)}


def test_list_forms_equal_the_predicates(world):
    for name, who in world["actors"].items():
        by_list = set(db.session.scalars(select(Problem.title).where(policies.visible(who))))
        assert by_list == seen(who, world["problems"]), name
        listed = set(db.session.scalars(select(Problem.title).where(policies.listed(who))))
        expected = {
            problem.title
            for problem in world["problems"]
            if policies.view(who, problem) and problem.state in LISTED_STATES
        }
        assert listed == expected, name
        decides = set(db.session.scalars(select(Problem.title).where(policies.deciding(who))))
        assert decides == {p.title for p in world["problems"] if policies.decide(who, p)}, name


def test_who_sees_what(world):
    actors, problems = world["actors"], world["problems"]
    public = {f"{state} public" for state in (*LISTED_STATES, "merged")} | {problems[0].title}
    signed_in = {f"{state} signed_in" for state in (*LISTED_STATES, "merged")}
    inside = {f"{state} consortium" for state in (*LISTED_STATES, "merged")}
    review = {
        f"{state} {level}"
        for state in ("submitted", "needs_changes", "rejected")
        for level in ("public", "signed_in", "consortium")
    }
    everything = {problem.title for problem in problems}
    assert seen(actors["visitor"], problems) == public
    assert seen(actors["outsider"], problems) == public | signed_in
    assert seen(actors["lead elsewhere"], problems) == public | signed_in
    assert seen(actors["member"], problems) == public | signed_in | inside | {"alone published"}
    assert seen(actors["author"], problems) == everything
    assert seen(actors["lead"], problems) == public | signed_in | inside | review | {"merged from review"}
    # An administrator stands in only where nobody else leads; drafts stay their author's.
    assert seen(actors["administrator"], problems) == public | signed_in | {
        "alone submitted",
        "alone published",
    }


def test_a_withdrawn_problem_that_was_public_stays_with_its_reviewers(world):
    problem = make_problem("was public", state="withdrawn")
    assert not policies.view(actor(make_person()), problem)
    was = next(p for p in world["problems"] if p.title == "withdrawn public")
    assert not policies.view(world["actors"]["lead"], was)
    was.published_at = was.created_at
    assert policies.view(world["actors"]["lead"], was)
    assert not policies.view(world["actors"]["member"], was)
    db.session.rollback()


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        (policies.edit, {"author"}),
        (policies.submit, {"author"}),
        (policies.recall, {"author"}),
        (policies.withdraw, {"author"}),
        (policies.publish, {"lead"}),
        (policies.return_for_changes, {"lead"}),
        (policies.reject, {"lead"}),
        (policies.merge, {"lead"}),
        (policies.tick_wish, {"lead"}),
        (policies.comment, {"author", "lead"}),
        (policies.renew, {"author", "lead"}),
        (policies.close, {"author", "lead"}),
        (policies.read_review, {"author", "lead"}),
        (policies.follow, {"outsider", "member", "author", "lead", "lead elsewhere", "administrator"}),
    ],
)
def test_who_may(world, permission, allowed):
    problem = world["problems"][0]
    answers = {name: permission(who, problem) for name, who in world["actors"].items()}
    assert {name for name, answer in answers.items() if answer} == allowed
    assert answers["visitor"].code == "sign_in_first"
    assert all(
        answer.code and str(answer.text) for answer in answers.values() if answer is not True and not answer
    )


def test_nobody_decides_about_their_own(world):
    alone = next(p for p in world["problems"] if p.title == "alone submitted")
    assert policies.decide(world["actors"]["author"], alone).code == "own_problem"
    assert policies.decide(world["actors"]["administrator"], alone) is True
    assert policies.needs_reason(world["actors"]["administrator"], alone)
    assert policies.decide(world["actors"]["administrator"], world["problems"][0]).code == "leads_decide"
    assert policies.decide(world["actors"]["member"], world["problems"][0]).code == "not_lead"
    own_admin = make_admin("Author and administrator")
    problem = make_problem(state="submitted", author=own_admin, consortium=make_consortium(leads=[]))
    assert policies.decide(actor(own_admin), problem).code == "own_problem"


def test_who_may_endorse(world):
    problem = world["problems"][0]
    institution = make_institution()
    representative = actor(affiliate("Representative", institution, "representative"))
    assert policies.endorse(representative, problem) is True
    assert policies.endorse(representative, problem, institution.id) is True
    assert policies.endorse(representative, problem, make_institution().id).code == "not_representative"
    assert policies.endorse(world["actors"]["member"], problem).code == "not_representative"
    own = db.session.get(type(institution), problem.institution_id)
    own_representative = actor(affiliate("Own representative", own, "representative"))
    assert policies.endorse(own_representative, problem).code == "own_institution"
    assert policies.endorse(own_representative, problem, own.id).code == "own_institution"


def test_only_the_confirmed_post(world):
    assert policies.create(VISITOR).code == "sign_in_first"
    assert policies.create(actor(make_person())).code == "no_affiliation"
    asked = affiliate("Waits", make_institution(), state="requested")
    assert policies.create(actor(asked)).code == "no_affiliation"
    assert (
        policies.create(actor(affiliate("Unverified", make_institution(state="suspended")))).code
        == "no_affiliation"
    )
    assert policies.create(world["actors"]["member"]) is True


def test_an_author_who_left_cannot_send(app):
    author = make_person()
    assert policies.submit(actor(author), make_problem(state="draft", author=author)).code == "no_affiliation"

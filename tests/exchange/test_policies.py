"""Who may what: actors by states, and the list form by the predicate."""

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.waiting import waiting_for
from app.exchange import policies, queries, services
from app.exchange.models import COURSE_STATES, ExchangeCourse
from app.institutions.models import Affiliation, Institution
from tests.factories import affiliate, make_admin, make_consortium, make_institution, make_person
from tests.factories.accounts import actor
from tests.factories.exchange import (
    again,
    leg_of,
    make_course,
    make_technology,
    report_leg,
    representative,
)

WHO = ("visitor", "stranger", "admin", "lead", "provider", "provider_member", "taker", "taker_member", "reporter", "both")  # fmt: skip
ALL_STATES = [name for name in COURSE_STATES.names if name != "finished"]


def world(state="running"):
    """A course and an actor of every kind."""
    provider, taker = make_institution("Provider"), make_institution("Taker")
    lead = make_person("Lead")
    consortium = make_consortium(leads=[lead], members=[provider, taker])
    listing = make_technology(provider, consortium=consortium)
    course = make_course(state=state, listing=listing, taker=taker)
    people = {
        "stranger": affiliate(None, make_institution(), role="representative"),
        "admin": make_admin(),
        "lead": lead,
        "provider": representative(provider.id),
        "provider_member": affiliate(None, provider),
        "taker": representative(taker.id),
        "taker_member": affiliate(None, taker),
        "reporter": affiliate(None, taker),
        "both": affiliate(None, provider, role="representative"),
    }
    affiliate(people["both"], taker, role="representative")
    return course, {"visitor": VISITOR, **{name: actor(person) for name, person in people.items()}}, people


def allowed(check, actors, *things):
    return {name for name in WHO if check(actors[name], *things)}


@pytest.mark.parametrize("state", ALL_STATES)
def test_who_sees_a_course_in_every_state_in_both_forms(app, state):
    course, actors, _people = world(state)
    seen = allowed(policies.view, actors, course)
    representatives = {"provider", "taker", "both"}
    ran = {"provider_member", "taker_member", "reporter", "admin", "lead"}
    assert seen == representatives | (ran if state in {"running", "stopped"} else set())
    listed = {
        name
        for name in WHO
        if db.session.scalars(select(ExchangeCourse.id).where(policies.visible(actors[name]))).first()
    }
    assert listed == seen


@pytest.mark.parametrize("state", ["proposed", "running", "declined"])
def test_lists_and_pages_of_others_show_what_is_seen_alone(app, state):
    course, actors, _people = world(state)
    seen = allowed(policies.view, actors, course)

    def found(rows_for):
        return {name for name in WHO if [row.id for row in rows_for(actors[name])] == [course.id]}

    assert found(lambda one: queries.of_listing(one, course.listing_id)) == seen
    at_home = set() if state == "declined" else seen
    for side in (course.provider_id, course.taker_id):
        assert found(lambda one, side=side: queries.of_institution(one, side)) == at_home
    own = seen - {"admin", "lead"}
    assert found(lambda one: queries.find(one, (), "", None)[0].rows) == own


def test_nobody_answers_their_own_proposal_also_after_changing_sides(app):
    course, _actors, people = world("proposed")
    proposer = db.session.get_one(Person, course.asked_by_id)
    with transaction(system="test"):
        db.session.query(Affiliation).filter_by(person_id=proposer.id).one().state = "ended"
    affiliate(proposer, db.session.get_one(Institution, course.provider_id), role="representative")
    assert policies.answer(actor(proposer), course).code == "own_proposal"
    assert [row.kind for row in waiting_for(actor(proposer)) if row.feature == "exchange"] == []
    waits = [row.kind for row in waiting_for(actor(people["provider"])) if row.feature == "exchange"]
    assert waits == ["exchange.rhythm"]


def test_who_does_what_while_it_is_proposed(app):
    course, actors, _people = world("proposed")
    assert allowed(policies.answer, actors, course) == {"provider"}
    assert allowed(policies.withdraw, actors, course) == {"taker", "both"}
    assert policies.answer(actors["both"], course).code == "both_sides"
    assert policies.answer(actors["taker"], course).code == "own_proposal"
    assert policies.answer(actors["stranger"], course).code == "asked_only"
    assert allowed(policies.propose, actors, course.provider_id, course.taker_id) == {"provider", "taker"}


def test_who_does_what_while_it_runs(app):
    course, actors, people = world()
    services.name_reporter(actors["taker"], course, person_id=people["reporter"].id)
    course = again(course)
    leg = leg_of(course)
    assert allowed(policies.report, actors, course) == {"taker", "reporter"}
    assert allowed(policies.acknowledge, actors, course, leg) == {"provider"}
    assert allowed(policies.share, actors, course) == {"provider", "taker", "reporter"}
    assert allowed(policies.name_reporter, actors, course) == {"taker", "both"}
    assert allowed(policies.stop, actors, course) == {"provider", "taker", "both"}
    assert policies.report(actors["both"], course).code == "both_sides"
    assert policies.acknowledge(actors["both"], course, leg).code == "both_sides"


def test_a_reporter_who_left_the_institution_reports_no_more(app):
    course, actors, _people = world()
    outsider = make_person("Gone")
    home = db.session.get_one(Institution, course.taker_id)
    affiliate(outsider, home)
    services.name_reporter(actors["taker"], course, person_id=outsider.id)
    report_leg(course, by=outsider)
    assert policies.is_taker(actor(outsider), again(course))
    with transaction(system="test"):
        db.session.query(Affiliation).filter_by(person_id=outsider.id).one().state = "ended"
    assert not policies.is_taker(actor(outsider), again(course))

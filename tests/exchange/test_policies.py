"""Who may what: actors by states, and the list form by the predicate."""

import pytest
from sqlalchemy import select

from app.core.access import VISITOR
from app.core.db import db, transaction
from app.exchange import policies, services
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

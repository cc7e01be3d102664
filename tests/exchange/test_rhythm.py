"""A rhythm is proposed, agreed to by the other side, declined, taken back, lapses; or follows an agreement in force."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.core.waiting import waiting_for
from app.exchange import queries, services
from app.exchange.models import ExchangeCourse
from app.institutions.models import Institution
from app.notifications.models import Notice
from tests.factories import affiliate, make_institution
from tests.factories.accounts import actor
from tests.factories.exchange import (
    again,
    agreed_interest,
    leg_of,
    make_course,
    make_technology,
    report_leg,
    representative,
)
from tests.factories.interest import make_interest
from tests.factories.listings import make_listing

DAY = timedelta(days=1)


def told(person):
    return list(
        db.session.scalars(select(Notice.kind).where(Notice.person_id == person.id).order_by(Notice.id))
    )


def rhythm(**values):
    return {
        "every_months": 3,
        "first_on": clock.today() + 30 * DAY,
        "until_on": clock.today() + 400 * DAY,
        **values,
    }


def waits(person):
    return [row.kind for row in waiting_for(actor(person)) if row.feature == "exchange"]


def test_the_other_side_agrees_and_it_begins(app):
    course = make_course(state="proposed")
    provider, taker = representative(course.provider_id), representative(course.taker_id)
    assert waits(provider) == ["exchange.rhythm"]
    assert waits(taker) == []
    assert "exchange.rhythm_proposed" in told(provider)
    services.answer(actor(provider), course, verb="agree")
    found = again(course)
    assert (found.state, found.decision_code, found.turn_id) == ("running", "agreed", course.taker_id)
    assert [leg.number for leg in queries.legs_of(course.id)] == [1]
    assert "exchange.rhythm_answered" in told(taker)
    assert waits(provider) == []


def test_the_provider_may_propose_too(app):
    listing = make_technology()
    interest = agreed_interest(listing)
    provider = representative(listing.institution_id)
    course = services.propose(actor(provider), interest, **rhythm())
    assert (course.asked_id, course.proposer_id) == (interest.institution_id, listing.institution_id)
    services.answer(actor(representative(course.taker_id)), again(course), verb="agree")
    assert again(course).state == "running"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"every_months": 5}, "every_months"),
        ({"first_on": None}, "first_on"),
        ({"first_on": datetime(1990, 1, 1, tzinfo=UTC).date()}, "first_on"),
        ({"until_on": None}, "until_on"),
        ({"until_on": datetime(2020, 1, 1, tzinfo=UTC).date()}, "until_on"),
        ({"until_on": datetime(2190, 1, 1, tzinfo=UTC).date()}, "until_on"),
        ({"wishes": "x" * 1001}, "wishes"),
    ],
)
def test_a_rhythm_can_be_meant(app, values, field):
    interest = agreed_interest(make_technology())
    sender = actor(representative(interest.institution_id))
    with pytest.raises(Invalid) as refusal:
        services.propose(sender, interest, **rhythm(**values))
    assert list(refusal.value.fields) == [field]
    assert db.session.query(ExchangeCourse).count() == 0
    assert not db.session.query(AuditEntry).filter(AuditEntry.action.like("exchange.%")).count()


def test_it_needs_the_yes_of_both_sides_and_a_technology_on_offer(app):
    sender = affiliate(None, make_institution(), role="representative")
    listing = make_technology()
    home = db.session.get_one(Institution, next(iter(actor(sender).ids("representative"))))
    waiting = make_interest(listing, sender=sender, institution=home)
    with pytest.raises(RuleBroken) as refusal:
        services.propose(actor(sender), waiting, **rhythm())
    assert refusal.value.code == "not_mutual"
    for other in (make_listing(), make_technology(direction="need")):
        interest = agreed_interest(other)
        with pytest.raises(RuleBroken) as refusal:
            services.propose(actor(representative(interest.institution_id)), interest, **rhythm())
        assert refusal.value.code == "no_technology"


def test_a_decline_gives_a_reason_and_leaves_the_way_open(app):
    course = make_course(state="proposed")
    provider = actor(representative(course.provider_id))
    for values, field in (({}, "code"), ({"code": "other"}, "note")):
        with pytest.raises(Invalid) as refusal:
            services.answer(provider, again(course), verb="decline", **values)
        assert list(refusal.value.fields) == [field]
    services.answer(provider, again(course), verb="decline", code="other_rhythm", note="Twice a year.")
    assert again(course).state == "declined"
    with pytest.raises(RuleBroken):
        services.answer(provider, again(course), verb="agree")
    taker = actor(representative(course.taker_id))
    interest = queries.interest_to_propose(taker, course.interest_id)
    assert services.propose(taker, interest, **rhythm(every_months=6)).state == "proposed"


def test_it_lapses_by_working_days_of_the_side_that_was_asked_and_once(app):
    cairo = make_institution(weekend=[5, 6], zone="Africa/Cairo", country="")
    # Monday, 11 January 2027: ten working days of a Friday-Saturday week end on Monday the 25th.
    with clock.at(datetime(2027, 1, 11, 12, tzinfo=UTC)):
        course = make_course(state="proposed", listing=make_technology(cairo))
        assert course.due_at.isoformat() == "2027-01-25T21:59:59+00:00"
    with clock.at(datetime(2027, 1, 18, 20, tzinfo=UTC)):
        assert [services.lapse_rhythms(), services.lapse_rhythms()] == [1, 0]  # the reminder
        assert told(representative(cairo.id)).count("exchange.rhythm_proposed") == 2
    with clock.at(datetime(2027, 1, 25, 21, 59, tzinfo=UTC)):
        assert services.lapse_rhythms() == 0
    with clock.at(datetime(2027, 1, 25, 22, 1, tzinfo=UTC)):
        assert [services.lapse_rhythms(), services.lapse_rhythms()] == [1, 0]
    assert again(course).state == "lapsed"
    for side in (course.provider_id, course.taker_id):
        assert "exchange.rhythm_lapsed" in told(representative(side))


def test_who_proposed_takes_it_back_and_nobody_answers_then(app):
    course = make_course(state="withdrawn")
    assert course.state == "withdrawn"
    with pytest.raises(RuleBroken):
        services.answer(actor(representative(course.provider_id)), course, verb="agree")


def test_the_second_of_two_answers_gets_a_conflict(app):
    course = make_course(state="proposed")
    provider = actor(representative(course.provider_id))
    services.answer(provider, course, verb="agree", version=course.version)
    with pytest.raises(Conflict):
        services.answer(provider, again(course), verb="decline", code="not_now", version=1)


def test_the_taker_names_who_reports(app):
    course = make_course()
    home = db.session.get_one(Institution, course.taker_id)
    keeper, stranger = affiliate("Keeper", home), affiliate(None, make_institution())
    taker = actor(representative(course.taker_id))
    with pytest.raises(NotAllowed):
        report_leg(course, by=keeper)
    with pytest.raises(Invalid) as refusal:
        services.name_reporter(taker, again(course), person_id=stranger.id)
    assert list(refusal.value.fields) == ["person_id"]
    services.name_reporter(taker, again(course), person_id=keeper.id)
    assert told(keeper) == ["exchange.reporter_named"]
    assert report_leg(course, by=keeper).reported_by_id == keeper.id
    services.name_reporter(taker, again(course), person_id=None)
    with pytest.raises(NotAllowed):
        services.take_back(actor(keeper), again(course), leg_of(course))


def test_stopping_says_why_and_tells_the_other_side(app):
    course = make_course()
    taker = actor(representative(course.taker_id))
    with pytest.raises(Invalid):
        services.stop(taker, course, note="")
    services.stop(taker, again(course), note="The well ran dry.")
    assert again(course).state == "stopped"
    assert "exchange.stopped" in told(representative(course.provider_id))
    assert [leg.state for leg in queries.legs_of(course.id)] == ["dropped"]
    with pytest.raises(RuleBroken):
        report_leg(course)


@pytest.mark.parametrize(
    "values",
    [
        "taker_id = provider_id",
        "every_months = 0",
        "until_on = '2001-01-01'",
        "interest_id = NULL",
        "ended_at = '2027-01-01'",
        "state = 'stopped', ended_at = '2027-01-01'",
        "decided_by_id = asked_by_id",
        "state = 'elsewhere'",
    ],
)
def test_the_database_refuses_a_course_that_cannot_be(app, values):
    course = make_course()
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE exchange_course SET {values} WHERE id = {course.id}"))


def test_jobs_do_nothing_where_nothing_is_due(app):
    make_course()
    assert [
        services.make_legs(),
        services.remind(),
        services.tell_late(),
        services.lapse_rhythms(),
        services.follow_agreements(),
    ] == [0] * 5

"""Legs: made one ahead, reported, acknowledged or asked back, late, over; what both databases refuse."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.core.waiting import waiting_for
from app.exchange import queries, services
from app.exchange.models import ExchangeLeg
from app.institutions.models import Institution
from app.ledger import services as ledger
from app.ledger.models import LedgerLine
from app.notifications.models import Notice
from tests.factories import affiliate, make_institution
from tests.factories.accounts import actor
from tests.factories.exchange import (
    TEXTS,
    acknowledge_leg,
    again,
    leg_of,
    make_course,
    make_technology,
    report_leg,
    representative,
)

NOON = datetime(2027, 1, 11, 12, tzinfo=UTC)


def days_of(course):
    return [leg.due_on.isoformat() for leg in queries.legs_of(course.id)]


def told(person_id):
    return list(
        db.session.scalars(select(Notice.kind).where(Notice.person_id == person_id).order_by(Notice.id))
    )


def lines():
    return [
        (line.state, line.giver_id, line.receiver_id, line.kind, line.source_kind)
        for line in db.session.scalars(select(LedgerLine).order_by(LedgerLine.id))
    ]


def test_one_leg_stands_ahead_and_the_next_comes_when_its_day_has_passed(app):
    with clock.at(NOON):
        course = make_course(first_on=date(2027, 1, 31), every_months=1, until_on=date(2027, 12, 31))
        assert days_of(course) == ["2027-01-31"]
        assert services.make_legs() == 0
    with clock.at(datetime(2027, 1, 31, 12, tzinfo=UTC)):
        assert services.make_legs() == 1
        assert services.make_legs() == 0
        assert days_of(course) == ["2027-01-31", "2027-02-28"]


def test_after_a_long_silence_every_leg_stands_and_one_to_come(app):
    with clock.at(NOON):
        course = make_course(first_on=date(2027, 1, 31), every_months=1, until_on=date(2027, 12, 31))
    with clock.at(datetime(2027, 4, 15, 12, tzinfo=UTC)):
        assert services.make_legs() == 3
        assert services.make_legs() == 0
    assert days_of(course) == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


@pytest.mark.parametrize(
    ("first", "every", "number", "day"),
    [
        (date(2027, 11, 30), 3, 2, "2028-02-29"),
        (date(2028, 2, 29), 12, 2, "2029-02-28"),
        (date(2028, 2, 29), 12, 5, "2032-02-29"),
        (date(2027, 10, 31), 1, 2, "2027-11-30"),
        (date(2027, 10, 31), 1, 3, "2027-12-31"),
    ],
)
def test_a_day_that_a_month_lacks_is_its_last_one(app, first, every, number, day):
    with clock.at(NOON):
        course = make_course(first_on=first, every_months=every, until_on=date(2033, 1, 1))
        assert course.day_of(number).isoformat() == day


@pytest.mark.parametrize(
    ("country", "weekend", "zone", "due"),
    [
        # 5 March 2027 is a Friday.
        ("", [5, 6], "Africa/Cairo", "2027-03-07T21:59:59+00:00"),
        ("", [6, 7], "Europe/Berlin", "2027-03-05T22:59:59+00:00"),
        ("", [6, 7], "America/New_York", "2027-03-06T04:59:59+00:00"),
    ],
)
def test_a_leg_is_due_at_the_end_of_a_working_day_of_the_taker(app, country, weekend, zone, due):
    taker = make_institution(weekend=weekend, zone=zone, country=country)
    with clock.at(NOON):
        course = make_course(taker=taker, first_on=date(2027, 3, 5))
        assert leg_of(course).due_at.isoformat() == due


def test_the_end_of_a_day_follows_a_change_of_the_clocks(app):
    taker = make_institution(weekend=[6, 7], zone="Europe/Berlin", country="")
    with clock.at(NOON):
        # The clocks go forward on 28 March 2027.
        course = make_course(
            taker=taker, first_on=date(2027, 2, 26), every_months=1, until_on=date(2027, 12, 31)
        )
    with clock.at(datetime(2027, 3, 1, 12, tzinfo=UTC)):
        services.make_legs()
        services.make_legs()
    assert leg_of(course, 1).due_at.hour == 22
    with clock.at(datetime(2027, 3, 27, 12, tzinfo=UTC)):
        services.make_legs()
    assert leg_of(course, 3).due_at.isoformat() == "2027-04-26T21:59:59+00:00"


def test_a_report_is_delivered_and_its_acknowledgement_is_the_receipt(app):
    course = make_course()
    leg = report_leg(course, shares=True)
    assert (leg.state, leg.learnt, leg.conditions) == ("reported", TEXTS["learnt"], "Salt air")
    line = ("delivered", course.taker_id, course.provider_id, "field_insight", "exchange_leg")
    assert lines() == [line]
    assert "exchange.leg_reported" in told(representative(course.provider_id).id)
    leg = acknowledge_leg(course, answer="Thank you: we change the seal.", shares=True)
    assert (leg.state, leg.is_shared, leg.due_at) == ("acknowledged", True, None)
    assert lines() == [("received", *line[1:])]
    assert "exchange.leg_acknowledged" in told(representative(course.taker_id).id)
    actions = list(
        db.session.scalars(
            select(AuditEntry.action).where(AuditEntry.action.like("exchange.%")).order_by(AuditEntry.id)
        )
    )
    assert actions == ["exchange.propose", "exchange.agree", "exchange.report", "exchange.acknowledge"]
    assert [row.performed for row in queries.insights_of(course.listing_id)] == [TEXTS["performed"]]


def test_the_insight_is_read_by_others_only_when_both_sides_say_so(app):
    course = make_course()
    report_leg(course, shares=True)
    leg = acknowledge_leg(course)
    assert queries.insights_of(course.listing_id) == []
    provider = actor(representative(course.provider_id))
    services.share(provider, course, leg, shares=True)
    assert len(queries.insights_of(course.listing_id)) == 1
    taker = actor(representative(course.taker_id))
    services.share(taker, course, leg_of(course), shares=False)
    assert queries.insights_of(course.listing_id) == []


def test_nothing_is_shared_before_it_is_acknowledged(app):
    course = make_course()
    leg = report_leg(course)
    for side in (course.taker_id, course.provider_id):
        with pytest.raises(RuleBroken) as refusal:
            services.share(actor(representative(side)), again(course), leg_of(course), shares=True)
        assert refusal.value.code == "not_acknowledged"
    assert not leg_of(course).taker_shares
    assert leg.state == "reported"


def test_what_is_disputed_in_the_ledger_is_settled_before_it_is_acknowledged(app):
    course = make_course()
    report_leg(course)
    provider = actor(representative(course.provider_id))
    ledger.dispute(provider, db.session.query(LedgerLine).one(), note="Nothing of it reached us.")
    with pytest.raises(RuleBroken) as refusal:
        acknowledge_leg(course)
    assert refusal.value.code == "disputed"
    assert leg_of(course).state == "reported"
    assert [line[0] for line in lines()] == ["disputed"]


def test_a_report_says_something(app):
    course = make_course()
    with pytest.raises(Invalid) as refusal:
        report_leg(course, texts=dict.fromkeys(TEXTS, ""))
    assert list(refusal.value.fields) == ["learnt"]
    assert leg_of(course).state == "planned"
    assert lines() == []


def test_what_is_asked_back_is_reported_again_and_counts_once(app):
    course = make_course()
    leg = report_leg(course)
    provider = actor(representative(course.provider_id))
    with pytest.raises(Invalid):
        services.ask_back(provider, course, leg, question="")
    services.ask_back(provider, again(course), leg_of(course), question="At what depth?")
    assert again(course).turn_id == course.taker_id
    report_leg(course, texts={"learnt": "At 40 m."})
    acknowledge_leg(course)
    assert [line[0] for line in lines()] == ["received"]


def test_a_report_taken_back_waits_for_its_day_again(app):
    course = make_course()
    due = leg_of(course).due_at
    leg = report_leg(course)
    services.take_back(actor(representative(course.taker_id)), again(course), leg)
    leg = leg_of(course)
    assert (leg.state, leg.due_at, leg.learnt) == ("planned", due, TEXTS["learnt"])
    assert [line[0] for line in lines()] == ["pledged"]
    with pytest.raises(RuleBroken):
        acknowledge_leg(course)


def test_what_comes_late_leaves_the_light_yellow(app):
    with clock.at(NOON):
        course = make_course(first_on=date(2027, 2, 1), every_months=12, until_on=date(2028, 12, 31))
        assert course.light() == "green"
    with clock.at(datetime(2027, 2, 2, 12, tzinfo=UTC)):
        assert again(course).light() == "yellow"
    with clock.at(datetime(2027, 3, 4, 12, tzinfo=UTC)):
        assert again(course).light() == "red"
        report_leg(course)
        assert again(course).light() == "yellow"
        acknowledge_leg(course)
    with clock.at(datetime(2027, 4, 3, 12, tzinfo=UTC)):
        assert again(course).light() == "yellow"
    with clock.at(datetime(2027, 4, 4, 12, tzinfo=UTC)):
        assert again(course).light() == "green"


def test_a_provider_that_does_not_answer_turns_the_light_too(app):
    with clock.at(NOON):
        course = make_course(first_on=date(2027, 1, 20), every_months=12)
        report_leg(course)
        assert again(course).turn_id == course.provider_id
    with clock.at(NOON + timedelta(days=20)):
        assert again(course).light() == "yellow"
        acknowledge_leg(course)
        assert again(course).light() == "yellow"  # late still shows for a while
    with clock.at(NOON + timedelta(days=90)):
        assert again(course).light() == "green"


def test_the_course_finishes_with_its_last_acknowledgement(app):
    course = make_course(every_months=12, until_on=clock.today() + timedelta(days=31))
    report_leg(course)
    assert again(course).state == "running"
    acknowledge_leg(course)
    found = again(course)
    assert (found.state, found.turn_id, found.light()) == ("finished", None, "")


def test_a_stopped_course_still_answers_what_was_reported(app):
    course = make_course(first_on=clock.today() - timedelta(days=1), every_months=1)
    report_leg(course)
    services.stop(actor(representative(course.provider_id)), again(course), note="No longer made.")
    assert [leg.state for leg in queries.legs_of(course.id)] == ["reported", "dropped"]
    acknowledge_leg(course)
    assert (again(course).state, leg_of(course).state) == ("stopped", "acknowledged")


def test_reminders_and_late_notices_come_once(app):
    with clock.at(NOON):
        course = make_course(first_on=date(2027, 3, 1), every_months=12)
        taker = representative(course.taker_id).id
        provider = representative(course.provider_id).id
        assert services.remind() == 0
    with clock.at(datetime(2027, 2, 16, 12, tzinfo=UTC)):
        assert (services.remind(), services.remind()) == (1, 0)
        assert (services.tell_late(), told(taker).count("exchange.leg_due")) == (0, 1)
    with clock.at(datetime(2027, 3, 3, 12, tzinfo=UTC)):
        assert (services.tell_late(), services.tell_late()) == (1, 0)
        assert told(taker).count("exchange.leg_late") == told(provider).count("exchange.leg_late") == 1
        report_leg(course)
        assert services.remind() == 0
    with clock.at(datetime(2027, 3, 12, 12, tzinfo=UTC)):
        assert (services.remind(), services.remind()) == (1, 0)
        assert told(provider).count("exchange.leg_reported") == 2


def test_only_the_version_seen_is_answered(app):
    course = make_course()
    seen = report_leg(course).version
    services.take_back(actor(representative(course.taker_id)), again(course), leg_of(course))
    report_leg(course, texts={"learnt": "Something else."})
    with pytest.raises(Conflict):
        acknowledge_leg(course, version=seen)


def test_nobody_acknowledges_their_own_report_also_after_changing_sides(app):
    course = make_course()
    person = representative(course.taker_id)
    report_leg(course, by=person)
    affiliate(person, db.session.get_one(Institution, course.provider_id), role="representative")
    with pytest.raises(NotAllowed) as refusal:
        services.acknowledge(actor(person), again(course), leg_of(course))
    assert refusal.value.code == "own_report"
    assert "exchange.leg_reported" not in {row.kind for row in waiting_for(actor(person))}
    provider = representative(course.provider_id)
    assert "exchange.leg_reported" in {row.kind for row in waiting_for(actor(provider))}


@pytest.mark.parametrize(
    "values",
    [
        "state = 'reported'",
        "state = 'acknowledged', acknowledged_at = '2027-01-01', acknowledged_by_id = 1, due_at = NULL",
        "acknowledged_by_id = 1",
        "due_at = NULL",
        "provider_shares = TRUE",
        "state = 'somewhere'",
    ],
)
def test_the_database_refuses_a_leg_that_cannot_be(app, values):
    course = make_course()
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE exchange_leg SET {values} WHERE course_id = {course.id}"))
    assert db.session.query(ExchangeLeg).one().state == "planned"


def test_a_second_exchange_on_the_same_technology_waits_for_the_end_of_the_first(app):
    listing, taker = make_technology(), make_institution()
    make_course(listing=listing, taker=taker)
    with pytest.raises(RuleBroken) as refusal:
        make_course(listing=listing, taker=taker)
    assert refusal.value.code == "already_there"

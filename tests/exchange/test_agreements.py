"""A course follows the repeated return that an agreement in force promises: at once, on its days, with its ledger lines."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.agreements import services as agreements
from app.core import clock
from app.core.db import db, transaction
from app.exchange import queries, services
from app.exchange.models import ExchangeCourse
from app.institutions.models import Institution
from app.ledger.models import LedgerLine
from tests.factories.agreements import fresh, line, make_agreement, make_signatory
from tests.factories.exchange import acknowledge_leg, again, agreed_interest, make_technology, report_leg
from tests.factories.institutions import make_institution

NOON = datetime(2028, 1, 20, 12, tzinfo=UTC)
FIRST, LAST = date(2028, 1, 31), date(2028, 12, 31)


def in_force(gives="technology", **insight):
    """An agreement to sign that gives a technology and promises monthly field insight, and its interest."""
    provider, taker = make_institution("Provider"), make_institution("Taker")
    for home in (provider, taker):
        make_signatory(home)
    interest = agreed_interest(make_technology(provider), taker)
    once = {"quantity": None, "unit": ""}
    returns = {"repeats": "month", "repeats_from": FIRST, "repeats_until": LAST, "due_on": None}
    agreement = make_agreement(
        state="draft",
        institutions=[provider, taker],
        kind="technology_licence",
        lines=[
            line(provider.id, taker.id, "The pump", kind=gives, **once),
            line(
                taker.id,
                provider.id,
                "How it performs",
                **{"kind": "field_insight", **once, **returns, **insight},
            ),
        ],
    )
    with transaction(system="test"):
        fresh(agreement).interest_id = interest.id
    return agreement, interest


def bring_into_force(agreement):
    from tests.factories.agreements import _bring, party_rows

    people = {
        row.institution_id: db.session.get_one(type(row.signatory), row.signatory_id)
        for row in party_rows(agreement)
    }
    _bring(agreement, "in_force", people)


def courses():
    return list(db.session.scalars(select(ExchangeCourse)))


def test_it_begins_by_itself_once_and_only_when_in_force(app):
    with clock.at(NOON):
        agreement, interest = in_force()
        assert services.follow_agreements() == 0
        bring_into_force(agreement)
        assert [services.follow_agreements(), services.follow_agreements()] == [1, 0]
        (course,) = courses()
        assert (course.state, course.every_months, course.first_on) == ("running", 1, FIRST)
        assert (course.provider_id, course.taker_id) == (
            interest.owner_institution_id,
            interest.institution_id,
        )
        assert [leg.due_on for leg in queries.legs_of(course.id)] == [FIRST]
    with clock.at(datetime(2028, 2, 1, 12, tzinfo=UTC)):
        services.make_legs()
        assert [leg.due_on for leg in queries.legs_of(course.id)] == [FIRST, date(2028, 2, 29)]


def test_its_reports_are_the_lines_of_the_commitment(app):
    with clock.at(NOON):
        agreement, _interest = in_force()
        bring_into_force(agreement)
        services.follow_agreements()
        (course,) = courses()
        agreements.pledge()
        before = db.session.query(LedgerLine).count()
        report_leg(course)
        acknowledge_leg(course)
        assert db.session.query(LedgerLine).count() == before
        found = db.session.query(LedgerLine).filter_by(
            source_kind="commitment", source_id=course.commitment_id, source_part=1
        )
        assert found.one().state == "received"


@pytest.mark.parametrize(
    "insight",
    [
        {"kind": "data_set"},
        {"repeats": "", "repeats_from": None, "repeats_until": None, "due_on": LAST},
        {"gives": "training"},
    ],
)
def test_what_promises_no_repeated_insight_on_a_technology_is_not_followed(app, insight):
    with clock.at(NOON):
        agreement, _interest = in_force(**insight)
        bring_into_force(agreement)
        assert services.follow_agreements() == 0
    assert courses() == []


def test_it_stops_when_the_agreement_is_not_in_force_any_more(app):
    with clock.at(NOON):
        agreement, _interest = in_force()
        bring_into_force(agreement)
        services.follow_agreements()
        (course,) = courses()
        with transaction(system="test"):
            gone = fresh(agreement)
            gone.close(None, "date")
            gone.state = "ended"
        assert [services.follow_agreements(), services.follow_agreements()] == [1, 0]
    found = again(course)
    assert (found.state, found.ended_by_id) == ("stopped", None)
    assert db.session.get_one(Institution, found.taker_id).name == "Taker"

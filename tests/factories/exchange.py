"""Courses of an exchange in any state, brought there by the actions themselves."""

from datetime import date, timedelta

from app.accounts.models import Person
from app.core import clock
from app.core.db import db
from app.exchange import services
from app.exchange.models import ExchangeCourse, ExchangeLeg
from app.institutions.models import Institution
from app.institutions.queries import representatives_of
from app.interest.models import Interest
from app.listings.models import Listing
from tests.factories.accounts import actor
from tests.factories.institutions import affiliate, make_institution
from tests.factories.interest import make_interest
from tests.factories.listings import make_listing

TEXTS = {
    "learnt": "The pump runs at 60 °C.",
    "performed": "Nine hours a day.",
    "next_users": "",
    "given_back": "",
}


def make_technology(provider: Institution | None = None, **values) -> Listing:
    """A technology on offer."""
    return make_listing(
        values.pop("title", "Solar pump"),
        institution=provider,
        kind="technology",
        quantity=None,
        unit="",
        **values,
    )


def agreed_interest(listing: Listing, taker: Institution | None = None) -> Interest:
    """An interest in it to which both sides said yes, sent by a representative of the taker."""
    taker = taker or make_institution()
    known = representatives_of(taker.id)
    sender = db.session.get_one(Person, known[0]) if known else affiliate(None, taker, role="representative")
    return make_interest(listing, state="accepted", sender=sender, institution=taker)


def representative(institution_id: int) -> Person:
    """The first of an institution's representatives."""
    return db.session.get_one(Person, representatives_of(institution_id)[0])


def make_course(
    *,
    state: str = "running",
    listing: Listing | None = None,
    taker: Institution | None = None,
    every_months: int = 3,
    first_on: date | None = None,
    until_on: date | None = None,
) -> ExchangeCourse:
    """A course in this state, proposed by the taker; the first leg is due in thirty days unless said otherwise."""
    listing = listing or make_technology()
    interest = agreed_interest(listing, taker)
    first_on = first_on or clock.today() + timedelta(days=30)
    asks = actor(representative(interest.institution_id))
    answers = actor(representative(interest.owner_institution_id))
    course = services.propose(
        asks,
        interest,
        every_months=every_months,
        first_on=first_on,
        until_on=until_on or first_on + timedelta(days=365),
        wishes="How it performs in salt air.",
    )
    if state == "withdrawn":
        services.withdraw(asks, course)
    elif state == "declined":
        services.answer(answers, course, verb="decline", code="not_now")
    elif state == "lapsed":
        with clock.at(clock.now() + timedelta(days=60)):
            services.lapse_rhythms()
    elif state != "proposed":
        services.answer(answers, course, verb="agree")
    if state == "stopped":
        services.stop(asks, course, note="The pump was sold.")
    return again(course)


def again(record):
    """The record as it is now."""
    db.session.expire_all()
    return db.session.get_one(type(record), record.id)


def leg_of(course: ExchangeCourse, number: int = 1) -> ExchangeLeg:
    """One leg as it is now."""
    db.session.expire_all()
    return db.session.query(ExchangeLeg).filter_by(course_id=course.id, number=number).one()


def report_leg(course: ExchangeCourse, number: int = 1, *, by: Person | None = None, **values) -> ExchangeLeg:
    """Report it for the taker."""
    services.report(
        actor(by or representative(course.taker_id)),
        again(course),
        leg_of(course, number),
        **{"texts": TEXTS, "conditions": "Salt air", **values},
    )
    return leg_of(course, number)


def acknowledge_leg(course: ExchangeCourse, number: int = 1, **values) -> ExchangeLeg:
    """Acknowledge it for the provider."""
    services.acknowledge(
        actor(representative(course.provider_id)), again(course), leg_of(course, number), **values
    )
    return leg_of(course, number)

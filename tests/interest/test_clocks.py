"""Lapse, reminder and reply times over weekends and holidays; what is gone; each job run twice acts once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db, transaction
from app.discussion import services as discussion
from app.institutions.models import Institution
from app.interest import services
from app.interest.models import Interest
from app.interest.queries import replies_of
from app.listings.models import Listing
from app.notifications.models import Notice
from app.problems.models import Problem
from tests.factories import affiliate, make_institution, make_listing, make_problem
from tests.factories.accounts import actor
from tests.factories.interest import BRINGS, GAINS, make_interest, reread
from tests.interest.world import audited, mailed, make_world, told

# Wednesday, so that ten working days hold two weekends of either kind.
START = datetime(2026, 11, 4, 9, tzinfo=UTC)


def posted_by(weekend, zone, country="XX"):
    institution = make_institution(weekend=weekend, zone=zone, country=country)
    rep = affiliate(None, institution, role="representative")
    return make_listing(institution=institution, contact=rep), rep


@pytest.mark.parametrize(
    ("weekend", "zone", "due"),
    [
        ([6, 7], "UTC", "2026-11-18T23:59:59+00:00"),
        ([5, 6], "Africa/Cairo", "2026-11-18T21:59:59+00:00"),
        ([5, 6], "Asia/Riyadh", "2026-11-18T20:59:59+00:00"),
        ([7], "UTC", "2026-11-16T23:59:59+00:00"),
        ([6, 7], "America/New_York", "2026-11-19T04:59:59+00:00"),
    ],
)
def test_it_is_due_after_ten_working_days_of_the_owner(app, weekend, zone, due):
    with clock.at(START):
        listing, _rep = posted_by(weekend, zone)
        assert make_interest(listing).due_at.isoformat() == due


@pytest.mark.parametrize(
    ("start", "place", "due"),
    [
        # Thanksgiving (26 November) is no working day there; the clocks went back on 1 November.
        (
            datetime(2026, 11, 18, 9, tzinfo=UTC),
            ([6, 7], "America/New_York", "US"),
            "2026-12-04T04:59:59+00:00",
        ),
        (datetime(2026, 10, 28, 9, tzinfo=UTC), ([6, 7], "Europe/Berlin", "XX"), "2026-11-11T22:59:59+00:00"),
        # The leap day of 2028 is a Tuesday and counts.
        (datetime(2028, 2, 18, 9, tzinfo=UTC), ([6, 7], "UTC", "XX"), "2028-03-03T23:59:59+00:00"),
        # Over a month's end with Friday and Saturday free.
        (datetime(2026, 11, 25, 9, tzinfo=UTC), ([5, 6], "Asia/Riyadh", "XX"), "2026-12-09T20:59:59+00:00"),
    ],
)
def test_holidays_leap_days_and_changed_clocks(app, start, place, due):
    with clock.at(start):
        listing, _rep = posted_by(*place)
        assert make_interest(listing).due_at.isoformat() == due


@pytest.mark.parametrize(("weekend", "zone"), [([6, 7], "UTC"), ([5, 6], "Asia/Riyadh")])
def test_it_is_reminded_once_at_half_time_and_lapses_once_at_its_end(app, weekend, zone):
    with clock.at(START):
        listing, rep = posted_by(weekend, zone)
        interest = make_interest(listing)
    half, due = clock.halfway(START, interest.due_at), interest.due_at
    with clock.at(half - timedelta(seconds=1)):
        assert (services.remind_due(), services.lapse_due()) == (0, 0)
    with clock.at(half):
        assert (services.remind_due(), services.remind_due()) == (1, 0)
    assert told("reminder") == mailed("reminder") == {rep.id}
    with clock.at(due - timedelta(seconds=1)):
        assert (services.remind_due(), services.lapse_due()) == (0, 0)
    with clock.at(due):
        assert (services.lapse_due(), services.lapse_due()) == (1, 0)
    found = reread(interest)
    assert (found.state, found.decision_code, found.decided_by_id) == ("lapsed", "lapsed", None)
    assert told("lapsed") == {found.sender_id}
    assert told("lapsed_owner") == {rep.id}
    assert audited() == ["interest.send", "interest.lapse"]
    per_person = select(func.count(Notice.id)).where(Notice.kind.like("interest.lapsed%"))
    assert db.session.scalar(per_person) == 2


def test_a_conversation_goes_on_while_somebody_writes_in_it(app):
    with clock.at(START):
        world = make_world()
        interest = make_interest(
            world["listing"], state="talking", sender=world["sender"], institution=world["atlas"]
        )
        due = interest.due_at
    with clock.at(due - timedelta(days=1)):
        discussion.write(
            actor(world["sender"]), kind="interest", thing_id=interest.id, text="Still here?", language="en"
        )
    with clock.at(due + timedelta(hours=1)):
        assert services.lapse_due() == 0
        later = reread(interest).due_at
        assert (reread(interest).state, later > due) == ("talking", True)
    with clock.at(later):
        assert (services.lapse_due(), services.lapse_due()) == (1, 0)
    assert reread(interest).state == "lapsed"


@pytest.mark.parametrize("what", ["retired", "returned", "closed", "answered", "merged", "left"])
def test_what_it_is_about_is_gone(app, what):
    world = make_world()
    author = affiliate("Author", world["delta"])
    problem = make_problem(author=author, institution=world["delta"], consortium=world["consortium"])
    about = world["listing"] if what in {"retired", "returned", "merged"} else problem
    interest = make_interest(about, sender=world["sender"], institution=world["atlas"])
    assert services.supersede_gone() == 0
    with transaction(system="test"):
        if what == "merged":
            place = db.session.get_one(Institution, world["atlas"].id)
            place.state, place.merged_into_id = "merged", world["delta"].id
        elif what == "left":
            person = db.session.get_one(type(author), author.id)
            person.closed_at, person.email = clock.now(), None
        elif about is problem:
            db.session.get_one(Problem, problem.id).state = what
        else:
            db.session.get_one(Listing, about.id).state = what
    assert (services.supersede_gone(), services.supersede_gone()) == (1, 0)
    assert reread(interest).state == "superseded"
    assert world["sender"].id in told("superseded")


def test_a_pause_ends_nothing(app):
    world = make_world()
    make_interest(world["listing"], sender=world["sender"], institution=world["atlas"])
    for state in ("paused", "expired"):
        with transaction(system="test"):
            db.session.get_one(Listing, world["listing"].id).state = state
        assert services.supersede_gone() == 0


# ---- How an owner answers ------------------------------------------------------------------------------------


def test_answers_are_told_from_five_on_a_no_counts_and_silence_shows(app):
    world = make_world()
    place = world["delta"].id

    def one(state, hours=0):
        with clock.at(START):
            interest = make_interest(world["listing"])
        with clock.at(START + timedelta(hours=hours)):
            owner = actor(world["owner"])
            if state == "declined":
                services.decline(owner, interest, reason="no_fit")
            elif state == "accepted":
                services.accept(owner, interest, brings=GAINS, gains=BRINGS)
            elif state == "withdrawn":
                services.withdraw(actor(reread(interest).sender), interest)
        return interest

    one("declined", 2), one("accepted", 50), one("declined", 30), one("sent"), one("withdrawn", 1)
    assert replies_of(place) is None
    one("accepted", 3)
    silent = one("sent")
    with transaction(system="test"):
        db.session.get_one(Interest, silent.id).due_at = START
    with clock.at(START + timedelta(hours=1)):
        assert services.lapse_due() == 1
    found = replies_of(place)
    assert (found.asked, found.answered, found.median_hours) == (5, 4, 16.5)
    assert replies_of(world["atlas"].id) is None

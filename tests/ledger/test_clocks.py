"""Days in the giver's calendar: weekends, holidays, zones, month's ends, leap days, clock changes; jobs run twice."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.ledger import services
from app.ledger.models import LedgerReminder
from app.notifications.models import Notice
from tests.factories.institutions import make_institution
from tests.factories.ledger import bring, make_line, make_sides

CAIRO = {"country": "EG", "zone": "Africa/Cairo", "weekend": [5, 6]}
BERLIN = {"country": "DE", "zone": "Europe/Berlin", "weekend": [6, 7]}
RIYADH = {"country": "SA", "zone": "Asia/Riyadh", "weekend": [5, 6]}
NOWHERE = {"country": "AQ", "zone": "UTC", "weekend": [6, 7]}
# Who gives, the day that was agreed, and the last day on which it is not late.
LAST_DAYS = [
    (CAIRO, date(2026, 11, 19), date(2026, 11, 19)),  # a Thursday
    (CAIRO, date(2026, 11, 20), date(2026, 11, 22)),  # Friday and Saturday are free, Sunday is not
    (BERLIN, date(2026, 11, 20), date(2026, 11, 20)),  # a Friday
    (BERLIN, date(2026, 11, 21), date(2026, 11, 23)),  # Saturday and Sunday are free
    (NOWHERE, date(2026, 1, 31), date(2026, 2, 2)),  # a month's end on a Saturday
    (BERLIN, date(2026, 12, 25), date(2026, 12, 28)),  # two holidays, then Sunday
    (BERLIN, date(2027, 1, 1), date(2027, 1, 4)),  # a holiday on a Friday
    (RIYADH, date(2026, 9, 23), date(2026, 9, 24)),  # the national day
    (NOWHERE, date(2028, 2, 29), date(2028, 2, 29)),  # a leap day
    (BERLIN, date(2028, 2, 26), date(2028, 2, 28)),
    (BERLIN, date(2027, 3, 28), date(2027, 3, 30)),  # clocks change; Easter Monday is free
    (CAIRO, date(2026, 10, 29), date(2026, 10, 29)),  # clocks change that night
]


@pytest.mark.parametrize(("calendar", "agreed", "last"), LAST_DAYS)
def test_the_last_day(app, calendar, agreed, last):
    sides = make_sides(giver=make_institution("Giver", **calendar))
    line = make_line(sides, due_on=agreed)
    zone = ZoneInfo(calendar["zone"])
    assert line.due_at.astimezone(zone).date() == last
    end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=zone)
    with clock.at(end):
        assert not line.is_late
    with clock.at(end + timedelta(seconds=1)):
        assert line.is_late


def test_who_receives_does_not_move_the_day(app):
    giver = make_institution("Giver", **BERLIN)
    line = make_line(
        make_sides(giver=giver, receiver=make_institution("Receiver", **CAIRO)), due_on=date(2026, 11, 22)
    )
    assert line.due_at == datetime(2026, 11, 23, 22, 59, 59, tzinfo=UTC)


def test_what_was_delivered_is_not_late(app):
    with clock.at(datetime(2026, 11, 1, 9, tzinfo=UTC)):
        sides = make_sides(giver=make_institution("Giver", **BERLIN))
        lines = [
            make_line(sides, due_on=date(2026, 11, 10), state=state)
            for state in ("pledged", "delivered", "received", "disputed")
        ]
    with clock.at(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        assert [line.is_late for line in lines] == [True, False, False, False]


def told(kind):
    """How many were told."""
    return db.session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == f"ledger.{kind}"))


@pytest.mark.parametrize("calendar", [CAIRO, BERLIN, RIYADH])
def test_reminders_come_once_each(app, calendar):
    with clock.at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        sides = make_sides(giver=make_institution("Giver", **calendar))
        make_line(sides, due_on=date(2026, 11, 20))
        assert services.remind() == 0
    with clock.at(datetime(2026, 11, 17, 9, tzinfo=UTC)):
        assert services.remind() == 1
        assert services.remind() == 0
        assert (told("due_soon"), told("late")) == (1, 0)
    weekend = 5 in calendar["weekend"]
    with clock.at(datetime(2026, 11, 21, 9, tzinfo=UTC)):
        assert services.remind() == (0 if weekend else 1)
    with clock.at(datetime(2026, 11, 23, 9, tzinfo=UTC)):
        assert services.remind() == (1 if weekend else 0)
        assert services.remind() == 0
    assert (told("due_soon"), told("late")) == (1, 2)
    assert db.session.scalar(select(func.count()).select_from(LedgerReminder)) == 2


def test_what_nobody_confirms_is_asked_for_once(app):
    with clock.at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        sides = make_sides()
        line = make_line(sides, state="delivered")
    with clock.at(datetime(2026, 11, 8, 9, tzinfo=UTC)):
        assert services.remind() == 0
    with clock.at(datetime(2026, 11, 9, 9, tzinfo=UTC)):
        assert services.remind() == 1
        assert services.remind() == 0
        assert told("confirm") == 1
    assert line.state == "delivered"


def test_nobody_is_reminded_of_what_is_done(app):
    with clock.at(datetime(2026, 11, 2, 9, tzinfo=UTC)):
        sides = make_sides()
        for state in ("received", "rated", "waived", "disputed", "reversed"):
            make_line(sides, state=state, due_on=date(2026, 11, 5))
    with clock.at(datetime(2026, 12, 2, 9, tzinfo=UTC)):
        assert services.remind() == 0


def test_a_month_of_receipt_is_that_of_utc(app):
    """At the turn of a month the same instant is another day elsewhere: one month counts it, on both sides alike."""
    from app.ledger import queries
    from tests.factories.accounts import actor

    with clock.at(datetime(2028, 2, 29, 22, 30, tzinfo=UTC)):  # 1 March in Riyadh
        sides = make_sides(giver=make_institution("Giver", **RIYADH))
        bring(make_line(sides), "received", sides)
    for person, place in ((sides.from_giver, sides.giver), (sides.from_receiver, sides.receiver)):
        february = queries.statement(actor(person), place.id, date(2028, 2, 1), date(2028, 2, 1))
        march = queries.statement(actor(person), place.id, date(2028, 3, 1), date(2028, 3, 31))
        assert (len(february.totals), len(february.page.rows)) == (1, 1)
        assert (len(march.totals), len(march.page.rows)) == (0, 0)

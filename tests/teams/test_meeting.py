"""The meeting planner's arithmetic."""

from datetime import date
from types import SimpleNamespace

import pytest

from app.teams.queries import meeting

MONDAY = date(2026, 11, 23)


def member(name: str, zone: str, weekend=(6, 7)):
    return SimpleNamespace(display_name=name, zone=zone, weekend=list(weekend))


@pytest.mark.parametrize(
    ("hour", "is_odd"),
    [("1-7", True), ("1-8", False), ("1-17", False), ("1-18", True), ("6-10", True), ("5-10", False)],
)
def test_odd_is_before_eight_from_eighteen_and_the_weekend(hour, is_odd):
    found = {slot.code: slot for slot in meeting.slots([member("A", "UTC")], MONDAY)}
    assert len(found) == 168
    assert found[hour].locals[0].is_odd is is_odd


def test_the_weekend_is_that_of_the_institution():
    found = {slot.code: slot for slot in meeting.slots([member("A", "UTC", (5, 6))], MONDAY)}
    assert found["5-10"].odd == 1
    assert found["7-10"].odd == 0


def test_local_hours_cross_the_date_line():
    slot = meeting.slots([member("A", "Pacific/Auckland")], MONDAY)[20]
    assert (slot.code, slot.locals[0].at.isoweekday(), slot.locals[0].at.hour) == ("1-20", 2, 9)


def test_the_best_hours_are_odd_for_nobody_where_such_hours_exist():
    people = [member("A", "Africa/Cairo"), member("B", "Europe/Zurich")]
    best = meeting.best(meeting.slots(people, MONDAY))
    assert len(best) == meeting.BEST
    assert all(slot.odd == 0 for slot in best)


def test_odd_hours_go_round():
    people = [member("A", "Pacific/Auckland"), member("B", "Europe/Zurich")]
    found = meeting.slots(people, MONDAY)
    assert [local.weight for local in meeting.best(found)[0].locals] in (
        [1, 0],
        [0, 1],
    )  # one and the same bears it
    assert meeting.odd_hours(meeting.turns(found)) == [("A", 2), ("B", 2)]


def test_a_team_of_nobody_has_no_hours():
    assert meeting.turns(meeting.slots([], MONDAY)) == []

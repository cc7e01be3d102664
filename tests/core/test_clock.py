"""Working days, halves, and the clock that can be set."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core import clock

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_clock_can_be_set_for_a_while() -> None:
    with clock.at(FRIDAY):
        assert clock.now() == FRIDAY
        with clock.at(FRIDAY + timedelta(days=1)):
            assert clock.now() == FRIDAY + timedelta(days=1)
        assert clock.now() == FRIDAY
    assert clock.now() != FRIDAY


def test_the_clock_is_not_set_without_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"), clock.at(datetime(2026, 1, 1)):  # noqa: DTZ001 - that is the point
        pass


def test_today_depends_on_where_one_is() -> None:
    with clock.at(datetime(2026, 3, 1, 22, 30, tzinfo=UTC)):
        assert clock.today() == date(2026, 3, 1)
        assert clock.today("Africa/Nairobi") == date(2026, 3, 2)
        assert clock.today("America/Bogota") == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("days", "weekend", "zone", "end"),
    [
        (0, (6, 7), "UTC", datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)),
        (1, (6, 7), "UTC", datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)),
        (5, (6, 7), "UTC", datetime(2026, 11, 27, 23, 59, 59, tzinfo=UTC)),
        (1, (5, 6), "UTC", datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)),
        (1, (), "UTC", datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)),
        (1, (6, 7), "Africa/Cairo", datetime(2026, 11, 23, 21, 59, 59, tzinfo=UTC)),
        (10, (6, 7), "America/Bogota", datetime(2026, 12, 5, 4, 59, 59, tzinfo=UTC)),
    ],
)
def test_working_days_skip_the_weekend_of_the_place(days, weekend, zone, end) -> None:
    assert clock.add_working_days(FRIDAY, days, weekend, zone) == end


def test_a_working_day_is_counted_in_the_places_own_day() -> None:
    late = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)  # already Friday in Cairo
    assert clock.add_working_days(late, 1, (6, 7), "Africa/Cairo") == datetime(
        2026, 11, 23, 21, 59, 59, tzinfo=UTC
    )


def test_a_week_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError, match="working day"):
        clock.add_working_days(FRIDAY, 1, range(1, 8))


def test_a_reminder_is_due_halfway() -> None:
    assert clock.halfway(FRIDAY, FRIDAY + timedelta(days=14)) == FRIDAY + timedelta(days=7)

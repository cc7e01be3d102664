"""Periodic work: one worker at a time, when it is due, whatever the others do."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.core import clock, jobs
from app.core.db import db
from app.core.jobs import JobLease, periodic, run_due
from tests.conftest import ON_POSTGRESQL
from tests.factories import make_team

START = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def calls(app, monkeypatch) -> list[str]:
    """Two jobs of the tests' own, every minute and every hour."""
    seen: list[str] = []
    monkeypatch.setattr(jobs, "JOBS", {})

    @periodic("tests.minute", timedelta(minutes=1))
    def minute() -> int:
        seen.append("minute")
        return 2

    @periodic("tests.hour", timedelta(hours=1))
    def hour() -> int:
        seen.append("hour")
        return 0

    return seen


def lease(name: str) -> JobLease:
    db.session.rollback()
    return db.session.scalars(select(JobLease).where(JobLease.name == name)).one()


def test_every_job_runs_at_first_and_the_work_is_counted(calls) -> None:
    assert run_due("a") == 2
    assert calls == ["minute", "hour"]


def test_a_job_runs_again_when_its_time_has_come(calls) -> None:
    with clock.at(START):
        run_due("a")
    with clock.at(START + timedelta(seconds=59)):
        assert run_due("a") == 0
    with clock.at(START + timedelta(seconds=61)):
        assert run_due("b") == 2
    assert calls == ["minute", "hour", "minute"]


def test_a_round_with_nothing_to_do_reads_once_and_writes_nothing(calls, statements) -> None:
    with clock.at(START):
        run_due("a")
    statements.clear()
    with clock.at(START + timedelta(seconds=30)):
        assert run_due("a") == 0
    assert [one.split()[0] for one in statements] == ["SELECT"]


def test_when_it_ran_is_written_down(calls) -> None:
    with clock.at(START):
        run_due("a")
    kept = lease("tests.hour")
    assert (kept.last_run_at, kept.until, kept.last_error) == (START, START + timedelta(hours=1), None)


def test_a_job_that_another_worker_holds_is_left_alone(calls) -> None:
    job = jobs.JOBS["tests.minute"]
    with clock.at(START):
        assert jobs._take(job, "other")
        assert not jobs._take(job, "a")
        run_due("a")
    assert calls == ["hour"]


def test_the_lease_of_a_dead_worker_ends(calls) -> None:
    with clock.at(START):
        jobs._take(jobs.JOBS["tests.minute"], "dead")
    with clock.at(START + jobs.LEASE):
        run_due("a")
    assert "minute" in calls


def test_who_lost_the_lease_does_not_give_it_back(calls) -> None:
    job = jobs.JOBS["tests.minute"]
    with clock.at(START):
        jobs._take(job, "slow")
    with clock.at(START + jobs.LEASE):
        jobs._take(job, "quick")
        jobs._give_back(job, "slow", None)
    assert lease("tests.minute").holder == "quick"
    assert lease("tests.minute").last_run_at is None


def test_a_job_that_fails_is_noted_and_the_others_go_on(calls, caplog) -> None:
    @periodic("tests.broken", timedelta(minutes=1))
    def broken() -> int:
        raise LookupError("no such thing")

    @periodic("tests.after", timedelta(minutes=1))
    def after() -> int:
        calls.append("after")
        return 1

    with clock.at(START):
        assert run_due("a") == 3
    assert calls == ["minute", "hour", "after"]
    assert lease("tests.broken").last_error == "LookupError"
    assert "tests.broken failed" in caplog.text
    with clock.at(START + timedelta(minutes=2)):
        run_due("a")
    assert calls[-1] == "after"


def test_a_success_clears_the_fault(calls) -> None:
    job = jobs.JOBS["tests.minute"]
    with clock.at(START):
        jobs._take(job, "a")
        jobs._give_back(job, "a", "LookupError")
    with clock.at(START + timedelta(hours=1)):
        run_due("a")
    assert lease("tests.minute").last_error is None


@pytest.mark.skipif(ON_POSTGRESQL, reason="PostgreSQL keeps its statistics by itself")
def test_the_planner_of_sqlite_learns_how_values_are_spread(app):
    def known() -> int:
        return db.session.scalar(text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'team'"))

    make_team()
    db.session.commit()
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes the tables of statistics, empty
    before = known()
    db.session.rollback()
    assert jobs.survey() == 0
    assert (before, known() > 0) == (0, True)

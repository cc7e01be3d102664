"""One use case, all of it or nothing; limits that hold; writes that go past the door."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, insert, select, update

from app.accounts.models import Person
from app.accounts.policies import administer
from app.core.access import authorize
from app.core.db import (
    NothingAuthorized,
    UtcDateTime,
    WriteOutsideTransaction,
    current_scope,
    db,
    lock,
    lock_id,
    require_scope,
    transaction,
)
from app.core.errors import Conflict, NotFound
from tests.factories import make_admin, make_person
from tests.factories.accounts import actor


def name_now(person: Person) -> str:
    db.session.rollback()
    return db.session.execute(select(Person.display_name).where(Person.id == person.id)).scalar_one()


def test_an_authorised_change_is_kept(app) -> None:
    admin = make_admin()
    with transaction():
        authorize(administer, actor(admin))
        admin.display_name = "Changed"
    assert name_now(admin) == "Changed"


def test_a_change_that_nobody_was_asked_about_is_not_kept(app) -> None:
    person = make_person("Before")
    with pytest.raises(NothingAuthorized), transaction():
        person.display_name = "After"
    assert name_now(person) == "Before"


def test_a_system_reason_stands_for_the_permission(app) -> None:
    person = make_person("Before")
    with transaction(system="a lapse") as scope:
        person.display_name = "After"
    assert scope.system == "a lapse"
    assert name_now(person) == "After"


def test_what_fails_leaves_nothing(app) -> None:
    person = make_person("Before")

    def fail() -> None:
        with transaction(system="x"):
            person.display_name = "After"
            db.session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert name_now(person) == "Before"
    assert current_scope() is None


def test_a_transaction_inside_another_joins_it(app) -> None:
    person = make_person("Before")

    def fail() -> None:
        with transaction(system="outer") as outer:
            with transaction() as inner:
                person.display_name = "After"
            assert inner is outer
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert name_now(person) == "Before"


def test_steps_run_before_and_after_the_commit_in_order(app) -> None:
    seen: list[str] = []
    with transaction(system="x") as scope:
        scope.before_commit.append(lambda: seen.append("before"))
        scope.after_commit.append(lambda: seen.append("after"))
        seen.append("body")
    assert seen == ["body", "before", "after"]


def test_after_a_failure_no_step_runs(app) -> None:
    seen: list[str] = []

    def fail() -> None:
        with transaction(system="x") as scope:
            scope.before_commit.append(lambda: seen.append("before"))
            scope.after_commit.append(lambda: seen.append("after"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert seen == []


def test_opening_a_transaction_reads_afresh(app) -> None:
    person = make_person("Old")
    with db.engine.begin() as other:
        other.execute(update(Person).where(Person.id == person.id).values(display_name="New", version=2))
    with transaction(system="x"):
        assert db.session.get_one(Person, person.id).display_name == "New"


def test_a_record_changed_meanwhile_is_a_conflict(app) -> None:
    person = make_person("Old")

    def change() -> None:
        with transaction(system="x"):
            stale = db.session.get_one(Person, person.id)
            db.session.execute(
                update(Person)
                .where(Person.id == person.id)
                .values(version=9)
                .execution_options(synchronize_session=False)
            )
            stale.display_name = "Mine"

    with pytest.raises(Conflict) as refusal:
        change()
    assert refusal.value.code == "changed_meanwhile"
    assert name_now(person) == "Old"


def test_what_the_database_refuses_is_a_conflict(app) -> None:
    make_person(email="one@people.example")
    with pytest.raises(Conflict) as refusal, transaction(system="x"):
        db.session.add(Person(display_name="Two", email="one@people.example"))
    assert refusal.value.code == "already_there"


@pytest.mark.parametrize("seen", [1, None])
def test_a_decision_about_the_version_seen_goes_on(app, seen) -> None:
    make_person().expect_version(seen)


def test_a_decision_about_another_version_is_refused(app) -> None:
    person = make_person()
    with pytest.raises(Conflict) as refusal:
        person.expect_version(2)
    assert refusal.value.facts["record"] is person


def test_touching_counts_as_a_change(app) -> None:
    person = make_person()
    with transaction(system="x"):
        db.session.get_one(Person, person.id).touch()
    assert person.version == 2


def test_a_changed_record_outside_a_transaction_is_refused(app) -> None:
    person = make_person("Before")
    person.display_name = "After"
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()
    assert name_now(person) == "Before"


def test_a_new_record_outside_a_transaction_is_refused(app) -> None:
    db.session.add(Person(display_name="X", email="x@people.example"))
    with pytest.raises(WriteOutsideTransaction):
        db.session.commit()
    db.session.rollback()


@pytest.mark.parametrize(
    "statement",
    [
        insert(Person).values(display_name="X", email="x@people.example"),
        update(Person).values(display_name="X"),
        delete(Person),
    ],
)
def test_a_writing_statement_outside_a_transaction_is_refused(app, statement) -> None:
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(statement)


def test_a_scope_is_there_only_inside(app) -> None:
    with pytest.raises(WriteOutsideTransaction):
        require_scope()
    with transaction(system="x") as scope:
        assert require_scope() is scope
    assert current_scope() is None


def test_locking_reads_the_row_again(app) -> None:
    person = make_person("Old")
    with transaction(system="x"):
        mine = db.session.get_one(Person, person.id)
        db.session.execute(
            update(Person)
            .where(Person.id == person.id)
            .values(display_name="New")
            .execution_options(synchronize_session=False)
        )
        assert mine.display_name == "Old"
        assert lock(mine).display_name == "New"


def test_locking_by_key_finds_the_record_or_says_so(app) -> None:
    person = make_person()
    with transaction(system="x"):
        assert lock_id(Person, person.id).id == person.id
        with pytest.raises(NotFound):
            lock_id(Person, person.id + 1)


def test_locking_needs_a_transaction(app) -> None:
    person = make_person()
    with pytest.raises(WriteOutsideTransaction):
        lock(person)
    with pytest.raises(WriteOutsideTransaction):
        lock_id(Person, person.id)


def test_instants_come_back_aware_and_in_utc(app) -> None:
    there = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=3)))
    person = make_person(created_at=there)
    db.session.rollback()
    kept = db.session.execute(select(Person.created_at).where(Person.id == person.id)).scalar_one()
    assert kept == there
    assert kept.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(app) -> None:
    with pytest.raises(ValueError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), db.engine.dialect)  # noqa: DTZ001 - that is the point

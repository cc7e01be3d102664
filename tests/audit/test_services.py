"""Entries are chained in the transaction of their cause; nothing can be changed or taken away unseen."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from app.audit.models import AuditEntry, AuditHead
from app.audit.queries import verify
from app.audit.queries.chain import GENESIS, plain
from app.audit.services import open_reading, record
from app.core import clock
from app.core.access import Actor
from app.core.db import WriteOutsideTransaction, db, transaction
from app.core.dialects import is_sqlite
from app.core.errors import Invalid, NotAllowed
from app.core.tracing import request_id
from app.teams.models import Team
from tests.factories import make_admin, make_person, make_team
from tests.factories.accounts import actor


def leave(*actions: str, who: Actor | None = None, thing=None, **more) -> list[AuditEntry]:
    with transaction(system="a reason"):
        for action in actions:
            record(who, action, thing, **more)
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_an_entry_says_who_what_and_where(app) -> None:
    person, team = make_person(), make_team("Open Wells")
    (entry,) = leave(
        "teams.approve",
        who=actor(person),
        thing=team,
        before={"state": "proposed"},
        after={"state": "approved", "on": date(2026, 5, 4)},
        note="Well done",
        label=team.name,
        team_id=team.id,
        consortium_id=team.consortium_id,
        institution_id=9,
    )
    assert (entry.actor_id, entry.action, entry.thing_kind, entry.thing_id) == (
        person.id,
        "teams.approve",
        "team",
        team.id,
    )
    assert (entry.before, entry.after) == ({"state": "proposed"}, {"state": "approved", "on": "2026-05-04"})
    assert (entry.note, entry.thing_label, entry.system_reason) == ("Well done", "Open Wells", None)
    assert (entry.team_id, entry.consortium_id, entry.institution_id) == (team.id, team.consortium_id, 9)


def test_an_entry_by_nobody_says_the_reason(app) -> None:
    (entry,) = leave("teams.lapse")
    assert (entry.actor_id, entry.system_reason, entry.thing_kind, entry.thing_id) == (
        None,
        "a reason",
        "portal",
        None,
    )


def test_a_new_thing_is_named_by_the_key_it_gets(app) -> None:
    person = make_person()
    fresh = type(person)(display_name="New", email="new@people.example")
    with transaction(system="x"):
        db.session.add(fresh)
        record(None, "accounts.sign_up", fresh)
    assert db.session.scalars(select(AuditEntry.thing_id)).one() == fresh.id


def test_the_request_is_named(app) -> None:
    token = request_id.set("abc")
    (entry,) = leave("teams.approve")
    request_id.reset(token)
    assert entry.request_id == "abc"


def test_a_change_that_failed_leaves_no_entry(app) -> None:
    def fail() -> None:
        with transaction(system="x"):
            record(None, "teams.approve")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert leave() == []
    assert verify().entries == 0


def test_an_entry_belongs_into_a_transaction(app) -> None:
    with pytest.raises(WriteOutsideTransaction):
        record(None, "teams.approve")


def test_the_chain_starts_somewhere_and_goes_on(app) -> None:
    leave("a.one", "a.two")
    entries = leave("a.three")
    assert [entry.previous_hash for entry in entries] == [GENESIS, entries[0].hash, entries[1].hash]
    assert len({entry.hash for entry in entries}) == 3
    verdict = verify()
    assert (verdict.entries, verdict.is_whole) == (3, True)


def test_an_empty_chain_is_whole(app) -> None:
    assert verify().is_whole


def test_all_kinds_of_values_survive_the_database(app) -> None:
    with clock.at(datetime(2026, 5, 4, 1, 2, 3, 456789, tzinfo=UTC)):
        leave(
            "a.b", after={"f": 2.5, "n": None, "t": "مرحبا “x”", "l": [1, {"z": 1, "a": True}], "big": 10**15}
        )
    assert verify().is_whole


def tamper(statement: str) -> None:
    """Change the table as somebody with the database's own password could."""
    connection = db.engine.connect()
    if is_sqlite(db.engine):
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER IF EXISTS audit_entry_no_{verb}"))
    else:
        connection.execute(text("SET session_replication_role = replica"))
    connection.execute(text(statement))
    if not is_sqlite(db.engine):
        connection.execute(text("SET session_replication_role = DEFAULT"))
    connection.commit()
    connection.close()
    db.session.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "action = 'a.other'",
        "actor_id = NULL, system_reason = 'nobody'",
        "note = 'other'",
        "thing_id = 77",
        "at = '2020-01-01 00:00:00'",
        'before = \'{"state": "other"}\'',
        "team_id = 5",
    ],
)
def test_a_changed_entry_is_found(app, change) -> None:
    person = make_person()
    with transaction(system="x"):
        for action in ("a.one", "a.two", "a.three"):
            record(actor(person), action, note="n", before={"state": "x"})
    second = db.session.scalars(select(AuditEntry.id).where(AuditEntry.action == "a.two")).one()
    tamper(f"UPDATE audit_entry SET {change} WHERE id = {second}")
    verdict = verify()
    assert (verdict.is_whole, verdict.entry_id, verdict.fault) == (False, second, "was changed")
    assert verdict.entries == 1


def test_a_missing_entry_in_the_middle_is_found(app) -> None:
    entries = leave("a.one", "a.two", "a.three")
    tamper(f"DELETE FROM audit_entry WHERE id = {entries[1].id}")
    verdict = verify()
    assert (verdict.entry_id, verdict.fault) == (entries[2].id, "does not follow the entry before it")


def test_a_missing_end_is_found(app) -> None:
    entries = leave("a.one", "a.two")
    tamper(f"DELETE FROM audit_entry WHERE id = {entries[1].id}")
    verdict = verify()
    assert (verdict.is_whole, verdict.entry_id) == (False, None)
    assert "2 entries were written" in verdict.fault


@pytest.mark.parametrize(
    "statement", [update(AuditEntry).values(note="x"), delete(AuditEntry)], ids=["change", "delete"]
)
def test_the_database_itself_refuses_changes(app, statement) -> None:
    leave("a.one")
    with pytest.raises(DatabaseError) as refusal, db.engine.begin() as connection:
        connection.execute(statement)
    assert "append-only" in str(refusal.value)


def test_there_is_one_head(app) -> None:
    leave("a.one")
    leave("a.two")
    head = db.session.scalars(select(AuditHead)).one()
    assert head.entries == 2


def test_the_command_tells_whether_the_chain_is_whole(app) -> None:
    entries = leave("a.one", "a.two")
    runner = app.test_cli_runner()
    assert "2 entries, the chain is whole" in runner.invoke(args=["audit", "verify"]).output
    tamper(f"UPDATE audit_entry SET note = 'x' WHERE id = {entries[0].id}")
    broken = runner.invoke(args=["audit", "verify"])
    assert broken.exit_code == 1
    assert f"entry {entries[0].id} was changed" in broken.output


def test_reading_everything_needs_an_administrator_and_a_purpose(app) -> None:
    person, admin = make_person(), make_admin()
    with pytest.raises(NotAllowed) as refusal:
        open_reading(actor(person), "A question of a member")
    assert refusal.value.code == "administrators_only"
    for purpose in ("", "  short  "):
        with pytest.raises(Invalid) as wrong:
            open_reading(actor(admin), purpose)
        assert set(wrong.value.fields) == {"purpose"}
    assert leave() == []
    open_reading(actor(admin), "A question of a member")
    (entry,) = leave()
    assert (entry.action, entry.actor_id, entry.note) == (
        "audit.read_all",
        admin.id,
        "A question of a member",
    )


def test_values_are_plain() -> None:
    assert plain({1: (date(2026, 1, 2), {3}), "x": Team}) == {"1": ["2026-01-02", [3]], "x": str(Team)}

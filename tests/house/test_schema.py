"""The schema: one line of migrations that gives the models' tables, there and back with data; what the database refuses."""

import pathlib
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError

from app.core import schema
from app.core.db import Base, db
from tests.house import building
from tests.house import world as worlds

APPEND_ONLY = {
    "audit_entry": "note = 'other'",
    "consortium_terms": "number = 2",
    "team_text": "text = 'other'",
    "interest_opening": "what = 'contact'",
    "agreement_version": "note = 'other'",
    "agreement_signature": "capacity = 'other'",
}
# (table, change, what of): each is refused by the database itself, whatever the code says.
IMPOSSIBLE = (
    ("team", "seats_taken = seats + 1", "a team is never oversold"),
    ("team", "seats_taken = -1", "no fewer than nobody"),
    ("team", "state = 'unheard_of'", "team states"),
    ("team", "deputy_id = lead_id", "the deputy is another"),
    ("team", "seats = 1", "a team is two or more"),
    ("problem", "state = 'unheard_of'", "problem states"),
    ("problem", "state = 'merged', merged_into_id = NULL", "merged into something"),
    ("problem", "state = 'published', published_at = NULL", "what is public has a date"),
    ("problem", "merged_into_id = id, state = 'merged'", "not merged into itself"),
    ("problem", "visibility = 'nobody'", "visibilities"),
    ("proposal", "decided_at = '2026-01-01 00:00:00+00', decision_code = NULL", "a decision has a code"),
    ("proposal", "decided_at = '2026-01-01 00:00:00+00', decision_code = 'approved', decided_by_id = NULL",
     "a decision has a decider"),
    ("proposal", "decided_at = NULL, decision_code = NULL, decided_by_id = 1", "a decider has decided"),
    ("membership", "state = 'unheard_of'", "membership states"),
    ("membership", "side = 'nobody'", "sides"),
    ("admission", "state = 'unheard_of'", "admission states"),
    ("affiliation", "role = 'king'", "roles"),
    ("affiliation", "role = 'member', is_signatory = :yes", "only representatives sign"),
    ("institution", "state = 'merged', merged_into_id = NULL", "merged into something"),
    ("person", "closed_at = '2026-01-01 00:00:00+00'", "a closed account has no address"),
    ("consortium", "min_institutions = 0", "thresholds"),
    ("exchange_line", "direction = 'up'", "directions"),
    ("exchange_course", "taker_id = provider_id", "an exchange has two sides"),
    ("exchange_course", "decided_by_id = asked_by_id", "nobody agrees to their own rhythm"),
    ("exchange_course", "state = 'stopped', ended_at = '2026-01-01 00:00:00+00'", "a stop has a reason"),
    ("exchange_leg", ("state = 'acknowledged', learnt = 'x', due_at = NULL, reported_at = '2026-01-01 00:00:00+00', reported_by_id = 1, "
     "acknowledged_at = '2026-01-01 00:00:00+00', acknowledged_by_id = 1"), "nobody acknowledges their own report"),
    ("exchange_leg", "provider_shares = :yes", "shared once acknowledged"),
    ("exchange_leg", "state = 'reported', reported_at = '2026-01-01 00:00:00+00', reported_by_id = 1", "a report says something"),
    ("mail", "state = 'lost'", "mail states"),
    ("notice", "person_id = 999999", "a notice is somebody's"),
    ("interest", "state = 'unheard_of'", "interest states"),
    ("interest", "problem_id = 1", "an interest is about one thing"),
    ("interest", "institution_id = owner_institution_id", "nobody writes to themselves"),
    ("interest", "brings = '[]'", "who writes fills both lists"),
    ("interest", "owner_gains = '[]'", "who says yes fills both lists"),
    ("interest", "state = 'sent'", "what was decided is not open"),
    ("interest", "state = 'converted'", "what was taken further has a time"),
    ("interest", "asked_by_id = NULL", "an interest is somebody's"),
    ("agreement", "state = 'unheard_of'", "agreement states"),
    ("agreement", "in_force_at = '2026-01-01 00:00:00+00'", "only what is or was in force has its time"),
    ("agreement", "ball_due_at = '2026-01-01 00:00:00+00', ball_since = NULL", "the ball has both its times"),
    ("agreement", "closed_code = '', closed_at = '2026-01-01 00:00:00+00'", "what is closed says why"),
    ("agreement_party", "gift_reason = 'So'", "a gift has somebody and a time"),
    ("outcome", "state = 'unheard_of'", "outcome states"),
    ("outcome", "confirmer_id = institution_id", "an outcome is confirmed by another institution"),
    ("outcome", "confirmed_by_id = claimer_id", "nobody confirms their own outcome"),
    ("outcome", "window_ends_at = NULL", "what is confirmed has days for objections"),
    ("outcome", "state = 'retracted'", "what is retracted has a date and a reason"),
    ("outcome", "kind = 'negative_result', is_negative = FALSE", "a negative result says so"),
    ("outcome_credit", "decided_at = NULL", "an answer has its time"),
    ("outcome_objection", "reason = ''", "an objection has a reason"),
)  # fmt: skip


@pytest.fixture(scope="module")
def filled(world_app: Flask) -> worlds.World:
    """The world, and a mail in its outbox."""
    made = building.build()
    with db.engine.connect().execution_options(write=True) as connection:
        connection.execute(text(
            "INSERT INTO mail (address, locale, zone, kind, path, reason, facts, subject, state, attempts, created_at, due_at) "
            "VALUES ('a@b.example', 'en', 'UTC', 'x.y', '/', '', '{}', '', 'waiting', 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
        ))  # fmt: skip
        connection.commit()
    return made


@pytest.fixture
def connection(filled) -> Iterator[Connection]:
    """A connection for direct statements, rolled back at the end."""
    with db.engine.connect().execution_options(write=True) as opened:
        yield opened
        opened.rollback()


@pytest.mark.pure
def test_migrations_are_one_line():
    config = Config(str(schema.MIGRATIONS / "alembic.ini"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_models_equal_the_migrated_schema(filled):
    code = pathlib.Path(schema.MIGRATIONS / "env.py").read_text().split("\n\nwith current_app")[0]
    env: dict = {}
    exec(
        compile(code.replace("from flask import current_app\n", ""), "env.py", "exec"), env
    )  # only its `include`
    with db.engine.connect() as opened:
        context = MigrationContext.configure(
            opened,
            opts={"include_object": env["include"], "compare_type": True, "target_metadata": Base.metadata},
        )
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.parametrize(("table", "change"), APPEND_ONLY.items())
def test_history_cannot_be_rewritten(connection, table, change):
    assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0
    with pytest.raises(DatabaseError, match="append-only"):
        connection.execute(text(f"UPDATE {table} SET {change}"))
    connection.rollback()
    with pytest.raises(DatabaseError, match="append-only"):
        connection.execute(text(f"DELETE FROM {table}"))


@pytest.mark.parametrize(("table", "change", "about"), IMPOSSIBLE, ids=lambda value: str(value)[:40])
def test_the_database_refuses_the_impossible(connection, table, change, about):
    key = connection.execute(text(f"SELECT max(id) FROM {table}")).scalar_one()
    assert key, f"the world has no {table}"
    values = {"yes": True} if ":yes" in change else {}
    with pytest.raises(DatabaseError, match=r"(?i)constraint|foreign key"):
        connection.execute(text(f"UPDATE {table} SET {change} WHERE id = {key}"), values)


def test_two_live_memberships_of_one_person_in_a_team_are_refused(connection):
    columns = [
        column["name"] for column in inspect(connection).get_columns("membership") if column["name"] != "id"
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    with pytest.raises(DatabaseError, match=r"(?i)unique"):
        connection.execute(
            text(
                f"INSERT INTO membership ({names}) SELECT {names} FROM membership WHERE state = 'active' LIMIT 1"
            )
        )

"""What the database refuses by itself."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.core.db import db
from app.groundwork import services
from tests.factories.accounts import actor
from tests.factories.groundwork import make_groundwork, write_all

IMPOSSIBLE = [
    ("groundwork", "state = 'unheard_of'", "states"),
    ("groundwork", "agreed_at = NULL", "what is settled has a date"),
    ("groundwork", "opened_at = NULL", "what is opened has a date"),
    ("groundwork", "confirmed_by_id = NULL", "what is confirmed has a confirmer"),
    ("groundwork", "state = 'opened'", "what is being written is not settled"),
    ("groundwork", "team_id = 999999", "it is some team's"),
    ("groundwork_answer", "question = 'weather'", "questions"),
    ("groundwork_line", "question = 'weather'", "questions"),
    ("groundwork_mark", "question = 'weather'", "questions"),
    ("groundwork_member", "accepted_round = NULL", "an acceptance is of a round"),
]


@pytest.fixture
def settled(world):
    make_groundwork(world.team, state="opened")
    services.mark(actor(world.ben), world.fresh(), question="data", differs=True)
    write_all(world.team, world.ben.id)
    services.confirm(actor(world.anna), world.fresh())
    for person in (world.ben, world.bea):
        services.accept(actor(person), world.fresh())
    return world


def test_the_database_refuses_the_impossible(settled):
    for table, change, about in IMPOSSIBLE:
        with db.engine.connect().execution_options(write=True) as connection:
            with pytest.raises(DatabaseError, match=r"(?i)constraint|foreign key") as refusal:
                connection.execute(text(f"UPDATE {table} SET {change}"))
            assert refusal, about
            connection.rollback()


def test_one_groundwork_a_team_and_one_answer_a_person(settled):
    for table, columns in (
        ("groundwork", "team_id, state, round, begun_at, since, reopen_note, version, touched_at"),
        ("groundwork_answer", "groundwork_id, person_id, question, text, language, saved_at"),
        ("groundwork_member", "groundwork_id, person_id"),
        ("groundwork_line", "groundwork_id, question, number, text, language, written_at"),
        ("groundwork_mark", "groundwork_id, question, person_id, marked_at"),
    ):
        with db.engine.connect().execution_options(write=True) as connection:
            with pytest.raises(DatabaseError, match=r"(?i)unique"):
                connection.execute(
                    text(
                        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} LIMIT 1".replace(
                            "SELECT team_id, state", "SELECT team_id, 'answering'"
                        )
                    )
                )
            connection.rollback()

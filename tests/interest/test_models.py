"""What the database refuses of an interest, whoever asks it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from app.core.db import db
from app.interest.queries import records
from tests.factories.interest import make_interest, reread


@pytest.mark.parametrize(
    ("state", "values"),
    [
        ("sent", "state = 'somewhere'"),
        ("sent", "state = 'accepted', replied_at = asked_at"),
        ("sent", "brings = '[]'"),
        ("sent", "asked_by_id = NULL"),
        ("sent", "due_at = NULL"),
        ("sent", "listing_id = NULL"),
        ("sent", "owner_id = 1"),
        ("sent", "owner_institution_id = institution_id"),
        ("accepted", "owner_gains = '[]'"),
        ("accepted", "decision_code = 'no_fit'"),
        ("accepted", "replied_at = NULL"),
        ("accepted", "state = 'sent'"),
        ("accepted", "state = 'converted'"),
        ("converted", "converted_into = ''"),
        ("declined", "decision_code = 'accepted'"),
        ("declined", "decided_at = NULL, decided_by_id = NULL, decision_code = NULL"),
    ],
)
def test_the_database_refuses_an_interest_that_cannot_be(app, state, values):
    interest = make_interest(state=state)
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE interest SET {values} WHERE id = {interest.id}"))
    assert reread(interest).state == state


def test_the_log_is_never_changed(app):
    interest = make_interest(state="accepted")
    for statement in ("UPDATE interest_opening SET what = 'detail'", "DELETE FROM interest_opening"):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.execute(text(statement))
    assert len(records.openings(interest)) == 2

"""What both databases refuse, whoever writes to them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.db import db
from app.ledger.models import LINE_STATES, LedgerEvent, LedgerLine
from tests.factories.ledger import make_line, make_sides

# {line} is the line's id, {event} that of its last event, {giver} and {receiver} who speaks for the sides.
REFUSED = {
    "a line is taken out": "DELETE FROM ledger_line WHERE id = {line}",
    "a log is taken out": "DELETE FROM ledger_event WHERE line_id = {line}",
    "a log is changed": "UPDATE ledger_event SET note = 'x' WHERE id = {event}",
    "another amount": "UPDATE ledger_line SET quantity = 1000 WHERE id = {line}",
    "another receiver": "UPDATE ledger_line SET receiver_id = NULL WHERE id = {line}",
    "another text": "UPDATE ledger_line SET text = 'x' WHERE id = {line}",
    "another day": "UPDATE ledger_line SET due_on = '2031-01-01' WHERE id = {line}",
    "shown to everybody": "UPDATE ledger_line SET visibility = 'public' WHERE id = {line}",
    "a state without an event": "UPDATE ledger_line SET state = 'waived' WHERE id = {line}",
    "received without an event": "UPDATE ledger_line SET state = 'received', received_at = state_since WHERE id = {line}",
    "an amount without an event": "UPDATE ledger_line SET given = 5000 WHERE id = {line}",
    "a rating without an event": "UPDATE ledger_line SET rating = 2 WHERE id = {line}",
    "back to an older event": "UPDATE ledger_line SET last_event_id = {event} - 1, state = 'pledged' WHERE id = {line}",
    "the giver receives": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'received', 'received', 'giver', {giver}, '2026-11-22', '')"
    ),
    "who delivered receives": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'received', 'received', 'receiver', {giver}, '2026-11-22', '')"
    ),
    "rated before it came": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note, rating) "
        "VALUES ({line}, 'rated', 'rated', 'receiver', {receiver}, '2026-11-22', '', 1)"
    ),
    "settled without a dispute": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'settled', 'received', 'mediator', {receiver}, '2026-11-22', '')"
    ),
    "waived after it came": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'waived', 'waived', 'receiver', {receiver}, '2026-11-22', '')"
    ),
    "reversed before it counted": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'reversed', 'reversed', 'receiver', {receiver}, '2026-11-22', '')"
    ),
    "received as if it took another back": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'offset', 'received', 'receiver', {receiver}, '2026-11-22', '')"
    ),
    "rated while it is taken back": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note, rating) "
        "VALUES ({line}, 'recalled', 'pledged', 'giver', {giver}, '2026-11-22', '', 1)"
    ),
    "promised a second time": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'pledged', 'pledged', 'portal', NULL, '2026-11-22', '')"
    ),
    "said by nobody": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'recalled', 'pledged', 'giver', NULL, '2026-11-22', '')"
    ),
    "a state that does not follow": (
        "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note) "
        "VALUES ({line}, 'recalled', 'received', 'giver', {giver}, '2026-11-22', '')"
    ),
    "born received": (
        "INSERT INTO ledger_line (giver_id, receiver_id, kind, text, language, unit, condition, source_kind, source_part, "
        "visibility, created_at, state, state_since, delivered_at, received_at, last_event_id) SELECT giver_id, receiver_id, "
        "kind, text, language, '', '', 'manual', 0, visibility, created_at, 'received', state_since, state_since, "
        "state_since, last_event_id FROM ledger_line WHERE id = {line}"
    ),
    "less than nothing": (
        "INSERT INTO ledger_line (giver_id, receiver_id, kind, text, language, quantity, unit, condition, source_kind, "
        "source_part, visibility, created_at, state, state_since) SELECT giver_id, receiver_id, kind, text, language, "
        "-quantity, unit, '', 'manual', 0, visibility, created_at, 'pledged', state_since FROM ledger_line WHERE id = {line}"
    ),
    "a number without a unit": (
        "INSERT INTO ledger_line (giver_id, receiver_id, kind, text, language, quantity, unit, condition, source_kind, "
        "source_part, visibility, created_at, state, state_since) SELECT giver_id, receiver_id, kind, text, language, "
        "quantity, '', '', 'manual', 0, visibility, created_at, 'pledged', state_since FROM ledger_line WHERE id = {line}"
    ),
    "to nobody": (
        "INSERT INTO ledger_line (giver_id, kind, text, language, unit, condition, source_kind, source_part, visibility, "
        "created_at, state, state_since) SELECT giver_id, kind, text, language, '', '', 'manual', 0, visibility, created_at, "
        "'pledged', state_since FROM ledger_line WHERE id = {line}"
    ),
    "to itself": (
        "INSERT INTO ledger_line (giver_id, receiver_id, kind, text, language, unit, condition, source_kind, source_part, "
        "visibility, created_at, state, state_since) SELECT giver_id, giver_id, kind, text, language, '', '', 'manual', 0, "
        "visibility, created_at, 'pledged', state_since FROM ledger_line WHERE id = {line}"
    ),
    "the same promise twice": (
        "INSERT INTO ledger_line (giver_id, receiver_id, kind, text, language, unit, condition, source_kind, source_id, "
        "source_part, visibility, created_at, state, state_since) SELECT giver_id, receiver_id, kind, text, language, '', "
        "'', source_kind, source_id, source_part, visibility, created_at, 'pledged', state_since FROM ledger_line "
        "WHERE id = {line}"
    ),
}


def _row(kind, key):
    return tuple(db.session.execute(db.select(*kind.__table__.c).where(kind.id == key)).one())


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(app, what):
    sides = make_sides()
    line = make_line(sides, state="delivered")
    key, event = line.id, line.last_event_id
    before = _row(LedgerLine, key), _row(LedgerEvent, event)
    statement = REFUSED[what].format(
        line=key, event=event, giver=sides.from_giver.id, receiver=sides.from_receiver.id
    )
    db.session.rollback()
    with pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(text(statement))
    db.session.expire_all()
    assert (_row(LedgerLine, key), _row(LedgerEvent, event)) == before
    assert db.session.scalar(text("SELECT count(*) FROM ledger_line")) == 1


@pytest.mark.parametrize("state", LINE_STATES.names)
def test_no_line_of_any_state_is_taken_out_or_changed(app, state):
    key = make_line(state=state).id
    db.session.rollback()
    for statement in (
        f"DELETE FROM ledger_line WHERE id = {key}",
        f"UPDATE ledger_line SET quantity = quantity + 1 WHERE id = {key}",
        f"UPDATE ledger_line SET state = 'pledged', delivered_at = NULL, received_at = NULL, given = NULL WHERE id = {key} AND state <> 'pledged'"
        if state != "pledged"
        else f"UPDATE ledger_line SET state = 'delivered' WHERE id = {key}",
    ):
        with pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text(statement))


def test_what_an_event_says_may_be_written_by_hand_and_nothing_else(app):
    """The same event that an action writes is no secret: with it the line may follow, without it not."""
    sides = make_sides()
    line = make_line(sides)
    key, who = line.id, sides.from_giver.id
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note, quantity) VALUES "
                f"({key}, 'delivered', 'delivered', 'giver', {who}, '2026-11-22 10:00:00.000000', '', 70000)"
            )
        )
        event = connection.scalar(text("SELECT max(id) FROM ledger_event"))
    follow = (
        "UPDATE ledger_line SET state = 'delivered', state_since = e.at, delivered_at = e.at, given = {given}, "
        f"last_event_id = e.id FROM ledger_event e WHERE e.id = {event} AND ledger_line.id = {key}"
    )
    with pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(text(follow.format(given=80000)))
    with db.engine.begin() as connection:
        connection.execute(text(follow.format(given=70000)))
    db.session.expire_all()
    assert db.session.get_one(LedgerLine, key).given == 70


def test_a_line_is_taken_back_once_and_what_takes_it_back_goes_no_further(app):
    sides = make_sides()
    line = make_line(sides, state="reversed")
    key, who = line.id, sides.from_receiver.id
    offset = db.session.scalar(db.select(LedgerLine.id).where(LedgerLine.reverses_id == key))
    db.session.rollback()
    again = (
        "INSERT INTO ledger_line (giver_id, receiver_id, kind, text, language, quantity, unit, condition, source_kind, "
        "source_part, visibility, created_at, state, state_since, reverses_id) SELECT giver_id, receiver_id, kind, text, "
        "language, -quantity, unit, '', 'manual', 0, visibility, created_at, 'pledged', state_since, id FROM ledger_line "
        f"WHERE id = {key}"
    )
    into_log = "INSERT INTO ledger_event (line_id, what, state, side, by_id, at, note, rating) VALUES"
    rated = f"{into_log} ({offset}, 'rated', 'rated', 'receiver', {who}, '2026-11-22', '', 1)"
    reversed_ = f"{into_log} ({offset}, 'reversed', 'reversed', 'receiver', {who}, '2026-11-22', '', NULL)"
    for statement in (again, rated, reversed_):
        with pytest.raises(DBAPIError), db.engine.begin() as connection:
            connection.execute(text(statement))

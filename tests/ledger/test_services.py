"""Lines through all their states; both sides; what each action leaves."""

from decimal import Decimal

import pytest

from app.core.db import db
from app.ledger import queries
from app.ledger.models import LINE_STATES, LedgerTotal
from tests.factories.accounts import actor
from tests.factories.ledger import make_line, make_sides


@pytest.mark.parametrize("state", LINE_STATES.names)
def test_each_state_is_reached(app, state):
    sides = make_sides()
    line = make_line(sides, state=state)
    assert line.state == state
    assert queries.get(actor(sides.from_giver), line.id).state == state


def test_a_reversal_subtracts(app):
    sides = make_sides()
    line = make_line(sides, state="received")
    assert db.session.query(LedgerTotal.lines, LedgerTotal.quantity).all() == [(1, Decimal(80))]
    statement = queries.statement(actor(sides.from_giver), sides.giver.id)
    assert statement.page.rows

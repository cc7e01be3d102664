"""What somebody takes along of the ledger, as a file can hold it."""

import json

from app.ledger import queries
from tests.factories.ledger import make_line, make_sides


def test_what_a_side_said_is_taken_along(app):
    sides = make_sides()
    line = make_line(sides, state="rated")
    given = queries.entries_by(sides.from_giver.id)
    assert [(row["line"], row["what"], row["quantity"]) for row in given] == [
        (line.number, "delivered", "80")
    ]
    assert [row["what"] for row in queries.entries_by(sides.from_receiver.id)] == ["received", "rated"]
    assert json.loads(json.dumps(given)) == given

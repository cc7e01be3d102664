"""The pages as a reader without scripts uses them."""

from app.core.db import db
from app.ledger.models import LedgerLine
from tests.factories.ledger import make_line, make_sides


def test_the_course_of_a_line(app, page, login_as):
    sides = make_sides()
    line = make_line(sides)
    giver, receiver = login_as(sides.from_giver), login_as(sides.from_receiver)
    shown = page(f"/impact/lines/{line.id}", giver)
    assert shown.status == 200
    done = page(f"/impact/lines/{line.id}/deliver", giver).submit({"note": "By courier", "quantity": "75"})
    assert done.status == 200, done.text
    done = page(f"/impact/lines/{line.id}/receive", receiver).submit({"note": "Thanks"})
    assert "counts" in done.text
    page(f"/impact/lines/{line.id}/rate", receiver).submit({"rating": "2", "note": "It saved us a year"})
    db.session.expire_all()
    found = db.session.get_one(LedgerLine, line.id)
    assert (found.state, found.rating, found.given) == ("rated", 2, 75)
    statement = page(f"/impact/institutions/{sides.giver.id}", giver)
    assert "75 hours" in statement.text


def test_the_statement_in_every_view(app, page, login_as):
    sides = make_sides()
    for state in ("pledged", "delivered", "received", "rated", "waived", "disputed", "reversed"):
        make_line(sides, state=state)
    for view in ("received", "open", "all"):
        for who in (sides.from_giver, sides.from_receiver, sides.lead):
            found = page(f"/impact/institutions/{sides.giver.id}?view={view}&since=2020-01", login_as(who))
            assert found.status == 200
    assert page(f"/impact/institutions/{sides.giver.id}").status == 200

"""Both sides of a line at the same moment: one winner, and the log tells the ledger anew."""

from decimal import Decimal

from sqlalchemy import select

from app.core.db import db
from app.ledger import queries
from app.ledger.models import LedgerEvent, LedgerLine, LedgerTotal
from tests.factories.institutions import affiliate
from tests.factories.ledger import make_line, make_sides
from tests.races.crowd import filled
from tests.races.test_deciding import acts, assert_one_winner, fresh
from tests.support.pages import Page

ROUNDS = 4


def test_delivered_against_waived(app, login_as, together):
    sides = make_sides()
    giver, receiver = login_as(sides.from_giver), login_as(sides.from_receiver)
    for _round in range(ROUNDS):
        line = make_line(sides)
        pages = [
            Page.get(browser, f"/impact/lines/{line.id}/{verb}")
            for browser, verb in ((giver, "deliver"), (receiver, "waive")) * 2
        ]
        answers = together.at_once([filled(page, {"note": "Because."}) for page in pages])
        assert_one_winner(answers)
        fresh()
        found = db.session.get_one(LedgerLine, line.id)
        assert found.state in {"delivered", "waived"}
        assert acts("ledger.deliver", line.id) + acts("ledger.waive", line.id) == 1
        said = db.session.scalars(select(LedgerEvent.what).where(LedgerEvent.line_id == line.id)).all()
        assert sorted(said) == sorted(["pledged", found.state])
    assert list(queries.faults()) == []


def test_two_confirmations(app, login_as, together):
    sides = make_sides()
    others = [affiliate(f"Colleague {number}", sides.receiver, "representative") for number in range(3)]
    browsers = [login_as(person) for person in (sides.from_receiver, *others)]
    for rounds in range(1, ROUNDS + 1):
        line = make_line(sides, state="delivered")
        pages = [Page.get(browser, f"/impact/lines/{line.id}/receive") for browser in browsers]
        answers = together.at_once([filled(page) for page in pages])
        assert_one_winner(answers)
        fresh()
        total = db.session.scalars(select(LedgerTotal)).one()
        assert (total.lines, total.quantity) == (rounds, Decimal(80 * rounds))
    assert list(queries.faults()) == []


def test_many_lines_of_one_total(app, login_as, together):
    """Different lines between the same two at once: none is refused, none is lost from the total."""
    sides = make_sides()
    browser = login_as(sides.from_receiver)
    lines = [make_line(sides, state="delivered") for _number in range(8)]
    pages = [Page.get(browser, f"/impact/lines/{line.id}/receive") for line in lines]
    answers = together.at_once([filled(page) for page in pages])
    assert [answer.status for answer in answers] == [303] * 8
    fresh()
    total = db.session.scalars(select(LedgerTotal)).one()
    assert (total.lines, total.quantity) == (8, Decimal(640))
    assert list(queries.faults()) == []

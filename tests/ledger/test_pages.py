"""The pages as a reader without scripts uses them: the happy path, and each refusal."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from app.core import waiting
from app.core.db import db, transaction
from app.home.cli import check
from app.ledger.models import LINE_STATES, LedgerLine, LedgerSideTotal, LedgerTotal
from tests.factories.accounts import actor, make_admin
from tests.factories.institutions import affiliate, make_institution
from tests.factories.ledger import make_line, make_sides


def state_of(line):
    """The state of a line now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(LedgerLine, line.id).state


def test_the_course_of_a_line(app, page, login_as):
    sides = make_sides()
    line = make_line(sides)
    giver, receiver = login_as(sides.from_giver), login_as(sides.from_receiver)
    assert page(f"/impact/lines/{line.id}", giver).status == 200
    done = page(f"/impact/lines/{line.id}/deliver", giver).submit({"note": "By courier", "quantity": "75"})
    assert done.status == 200
    done = page(f"/impact/lines/{line.id}/receive", receiver).submit({"note": "Thanks"})
    assert "counts" in done.text
    page(f"/impact/lines/{line.id}/rate", receiver).submit({"rating": "2", "note": "It saved us a year"})
    assert state_of(line) == "rated"
    found = db.session.get_one(LedgerLine, line.id)
    assert (found.rating, found.given) == (2, 75)
    assert "75 hours" in page(f"/impact/institutions/{sides.giver.id}", giver).text
    shown = page(f"/impact/lines/{line.id}", receiver)
    assert "It saved us a year" in shown.text
    assert "By courier" in shown.text


def test_a_dispute_on_pages(app, page, login_as):
    sides = make_sides()
    line = make_line(sides, state="delivered")
    page(f"/impact/lines/{line.id}/dispute", login_as(sides.from_receiver)).submit({"note": "Half of it"})
    assert state_of(line) == "disputed"
    lead = login_as(sides.lead)
    again = page(f"/impact/lines/{line.id}/settle", lead).submit(
        {"outcome": "received", "quantity": "x", "note": ""}
    )
    assert again.status == 422
    assert "such as 80 or 2.5" in again.text
    page(f"/impact/lines/{line.id}/settle", lead).submit(
        {"outcome": "received", "quantity": "40", "note": "We counted together"}
    )
    assert state_of(line) == "received"
    assert db.session.get_one(LedgerLine, line.id).given == 40


def test_a_mistake_on_pages(app, page, login_as):
    sides = make_sides()
    line = make_line(sides, state="received", visibility="public")
    receiver = login_as(sides.from_receiver)
    page(f"/impact/lines/{line.id}/reverse", receiver).submit({"note": "Counted twice", "again": "y"})
    assert state_of(line) == "reversed"
    owed = db.session.scalars(select(LedgerLine).where(LedgerLine.replaces_id == line.id)).one()
    shown = page(f"/impact/lines/{line.id}", receiver)
    assert f"/impact/lines/{owed.id}" in shown.links().values()
    # It was received in public; what is owed in its place is not.
    seen = page(f"/impact/lines/{line.id}")
    assert seen.status == 200
    assert f"/impact/lines/{owed.id}" not in seen.links().values()


VERBS = ("deliver", "receive", "rate", "recall", "waive", "dispute", "settle", "reverse")


@pytest.mark.parametrize("state", LINE_STATES.names)
def test_a_step_that_the_state_forbids(app, login_as, state):
    sides = make_sides()
    line = make_line(sides, state=state)
    allowed = {
        "pledged": {"deliver", "waive", "dispute"},
        "delivered": {"receive", "recall", "dispute"},
        "received": {"rate", "reverse"},
        "rated": {"reverse"},
        "disputed": {"settle"},
    }.get(state, set())
    browsers = {name: login_as(getattr(sides, name)) for name in ("from_giver", "from_receiver", "lead")}
    speaks = {"deliver": "from_giver", "recall": "from_giver", "dispute": "from_giver", "settle": "lead"}
    for verb in VERBS:
        answer = browsers[speaks.get(verb, "from_receiver")].get(f"/impact/lines/{line.id}/{verb}")
        assert answer.status_code == (200 if verb in allowed else 409), verb


def test_the_other_side_and_strangers(app, page, login_as):
    sides = make_sides()
    line = make_line(sides, state="delivered")
    assert page(f"/impact/lines/{line.id}/receive", login_as(sides.from_giver)).status == 403
    stranger = login_as(affiliate("Otto", make_institution("Elsewhere"), "representative"))
    assert page(f"/impact/lines/{line.id}", stranger).status == 404
    assert page(f"/impact/lines/{line.id}/receive", stranger).status == 404
    assert page(f"/impact/lines/{line.id}").status == 404
    assert page("/impact/lines/999999", stranger).status == 404
    assert state_of(line) == "delivered"


def test_a_member_reads_why_they_cannot(app, page, login_as):
    sides = make_sides()
    line = make_line(sides)
    shown = page(f"/impact/lines/{line.id}", login_as(affiliate("Mona Member", sides.giver)))
    assert "Only a representative of the institution that gives" in shown.text


@pytest.mark.parametrize(
    "case",
    [
        ("deliver", {"quantity": "-1"}, "such as 80 or 2.5"),
        ("deliver", {"quantity": "0"}, "above zero"),
        ("waive", {"note": ""}, "Say why"),
        ("dispute", {"note": ""}, "Say why"),
    ],
)
def test_what_needs_mending(app, page, login_as, case):
    verb, sent, said = case
    sides = make_sides()
    line = make_line(sides)
    browser = login_as(sides.from_receiver if verb == "waive" else sides.from_giver)
    again = page(f"/impact/lines/{line.id}/{verb}", browser).submit(sent)
    assert again.status == 422
    assert said in again.text
    assert state_of(line) == "pledged"


def test_the_second_of_two_sees_what_the_first_did(app, page, login_as):
    sides = make_sides()
    line = make_line(sides)
    open_page = page(f"/impact/lines/{line.id}/waive", login_as(sides.from_receiver))
    page(f"/impact/lines/{line.id}/deliver", login_as(sides.from_giver)).submit({"note": ""})
    late = open_page.submit({"note": "We have one"})
    assert late.status == 409
    assert state_of(line) == "delivered"


def test_outsiders_read_no_names_and_no_words(app, page):
    sides = make_sides()
    line = make_line(sides, state="rated", visibility="public")
    shown = page(f"/impact/lines/{line.id}")
    assert shown.status == 200
    assert "Time on the electron microscope" in shown.text
    for private in ("It came in time", "Rana Receiver", "Gamal Giver", "It was useful"):
        assert private not in shown.text


@pytest.mark.parametrize("state", LINE_STATES.names)
def test_what_waits_for_whom(app, state):
    sides = make_sides()
    make_line(sides, state=state, due_on=None if state == "reversed" else sides.day)
    waits = {
        name: [item.kind for item in waiting.waiting_for(actor(person)) if item.feature == "ledger"]
        for name, person in (
            ("giver", sides.from_giver), ("receiver", sides.from_receiver), ("lead", sides.lead), ("admin", make_admin())
        )
    }  # fmt: skip
    wanted = {
        "pledged": {"giver": ["ledger.due"]},
        "delivered": {"receiver": ["ledger.confirm"]},
        "disputed": {"lead": ["ledger.settle"]},
    }.get(state, {})
    assert waits == {name: wanted.get(name, []) for name in waits}


def test_what_waits_for_the_pool(app):
    sides = make_sides()
    admin = make_admin()
    make_line(sides, state="delivered", to_pool=True)
    make_line(sides, state="disputed", to_pool=True)
    kinds = [
        [item.kind for item in waiting.waiting_for(actor(person)) if item.feature == "ledger"]
        for person in (sides.lead, admin, sides.from_receiver)
    ]
    assert kinds == [["ledger.confirm"], ["ledger.settle"], []]


def waits(person):
    return [item.kind for item in waiting.waiting_for(actor(person)) if item.feature == "ledger"]


def test_what_nobody_of_both_sides_may_do_does_not_wait_for_them(app):
    sides = make_sides()
    for state in ("pledged", "delivered", "disputed"):
        make_line(sides, state=state, due_on=sides.day)
    assert (waits(sides.from_giver), waits(sides.from_receiver)) == (["ledger.due"], ["ledger.confirm"])
    affiliate(sides.from_giver, sides.receiver)
    affiliate(sides.from_receiver, sides.giver)
    assert waits(sides.from_giver) == waits(sides.from_receiver) == []


@pytest.mark.parametrize("side", ["giver", "receiver"])
def test_no_dispute_of_their_own_side_waits_for_a_lead(app, side):
    sides = make_sides()
    admin = make_admin()
    make_line(sides, state="disputed")
    assert (waits(sides.lead), waits(admin)) == (["ledger.settle"], [])
    affiliate(sides.lead, getattr(sides, side))
    assert (waits(sides.lead), waits(admin)) == ([], ["ledger.settle"])
    affiliate(admin, getattr(sides, side))
    assert waits(admin) == []


def test_what_a_lead_gave_to_the_pool_does_not_wait_for_them(app):
    sides = make_sides()
    make_line(sides, state="delivered", to_pool=True)
    affiliate(sides.lead, sides.giver)
    assert waits(sides.lead) == []


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_what_waits_is_shown(app, page, login_as, locale):
    sides = make_sides()
    for state in ("pledged", "delivered", "disputed"):
        make_line(sides, state=state, due_on=sides.day)
    for person in (sides.from_giver, sides.from_receiver, sides.lead):
        shown = page(f"/?lang={locale}", login_as(person))
        assert shown.status == 200
        assert any(link.startswith("/impact/lines/") for link in shown.links().values())


def test_what_is_due_in_a_month_does_not_wait_yet(app):
    sides = make_sides()
    make_line(sides, due_on=sides.day + timedelta(days=30))
    assert [item for item in waiting.waiting_for(actor(sides.from_giver)) if item.feature == "ledger"] == []


@pytest.mark.parametrize("totals", [LedgerTotal, LedgerSideTotal])
def test_flask_check(app, totals):
    make_line(make_sides(), state="received")
    runner = app.test_cli_runner()
    found = runner.invoke(check)
    assert found.exit_code == 0, found.output
    assert "ledger: all is as it should be" in found.output
    with transaction(system="test"):
        db.session.scalars(select(totals)).first().lines = 7
    found = runner.invoke(check)
    assert found.exit_code == 1
    assert "7 lines" in found.output
    with transaction(system="test"):
        db.session.execute(delete(totals))
    found = runner.invoke(check)
    assert found.exit_code == 1
    assert f"{totals.__tablename__} has none of" in found.output

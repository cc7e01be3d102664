"""What each action does, refuses and leaves."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.consortia.models import Leadership
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.institutions.models import Affiliation
from app.ledger import queries, services
from app.ledger.models import LINE_STATES, LedgerEvent, LedgerLine, LedgerTotal
from app.notifications.models import Notice
from tests.factories.accounts import actor, make_admin, make_person
from tests.factories.institutions import affiliate
from tests.factories.ledger import make_line, make_sides


def totals():
    """All totals as (lines, quantity, unit)."""
    return db.session.execute(select(LedgerTotal.lines, LedgerTotal.quantity, LedgerTotal.unit)).all()


def told(kind):
    """The person ids that were told."""
    return set(db.session.scalars(select(Notice.person_id).where(Notice.kind == f"ledger.{kind}")))


def newest_audit():
    """The newest action in the audit."""
    return db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first()


@pytest.mark.parametrize("state", LINE_STATES.names)
def test_each_state_is_reached(app, state):
    sides = make_sides()
    line = make_line(sides, state=state)
    assert line.state == state
    assert list(queries.faults()) == []


def test_the_same_promise_is_made_once(app):
    sides = make_sides()
    first = make_line(sides, source_id=7)
    again = make_line(sides, source_id=7, text="Something else")
    other_part = make_line(sides, source_id=7, source_part=1)
    assert first.id == again.id != other_part.id
    assert again.text == "Time on the electron microscope"
    assert db.session.scalar(select(func.count()).select_from(LedgerEvent)) == 2


@pytest.mark.parametrize(
    "wrong", [{"kind": "money"}, {"unit": "bushel"}, {"source_kind": "gift"}, {"visibility": "all"}]
)
def test_what_no_line_can_be(app, wrong):
    with pytest.raises(ValueError, match=r"no line can be|a quantity needs"):
        make_line(make_sides(), **wrong)
    assert db.session.scalar(select(func.count()).select_from(LedgerLine)) == 0


def test_only_what_was_received_counts(app):
    sides = make_sides()
    giver, receiver = actor(sides.from_giver), actor(sides.from_receiver)
    line = make_line(sides)
    assert totals() == []
    services.deliver(giver, line, quantity=Decimal("75.5"), note="Some hours less")
    assert totals() == []
    assert line.given == Decimal("75.5")
    assert told("delivered") == {sides.from_receiver.id}
    services.receive(receiver, line)
    assert totals() == [(1, Decimal("75.5"), "hour")]
    assert told("received") == {sides.from_giver.id}
    assert newest_audit() == "ledger.receive"
    services.rate(receiver, line, rating=-1, note="Late at night only")
    assert (line.state, line.rating) == ("rated", -1)
    assert totals() == [(1, Decimal("75.5"), "hour")]
    assert told("rated") == {sides.from_giver.id}


def test_what_has_no_number_counts_as_a_line(app):
    sides = make_sides()
    line = make_line(sides, quantity=None, unit=None, kind="introduction")
    with pytest.raises(Invalid) as refused:
        services.deliver(actor(sides.from_giver), line, quantity=Decimal(2))
    assert set(refused.value.fields) == {"quantity"}
    services.deliver(actor(sides.from_giver), line)
    services.receive(actor(sides.from_receiver), line)
    assert totals() == [(1, Decimal(0), "")]


@pytest.mark.parametrize("amount", ["0", "-3", "1e12"])
def test_what_cannot_have_been_delivered(app, amount):
    sides = make_sides()
    line = make_line(sides)
    with pytest.raises(Invalid):
        services.deliver(actor(sides.from_giver), line, quantity=Decimal(amount))
    db.session.refresh(line)
    assert line.state == "pledged"


def test_a_reversal_is_a_new_line(app):
    sides = make_sides()
    line = make_line(sides, state="received")
    offset = services.reverse(actor(sides.from_receiver), line, note="Counted twice")
    assert (line.state, offset.state) == ("reversed", "received")
    assert (offset.reverses_id, offset.quantity, offset.given) == (line.id, Decimal(-80), Decimal(-80))
    assert offset.visibility == line.visibility == "parties"
    assert totals() == [(0, Decimal(0), "hour")]
    owed = db.session.scalars(select(LedgerLine).where(LedgerLine.replaces_id == line.id)).one()
    assert (owed.state, owed.quantity, owed.due_on) == ("pledged", Decimal(80), line.due_on)
    found = queries.of_source(actor(sides.from_giver), line.source_kind, [line.source_id])
    assert {key: row.id for key, row in found.items()} == {(line.source_id, 0): owed.id}
    assert told("reversed") == {sides.from_giver.id}
    assert list(queries.faults()) == []


def test_a_line_is_reversed_once_and_a_reversal_never(app):
    sides = make_sides()
    line = make_line(sides, state="received")
    offset = services.reverse(actor(sides.lead), line, note="Counted twice", again=False)
    for each in (line, offset):
        with pytest.raises(RuleBroken):
            services.reverse(actor(sides.lead), each, note="Again")
        with pytest.raises(RuleBroken):
            services.rate(actor(sides.from_receiver), each, rating=1, note="x")


@pytest.mark.parametrize("outcome", ["pledged", "delivered", "received", "waived"])
def test_a_dispute_is_settled(app, outcome):
    sides = make_sides()
    line = make_line(sides, state="delivered")
    services.dispute(actor(sides.from_receiver), line, note="Half of it came")
    assert told("to_settle") == {sides.lead.id}
    assert told("disputed") == {sides.from_giver.id}
    services.settle(actor(sides.lead), line, outcome=outcome, note="We counted", quantity=Decimal(40))
    assert line.state == outcome
    assert told("settled") == {sides.from_giver.id, sides.from_receiver.id}
    assert totals() == ([(1, Decimal(40), "hour")] if outcome == "received" else [])
    assert list(queries.faults()) == []


def test_administrators_are_asked_where_no_lead_can_mediate(app):
    sides = make_sides()
    admin = make_admin()
    line = make_line(sides, to_pool=True, state="disputed")
    assert told("to_settle") == {admin.id}
    services.settle(actor(admin), line, outcome="waived", note="Both agree")
    assert line.state == "waived"


def test_the_rest_is_waived_when_its_source_ends(app):
    sides = make_sides()
    lines = {
        state: make_line(sides, state=state, source_id=at + 5000)
        for at, state in enumerate(LINE_STATES.names)
    }
    other = make_line(sides)
    with transaction(system="an agreement ends"):
        done = services.waive_rest(
            source_kind="commitment",
            source_ids=[line.source_id for line in lines.values()],
            by=sides.from_giver.id,
            note="The agreement has ended",
        )
    assert done == 1
    for state, line in lines.items():
        db.session.refresh(line)
        assert line.state == ("waived" if state == "pledged" else state)
    db.session.refresh(other)
    assert other.state == "pledged"


def test_what_the_portal_gives_up_is_told_to_both_sides(app):
    sides = make_sides()
    line = make_line(sides)
    with transaction(system="an agreement ends"):
        services.waive_rest(
            source_kind="commitment", source_ids=[line.source_id], by=None, note="It has ended"
        )
    assert told("waived") == {sides.from_giver.id, sides.from_receiver.id}


def test_the_other_side_is_told_of_what_is_given_up_or_taken_back(app):
    sides = make_sides()
    services.recall(actor(sides.from_giver), make_line(sides, state="delivered"))
    assert told("recalled") == {sides.from_receiver.id}
    services.waive(actor(sides.from_receiver), make_line(sides), note="We have one")
    assert told("waived") == {sides.from_giver.id}


def test_only_who_speaks_for_a_side_is_told(app):
    sides = make_sides()
    former = affiliate("Fadi Former", sides.giver, "representative")
    led = make_person("Leila, who led it")
    with transaction(system="test"):
        db.session.scalars(
            select(Affiliation).where(Affiliation.person_id == former.id)
        ).one().state = "ended"
        db.session.add(Leadership(consortium_id=sides.consortium.id, person_id=led.id, until=clock.now()))
    affiliate("Mona Member", sides.giver)
    services.waive(actor(sides.lead), make_line(sides, to_pool=True), note="The pool has one")
    assert told("waived") == {sides.from_giver.id}
    services.deliver(actor(sides.from_giver), make_line(sides, to_pool=True))
    assert told("delivered") == {sides.lead.id}


def test_nobody_of_a_side_is_asked_to_settle(app):
    sides = make_sides()
    affiliated = affiliate("Gina Lead", sides.giver)
    admin, of_a_side = make_admin("Ada"), affiliate(make_admin("Adel"), sides.receiver)
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=sides.consortium.id, person_id=affiliated.id))
        db.session.add(Leadership(consortium_id=sides.consortium.id, person_id=of_a_side.id))
    make_line(sides, state="disputed")
    assert told("to_settle") == {sides.lead.id}
    make_line(sides, state="disputed", to_pool=True)  # its leads are a side themselves, administrators or not
    assert told("to_settle") == {sides.lead.id, admin.id}


def test_both_sides_and_the_consortium_read_what_happened_in_the_audit(app):
    sides = make_sides()
    make_line(sides, state="received")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_kind == "ledger_line")).all()
    assert {entry.action: entry.institution_id for entry in entries} == {
        "ledger.pledge": sides.receiver.id,
        "ledger.deliver": sides.giver.id,
        "ledger.receive": sides.receiver.id,
    }
    assert {entry.consortium_id for entry in entries} == {sides.consortium.id}


REFUSED = [
    (services.waive, "from_receiver", "pledged", {}),
    (services.dispute, "from_giver", "pledged", {}),
    (services.settle, "lead", "disputed", {"outcome": "waived"}),
    (services.reverse, "from_receiver", "received", {}),
]


@pytest.mark.parametrize(("act", "who", "state", "values"), REFUSED)
def test_reasons_are_wanted(app, act, who, state, values):
    sides = make_sides()
    line = make_line(sides, state=state)
    with pytest.raises(Invalid) as refused:
        act(actor(getattr(sides, who)), line, note="", **values)
    assert set(refused.value.fields) == {"note"}


def test_ratings_are_one_of_five_with_a_sentence(app):
    sides = make_sides()
    line = make_line(sides, state="received")
    for rating, note in ((3, "x"), (1, "")):
        with pytest.raises(Invalid):
            services.rate(actor(sides.from_receiver), line, rating=rating, note=note)


DECISIONS = [
    (services.deliver, "from_giver", "pledged", {}),
    (services.recall, "from_giver", "delivered", {}),
    (services.receive, "from_receiver", "delivered", {}),
    (services.rate, "from_receiver", "received", {"rating": 1, "note": "x"}),
    (services.waive, "from_receiver", "pledged", {"note": "x"}),
    (services.dispute, "from_receiver", "delivered", {"note": "x"}),
    (services.settle, "lead", "disputed", {"outcome": "received", "note": "x"}),
    (services.reverse, "from_receiver", "received", {"note": "x"}),
]


@pytest.mark.parametrize(("act", "who", "state", "values"), DECISIONS)
def test_a_decision_about_another_version_is_a_conflict(app, act, who, state, values):
    sides = make_sides()
    line = make_line(sides, state=state)
    before = line.last_event_id
    with pytest.raises(Conflict):
        act(actor(getattr(sides, who)), line, version=before - 1, **values)
    db.session.refresh(line)
    assert (line.state, line.last_event_id) == (state, before)
    act(actor(getattr(sides, who)), line, version=before, **values)
    assert line.state != state


def test_nothing_is_left_after_a_refusal(app):
    sides = make_sides()
    line = make_line(sides, state="delivered")
    before = [
        db.session.scalar(select(func.count()).select_from(kind))
        for kind in (LedgerEvent, AuditEntry, Notice)
    ]
    with pytest.raises(NotAllowed):
        services.receive(actor(sides.from_giver), line)
    with pytest.raises(RuleBroken):
        services.waive(actor(sides.from_receiver), line, note="We have one")
    after = [
        db.session.scalar(select(func.count()).select_from(kind))
        for kind in (LedgerEvent, AuditEntry, Notice)
    ]
    assert before == after
    db.session.refresh(line)
    assert line.state == "delivered"


def test_the_giver_is_told_of_a_promise_in_the_inbox_alone(app):
    sides = make_sides()
    make_line(sides)
    assert told("pledged") == {sides.from_giver.id}


def test_lateness_is_kept_with_the_promise(app):
    sides = make_sides()
    line = make_line(sides, due_on=clock.today() - timedelta(days=20))
    assert line.is_late
    row = queries.statement(actor(sides.from_giver), sides.giver.id, view="open").page.rows[0]
    assert row.is_late

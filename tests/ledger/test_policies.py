"""Who may do what to a line, in which state; and that the list form agrees with the predicate."""

import pytest
from sqlalchemy import select

from app.consortia.models import Consortium, Leadership
from app.core import clock
from app.core.access import PERMISSIONS, VISITOR
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.institutions.models import Affiliation
from app.ledger import policies, queries
from app.ledger.models import LINE_STATES, LedgerLine
from app.ledger.views.lines import STEPS
from tests.factories.accounts import actor, make_admin, make_person
from tests.factories.consortia import make_consortium
from tests.factories.institutions import affiliate, make_institution
from tests.factories.ledger import make_line, make_sides

VERBS = ("deliver", "receive", "rate", "recall", "waive", "dispute", "settle", "reverse")
GIVER = {"deliver", "recall", "dispute"}
RECEIVER = {"receive", "rate", "waive", "dispute", "reverse"}
LEAD = {"settle", "reverse"}
# Who may what at all, where the consortium has a lead of neither side.
MAY = {
    "giver": GIVER,
    "receiver": RECEIVER,
    "giver's member": set(),
    "receiver's member": set(),
    "of both": set(),
    "giver's, and member of the receiver": set(),
    "lead": LEAD,
    "lead of the giver's": set(),
    "administrator": set(),
    "lead elsewhere": set(),
    "outsider": set(),
    "visitor": set(),
}
# Which moves a state allows, whoever asks.
OPEN = {
    "pledged": {"deliver", "waive", "dispute"},
    "delivered": {"receive", "recall", "dispute"},
    "received": {"rate", "reverse"},
    "rated": {"reverse"},
    "waived": set(),
    "disputed": {"settle"},
    "reversed": set(),
}
INSIDE = set(MAY) - {"lead elsewhere", "outsider", "visitor"}


def people(sides):
    """One of each kind of MAY."""
    both = affiliate(affiliate("Boris Both", sides.giver, "representative"), sides.receiver, "representative")
    split = affiliate(affiliate("Sara Split", sides.giver, "representative"), sides.receiver)
    elsewhere = make_person("Elsa Lead")
    make_consortium(leads=[elsewhere])
    found = {
        "giver": sides.from_giver,
        "receiver": sides.from_receiver,
        "giver's member": affiliate("Mona Member", sides.giver),
        "receiver's member": affiliate("Nuri Member", sides.receiver),
        "of both": both,
        "giver's, and member of the receiver": split,
        "lead": sides.lead,
        "lead of the giver's": sides.second_lead,
        "administrator": make_admin(),
        "lead elsewhere": elsewhere,
        "outsider": affiliate("Otto Outsider", make_institution("Elsewhere"), "representative"),
    }
    return {kind: actor(person) for kind, person in found.items()} | {"visitor": VISITOR}


def with_second_lead():
    giver = make_institution("Nile Institute")
    second = affiliate("Gina Lead", giver)
    lead = affiliate("Lena Lead", make_institution("Third Institute"))
    sides = make_sides(giver=giver, consortium=make_consortium(leads=[lead, second]))
    sides.lead, sides.second_lead = lead, second
    return sides


@pytest.mark.parametrize("state", LINE_STATES.names)
def test_who_may_what(app, state):
    sides = with_second_lead()
    line = make_line(sides, state=state)
    asked = people(sides)
    assert set(asked) == set(MAY)
    for kind, who in asked.items():
        may = {verb for verb, step in STEPS.items() if step.may(who, line)}
        assert may == MAY[kind], kind
        assert {verb for verb, step in STEPS.items() if step.is_open(line)} == OPEN[state]
        assert bool(policies.view(who, line)) == (kind in INSIDE), kind


def test_every_permission_says_why_not(app):
    line = make_line(make_sides())
    stranger = actor(make_person("Stranger"))
    for verb in VERBS:
        name = "deliver" if verb == "recall" else verb
        for who in (VISITOR, stranger):
            answer = PERMISSIONS[f"ledger.{name}"](who, line)
            assert not answer
            assert answer.code
            assert str(answer.text)


def test_somebody_of_both_sides_is_told_so(app):
    sides = make_sides()
    line = make_line(sides, state="delivered")
    both = affiliate(affiliate("Boris Both", sides.giver, "representative"), sides.receiver, "representative")
    for check in (policies.deliver, policies.receive, policies.waive, policies.dispute):
        assert check(actor(both), line).code == "both_sides"


def test_who_changed_sides_does_not_confirm_their_own_word(app):
    sides = make_sides()
    line = make_line(sides, state="delivered")
    mover = sides.from_giver
    with transaction(system="test"):
        found = db.session.scalars(select(Affiliation).where(Affiliation.person_id == mover.id)).one()
        found.state = "ended"
    affiliate(mover, sides.receiver, "representative")
    db.session.refresh(line)
    assert policies.receive(actor(mover), line).code == "own_delivery"
    assert policies.rate(actor(mover), line)


def test_leads_speak_for_the_pool_and_administrators_mediate_there(app):
    sides = make_sides()
    line = make_line(sides, to_pool=True)
    lead, admin = actor(sides.lead), actor(make_admin())
    assert policies.waive(lead, line)
    assert not policies.receive(actor(sides.from_receiver), line)
    assert policies.settle(lead, line).code == "administrator_mediates"
    assert policies.settle(admin, line)
    assert policies.dispute(lead, line)


def test_a_lead_who_represents_the_giver_confirms_nothing_for_the_pool(app):
    giver = make_institution("Nile Institute")
    lead = affiliate("Gina Lead", giver, "representative")
    sides = make_sides(giver=giver, consortium=make_consortium(leads=[lead]))
    line = make_line(sides, to_pool=True)
    assert policies.deliver(actor(lead), line).code == "both_sides"
    assert policies.waive(actor(lead), line).code == "both_sides"


@pytest.mark.parametrize("is_of_a_side", [True, False])
def test_administrators_mediate_where_no_lead_is_of_neither_side(app, is_of_a_side):
    giver = make_institution("Nile Institute")
    lead = affiliate("Gina Lead", giver)
    sides = make_sides(giver=giver, consortium=make_consortium(leads=[lead]))
    line = make_line(sides, state="disputed")
    admin = make_admin()
    if is_of_a_side:
        affiliate(admin, sides.receiver)
    answer = policies.settle(actor(admin), line)
    assert bool(answer) is not is_of_a_side
    assert not policies.settle(actor(lead), line)


@pytest.mark.parametrize("change", ["no lead any more", "the consortium has ended"])
def test_administrators_mediate_where_the_lead_is_none_any_more(app, change):
    sides = make_sides()
    line = make_line(sides, state="disputed")
    admin = actor(make_admin())
    assert not policies.settle(admin, line)
    with transaction(system="test"):
        if change == "no lead any more":
            db.session.scalars(
                select(Leadership).where(Leadership.person_id == sides.lead.id)
            ).one().until = clock.now()
        else:
            db.session.get_one(Consortium, sides.consortium.id).state = "closed"
    db.session.refresh(line)
    assert policies.settle(admin, line)
    assert not policies.settle(actor(sides.lead), line)


@pytest.mark.parametrize("visibility", ["public", "parties"])
def test_the_list_form_agrees_with_the_predicate(app, visibility):
    sides = with_second_lead()
    for state in LINE_STATES.names:
        make_line(sides, state=state, visibility=visibility)
    make_line(sides, state="received", visibility=visibility, to_pool=True)
    every = db.session.scalars(select(LedgerLine)).all()
    for kind, who in people(sides).items():
        listed = set(db.session.scalars(select(LedgerLine.id).where(policies.visible_lines(who))))
        assert listed == {line.id for line in every if policies.view(who, line)}, kind
        for line in every:
            if line.id not in listed:
                with pytest.raises(NotFound):
                    queries.get(who, line.id)


def test_everybody_sees_what_was_received_in_public(app):
    sides = make_sides()
    seen = {state: make_line(sides, state=state, visibility="public") for state in LINE_STATES.names}
    for state, line in seen.items():
        assert bool(policies.view(VISITOR, line)) == (state in {"received", "rated", "reversed"}), state

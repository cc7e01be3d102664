"""Who sees which of an agreement and who may what: actors × states, and list forms equal to the predicates."""

import pytest
from sqlalchemy import select

from app.agreements import policies
from app.agreements.models import PUBLIC_STATES, Agreement
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.institutions.models import Affiliation, Institution
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_project,
)
from tests.factories.accounts import actor
from tests.factories.agreements import make_agreement, signatory_of

STATES = ("draft", "withdrawn", "negotiation", "ready", "partly_signed", "in_force", "declined")
SENT = frozenset(STATES) - {"draft", "withdrawn"}


@pytest.fixture
def world(app):
    """An agreement in each state between two institutions, for a project of a consortium, and everybody around it."""
    homes = [make_institution(), make_institution(country="KE")]
    cora, elsewhere = make_person("Cora"), make_person("Elsa")
    make_consortium(leads=[elsewhere])
    consortium = make_consortium(leads=[cora], members=homes)
    lea = affiliate("Lea", homes[1])
    project = make_project(consortium=consortium, institution=homes[1], lead=lea, complete=False)
    agreements = {state: make_agreement(state=state, institutions=homes, project=project) for state in STATES}
    people = {
        "drafter": signatory_of(homes[0].id),
        "other_party": signatory_of(homes[1].id),
        "second_representative": affiliate(None, homes[1], "representative"),
        "project_lead": lea,
        "consortium_lead": cora,
        "lead_elsewhere": elsewhere,
        "member": affiliate(None, homes[0]),
        "stranger": affiliate(None, make_institution(), "representative"),
        "administrator": make_admin(),
    }
    return agreements, {**{name: actor(person) for name, person in people.items()}, "visitor": VISITOR}


SEES = {
    "drafter": frozenset(STATES),
    "other_party": SENT,
    "second_representative": SENT,
    "project_lead": SENT,
    "consortium_lead": SENT,
    "lead_elsewhere": frozenset({"in_force"}),
    "member": frozenset({"in_force"}),
    "stranger": frozenset({"in_force"}),
    "administrator": frozenset({"in_force"}),
    "visitor": frozenset({"in_force"}),
}
READS = {
    "drafter": frozenset(STATES),
    "other_party": SENT,
    "second_representative": SENT,
    "project_lead": SENT,
}
NEGOTIATES = {"drafter": SENT, "other_party": SENT, "second_representative": SENT}
EDITS = {"drafter": frozenset(STATES)}


def test_the_tables_hold_for_everybody_in_every_state(world):
    agreements, people = world
    checks = {
        policies.view: SEES,
        policies.read: READS,
        policies.revise: NEGOTIATES,
        policies.say_content: NEGOTIATES,
        policies.comment: NEGOTIATES,
        policies.decline: NEGOTIATES,
        policies.edit: EDITS,
        policies.send: EDITS,
        policies.withdraw: EDITS,
    }
    for check, table in checks.items():
        for name, who in people.items():
            for state, agreement in agreements.items():
                wanted = state in table.get(name, frozenset())
                assert bool(check(who, agreement)) == wanted, (check.__name__, name, state)


def test_the_list_forms_equal_the_predicates(world):
    agreements, people = world
    for name, who in people.items():
        for form, check in ((policies.visible, policies.view), (policies.inside, policies.is_inside)):
            listed = set(db.session.scalars(select(Agreement.id).where(form(who))))
            assert listed == {row.id for row in agreements.values() if check(who, row)}, (name, check)


def test_the_ball_is_handed_only_by_who_has_it(world):
    agreements, people = world
    waiting = agreements["negotiation"]  # for the other party
    assert policies.hand_ball(people["other_party"], waiting)
    assert policies.hand_ball(people["second_representative"], waiting)
    for name in set(people) - {"other_party", "second_representative"}:
        assert not policies.hand_ball(people[name], waiting), name


def test_what_the_state_forbids(world):
    agreements, _people = world
    allowed = {
        "edit": {"draft"},
        "send": {"draft"},
        "withdraw": {"draft"},
        "revise": {"negotiation", "ready", "partly_signed"},
        "say_content": {"negotiation"},
        "comment": {"negotiation", "ready", "partly_signed"},
        "decline": {"negotiation", "ready", "partly_signed"},
        "hand_ball": {"negotiation"},
        "name_signatory": {"draft", "negotiation", "ready", "partly_signed"},
    }
    for verb, states in allowed.items():
        for state, agreement in agreements.items():
            assert (policies.blocked(agreement, verb) is None) == (state in states), (verb, state)


@pytest.mark.parametrize("side", [0, 1], ids=["drafter", "other party"])
def test_who_leaves_the_institution_reads_nothing_any_more(app, side):
    homes = [make_institution(), make_institution()]
    agreement = make_agreement(institutions=homes)
    person = signatory_of(homes[side].id)
    assert policies.view(actor(person), agreement)
    with transaction(system="test"):
        row = db.session.scalars(select(Affiliation).where(Affiliation.person_id == person.id)).one()
        row.state, row.decision_code = "ended", "automatic"
    assert not policies.view(actor(person), agreement)
    assert agreement.state not in PUBLIC_STATES


def test_nobody_speaks_for_an_institution_that_is_not_verified_any_more(app):
    homes = [make_institution(), make_institution()]
    agreement = make_agreement(institutions=homes)
    person = signatory_of(homes[1].id)
    with transaction(system="test"):
        db.session.get_one(Institution, homes[1].id).state = "suspended"
    for check in (policies.view, policies.revise, policies.say_content, policies.decline):
        assert not check(actor(person), agreement)

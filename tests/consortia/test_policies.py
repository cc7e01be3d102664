"""Who may do what with consortia and admissions: predicate and list form agree for every kind of actor."""

import pytest
from sqlalchemy import select

from app.consortia import policies
from app.consortia.models import Admission
from app.core.access import VISITOR, No
from app.core.db import db, transaction
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_open_consortium,
    make_person,
)
from tests.factories.accounts import actor


@pytest.fixture
def world(app):
    """A consortium, an asking and an invited institution, and everybody who has to do with them."""
    lead, second = make_person("Lead"), make_person("Second lead")
    asking, invited = make_institution("Asking"), make_institution("Invited")
    consortium = make_consortium("Drylands", leads=[lead, second])
    people = {
        "lead": lead,
        "second": second,
        "asking_rep": affiliate("Asking rep", asking, "representative"),
        "asking_member": affiliate("Asking member", asking),
        "invited_rep": affiliate("Invited rep", invited, "representative"),
        "stranger": affiliate("Stranger", make_institution()),
        "nobody": make_person("Nobody"),
        "admin": make_admin(),
    }
    with transaction(system="test"):
        asked = Admission(
            consortium_id=consortium.id, institution_id=asking.id, side="institution", state="asked"
        )
        asked.ask(people["asking_rep"].id)
        offer = Admission(
            consortium_id=consortium.id, institution_id=invited.id, side="consortium", state="invited"
        )
        offer.ask(lead.id)
        db.session.add_all([asked, offer])
    return {
        "consortium": consortium,
        "asked": asked,
        "offer": offer,
        "people": people,
        "asking": asking,
        "invited": invited,
    }


def _actors(world):
    yield "visitor", VISITOR
    for name, person in world["people"].items():
        yield name, actor(person)


def test_only_the_side_that_did_not_ask_decides(world):
    deciders = {name for name, who in _actors(world) if policies.decide_admission(who, world["asked"])}
    assert deciders == {"lead", "second"}
    deciders = {name for name, who in _actors(world) if policies.decide_admission(who, world["offer"])}
    assert deciders == {"invited_rep"}


def test_a_lead_of_the_asking_institution_does_not_decide(world):
    affiliate(world["people"]["lead"], world["asking"])
    answer = policies.decide_admission(actor(world["people"]["lead"]), world["asked"])
    assert isinstance(answer, No)
    assert answer.code == "own_institution"


def test_who_invited_does_not_answer_as_representative(world):
    lead = affiliate(world["people"]["lead"], world["invited"], "representative")
    answer = policies.decide_admission(actor(lead), world["offer"])
    assert isinstance(answer, No)
    assert answer.code == "own_matter"


def test_an_administrator_decides_only_where_no_other_lead_exists(world):
    admin = actor(world["people"]["admin"])
    assert not policies.decide_admission(admin, world["asked"], True)
    assert policies.decide_admission(admin, world["asked"], False)


def test_list_form_of_view_admission_equals_the_predicate(world):
    for name, who in _actors(world):
        listed = set(db.session.scalars(select(Admission.id).where(policies.visible_admissions(who))))
        seen = {one.id for one in (world["asked"], world["offer"]) if policies.view_admission(who, one)}
        assert listed == seen, name


def test_only_administrators_create_and_never_lead_at_once(world):
    creators = {name for name, who in _actors(world) if policies.create(who)}
    assert creators == {"admin"}
    admin = actor(world["people"]["admin"])
    assert policies.name_first_lead(admin, world["people"]["nobody"].id)
    assert policies.name_first_lead(admin, admin.id).code == "own_matter"


def test_only_representatives_ask_and_nobody_asks_the_open_consortium(world):
    askers = {name for name, who in _actors(world) if policies.ask_admission(who, world["consortium"])}
    assert askers == {"asking_rep", "invited_rep"}
    representative = actor(world["people"]["asking_rep"])
    assert policies.ask_admission(representative, make_open_consortium()).code == "open_to_all"
    assert not policies.ask_admission(representative, world["consortium"], world["offer"].institution_id)


def test_leading_ends_at_once_when_the_leadership_ends(world):
    lead = world["people"]["lead"]
    assert policies.lead(actor(lead), world["consortium"])
    from app.consortia.services import end_lead

    end_lead(actor(world["people"]["second"]), world["consortium"], person_id=lead.id)
    assert not policies.lead(actor(lead), world["consortium"])

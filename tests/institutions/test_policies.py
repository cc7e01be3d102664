"""Who may: each permission for each kind of actor and each state; list forms give the same answer."""

import pytest
from sqlalchemy import select

from app.core import access
from app.core.access import VISITOR
from app.core.db import db
from app.institutions import policies, queries
from app.institutions.models import INSTITUTION_STATES, Affiliation, InstitutionClaim
from tests.factories import affiliate, make_admin, make_institution, make_person
from tests.factories.accounts import actor
from tests.institutions.test_services import claim_by


@pytest.fixture
def cast(app):
    """A verified institution with a representative and a member, and others around it."""
    here, elsewhere = make_institution("Here"), make_institution("Elsewhere")
    people = {
        "person": make_person(),
        "member": affiliate(None, here),
        "representative": affiliate(None, here, "representative"),
        "outsider": affiliate(None, elsewhere, "representative"),
        "admin": make_admin(),
        "admin_here": affiliate(make_admin("Own Admin"), here),
    }
    return here, {"visitor": VISITOR, **{name: actor(person) for name, person in people.items()}}


def allowed(people, check, *things):
    return {name for name, who in people.items() if check(who, *things)}


@pytest.mark.parametrize(
    ("state", "may_join", "may_claim"),
    [
        ("listed", False, True),
        ("pending", False, True),
        ("verified", True, False),
        ("suspended", False, False),
        ("closed", False, False),
        ("merged", False, False),
    ],
)
def test_joining_and_claiming_by_state(app, state, may_join, may_claim):
    survivor = make_institution()
    extra = {"merged_into_id": survivor.id} if state == "merged" else {}
    institution, who = make_institution(state=state, **extra), actor(make_person())
    assert bool(policies.join(who, institution)) is may_join
    assert bool(policies.claim(who, institution)) is may_claim
    assert not policies.join(VISITOR, institution)
    assert not policies.claim(VISITOR, institution)
    assert policies.view(VISITOR, institution)


def test_every_state_is_in_the_table_above():
    assert set(INSTITUTION_STATES.names) == {
        "listed", "pending", "verified", "suspended", "closed", "merged",
    }  # fmt: skip


def test_who_may_join_a_verified_one(cast):
    here, people = cast
    assert allowed(people, policies.join, here) == {"person", "outsider", "admin"}


def test_who_manages(cast):
    here, people = cast
    assert allowed(people, policies.manage, here) == {"representative"}


def test_nobody_manages_a_suspended_one(app):
    suspended = make_institution(state="suspended")
    assert not policies.manage(actor(affiliate(None, suspended, "representative")), suspended)


def test_who_adds(cast):
    _here, people = cast
    assert allowed(people, policies.add) == set(people) - {"visitor"}


def test_who_administers(cast):
    here, people = cast
    may = {name for name, who in people.items() if policies.administer(who, here, queries.tied_ids(who))}
    assert may == {"admin"}


def test_an_administrator_who_only_asks_to_belong_does_not_decide_either(app):
    here, admin = make_institution(), make_admin()
    affiliate(admin, here, state="requested")
    assert not policies.administer(actor(admin), here, queries.tied_ids(actor(admin)))


def test_who_decides_an_affiliation_and_the_list_form(cast):
    here, people = cast
    affiliate("Asking", here, state="requested")
    rows = db.session.scalars(select(Affiliation).order_by(Affiliation.id)).all()
    for name, who in people.items():
        listed = set(db.session.scalars(select(Affiliation.id).where(policies.affiliations_to_decide(who))))
        assert listed == {row.id for row in rows if policies.decide_affiliation(who, row)}, name
    asked = next(row for row in rows if row.state == "requested")
    assert allowed(people, policies.decide_affiliation, asked) == {"representative"}
    own = next(row for row in rows if row.person_id == people["representative"].id)
    assert policies.decide_affiliation(people["representative"], own).code == "own_item"


def test_who_sees_an_affiliation(cast):
    here, people = cast
    rows = db.session.scalars(select(Affiliation).where(Affiliation.institution_id == here.id)).all()
    own = next(row for row in rows if row.person_id == people["member"].id)
    assert allowed(people, policies.view_affiliation, own) == {"member", "representative"}
    assert allowed(people, policies.own_affiliation, own) == {"member"}


def test_who_decides_a_claim_and_the_list_form(app):
    wanted = make_institution("Wanted", state="listed")
    asking, admin, own_admin, tied = make_person(), make_admin(), make_admin("Claims too"), make_admin("Tied")
    claims = [claim_by(asking, wanted), claim_by(own_admin, wanted)]
    affiliate(tied, wanted, state="requested")
    people = {name: actor(who) for name, who in {
        "asking": asking, "admin": admin, "own_admin": own_admin, "tied": tied, "person": make_person(),
    }.items()}  # fmt: skip
    for name, who in people.items():
        decides = {claim.id for claim in claims if policies.decide_claim(who, claim, queries.tied_ids(who))}
        listed = set(db.session.scalars(select(InstitutionClaim.id).where(policies.claims_to_decide(who))))
        assert decides == listed, name
        assert bool(decides) is (name == "admin"), name
    assert allowed(people, policies.withdraw_claim, claims[0]) == {"asking"}


def test_all_permissions_of_the_feature_are_here():
    names = {name for name in access.PERMISSIONS if name.startswith("institutions.")}
    assert names == {
        "institutions.view", "institutions.add", "institutions.join", "institutions.claim",
        "institutions.withdraw_claim", "institutions.decide_claim", "institutions.administer",
        "institutions.manage", "institutions.view_affiliation", "institutions.decide_affiliation",
        "institutions.own_affiliation",
    }  # fmt: skip

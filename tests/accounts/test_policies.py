"""Who sees a profile, who changes an account."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts import policies
from app.accounts.models import Person, SignIn
from app.core import clock
from app.core.access import VISITOR
from app.core.db import db
from tests.factories import make_admin, make_person
from tests.factories.accounts import actor

KINDS = {
    "public": {},
    "signed_in": {},
    "hidden": {},
    "unconfirmed": {"visibility": "public", "email_confirmed_at": None},
    "closed": {"visibility": "public", "email": None, "closed_at": clock.now()},
}
SEEN = {
    "visitor": {"public"},
    "somebody": {"public", "signed_in"},
    "administrator": {"public", "signed_in"},
    "owner": {"public", "signed_in", "hidden", "unconfirmed"},
}


@pytest.mark.parametrize("who", SEEN)
@pytest.mark.parametrize("kind", KINDS)
def test_view_person_and_its_list_form_agree(app, who, kind):
    person = make_person(
        kind, **{"visibility": kind if kind in {"public", "signed_in", "hidden"} else "public", **KINDS[kind]}
    )
    asks = {
        "visitor": lambda: VISITOR,
        "somebody": lambda: actor(make_person()),
        "administrator": lambda: actor(make_admin()),
        "owner": lambda: actor(person),
    }[who]()
    assert bool(policies.view_person(asks, person)) is (kind in SEEN[who])
    listed = db.session.scalars(
        select(Person.id).where(policies.visible_people(asks), Person.id == person.id)
    ).all()
    assert bool(listed) is (kind in SEEN[who])


def test_only_the_owner_manages_an_account(app):
    person = make_person()
    assert policies.manage_own(actor(person), person) is True
    assert policies.manage_own(actor(make_admin()), person).code == "not_yours"
    assert policies.manage_own(VISITOR, person).code == "sign_in_first"


def test_only_administrators_administer(app):
    assert policies.administer(actor(make_admin())) is True
    assert policies.administer(actor(make_person())).code == "administrators_only"
    assert policies.administer(VISITOR).code == "administrators_only"


@pytest.mark.parametrize(("minutes", "fresh"), [(0, True), (9, True), (11, False)])
def test_quality_2_8_proved_lately_is_ten_minutes(app, minutes, fresh):
    person = make_person()
    sign_in = SignIn(person_id=person.id, proved_at=clock.now() - timedelta(minutes=minutes))
    assert bool(policies.proved_lately(actor(person), sign_in)) is fresh
    assert not policies.proved_lately(actor(make_person()), sign_in)
    assert not policies.proved_lately(VISITOR, sign_in)
    assert not policies.proved_lately(actor(person), None)

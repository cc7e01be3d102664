"""Permissions, roles, refusals."""

import pytest
from sqlalchemy import literal, select

from app.accounts.models import Person
from app.core import access
from app.core.access import (
    PERMISSIONS,
    VISITOR,
    Actor,
    No,
    authorize,
    can,
    demand,
    grant_source,
    load_grants,
    permission,
)
from app.core.db import WriteOutsideTransaction, transaction
from app.core.errors import NotAllowed
from app.core.i18n import use_locale
from tests.factories import make_admin, make_person


@pytest.fixture
def clap(monkeypatch):
    """A permission of the tests' own."""
    monkeypatch.setattr(access, "PERMISSIONS", dict(PERMISSIONS))

    @permission("tests.clap")
    def clap(actor: Actor, thing: str) -> access.Answer:
        return thing == "good" or No("not_good", "Only the good is applauded.")

    return clap


def test_a_refusal_is_false_and_says_why() -> None:
    no = No("not_good", "Only the good.")
    assert not no
    assert (no.code, no.text) == ("not_good", "Only the good.")


def test_a_permission_stands_once(clap) -> None:
    with pytest.raises(ValueError, match=r"tests\.clap"):
        permission("tests.clap")(lambda _actor: True)


def test_templates_ask_by_name(clap) -> None:
    assert can("tests.clap", VISITOR, "good") is True
    assert can("tests.clap", VISITOR, "bad").code == "not_good"
    with pytest.raises(KeyError):
        can("tests.whistle", VISITOR)


def test_asking_notes_what_was_allowed(app, clap) -> None:
    with transaction() as scope:
        authorize(clap, VISITOR, "good")
    assert scope.authorized == ["tests.clap"]


def test_asking_refuses_with_the_code_and_sentence(app, clap) -> None:
    with pytest.raises(NotAllowed) as refusal, transaction(system="x"):
        authorize(clap, VISITOR, "bad")
    assert refusal.value.code == "not_good"
    assert str(refusal.value.text) == "Only the good is applauded."


def test_reading_asks_without_a_transaction(clap) -> None:
    demand(clap, VISITOR, "good")
    with pytest.raises(NotAllowed) as refusal:
        demand(clap, VISITOR, "bad")
    assert refusal.value.code == "not_good"


def test_a_bare_false_gets_a_sentence_too(app) -> None:
    with pytest.raises(NotAllowed) as refusal, transaction(system="x"):
        authorize(lambda _actor: False, VISITOR)
    assert refusal.value.code == "not_allowed"
    assert str(refusal.value.text)


def test_asking_outside_a_transaction_is_a_mistake(app, clap) -> None:
    with pytest.raises(WriteOutsideTransaction):
        authorize(clap, VISITOR, "good")


def test_what_an_actor_holds() -> None:
    actor = Actor(7, grants=frozenset({("lead", 3), ("lead", 4), ("member", 9)}))
    assert actor.is_signed_in
    assert not actor.is_admin
    assert actor.ids("lead") == {3, 4}
    assert actor.ids("lead", "member") == {3, 4, 9}
    assert actor.ids("deputy") == frozenset()
    assert actor.holds("lead", 3)
    assert not actor.holds("lead", 9)
    assert not actor.holds("lead", None)


def test_a_visitor_holds_nothing() -> None:
    assert not VISITOR.is_signed_in
    assert not VISITOR.is_admin
    assert VISITOR.ids("lead") == frozenset()


def test_an_administrator_is_one_by_grant() -> None:
    assert Actor(1, grants=frozenset({("administrator", 0)})).is_admin
    assert not Actor(1, grants=frozenset({("administrator", 1)})).is_admin


def test_grants_are_read_in_one_statement(app, statements) -> None:
    admin, person = make_admin().id, make_person().id
    statements.clear()
    assert ("administrator", 0) in load_grants(admin)
    assert len(statements) == 1
    assert load_grants(person) == frozenset()


def test_a_feature_adds_its_roles(app, monkeypatch) -> None:
    monkeypatch.setattr(access, "_grant_sources", list(access._grant_sources))
    grant_source(lambda person_id: select(literal("gardener"), Person.id).where(Person.id == person_id))
    person = make_person()
    assert ("gardener", person.id) in load_grants(person.id)


def test_refusals_speak_the_readers_language(app) -> None:
    with use_locale("ar"):
        arabic = str(access.SIGN_IN_FIRST.text)
    with use_locale("en"):
        assert str(access.SIGN_IN_FIRST.text) == "Sign in first."
    assert arabic

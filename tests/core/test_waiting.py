"""What waits for whom, gathered from what features offer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import null

from app.accounts.models import Person
from app.core import waiting
from app.core.access import VISITOR, Actor
from app.core.waiting import Waiting, count_for, item, waiting_for
from tests.factories import make_person

DAY = datetime(2026, 5, 4, tzinfo=UTC)
SOMEBODY = Actor(1)


@pytest.fixture
def offers(app, monkeypatch) -> list:
    """Only the tests' own sources."""
    sources: list = []
    monkeypatch.setattr(waiting, "_sources", sources)
    return sources


def people_named(kind: str, name: str, **columns):
    return lambda _actor: item(
        kind, thing_id=Person.id, item_id=Person.id + 100, title=Person.display_name, **columns
    ).where(Person.display_name == name)


def test_nothing_offered_is_nothing(offers) -> None:
    offers.append(lambda _actor: None)
    assert waiting_for(SOMEBODY) == []
    assert count_for(SOMEBODY) == 0


def test_a_source_is_registered_and_given_back(offers) -> None:
    def offer(_actor):
        return None

    assert waiting.source(offer) is offer
    assert offers == [offer]


def test_items_of_several_features_come_in_one_statement(offers, statements) -> None:
    a, b = make_person("A"), make_person("B")
    ids = a.id, b.id
    offers += [
        people_named("teams.join", "A", who=Person.email, since=Person.created_at),
        people_named("problems.review", "B", since=Person.created_at),
        lambda _actor: None,
    ]
    statements.clear()
    found = waiting_for(SOMEBODY)
    assert len(statements) == 1
    assert [(row.kind, row.feature, row.thing_id, row.item_id, row.title) for row in found] == [
        ("teams.join", "teams", ids[0], ids[0] + 100, "A"),
        ("problems.review", "problems", ids[1], ids[1] + 100, "B"),
    ]
    assert found[0].who.endswith("@people.example")
    assert found[0].since.tzinfo is not None
    assert (found[1].who, found[1].due) == ("", None)
    statements.clear()
    assert count_for(SOMEBODY) == 2
    assert len(statements) == 1


def test_the_nearest_due_comes_first_then_what_waits_longest_and_no_date_last(offers) -> None:
    for name, due, since in [
        ("none", None, DAY),
        ("late", DAY + timedelta(days=9), DAY),
        ("soon", DAY + timedelta(days=1), DAY + timedelta(hours=2)),
        ("soon too, older", DAY + timedelta(days=1), DAY),
    ]:
        make_person(name, created_at=since, email_confirmed_at=due)
    offers.append(
        lambda _actor: item(
            "x.y",
            thing_id=Person.id,
            item_id=Person.id,
            title=Person.display_name,
            since=Person.created_at,
            due=Person.email_confirmed_at,
        )
    )
    assert [row.title for row in waiting_for(SOMEBODY)] == ["soon too, older", "soon", "late", "none"]


def test_limits_hold(offers) -> None:
    for number in range(4):
        make_person(f"P{number}")
    offers.append(
        lambda _actor: item("x.y", thing_id=Person.id, item_id=Person.id, title=null()).select_from(Person)
    )
    assert len(waiting_for(SOMEBODY, limit=3)) == 3
    assert count_for(SOMEBODY, at_most=3) == 3
    assert count_for(SOMEBODY, at_most=9) == 4
    assert waiting_for(SOMEBODY)[0].title == ""


def test_a_source_knows_who_asks(offers) -> None:
    person = make_person("Me")
    offers.append(
        lambda actor: (
            item("x.y", thing_id=Person.id, item_id=Person.id, title=Person.display_name).where(
                Person.id == actor.id
            )
            if actor.is_signed_in
            else None
        )
    )
    assert waiting_for(VISITOR) == []
    assert [row.title for row in waiting_for(Actor(person.id))] == ["Me"]
    assert waiting_for(Actor(person.id + 1)) == []


def test_an_item_belongs_to_the_feature_before_the_dot() -> None:
    assert Waiting("teams.join", 1, 2, "", "", None, None).feature == "teams"

"""Credit: asked and answered, and that contributors never shrink except by their own withdrawal."""

import random

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.accounts.models import Person
from app.core import leaving
from app.core.db import db, transaction
from app.core.errors import DomainError, Invalid, NotAllowed, RuleBroken
from app.outcomes import queries, services
from app.outcomes.models import DEGREES, ROLES, OutcomeCredit, without_leading
from tests.factories.outcomes import actor, again
from tests.outcomes.support import actions, make_world, outcome_of, told


@pytest.fixture
def world(app):
    return make_world()


def name(world, outcome, who, role="investigation", degree="equal"):
    return services.name(
        actor(world["lead"]), again(outcome), person_id=world[who].id, role=role, degree=degree
    )


def contributors(outcome):
    return {(row.person_id, row.role) for row in queries.contributors(queries.credits_of(outcome.id))}


def test_nobody_is_shown_before_they_accept(world):
    outcome = outcome_of(world, "evidenced")
    name(world, outcome, "colleague")
    assert told(world["colleague"], "outcomes.named") == (1, 1)
    assert world["colleague"].id not in {person for person, _role in contributors(outcome)}
    assert services.answer_credit(actor(world["colleague"]), again(outcome), accept=True) == 1
    assert (world["colleague"].id, "investigation") in contributors(outcome)
    with pytest.raises(RuleBroken):
        services.answer_credit(actor(world["colleague"]), again(outcome), accept=True)


def test_declined_is_told_and_stays_out(world):
    outcome = outcome_of(world, "evidenced")
    name(world, outcome, "colleague")
    services.answer_credit(actor(world["colleague"]), again(outcome), accept=False, note="Not my work")
    assert told(world["lead"], "outcomes.credit_declined") == (1, 1)
    assert world["colleague"].id not in {person for person, _role in contributors(outcome)}


def test_only_the_person_answers_and_withdraws(world):
    outcome = outcome_of(world, "published")
    credit = name(world, outcome, "colleague")
    with pytest.raises(NotAllowed):
        services.answer_credit(actor(world["stranger"]), again(outcome), accept=True)
    services.answer_credit(actor(world["colleague"]), again(outcome), accept=True)
    with pytest.raises(RuleBroken):
        services.take_name_back(actor(world["lead"]), again(outcome), credit_id=credit.id)
    assert services.withdraw_credit(actor(world["colleague"]), again(outcome)) == 1
    assert told(world["lead"], "outcomes.credit_withdrawn") == (1, 1)


def test_nobody_is_named_whom_the_claimer_cannot_see(world):
    """But for those who take part in the work: their names stand there."""
    outcome = outcome_of(world, "claimed")
    with transaction(system="test"):
        for who in ("stranger", "colleague"):
            db.session.get_one(Person, world[who].id).visibility = "hidden"
    with pytest.raises(Invalid) as refused:
        name(world, outcome, "stranger")
    assert "person" in refused.value.fields
    assert told(world["stranger"], "outcomes.named") == (0, 0)
    name(world, outcome, "colleague")
    assert told(world["colleague"], "outcomes.named") == (1, 1)


def test_a_person_s_page_shows_what_they_agreed_to_be_named_in(world):
    outcome = outcome_of(world, "published")

    def shown():
        return [row.id for row in queries.of_person(actor(world["boss"]), world["colleague"].id)]

    name(world, outcome, "colleague")
    assert shown() == []
    services.answer_credit(actor(world["colleague"]), again(outcome), accept=True)
    assert shown() == [outcome.id]
    services.withdraw_credit(actor(world["colleague"]), again(outcome), note="Not any more")
    assert shown() == []
    assert actions(outcome)[-3:] == ["outcomes.name", "outcomes.accept_credit", "outcomes.withdraw_credit"]


def test_the_same_role_is_named_once(world):
    outcome = outcome_of(world, "claimed")
    name(world, outcome, "colleague")
    with pytest.raises(RuleBroken) as refused:
        name(world, outcome, "colleague")
    assert refused.value.code == "already_named"
    with pytest.raises(Invalid):
        name(world, outcome, "colleague", role="king")


def test_the_database_keeps_who_accepted(world):
    outcome = outcome_of(world, "claimed")
    key = db.session.scalars(select(OutcomeCredit.id).where(OutcomeCredit.state == "accepted")).first()
    for change in (
        "state = 'asked', decided_at = NULL, decision_code = NULL, decided_by_id = NULL",
        "state = 'taken_back'",
        "role = 'software'",
        "degree = 'supporting'",
        f"person_id = {world['rep'].id}, decided_by_id = {world['rep'].id}",
        f"state = 'withdrawn', withdrawn_at = '2026-01-01', withdrawn_by_id = {world['boss'].id}",
    ):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.execute(text(f"UPDATE outcome_credit SET {change} WHERE id = {key}"))
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM outcome_credit"))
    db.session.rollback()
    assert contributors(outcome) == {(world["lead"].id, "conceptualization")}


@pytest.mark.parametrize("seed", range(3))
def test_contributors_never_shrink_but_by_their_own_will(world, seed):
    """Random histories of everything that happens around credit."""
    luck = random.Random(seed)
    outcome = outcome_of(world, "evidenced" if seed else "published")
    people = ("lead", "colleague", "member", "rep", "stranger", "author")
    for _step in range(40):
        who = luck.choice(people)
        before, withdrawn = contributors(outcome), None
        deed = luck.choice(("name", "yes", "no", "out", "back", "return", "confirm"))
        try:
            if deed == "name":
                name(world, outcome, who, luck.choice(list(ROLES)), luck.choice(list(DEGREES)))
            elif deed in {"yes", "no"}:
                services.answer_credit(actor(world[who]), again(outcome), accept=deed == "yes")
            elif deed == "out":
                services.withdraw_credit(actor(world[who]), again(outcome))
                withdrawn = world[who].id
            elif deed == "back":
                rows = queries.credits_of(outcome.id)
                services.take_name_back(actor(world[who]), again(outcome), credit_id=luck.choice(rows).id)
            elif deed == "return":
                services.return_for_changes(actor(world[who]), again(outcome), code="credit")
            else:
                services.confirm(actor(world[who]), again(outcome), note="So it is")
        except DomainError:
            pass
        lost = before - contributors(outcome)
        assert {person for person, _role in lost} <= {withdrawn}, (deed, who, lost)


def test_a_merged_retracted_or_left_person_stays_named(world):
    outcome = outcome_of(world, "published")
    name(world, outcome, "colleague")
    services.answer_credit(actor(world["colleague"]), again(outcome), accept=True)
    name(world, outcome, "colleague", role="software")
    with transaction(system="test"):
        leaving.release_all(actor(world["colleague"]), world["colleague"].id)
    assert (world["colleague"].id, "investigation") in contributors(outcome)
    states = {row.role: row.state for row in queries.credits_of(outcome.id)}
    assert states["software"] == "lapsed"
    services.retract(actor(world["lead"]), again(outcome), reason="Wrong")
    assert (world["colleague"].id, "investigation") in contributors(outcome)


def test_countries_without_a_leading_role():
    assert without_leading(["KE", "EG"], [("lead", "EG"), ("supporting", "KE")]) == ["KE"]
    assert without_leading(["KE"], [("equal", "KE")]) == []
    assert without_leading([], [("supporting", None)]) == []

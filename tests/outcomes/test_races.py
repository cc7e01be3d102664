"""Several people at the same moment: threads, each with its own connection."""

from sqlalchemy import func, select

from app.core.db import db
from app.outcomes import queries, services
from app.outcomes.models import Outcome
from tests.factories.outcomes import actor
from tests.outcomes.support import actions, make_world, outcome_of
from tests.support.threads import race

LOST = {"wrong_state", "already_there", "busy", "changed_meanwhile", "already_decided"}


def test_of_two_confirmations_one_counts(app):
    world = make_world()
    outcome_id = outcome_of(world, "evidenced").id
    people = [actor(world["rep"]), actor(world["other_rep"])]
    db.session.remove()

    def confirm(who):
        return lambda: services.confirm(who, queries.get(who, outcome_id), note=f"So says {who.name}")

    ended = race(app, [confirm(who) for who in people])
    assert ended.count("won") == 1
    assert set(ended) - {"won"} <= LOST
    outcome = db.session.get_one(Outcome, outcome_id)
    assert outcome.state == "confirmed"
    assert (
        outcome.confirm_note
        == f"So says {next(who.name for who in people if who.id == outcome.confirmed_by_id)}"
    )
    assert actions(outcome).count("outcomes.confirm") == 1


def test_confirm_against_recall(app):
    world = make_world()
    outcome_id = outcome_of(world, "evidenced").id
    lead, rep = actor(world["lead"]), actor(world["rep"])
    db.session.remove()
    ended = race(
        app,
        [
            lambda: services.confirm(rep, queries.get(rep, outcome_id), note="So it is"),
            lambda: services.recall(lead, queries.get(lead, outcome_id)),
        ],
    )
    assert ended.count("won") == 1
    assert set(ended) - {"won"} <= LOST


def test_numbers_without_gaps(app):
    world = make_world()
    lead, project, host = actor(world["lead"]), world["project"], world["host"].id
    db.session.remove()

    def claim(number):
        return lambda: services.claim_for_project(
            lead, project, institution_id=host, title=f"Outcome {number}"
        )

    ended = race(app, [claim(number) for number in range(4)])
    won = ended.count("won")
    assert won >= 1
    assert set(ended) - {"won"} <= LOST
    numbers = sorted(db.session.scalars(select(Outcome.number)))
    assert [int(number[-4:]) for number in numbers] == list(range(1, won + 1))
    assert db.session.scalar(select(func.count()).select_from(Outcome)) == won

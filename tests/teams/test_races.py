"""The last seat, and two leads who decide: threads, each with its own connection; one winner, the others a clean refusal."""

import pytest

from app.core.access import Actor
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.teams import services
from app.teams.models import Membership, Team
from app.teams.queries import records
from tests.factories import affiliate, make_person
from tests.factories.accounts import actor
from tests.support.threads import race

N = 12


def test_twelve_acceptances_for_the_last_seat_have_one_winner(app, world):
    services.edit_team(actor(world.anna), world.fresh(), version=None, seats=2)
    lead: Actor = actor(world.anna)
    team_id = world.team.id
    requests = []
    for number in range(N):
        person = affiliate(f"Person {number}", world.away)
        requests.append(
            services.ask_to_join(actor(person), world.fresh(), institution_id=None, message="x").id
        )
    db.session.remove()

    def accept(key: int):
        def run() -> None:
            services.accept_request(lead, records.get(lead, team_id), records.membership(team_id, key))

        return run

    ended = race(app, [accept(key) for key in requests])
    assert ended.count("won") == 1
    assert set(ended) <= {"won", "team_full", "changed_meanwhile", "busy"}
    db.session.rollback()
    assert db.session.get_one(Team, team_id).seats_taken == 2
    assert db.session.query(Membership).filter_by(team_id=team_id, state="active").count() == 2


def test_two_leads_decide_one_team_and_one_of_them_wins(app, world):
    from app.consortia.models import Leadership

    world.propose()
    other = make_person("Other Lead")
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=world.consortium.id, person_id=other.id))
    team_id = world.team.id
    first, second = actor(world.cora), actor(other)
    db.session.remove()

    def decide(who, act, **facts):
        return lambda: act(who, records.get(who, team_id), **facts)

    ended = race(
        app,
        [decide(first, services.approve_team), decide(second, services.reject_team, reason="overlap")],
    )
    assert sorted(ended) in (["already_decided", "won"], ["changed_meanwhile", "won"], ["busy", "won"])
    db.session.rollback()
    assert db.session.get_one(Team, team_id).state in {"approved", "rejected"}


def test_one_person_asks_twice_at_once_and_is_asking_once(app, world):
    who, team_id = actor(world.ben), world.team.id
    db.session.remove()

    def ask() -> None:
        services.ask_to_join(who, records.get(who, team_id), institution_id=None, message="x")

    ended = race(app, [ask, ask, ask])
    assert ended.count("won") == 1
    assert set(ended) <= {"won", "already_asked", "already_there"}
    assert db.session.query(Membership).filter_by(team_id=team_id, state="requested").count() == 1


def test_the_database_itself_refuses_one_seat_too_many(app, world):
    with pytest.raises(DomainError), transaction(system="test"):
        db.session.get_one(Team, world.team.id).seats_taken = 5

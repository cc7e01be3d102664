"""Two at once: the last two hand in, the last two accept, one writes while another confirms."""

from app.core.db import db
from app.groundwork import services
from app.groundwork.models import QUESTIONS
from app.groundwork.queries import records
from app.notifications.models import Notice
from app.teams.models import Team
from tests.factories.accounts import actor
from tests.factories.groundwork import answer_all, make_groundwork, write_all
from tests.support.threads import race


def on(team_id, act, who, **values):
    return lambda: act(who, db.session.get_one(Team, team_id), **values)


def told(kind):
    return db.session.query(Notice).filter(Notice.kind == f"groundwork.{kind}").count()


def test_the_last_two_hand_in_at_once_and_it_is_opened_once(app, world):
    make_groundwork(world.team)
    answer_all(world.team, world.anna.id)
    for person in (world.ben, world.bea):
        for code in QUESTIONS:
            services.save_answer(actor(person), world.fresh(), question=code, text="Yes", language="en")
    runs = [on(world.team.id, services.hand_in, actor(person)) for person in (world.ben, world.bea)]
    assert race(app, runs) == ["won", "won"]
    world.fresh()
    assert records.get(world.team.id).state == "opened"
    assert told("opened") == 2


def test_the_last_two_accept_at_once_and_it_is_settled_once(app, world):
    make_groundwork(world.team, state="confirmed")
    runs = [on(world.team.id, services.accept, actor(person)) for person in (world.ben, world.bea)]
    assert race(app, runs) == ["won", "won"]
    world.fresh()
    assert records.get(world.team.id).state == "agreed"
    assert told("agreed") == 2


def test_a_line_is_not_changed_behind_its_confirmation(app, world):
    make_groundwork(world.team, state="opened")
    write_all(world.team, world.ben.id)
    version = records.get(world.team.id).version
    ended = sorted(
        race(
            app,
            [
                on(world.team.id, services.confirm, actor(world.anna), version=version),
                on(
                    world.team.id,
                    services.write_line,
                    actor(world.ben),
                    question="goals",
                    text="Else",
                    language="en",
                    seen=1,
                ),
            ],
        )
    )
    assert ended in (["changed_meanwhile", "won"], ["lines_closed", "won"])

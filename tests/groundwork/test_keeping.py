"""What goes on by itself: it begins with the approved team, goes on when somebody leaves, and reminds."""

from datetime import timedelta

from app.core import clock
from app.core.db import db, transaction
from app.groundwork import services
from app.groundwork.queries import records
from app.notifications.models import Notice
from app.projects.models import Project
from app.teams import services as teams
from tests.factories.accounts import actor
from tests.factories.groundwork import answer_all, make_groundwork, write_all
from tests.groundwork.test_services import make_forming, state, told


def test_it_begins_with_the_approved_team_once_and_not_when_work_goes_on(world):
    assert services.begin_due() == 0  # not approved
    project = make_forming(world)
    assert services.begin_due() == 1
    assert services.begin_due() == 0
    assert told("begun") == sorted([world.anna.id, world.ben.id, world.bea.id])
    assert project.state == "forming"


def test_it_begins_by_itself_only_where_the_consortium_asks_and_two_can_answer(world):
    make_forming(world)
    with transaction(system="test"):
        world.consortium.groundwork_asked = False
    assert services.begin_due() == 0
    with transaction(system="test"):
        world.consortium.groundwork_asked = True
    for person in (world.ben, world.bea):
        teams.leave_team(actor(person), world.fresh())
    assert services.begin_due() == 0
    assert told("begun") == []


def test_it_does_not_begin_for_a_project_that_is_at_work(world):
    project = make_forming(world)
    with transaction(system="test"):
        found = db.session.get_one(Project, project.id)
        found.state, found.active_at = "active", clock.now()
    assert services.begin_due() == 0


def test_it_goes_on_when_the_last_who_was_missing_leaves(world):
    make_groundwork(world.team)
    answer_all(world.team, world.anna.id)
    answer_all(world.team, world.ben.id)
    assert services.go_on() == 0
    teams.leave_team(actor(world.bea), world.fresh())
    assert services.go_on() == 1
    assert state(world) == "opened"
    write_all(world.team, world.anna.id)
    services.confirm(actor(world.anna), world.fresh())
    teams.leave_team(actor(world.ben), world.fresh())
    assert services.go_on() == 1
    assert state(world) == "agreed"
    assert services.go_on() == 0


def test_reminders_at_half_time_and_once_after_the_due_date(world):
    groundwork = make_groundwork(world.team)
    answer_all(world.team, world.anna.id)
    begun, due = groundwork.since, groundwork.due_at
    assert services.remind_due() == 0
    with clock.at(clock.halfway(begun, due)):
        assert services.remind_due() == 1
        assert services.remind_due() == 0
    assert told("reminder_answer") == sorted([world.ben.id, world.bea.id])
    assert told("late_answer") == []
    with clock.at(due + timedelta(hours=1)):
        assert services.remind_due() == 1
        assert services.remind_due() == 0
    assert told("late_answer") == [world.anna.id]


def test_lead_and_deputy_are_reminded_of_the_lines_and_who_did_not_accept_of_theirs(world):
    teams.name_deputy(actor(world.anna), world.fresh(), person_id=world.ben.id)
    opened = make_groundwork(world.team, state="opened")
    first_day = opened.due_at
    with clock.at(clock.halfway(opened.since, opened.due_at)):
        assert (services.remind_due(), services.remind_due()) == (1, 0)
        assert told("reminder_lines") == sorted([world.anna.id, world.ben.id])
        write_all(world.team, world.anna.id)
        services.confirm(actor(world.anna), world.fresh())
        services.accept(actor(world.ben), world.fresh())
    confirmed = records.get(world.team.id)
    assert confirmed.due_at > first_day  # each step has its own time
    with clock.at(clock.halfway(confirmed.since, confirmed.due_at)):
        assert (services.remind_due(), services.remind_due()) == (1, 0)
        assert told("reminder_accept") == [world.bea.id]
    with clock.at(confirmed.due_at + timedelta(hours=1)):
        assert (services.remind_due(), services.remind_due()) == (1, 0)
    assert told("reminder_accept") == [world.bea.id] * 2
    late = db.session.query(Notice).filter(Notice.kind == "groundwork.late_accept").all()
    assert {row.person_id: row.facts["missing"] for row in late} == {
        world.anna.id: ["Bea"],
        world.ben.id: ["Bea"],
    }

"""The course of a groundwork: answering alone, opening, lines, acceptance, the gate of the project; jobs and refusals."""

import json
from datetime import timedelta

import pytest

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db, lock_id, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from app.core.waiting import waiting_for
from app.groundwork import queries, services
from app.groundwork.models import QUESTIONS, Groundwork
from app.groundwork.queries import page as page_queries
from app.groundwork.queries import records
from app.notifications.models import Notice
from app.projects.models import Project
from app.projects.queries import gates
from app.projects.services import course as projects
from app.teams import services as teams
from app.teams.models import Team
from tests.factories import affiliate, make_project
from tests.factories.accounts import actor
from tests.factories.groundwork import answer_all, make_groundwork, write_all


def told(kind):
    rows = db.session.query(Notice).filter(Notice.kind == f"groundwork.{kind}").all()
    return sorted(row.person_id for row in rows)


def notices(kind):
    return db.session.query(Notice).filter(Notice.kind == f"groundwork.{kind}").all()


def waits(person):
    return [item.kind for item in waiting_for(actor(person)) if item.feature == "groundwork"]


def state(world):
    db.session.expire_all()
    return records.get(world.team.id).state


def view(world, person):
    return queries.view(actor(person), world.fresh())


def test_fourteen_questions_each_with_what_is_asked_and_why():
    assert len(QUESTIONS) == 14
    assert all(str(one.name) and str(one.ask).endswith("?") and str(one.why) for one in QUESTIONS.values())


def test_lead_or_deputy_begin_once_and_every_member_is_asked(world):
    for person in (world.ben, world.cora):
        with pytest.raises(NotAllowed):
            services.begin(actor(person), world.fresh())
    services.begin(actor(world.anna), world.fresh())
    assert told("begun") == sorted([world.ben.id, world.bea.id])
    assert waits(world.anna) == waits(world.ben) == ["groundwork.answer"]
    assert waits(world.cora) == []
    with pytest.raises(RuleBroken, match="already_begun"):
        services.begin(actor(world.anna), world.fresh())


def test_one_alone_settles_nothing(world):
    teams.leave_team(actor(world.ben), world.fresh())
    teams.leave_team(actor(world.bea), world.fresh())
    with pytest.raises(RuleBroken, match="too_few_members"):
        services.begin(actor(world.anna), world.fresh())


def test_nobody_reads_an_answer_of_another_before_all_have_answered(world):
    make_groundwork(world.team)
    answer_all(world.team, world.anna.id, "Anna's view")
    answer_all(world.team, world.ben.id, "Ben's view")
    for person, own in ((world.anna, "Anna"), (world.ben, "Ben"), (world.bea, None)):
        seen = view(world, person)
        assert all(not asked.answers for asked in seen.questions.values())
        assert {asked.own.text.split("'")[0] for asked in seen.questions.values() if asked.own} == (
            {own} if own else set()
        )
    # Not even the statement hands them out: the page above it could forget the rule.
    asked = page_queries._answers(groundwork_id=records.get(world.team.id).id, reader_id=world.ben.id)
    assert {row.name for row in db.session.execute(*asked)} == {"Ben"}
    assert state(world) == "answering"
    answer_all(world.team, world.bea.id, "Bea's view")
    assert state(world) == "opened"
    answers = view(world, world.anna).questions["goals"].answers
    assert [(row.name, row.institution) for row in answers] == [
        ("Anna", "Home University"),
        ("Ben", "Away Institute"),
        ("Bea", "Away Institute"),
    ]
    assert told("opened") == sorted([world.anna.id, world.ben.id])  # not Bea, who did it
    assert {str(row.facts["missing"]) for row in notices("opened")} == {"[]"}
    with pytest.raises(RuleBroken, match="answers_open"):
        services.save_answer(actor(world.ben), world.fresh(), question="goals", text="Later", language="en")


def test_the_lead_opens_after_the_due_date_only_and_drafts_stay_with_their_writer(world):
    make_groundwork(world.team)
    answer_all(world.team, world.anna.id)
    services.save_answer(
        actor(world.ben), world.fresh(), question="goals", text="Half a thought", language="en"
    )
    with pytest.raises(RuleBroken, match="not_due"):
        services.open_answers(actor(world.anna), world.fresh())
    due = records.get(world.team.id).due_at
    with clock.at(due + timedelta(minutes=1)):
        assert waits(world.anna) == ["groundwork.go_on"]
        with pytest.raises(NotAllowed):
            services.open_answers(actor(world.ben), world.fresh())
        services.open_answers(actor(world.anna), world.fresh())
    asked = page_queries._answers(groundwork_id=records.get(world.team.id).id, reader_id=world.bea.id)
    assert {row.name for row in db.session.execute(*asked)} == {"Anna"}
    seen = view(world, world.bea)
    assert [one.name for one in seen.owing] == ["Ben", "Bea"]
    assert [row.facts["missing"] for row in notices("opened")] == [["Ben", "Bea"]] * 2
    assert [row.name for row in seen.questions["goals"].answers] == ["Anna"]
    assert seen.questions["goals"].own is None
    half = view(world, world.ben).questions["goals"]
    assert (half.own.text, [row.name for row in half.answers]) == ("Half a thought", ["Anna"])
    # What was opened stays as it is.
    for late in (
        lambda: services.hand_in(actor(world.ben), world.fresh()),
        lambda: services.open_answers(actor(world.anna), world.fresh()),
    ):
        with clock.at(due + timedelta(hours=1)), pytest.raises(RuleBroken, match="answers_open"):
            late()


def test_answers_are_refused_when_empty_incomplete_unknown_or_of_strangers(world):
    make_groundwork(world.team)
    ben = actor(world.ben)
    with pytest.raises(Invalid):
        services.save_answer(ben, world.fresh(), question="goals", text="  ", language="en")
    with pytest.raises(NotFound):
        services.save_answer(ben, world.fresh(), question="weather", text="Rain", language="en")
    with pytest.raises(RuleBroken, match="answers_missing"):
        services.hand_in(ben, world.fresh())
    with pytest.raises(NotAllowed):
        services.save_answer(actor(world.cora), world.fresh(), question="goals", text="Mine", language="en")
    assert records.answered(records.get(world.team.id).id, world.ben.id) == set()


def test_lines_are_confirmed_by_those_who_run_it_and_accepted_by_all(world):
    make_groundwork(world.team, state="opened")
    anna, ben, bea = actor(world.anna), actor(world.ben), actor(world.bea)
    with pytest.raises(RuleBroken, match="lines_missing"):
        services.confirm(anna, world.fresh())
    with pytest.raises(Invalid):
        services.write_line(ben, world.fresh(), question="goals", text=" ", language="en")
    write_all(world.team, world.ben.id)
    with pytest.raises(Conflict):
        services.write_line(ben, world.fresh(), question="goals", text="Else", language="en", seen=0)
    with pytest.raises(NotAllowed):
        services.confirm(ben, world.fresh())
    with pytest.raises(RuleBroken, match="not_confirmed"):
        services.accept(ben, world.fresh())
    seen = records.get(world.team.id).version
    services.write_line(ben, world.fresh(), question="goals", text="Else", language="en", seen=1)
    with pytest.raises(Conflict):
        services.confirm(anna, world.fresh(), version=seen)
    services.confirm(anna, world.fresh(), version=records.get(world.team.id).version)
    assert told("confirmed") == sorted([world.ben.id, world.bea.id])
    assert waits(world.anna) == []
    assert waits(world.ben) == ["groundwork.accept"]
    with pytest.raises(RuleBroken, match="lines_closed"):
        services.write_line(ben, world.fresh(), question="goals", text="Else", language="en")
    assert services.accept(ben, world.fresh()) is False
    with pytest.raises(RuleBroken, match="already_accepted"):
        services.accept(ben, world.fresh())
    assert services.accept(bea, world.fresh()) is True
    assert state(world) == "agreed"
    assert told("agreed") == sorted([world.anna.id, world.ben.id])


def test_whoever_objects_opens_the_lines_and_all_accept_anew(world):
    make_groundwork(world.team, state="confirmed")
    ben = actor(world.ben)
    services.accept(ben, world.fresh())
    with pytest.raises(Invalid):
        services.reopen(actor(world.bea), world.fresh(), note=" ")
    services.reopen(actor(world.bea), world.fresh(), note="Authorship is not as we said.")
    assert state(world) == "opened"
    assert told("reopened") == sorted([world.anna.id, world.ben.id])
    services.write_line(ben, world.fresh(), question="authorship", text="By part", language="en", seen=1)
    assert [line.number for line in view(world, world.ben).questions["authorship"].lines] == [2, 1]
    services.confirm(actor(world.anna), world.fresh())
    with pytest.raises(Conflict):
        services.accept(ben, world.fresh(), seen_round=1)
    assert waits(world.ben) == ["groundwork.accept"]  # what he accepted was another round
    assert {one.name for one in view(world, world.ben).not_accepted} == {"Ben", "Bea"}


def test_settled_lines_are_opened_by_those_who_run_it_alone(world):
    make_groundwork(world.team, state="agreed")
    with pytest.raises(NotAllowed):
        services.reopen(actor(world.ben), world.fresh(), note="Else")
    services.reopen(actor(world.anna), world.fresh(), note="The funder asks for it.")
    assert state(world) == "opened"


def test_a_mark_is_its_members_own(world):
    make_groundwork(world.team, state="opened")
    ben = actor(world.ben)
    services.mark(ben, world.fresh(), question="data", differs=True)
    services.mark(ben, world.fresh(), question="data", differs=True)
    services.mark(actor(world.bea), world.fresh(), question="data", differs=False)
    assert [row.name for row in view(world, world.anna).questions["data"].marks] == ["Ben"]
    services.mark(ben, world.fresh(), question="data", differs=False)
    assert view(world, world.anna).questions["data"].marks == []
    write_all(world.team, world.ben.id)
    services.confirm(actor(world.anna), world.fresh())
    with pytest.raises(RuleBroken, match="lines_closed"):
        services.mark(ben, world.fresh(), question="data", differs=True)


def test_who_joins_later_reads_and_accepts_without_unsettling_it(world):
    make_groundwork(world.team, state="agreed")
    dora = affiliate("Dora", world.away)
    world.join(dora)
    assert waits(dora) == ["groundwork.accept"]
    assert view(world, dora).owing == []
    services.accept(actor(dora), world.fresh())
    assert waits(dora) == []
    assert state(world) == "agreed"


# ---- the gate ----------------------------------------------------------------------------------------------------


def make_forming(world, **values):
    project = make_project(
        state="forming",
        lead=world.anna,
        institution=world.home,
        consortium=world.consortium,
        complete=False,
        team_approved_at=clock.now(),
        **values,
    )
    with_project(world, project)
    return project


def with_project(world, project):
    with transaction(system="test"):
        team = db.session.get_one(Team, world.team.id)
        team.project_id, team.state, team.approved_at = project.id, "approved", clock.now()


def lacks(project):
    db.session.expire_all()
    return [one.code for one in gates.missing_to_begin(db.session.get_one(Project, project.id))]


def test_the_project_begins_when_the_last_member_accepts(world):
    with transaction(system="test"):
        world.consortium.projects_need_agreement = False
    project = make_forming(world)
    assert "groundwork_open" in lacks(project)
    make_groundwork(world.team, state="confirmed")
    assert "groundwork_open" in lacks(project)
    services.accept(actor(world.ben), world.fresh())
    services.accept(actor(world.bea), world.fresh())
    assert lacks(project) == []
    assert db.session.get_one(Project, project.id).state == "active"


def test_a_consortium_that_does_not_ask_has_no_gate(world):
    project = make_forming(world)
    with transaction(system="test"):
        world.consortium.groundwork_asked = False
    assert "groundwork_open" not in lacks(project)


def test_the_questions_do_not_hold_up_who_has_nobody_to_settle_them_with(world):
    project = make_forming(world)
    teams.leave_team(actor(world.ben), world.fresh())
    assert "groundwork_open" in lacks(project)
    teams.leave_team(actor(world.bea), world.fresh())
    assert "groundwork_open" not in lacks(project)


def test_it_is_asked_of_the_team_that_does_the_work(world):
    project = make_forming(world)
    assert "groundwork_open" in lacks(project)
    with transaction(system="test"):
        db.session.get_one(Team, world.team.id).state = "dissolved"
    assert "groundwork_open" not in lacks(project)


def test_a_project_without_a_team_is_told_of_the_team_first(world):
    project = make_project(
        state="forming", consortium=world.consortium, complete=False, team_approved_at=None
    )
    assert "groundwork_open" not in lacks(project)
    assert "no_approved_team" in lacks(project)


# ---- what is left -------------------------------------------------------------------------------------------------


def test_a_team_that_ended_changes_nothing_and_waits_for_nobody(world):
    make_groundwork(world.team)
    teams.change_state(actor(world.anna), world.fresh(), "dissolve", note="No funds")
    assert waits(world.ben) == []
    with pytest.raises(RuleBroken, match="team_over"):
        services.save_answer(actor(world.ben), world.fresh(), question="goals", text="Mine", language="en")
    with clock.at(records.get(world.team.id).due_at + timedelta(days=1)):
        assert services.remind_due() == services.go_on() == 0


def test_audit_and_notices_hold_no_word_of_an_answer(world):
    make_groundwork(world.team, state="agreed")
    services.reopen(actor(world.anna), world.fresh(), note="My view was misread")
    entries = db.session.query(AuditEntry).filter(AuditEntry.thing_kind == "groundwork").all()
    assert {(entry.team_id, entry.consortium_id) for entry in entries} == {
        (world.team.id, world.consortium.id)
    }
    assert {entry.action for entry in entries} >= {
        "groundwork.begin",
        "groundwork.hand_in",
        "groundwork.open",
        "groundwork.write_line",
        "groundwork.confirm",
        "groundwork.accept",
        "groundwork.agree",
        "groundwork.reopen",
    }
    said = [f"{entry.before} {entry.after} {entry.note}" for entry in entries]
    assert not [words for words in said if "My view" in words or "We agree" in words]
    # Why the lines are opened again is told to the team alone.
    told_of = db.session.query(Notice).filter(
        Notice.kind.startswith("groundwork."), Notice.kind != "groundwork.reopened"
    )
    assert not [row for row in told_of if "My view" in str(row.facts) or "We agree" in str(row.facts)]


def test_nothing_is_left_after_a_refusal(world):
    make_groundwork(world.team, state="opened")
    before = db.session.query(AuditEntry).count()
    with pytest.raises(RuleBroken):
        services.confirm(actor(world.anna), world.fresh())
    assert db.session.query(AuditEntry).count() == before
    assert db.session.query(Groundwork).one().round == 0


def test_what_somebody_answered_goes_along_with_their_data(world):
    make_groundwork(world.team)
    answer_all(world.team, world.ben.id)
    taken = queries.belongings(world.ben.id)
    assert len(taken) == 14
    assert json.loads(json.dumps(taken)) == taken
    assert queries.belongings(world.anna.id) == []


def test_projects_begin_if_ready_asks_all_conditions(world):
    project = make_forming(world)
    with transaction(system="test"):
        projects.begin_if_ready(actor(world.anna), lock_id(Project, project.id))
    assert db.session.get_one(Project, project.id).state == "forming"

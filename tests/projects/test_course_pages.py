"""Pages of the plan, updates, closing, the lead: as a reader without scripts uses them."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from app.institutions.models import Institution
from app.outcomes import services as outcomes
from app.projects.models import FollowUp, Milestone, PartnerHearing, Project, ProjectHandOver, ProjectUpdate
from app.projects.queries import course
from app.projects.services import course as services
from app.projects.services import timing
from tests.factories import (
    add_milestone,
    add_project_member,
    add_update,
    affiliate,
    make_institution,
    make_person,
    make_project,
)
from tests.factories.accounts import actor
from tests.support.pages import Page

DAY = timedelta(days=1)


@pytest.fixture
def host(app):
    return make_institution("Host")


@pytest.fixture
def project(host):
    return make_project(state="active", institution=host)


@pytest.fixture
def reader(login_as):
    """A page of somebody, or of a visitor."""

    def open_as(person, path):
        client = login_as(person)
        return Page.get(client, path)

    return open_as


def lead_of(project):
    return db.session.get(type(make_person()), project.lead_id)


def fresh(record):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(type(record), record.id)


def test_a_visitor_reads_the_plan_with_its_light_and_rule(project, page):
    add_milestone(project, "Prototype", clock.today() - DAY)
    add_milestone(project, "Survey", clock.today() + 5 * DAY)
    shown = page(f"/projects/{project.id}/plan")
    assert shown.status == 200
    assert "1 day late" in shown.text
    assert "Red: something is late by more than 30 days." in shown.text
    assert "ta-timeline" in shown.html


@pytest.mark.parametrize("part", ["plan", "updates", "milestones/1"])
def test_a_block_for_members_is_not_there_for_others(host, login_as, part, client):
    project = make_project(state="active", institution=host, plan_for="members", updates_for="members")
    add_milestone(project, "Prototype")
    path = f"/projects/{project.id}/{part}"
    assert client.get(path).status_code == 404
    assert login_as(make_person("Stranger")).get(path).status_code == 404
    assert login_as(lead_of(project)).get(path).status_code == 200


def test_the_lead_adds_moves_and_gives_up_a_milestone(project, reader):
    lead = lead_of(project)
    form = reader(lead, f"/projects/{project.id}/milestones/new")
    answer = form.submit({"title": "", "due_on": ""}, button="save")
    assert answer.status == 422
    assert "Enter what will be reached" in answer.text
    day = clock.today() + 9 * DAY
    shown = answer.submit({"title": "Prototype", "due_on": day.isoformat()}, button="save")
    assert shown.status == 200
    step = db.session.query(Milestone).one()
    assert (step.title, step.due_on) == ("Prototype", day)
    form = reader(lead, f"/projects/{project.id}/milestones/1/edit")
    answer = form.submit({"due_on": (day + DAY).isoformat()}, button="save")
    assert answer.status == 422
    assert "Say why the day is moved" in answer.text
    answer.submit({"reason": "Rain."}, button="save")
    assert fresh(step).due_on == day + DAY
    form = reader(lead, f"/projects/{project.id}/milestones/1/miss")
    assert form.submit(button="miss").status == 422
    form.submit({"note": "No time."}, button="miss")
    assert fresh(step).state == "missed"


def test_a_member_reports_and_the_lead_returns_then_accepts(project, host, reader):
    member = affiliate("Member", host)
    add_project_member(project, member, host)
    step = add_milestone(project, "Prototype")
    path = f"/projects/{project.id}/milestones/1"
    form = reader(member, path)
    answer = form.submit({"evidence": "", "evidence_url": "javascript:alert(1)"}, button="report")
    assert answer.status == 422
    answer = answer.submit(
        {"evidence": "It **measures**.", "evidence_url": "https://evidence.example/1"}, button="report"
    )
    assert "Somebody else says now whether it is reached" in answer.text
    assert "You reported this milestone yourself" in answer.text
    lead = lead_of(project)
    answer = reader(lead, path).submit(button="return")
    assert answer.status == 422
    assert "Say what is still missing" in answer.text
    answer.submit({"note": "Not in salt water."}, button="return")
    assert fresh(step).state == "planned"
    reader(member, path).submit({"evidence": "Also in salt water."}, button="report")
    reader(lead, path).submit(button="accept")
    assert fresh(step).state == "accepted"


def test_who_does_not_lead_gets_no_forms_and_no_way_past_them(project, login_as):
    add_milestone(project, "Prototype")
    stranger = login_as(make_person("Stranger"))
    for part in ("milestones/new", "milestones/1/edit", "milestones/1/miss", "course/hold", "hand-over"):
        assert stranger.get(f"/projects/{project.id}/{part}").status_code == 403, part
    assert stranger.get(f"/projects/{project.id}/closing").status_code == 404
    for part in ("milestones/1/report", "milestones/1/judge", "milestones/1/take-back", "close", "updates"):
        assert stranger.post(f"/projects/{project.id}/{part}", data={"decision": "accept"}).status_code in {
            400,
            403,
        }
    assert fresh(project).state == "active"
    assert db.session.query(Milestone).one().state == "planned"


@pytest.mark.parametrize(
    "part",
    ["course/unheard", "course/stop_closing", "follow-ups/12", "follow-ups/7", "hearings/1", "milestones/99"],
)
def test_what_is_not_there_is_not_found(project, login_as, part):
    assert login_as(lead_of(project)).get(f"/projects/{project.id}/{part}").status_code == 404


def test_updates_are_posted_changed_and_paged(project, reader):
    lead = lead_of(project)
    for number in range(26):
        add_update(project, f"Post {number}", posted_at=clock.now() - (30 - number) * DAY)
    shown = reader(lead, f"/projects/{project.id}/updates")
    assert "Older updates" in shown.text
    assert "Post 25" in shown.text
    assert "Post 1 " in shown.text
    assert "Post 0 " not in shown.text
    answer = shown.submit({"text": ""}, button="post")
    assert answer.status == 422
    answer.submit({"title": "Wells", "text": "Two **wells**."}, button="post")
    newest = db.session.query(ProjectUpdate).order_by(ProjectUpdate.id.desc()).first()
    assert newest.title == "Wells"
    form = reader(lead, f"/projects/{project.id}/updates/{newest.id}/edit")
    form.submit({"text": "Three wells."}, button="save")
    assert fresh(newest).text == "Three wells."
    assert fresh(newest).edited_at is not None


def test_hold_and_go_on(project, reader):
    lead = lead_of(project)
    form = reader(lead, f"/projects/{project.id}/course/hold")
    assert form.submit(button="hold").status == 422
    form.submit({"note": "Flood."}, button="hold")
    assert fresh(project).state == "on_hold"
    reader(lead, f"/projects/{project.id}/course/resume").submit({"note": "Dry."}, button="resume")
    assert fresh(project).state == "active"


def test_a_move_that_the_state_forbids_says_so(project, login_as):
    answer = login_as(lead_of(project)).get(f"/projects/{project.id}/course/resume")
    assert answer.status_code == 409


def test_from_the_report_over_the_partners_word_to_the_end(project, reader, login_as):
    lead = lead_of(project)
    partner = db.session.get(Institution, course.partners_to_hear(project)[0])
    rita = affiliate("Rita", partner, role="representative")
    form = reader(lead, f"/projects/{project.id}/closing")
    assert form.submit({"report": ""}, button="report").status == 422
    shown = form.submit({"report": "We **measured** salt."}, button="report")
    assert "1 partner has not been heard yet." in shown.text
    hearing = db.session.query(PartnerHearing).one()
    path = f"/projects/{project.id}/hearings/{hearing.id}"
    assert login_as(lead).get(path).status_code == 403
    form = reader(rita, path)
    assert form.submit(button="objects").status == 422
    form.submit({"text": "Well done."}, button="agrees")
    assert fresh(hearing).decision_code == "agrees"
    assert login_as(rita).get(path).status_code == 200
    outcomes.say_none(actor(lead), fresh(project), reason="Nothing could be measured.")
    shown = reader(lead, f"/projects/{project.id}/closing")
    shown.submit(button="close")
    assert fresh(project).state == "closed"


def test_the_lead_answers_what_became_of_it(host, reader, login_as):
    project = make_project(state="closed", institution=host)
    lead = lead_of(project)
    with clock.at(project.closed_at + 370 * DAY):
        timing.ask_follow_ups()
    path = f"/projects/{project.id}/follow-ups/12"
    form = reader(lead, path)
    assert form.submit(button="answer").status == 422
    form.submit({"in_use": "Three sensors."}, button="answer")
    assert db.session.query(FollowUp).one().answers["in_use"] == "Three sensors."
    assert login_as(lead).get(path).status_code == 409


def test_the_lead_passes_on_through_the_pages(project, host, reader, login_as):
    lead = lead_of(project)
    assert "Nobody else takes part yet" in reader(lead, f"/projects/{project.id}/hand-over").text
    member = affiliate("Member", host)
    add_project_member(project, member, host)
    form = reader(lead, f"/projects/{project.id}/hand-over")
    assert form.submit(button="offer").status == 422
    form.submit({"to_person_id": str(member.id), "note": "I move on."}, button="offer")
    assert db.session.query(ProjectHandOver).one().to_person_id == member.id
    reader(lead, f"/projects/{project.id}/hand-over").submit(button="withdraw")
    reader(lead, f"/projects/{project.id}/hand-over").submit({"to_person_id": str(member.id)}, button="offer")
    reader(member, f"/projects/{project.id}/hand-over").submit(button="accept")
    assert db.session.get(Project, project.id, populate_existing=True).lead_id == member.id


@pytest.mark.parametrize("number", [1, 25])
def test_the_plan_asks_as_many_statements_for_many_milestones(project, client, statements, number):
    for step in range(number):
        add_milestone(project, f"Step {step}", clock.today() + (step + 1) * DAY)
    client.get(f"/projects/{project.id}/plan")
    statements.clear()
    assert client.get(f"/projects/{project.id}/plan").status_code == 200
    assert len(statements) <= 4, statements


def test_everybody_who_sees_a_closed_project_reads_what_came_of_it(host, page, login_as, client):
    project = make_project(
        state="closed", institution=host, closing_report="We measured **salt** in 61 wells."
    )
    with clock.at(project.closed_at + 370 * DAY):
        timing.ask_follow_ups()
    found = db.session.query(FollowUp).one()
    assert "what became of it" not in page(f"/projects/{project.id}").text
    services.answer_follow_up(
        actor(lead_of(project)),
        fresh(project),
        fresh(found),
        in_use="Three sensors.",
        continues="",
        effects="",
    )
    shown = page(f"/projects/{project.id}")
    assert "We measured salt in 61 wells." in shown.text
    assert "12 months after: what became of it?" in shown.text
    assert "Three sensors." in shown.text
    ending = client.get(f"/projects/{project.id}.json").get_json()["ending"]
    assert ending["report"] == "We measured **salt** in 61 wells."
    assert ending["follow_ups"][0]["in_use"] == "Three sensors."


def test_a_forming_project_says_what_is_missing_and_leads_its_lead_there(host, page, reader):
    project = make_project(state="forming", institution=host)
    sentence = "The consortium has approved no team for it yet."
    assert sentence not in page(f"/projects/{project.id}").text
    shown = reader(lead_of(project), f"/projects/{project.id}")
    assert sentence in shown.text
    started = shown.follow("Start a team")
    assert started.status == 200
    assert "Start a team" in started.h1


@pytest.mark.parametrize("path", ["feed.xml", "{key}.json"])
def test_addresses_for_machines_never_begin_with_the_host_that_was_asked(project, client, path):
    add_update(project)
    answer = client.get(f"/projects/{path.format(key=project.id)}", headers={"Host": "evil.example"})
    assert answer.status_code in {200, 400}
    assert "evil.example" not in answer.get_data(as_text=True)
    said = client.get(f"/projects/{path.format(key=project.id)}").get_data(as_text=True)
    assert client.application.config["SETTINGS"].base_url in said

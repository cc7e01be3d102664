"""The pages of groundwork, as a reader without scripts has them; who is let in; how many statements they cost."""

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.groundwork import services
from app.groundwork.models import QUESTIONS
from app.groundwork.queries import records
from app.projects.models import Project
from app.teams import services as teams
from tests.factories import add_member, affiliate, make_admin, make_project
from tests.factories.accounts import actor
from tests.factories.groundwork import answer_all, make_groundwork, write_all


@pytest.fixture
def here(world):
    return f"/teams/{world.team.id}/groundwork"


def test_the_story_from_asking_to_settled(world, here, page, login_as):
    anna, ben, bea = login_as(world.anna), login_as(world.ben), login_as(world.bea)
    first = page(f"/teams/{world.team.id}", anna).follow("Fourteen questions before the start")
    begun = first.submit(button="begin")
    assert "Every member of the team was asked" in begun.text
    question = begun.follow("Goals and end")
    refused = question.submit({"text": ""}, button="save")
    assert refused.status == 422
    assert "Write your answer" in " ".join(refused.errors)
    following = refused.submit({"text": "Clean <b>water</b>", "language": "ar"}, button="save")
    assert following.h1 == "Contributions"
    assert "You answered" in following.text
    listed = following.submit({"text": "Time"}, button="list")
    assert "2 of 14 answered" in listed.text
    assert "Clean" in page(f"{here}/goals", anna).html  # the draft is there again
    assert "Clean" not in page(f"{here}/goals", ben).html
    answer_all(world.team, world.ben.id, "Ben's view")
    answer_all(world.team, world.bea.id, "Bea's view")
    for code in list(QUESTIONS)[2:]:
        services.save_answer(actor(world.anna), world.fresh(), question=code, text="Anna's", language="en")
    opened = page(here, anna).submit(button="hand-in")
    assert "Yours were the last answers" in opened.text

    beside = page(f"{here}/goals", ben)
    assert "Clean" in beside.text
    assert "<b>water</b>" not in beside.html
    assert "Home University" in beside.text
    assert "Bea's view of goals" in beside.text
    marked = beside.submit(button="mark")
    assert "A difference is seen by Ben" in marked.text
    refused = marked.submit({"text": ""}, button="save")
    assert refused.status == 422
    refused.submit({"text": "Clean water in ten villages"}, button="save")
    assert "Clean water in ten villages" in page(f"{here}/goals", bea).html
    write_all(world.team, world.ben.id)
    confirmed = page(here, anna).submit(button="confirm")
    assert "accepted by you" in confirmed.text
    again = page(here, bea)
    assert again.submit({"note": ""}, button="reopen").status == 422
    assert "You accepted the lines" in again.submit(button="accept").text
    assert "settled" in page(here, ben).submit(button="accept").text
    assert "Earlier versions" in page(f"{here}/goals", ben).text


def test_the_second_of_two_writers_of_a_line_is_told(world, here, page, login_as):
    make_groundwork(world.team, state="opened")
    mine, theirs = page(f"{here}/goals", login_as(world.anna)), page(f"{here}/goals", login_as(world.ben))
    assert mine.submit({"text": "First"}, button="save").status == 200
    assert theirs.submit({"text": "Second"}, button="save").status == 409
    assert "Second" not in page(f"{here}/goals", login_as(world.bea)).text


def test_others_see_only_how_far_it_is_or_nothing(world, here, page, login_as):
    make_groundwork(world.team, state="agreed")
    for person in (world.cora, make_admin()):
        seen = page(here, login_as(person))
        assert seen.status == 200
        assert "Agreed by all" in seen.text
        assert "My view" not in seen.html
        assert "We agree" not in seen.html
        assert page(f"{here}/goals", login_as(person)).status == 403
    assert page(here, login_as(affiliate("Stranger", world.away))).status == 404
    assert page(here).path.startswith("/sign-in")


def test_every_door_refuses_those_who_are_not_in_the_team(world, here, login_as):
    make_groundwork(world.team, state="opened")
    stranger = login_as(world.cora)
    for path in ("begin", "hand-in", "open", "confirm", "accept", "reopen", "goals", "goals/mark"):
        form = {"text": "x", "language": "en", "note": "x", "csrf_token": _token(stranger)}
        assert stranger.post(f"{here}/{path}", data=form).status_code == 403, path
    assert records.get(world.team.id).state == "opened"


def _token(client):
    page = client.get("/problems").get_data(as_text=True)
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_unknown_questions_and_teams_are_not_found(world, here, page, login_as):
    anna = login_as(world.anna)
    assert page(f"{here}/goals", anna).status == 404  # not begun
    make_groundwork(world.team)
    assert page(f"{here}/weather", anna).status == 404
    assert page("/teams/999/groundwork", anna).status == 404


def test_the_lead_opens_late_answers_on_the_page(world, here, page, login_as):
    groundwork = make_groundwork(world.team)
    answer_all(world.team, world.ben.id)
    assert "Open the answers now" not in page(here, login_as(world.anna)).text
    with transaction(system="test"):
        found = db.session.get_one(type(groundwork), groundwork.id)
        found.due_at = clock.now()
    shown = page(here, login_as(world.anna))
    assert "Anna, Bea" in shown.text
    assert "Did not answer: Anna, Bea" in shown.submit(button="open").text


def test_a_project_says_what_its_team_has_to_settle(world, page, login_as):
    project = make_project(
        state="forming",
        lead=world.anna,
        institution=world.home,
        consortium=world.consortium,
        complete=False,
        team_approved_at=clock.now(),
    )
    with transaction(system="test"):
        world.team.project_id, world.team.state, world.team.approved_at = project.id, "approved", clock.now()
    sentence = "Its team has not settled the fourteen questions yet."
    shown = page(f"/projects/{project.id}", login_as(world.anna))
    assert sentence in shown.text
    assert "Start a team" not in shown.text
    assert shown.follow(sentence).path == f"/teams/{world.team.id}"
    make_groundwork(world.team, state="agreed")
    assert sentence not in page(f"/projects/{project.id}", login_as(world.anna)).text
    assert db.session.get_one(Project, project.id).id == project.id


def test_statements_are_few_and_fixed(world, here, login_as, statements):
    teams.edit_team(actor(world.anna), world.fresh(), version=None, seats=20)
    make_groundwork(world.team, state="agreed")
    counts = []
    for more in (0, 1):
        if more:
            for number in range(9):
                add_member(world.team, affiliate(f"More {number}", world.away), world.away)
        client = login_as(world.anna)
        client.get(here)
        for path in (here, f"{here}/goals"):
            statements.clear()
            assert client.get(path).status_code == 200
            counts.append(len(statements))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 9


def test_settings_of_a_consortium_say_it(world, page, login_as):
    cora = login_as(world.cora)
    assert "settles fourteen questions" in page(f"/consortia/{world.consortium.id}", cora).text
    form = page(f"/consortia/{world.consortium.id}/settings", cora)
    form.submit({"groundwork_asked": None}, button="save")
    assert "settles fourteen questions" not in page(f"/consortia/{world.consortium.id}", cora).text

"""A project from its first line to the list, by pages alone."""

from datetime import timedelta

import pytest

from app.core import clock
from tests.projects.support import make_world


@pytest.fixture
def world(app):
    return make_world()


def _day(days):
    return (clock.today() + timedelta(days=days)).isoformat()


def test_a_project_is_registered_sent_accepted_and_seen(world, page, login_as):
    lead = login_as(world["lead"])
    here = page("/projects/new", lead).submit(
        {
            "title": "Sensors for salty wells",
            "consortium": str(world["consortium"].id),
            "institution": str(world["host"].id),
            "language": "en",
        },
        button="Begin",
    )
    assert "Parts of D-" in here.title
    assert "Check and send" in here.text
    here = here.follow("About the project").submit(
        {
            "summary": "Cheap sensors that stay true.",
            "description": "Long **text**.",
            "acronym": "SALTY",
            "keywords": "water, salt",
        },
        button="Save and go on",
    )
    assert here.h1 == "Goals"
    here = here.submit(
        {
            "goal": "Sensors that hold two years.",
            "success": "Drift under 10 %.",
            "sdg_goals": ["6"],
            "field_more": "s2312",
            "trl_now": "3",
            "trl_wanted": "6",
        },
        button="Save and go on",
    )
    assert here.h1 == "Partners and their roles"
    here = here.follow("Change what it brings and gains").submit(
        {
            "brings-0-kind": "data_set",
            "brings-0-text": "Records of 200 wells",
            "gains-0-kind": "method",
            "gains-0-text": "Calibration",
        },
        button="save",
    )
    assert "Records of 200 wells" in here.text
    here = here.follow("Ask an institution")
    here = here.submit({"q": "Nairobi"}, button="search").follow("Choose")
    here = here.submit(
        {
            "role": "partner",
            "brings-0-kind": "facility_time",
            "brings-0-text": "A clean room",
            "gains-0-kind": "data_set",
            "gains-0-text": "Field data",
            "message": "Would you?",
        },
        button="ask",
    )
    assert "Nairobi Lab" in here.text
    assert "Waiting for the institution" in here.text
    here = here.follow("Go on").submit(
        {"position": "Coordinator", "credit_roles": ["conceptualization"], "skills": "electrochemistry"},
        button="Save and go on",
    )
    assert here.h1 == "Plan"
    here = here.submit(
        {
            "starts_on": _day(1),
            "ends_on": _day(500),
            "milestones-0-title": "First prototype",
            "milestones-0-due_on": _day(100),
        },
        button="Save and go on",
    )
    assert here.h1 == "Resources and funding"
    here = here.submit(
        {
            "needs-0-kind": "computing",
            "needs-0-text": "A cluster",
            "needs-0-amount": "80",
            "needs-0-unit": "core_hour",
            "funding-0-funder_name": "Water Fund",
            "funding-0-award": "WF-1",
            "funding-0-amount": "2.5",
            "funding-0-currency": "eur",
        },
        button="Save and go on",
    )
    assert here.h1 == "Rights, ethics and visibility"
    here = here.submit(
        {"rights": "open", "visibility": "public", "funding_for": "members"}, button="Save and go on"
    )
    assert here.h1 == "Check and send"
    assert "Records of 200 wells" in here.text
    here = here.submit(button="send")
    assert "Your project has been sent" in here.h1
    number = f"PRJ-{clock.today().year}-0001"
    assert number in here.text

    assert page("/projects").text.count("Sensors for salty wells") == 0
    boss = login_as(world["boss"])
    waiting = page("/", boss)
    assert "Sensors for salty wells asks to be accepted" in waiting.text
    here = waiting.follow("Read and decide").submit(button="accept")
    assert "Accepted." in here.text

    seen = page("/projects")
    assert "Sensors for salty wells" in seen.text
    assert "1 partner" in seen.text
    there = seen.follow("SALTY: Sensors for salty wells")
    assert "Nairobi Lab" not in there.text
    assert "Water Fund" not in there.follow("Team and resources").text
    assert "A cluster" in there.follow("Team and resources").text

    rep = login_as(world["rep"])
    here = page("/", rep).follow("Read and answer")
    assert "Does Nairobi Lab take part?" in here.h1
    here = here.submit({"brings-0-text": "A clean room, 3 days a week"}, button="accept")
    assert "Your institution is a partner now." in here.text
    assert "A clean room, 3 days a week" in page(there.path).text
    assert "2 partners" in page("/projects?country=KE").text


def test_all_tabs_open_for_lead_and_visitor(world, page, login_as):
    from tests.factories import add_milestone, add_update
    from tests.projects.support import project_of

    project = project_of(world, state="active")
    add_milestone(project)
    add_update(project)
    for client in (None, login_as(world["lead"]), login_as(world["rep"]), login_as(world["boss"])):
        for tab in ("", "/team", "/plan", "/updates", "/activity", "/discussion", ".json"):
            assert page(f"/projects/{project.id}{tab}", client).status == 200, tab
    lead = login_as(world["lead"])
    assert page(f"/projects/{project.id}/settings", lead).status == 200
    for part in ("about", "goals", "partners", "team", "plan", "resources", "rights"):
        assert page(f"/projects/{project.id}/edit/{part}", lead).status == 200, part
    for path in ("/projects/mine", "/projects/feed.xml", "/projects/export.csv", "/projects/export.json"):
        assert page(path, lead).status == 200, path

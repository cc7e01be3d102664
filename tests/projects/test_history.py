"""The history of a project says what changed: fields by their blocks, from what to what for those inside."""

from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.i18n import use_locale
from app.projects import services
from app.projects.models import Milestone
from app.projects.queries import entries
from app.projects.services import course, hand_over, milestones
from tests.factories import add_milestone, add_partner, add_project_member
from tests.factories.accounts import actor
from tests.projects.support import actions, fresh, make_world, project_of

START, LATER, END = date(2026, 3, 1), date(2026, 4, 1), date(2030, 1, 1)


@pytest.fixture
def world(app):
    return make_world()


def lines(person, project):
    with use_locale("en"):
        return entries(actor(person), fresh(project))


def newest(person, project):
    return lines(person, project)[0]


def lived(world, **values):
    """A project that was accepted a while ago."""
    before = clock.now() - timedelta(days=1)
    values = {"starts_on": START, "ends_on": END, "title": "Wells", "accepted_at": before, **values}
    return project_of(world, "active", **values)


def test_a_changed_part_names_its_fields_and_those_inside_read_from_what_to_what(world):
    project = lived(world, description="Old words")
    lead = actor(world["lead"])
    services.save(lead, fresh(project), "about", title="Deep wells", description="New words")
    line = newest(world["lead"], project)
    assert line["text"] == "Changed: About the project"
    assert line["changes"] == [("Title", "Wells", "Deep wells"), ("Description", "", "")]
    assert line["who"] == "Lead"
    seen = newest(world["outsider"], project)
    assert seen["changes"] == [("Title", "", ""), ("Description", "", "")]
    assert seen["who"] == ""
    services.save(lead, fresh(project), "plan", starts_on=LATER)
    line = newest(world["boss"], project)
    assert line["text"] == "Changed: Plan"
    assert line["changes"] == [("Start", "1 March 2026", "1 April 2026")]


def test_states_read_from_what_to_what(world):
    project = lived(world)
    course.change_course(actor(world["lead"]), fresh(project), verb="hold", note="Winter")
    inside, outside = newest(world["lead"], project), newest(world["outsider"], project)
    assert inside["changes"] == outside["changes"] == [("State", "Active", "On hold")]
    assert (inside["note"], outside["note"]) == ("Winter", None)


@pytest.mark.parametrize("level", ["public", "signed_in", "consortium", "members"])
def test_fields_of_a_narrow_block_are_named_to_those_who_see_it(world, level):
    project = lived(world, funding_for=level)
    needs = [{"kind": "computing", "text": "A cluster", "amount": None, "unit": ""}]
    money = [{"funder_id": None, "funder_name": "Fund", "award": "", "amount": None, "currency": ""}]
    services.save(actor(world["lead"]), fresh(project), "resources", needs=needs, funding=money)
    names = {
        who: [name for name, _before, _after in newest(world[who], project)["changes"]]
        for who in ("lead", "member", "outsider")
    }
    both, one = ["Resources needed", "Funding"], ["Resources needed"]
    assert names["lead"] == both
    assert names["member"] == (one if level == "members" else both)
    assert names["outsider"] == (both if level in {"public", "signed_in"} else one)


def test_a_change_of_what_one_does_not_see_is_no_line(world):
    project = lived(world, team_for="members")
    services.save(actor(world["lead"]), fresh(project), "team", skills=["Drilling"])
    services.save(actor(world["lead"]), fresh(project), "rights", plan_for="consortium")
    assert newest(world["lead"], project)["changes"] == [
        ("Who sees the plan", "Everybody", "Members of the consortium")
    ]
    assert lines(world["outsider"], project) == []


def test_what_was_changed_in_a_draft_stays_inside(world):
    project = project_of(world, "draft", title="Secret")
    services.save(actor(world["lead"]), fresh(project), "about", title="Open")
    with transaction(system="test"):
        now = fresh(project)
        now.code, now.state, now.accepted_at = "PRJ-2026-0042", "forming", clock.now() + timedelta(seconds=1)
    assert lines(world["outsider"], project) == []
    line = newest(world["lead"], project)
    # The audit of a draft is read by leads of the consortium who do not see the draft: it keeps no words.
    assert line["changes"] == [("Title", "", "")]


def test_people_partners_and_plan_say_what_changed(world):
    project = lived(world)
    member = add_project_member(project, world["member"], world["partner"])
    partner = add_partner(project, world["partner"])
    step = add_milestone(project, "First well", due_on=LATER)
    lead = actor(world["lead"])
    services.edit_member(
        lead, fresh(project), db.session.merge(member), position="Geologist", credit_roles=["software"]
    )
    line = newest(world["lead"], project)
    assert line["text"] == "Position or roles changed: Member"
    assert line["changes"] == [
        ("Position", "Researcher", "Geologist"),
        ("Roles", "Investigation", "Software"),
    ]
    kinds = {
        "brings": [{"kind": "staff_time", "text": "Two people"}],
        "gains": [{"kind": "data_set", "text": "Logs"}],
    }
    services.edit_partner(actor(world["rep"]), fresh(project), db.session.merge(partner), **kinds)
    names = [name for name, _before, _after in newest(world["lead"], project)["changes"]]
    assert names == ["We bring", "We hope to gain"]
    found = db.session.get_one(Milestone, step.id)
    day = LATER + timedelta(days=30)
    milestones.edit_milestone(lead, fresh(project), found, title="First well", due_on=day, reason="Rain")
    line = newest(world["lead"], project)
    assert line["text"] == "Milestone changed: First well"
    assert line["changes"] == [("Due", "1 April 2026", "1 May 2026")]
    assert line["note"] == "Rain"


def test_the_lead_before_and_after_is_named_to_those_inside(world):
    project = lived(world)
    add_project_member(project, world["member"], world["partner"])
    hand_over.offer_hand_over(actor(world["lead"]), fresh(project), to_person_id=world["member"].id)
    hand_over.accept_hand_over(actor(world["member"]), fresh(project))
    assert newest(world["boss"], project)["changes"] == [("Lead", "Lead", "Member")]
    assert newest(world["outsider"], project)["changes"] == []


def test_the_page_says_it(world, page, login_as):
    project = lived(world, rights="undecided")
    services.save(
        actor(world["lead"]), fresh(project), "rights", rights="open", ethics="Spoken with <b>all</b>"
    )
    assert actions(project) == ["projects.edit"]
    inside = page(f"/projects/{project.id}/activity", login_as(world["lead"]))
    assert "To be decided" in inside.text
    assert "Open to all" in inside.text
    assert "Ethics" in inside.text
    outside = page(f"/projects/{project.id}/activity", login_as(world["outsider"]))
    assert "Changed: Rights, ethics and visibility" in outside.text
    assert "To be decided" not in outside.text

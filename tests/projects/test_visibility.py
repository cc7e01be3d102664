"""What is not for everybody appears by no road: each block carries a marker of its own, and so does a private project."""

import pytest

from app.core.db import db, transaction
from app.projects import services
from app.projects.models import BLOCKS, Funding, Milestone, Project, ResourceNeed
from app.projects.services import course, milestones, updates
from tests.factories import (
    add_milestone,
    add_partner,
    add_project_member,
    add_update,
    affiliate,
    make_institution,
    make_person,
    make_problem,
)
from tests.factories.accounts import actor
from tests.projects.support import fresh, make_world, project_of, told

PAGES = ("", "/team", "/plan", "/updates", "/activity", "/discussion", ".json")
ROADS = (
    "/projects",
    "/projects?q=marker",
    "/projects?sdg=6",
    "/projects/export.csv",
    "/projects/export.json",
    "/projects/feed.xml",
)


@pytest.fixture
def world(app):
    return make_world()


def marked(world, **values):
    """A project in which every block carries `marker-<block>`, and its own texts `marker-overview`."""
    project = project_of(
        world,
        "active",
        title="marker-overview",
        summary="marker-overview summary",
        skills=["marker-team"],
        **values,
    )
    person = affiliate("marker-team person", make_institution())
    add_project_member(project, person, position="marker-team position")
    add_milestone(project, "marker-plan")
    add_update(project, "marker-updates", title="marker-updates title")
    with transaction(system="test"):
        db.session.add(ResourceNeed(project_id=project.id, kind="computing", text="marker-resources"))
        db.session.add(Funding(project_id=project.id, funder_name="marker-funding"))
    add_partner(project, make_institution("marker-asked"), state="asked")
    add_project_member(project, make_person("marker-asked person"), state="invited")
    return project


def found_on(page, client, project):
    """All that a reader finds of a project by any road, as one text."""
    texts = [page(road, client).html for road in ROADS]
    for path in PAGES:
        answer = page(f"/projects/{project.id}{path}", client)
        if answer.status == 200:
            texts.append(answer.html)
    return " ".join(texts)


@pytest.mark.parametrize("level", ["signed_in", "consortium", "members"])
def test_a_narrow_block_reaches_nobody_beyond_it(world, page, login_as, level):
    blocks = [block for block in BLOCKS if block != "files"]
    project = marked(world, **{f"{block}_for": level for block in BLOCKS})
    readers = {
        "public": None,
        "signed_in": login_as(world["outsider"]),
        "consortium": login_as(world["member"]),
        "members": login_as(world["lead"]),
    }
    order = list(readers)
    for reach, client in readers.items():
        text = found_on(page, client, project)
        assert "marker-overview" in text, reach
        for block in blocks:
            assert (f"marker-{block}" in text) == (order.index(reach) >= order.index(level)), (reach, block)
        assert ("marker-asked" in text) == (reach == "members"), reach


def test_a_private_project_is_nowhere(world, page, login_as):
    problem = make_problem(consortium=world["consortium"], institution=world["host"])
    project = marked(world, visibility="members", problem=problem)
    for client in (None, login_as(world["outsider"]), login_as(world["member"])):
        assert "marker" not in found_on(page, client, project).replace("q=marker", "").replace(
            'value="marker"', ""
        ).replace("“marker”", "")
        for path in PAGES:
            assert page(f"/projects/{project.id}{path}", client).status == 404, path
        for path in (
            f"/institutions/{world['host'].id}",
            f"/consortia/{world['consortium'].id}",
            f"/problems/{problem.id}",
            f"/people/{world['lead'].id}",
            f"/discussion/project/{project.id}",
            f"/files/project/{project.id}",
            f"/translations/project/{project.id}",
        ):
            assert "marker" not in page(path, client).html, path
    for client in (login_as(world["lead"]), login_as(world["boss"])):
        assert "marker-overview" in found_on(page, client, project)


def test_counts_tell_nothing_of_what_is_hidden(world, page):
    marked(world, visibility="members")
    project_of(world, "active")
    listed = page("/projects")
    assert "1 found" in listed.text
    assert page("/projects?state=active").text.count("1 found") == 1


def test_forms_of_others_are_not_shown(world, page, login_as):
    project = project_of(world, "active")
    member = add_project_member(project, world["member"], world["partner"])
    partner = add_partner(project, world["partner"])
    outsider = login_as(world["outsider"])
    for path in (
        "/edit",
        "/edit/about",
        "/partners",
        "/partners/new",
        f"/partners/{partner.id}/edit",
        f"/partners/{partner.id}/end",
        f"/partners/{partner.id}/answer",
        "/team/invite",
        f"/members/{member.id}/edit",
        f"/members/{member.id}/end",
        "/review",
        "/settings",
        "/withdraw",
        "/reopen",
    ):
        assert page(f"/projects/{project.id}{path}", outsider).status == 403, path
        assert page(f"/projects/{project.id}{path}").path.startswith("/sign-in"), path
    other = project_of(world, "active")
    lead = login_as(world["lead"])
    # A nested thing is looked up within its parent.
    assert page(f"/projects/{other.id}/partners/{partner.id}/end", lead).status == 404
    assert page(f"/projects/{other.id}/members/{member.id}/edit", lead).status == 404
    assert db.session.get_one(Project, project.id).state == "active"


@pytest.mark.parametrize("level", ["public", "signed_in", "consortium", "members"])
def test_who_follows_is_told_of_what_they_see_alone(world, level):
    """Of updates and of the plan by the block's level; of nothing once the project itself is narrowed."""
    project = project_of(world, "active")
    step = add_milestone(project, "A first step")
    neighbour = affiliate("Neighbour", world["partner"])
    lead = actor(world["lead"])
    for person in (world["outsider"], neighbour, world["boss"]):
        services.follow(actor(person), fresh(project))
    with transaction(system="test"):
        found = db.session.get_one(Project, project.id)
        found.updates_for = found.plan_for = level

    def tell():
        updates.post_update(lead, fresh(project), title="", text="The wells are drilled.", language="en")
        milestones.miss_milestone(lead, fresh(project), db.session.get_one(Milestone, step.id), note="No rig")
        people = {"outsider": world["outsider"], "neighbour": neighbour, "boss": world["boss"]}
        return [
            {name for name, person in people.items() if told(person, f"projects.{kind}")[0]}
            for kind in ("update_posted", "milestone_missed")
        ]

    reached = {"boss": True, "neighbour": level != "members", "outsider": level in {"public", "signed_in"}}
    assert tell() == [{name for name, sees in reached.items() if sees}] * 2
    with transaction(system="test"):
        db.session.get_one(Project, project.id).visibility = "members"
    before = told(world["outsider"], "projects.course_changed"), told(neighbour, "projects.course_changed")
    course.change_course(lead, fresh(project), verb="hold", note="Winter")
    after = told(world["outsider"], "projects.course_changed"), told(neighbour, "projects.course_changed")
    assert before == after == ((0, 0), (0, 0))
    assert told(world["boss"], "projects.course_changed") == (1, 0)

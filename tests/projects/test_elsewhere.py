"""Where other pages show projects: home, institutions, consortia, people, problems; and the kind in `core.things`."""

import pytest

from app.core import leaving, things
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import NotFound
from app.projects.models import Project
from tests.factories import add_partner, add_project_member, add_update, make_problem
from tests.factories.accounts import actor
from tests.projects.support import fresh, make_world, project_of


@pytest.fixture
def world(app):
    return make_world()


def test_other_pages_show_what_their_reader_may_see(world, page, login_as):
    problem = make_problem(consortium=world["consortium"], institution=world["host"])
    shown = project_of(world, "active", title="Shown wells", problem=problem)
    hidden = project_of(world, "active", title="Hidden wells", visibility="members", problem=problem)
    for project in (shown, hidden):
        add_partner(project, world["partner"])
        add_project_member(project, world["member"], world["partner"])
    outsider, member = login_as(world["outsider"]), login_as(world["member"])
    for path in (
        f"/institutions/{world['host'].id}",
        f"/institutions/{world['partner'].id}",
        f"/consortia/{world['consortium'].id}",
        f"/people/{world['member'].id}",
        f"/problems/{problem.id}",
    ):
        assert "Shown wells" in page(path, outsider).text, path
        assert "Hidden wells" not in page(path, outsider).text, path
        assert "Hidden wells" in page(path, member).text, path
    assert "Hidden wells" in page("/", member).text
    assert "Your projects" not in page("/", outsider).text


def test_who_belongs_to_a_narrow_team_is_not_said_on_the_persons_page(world, page, login_as):
    project = project_of(world, "active", title="Shown wells", team_for="members")
    add_project_member(project, world["member"], world["partner"])
    assert "Shown wells" not in page(f"/people/{world['member'].id}", login_as(world["outsider"])).text
    assert "Shown wells" in page(f"/people/{world['lead'].id}", login_as(world["outsider"])).text


def test_a_project_is_a_thing(world):
    project = project_of(world, "active", title="Wells")
    draft = project_of(world, "draft")
    add_partner(project, world["partner"])
    kind = things.KINDS["project"]
    lead, boss, outsider, rep = (actor(world[who]) for who in ("lead", "boss", "outsider", "rep"))
    about = things.about(outsider, "project", project.id)
    assert (about.number, about.path) == (project.code, f"/projects/{project.id}")
    with pytest.raises(NotFound):
        things.find(outsider, "project", draft.id)
    assert set(db.session.scalars(kind.seen(VISITOR))) == {project.id}
    record = fresh(project)
    assert kind.audiences(outsider, record) == {"everybody"}
    assert kind.audiences(lead, record) == {"everybody", "reviewers"}
    assert kind.audiences(rep, record) == {"everybody", "reviewers"}
    assert kind.audiences(boss, record) == {"everybody", "reviewers", "deciders"}
    assert kind.told(record, "deciders") == {world["boss"].id}
    assert kind.told(record, "reviewers") == {world["boss"].id, world["lead"].id, world["rep"].id}
    assert kind.told(record, "everybody") == {world["lead"].id}
    assert list(kind.texts(record)) == ["title", "summary", "description", "goal"]
    assert not kind.discuss(VISITOR, record)
    assert kind.discuss(outsider, record)
    assert kind.attach(lead, record)
    assert not kind.attach(outsider, record)
    with transaction(system="test"):
        kind.localise(project.id, "ar", {"title": "آبار", "summary": "ملخص"})
    assert db.session.get_one(Project, project.id).localised["ar"]["title"] == "آبار"


def test_a_project_is_begun_from_its_problem(world, page, login_as):
    problem = make_problem(consortium=world["consortium"], institution=world["host"])
    lead = login_as(world["lead"])
    assert "Register a project that answers it" not in page(f"/problems/{problem.id}").text
    here = page(f"/problems/{problem.id}", lead).follow("Register a project that answers it")
    begun = here.submit({"title": "An answer"}, button="Begin")
    assert problem.number in begun.follow("About the project").html


def test_who_takes_their_data_along_takes_their_own_part(world):
    project = project_of(world, "active", title="Wells", goal="not to be taken")
    add_project_member(project, world["member"], world["partner"], position="Chemist")
    add_update(project, "We drilled.", author_id=world["member"].id)
    found = leaving.belongings_of(world["member"].id)
    assert [(row["number"], row["is_lead"], row["position"]) for row in found["projects"]] == [
        (project.code, False, "Chemist")
    ]
    assert [row["text"] for row in found["project_updates"]] == ["We drilled."]
    assert "not to be taken" not in str(found)
    assert leaving.belongings_of(world["outsider"].id)["projects"] == []

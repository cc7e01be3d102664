"""Pages of projects: the list, refusals, statement counts, exports, feed."""

import csv
import io
import json
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.projects import queries
from app.projects.models import Project
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
from tests.projects.support import fresh, make_world, project_of


@pytest.fixture
def world(app):
    return make_world()


# ---- the list --------------------------------------------------------------------------------------------------


def test_the_list_filters_counts_and_sorts(world, page):
    late = clock.today() - timedelta(days=5)
    first = project_of(world, "active", title="Salty wells", due_next=late, trl_now=4)
    add_partner(first, world["partner"])
    project_of(world, "closed", title="Dusty roofs")
    project_of(world, "draft", title="A draft")
    project_of(world, "forming", title="Inside", visibility="consortium")
    found = page("/projects")
    assert "2 found" in found.text
    assert "A draft" not in found.text
    assert "Inside" not in found.text
    assert "1 found" in page("/projects?state=closed").text
    assert "1 found" in page("/projects?q=dusty").text
    assert "2 found" in page("/projects?sdg=6&field=f23&country=EG").text
    assert "1 found" in page("/projects?country=KE").text
    assert "1 found" in page(f"/projects?institution={world['partner'].id}").text
    assert "Nairobi Lab" in page(f"/projects?institution={world['partner'].id}").text
    assert "1 found" in page("/projects?light=yellow").text
    assert "0 found" in page("/projects?light=red&light=green").text
    assert "1 found" in page("/projects?trl=4").text
    assert "2 found" in page(f"/projects?consortium={world['consortium'].id}").text
    assert "0 found" in page("/projects?consortium=4711").text
    assert "2 found" in page("/projects?sdg=nonsense&institution=x&trl=99&sort=none").text
    by_end = page("/projects?sort=end").text
    assert "Salty wells" in by_end


def test_the_light_of_the_list_is_that_of_the_model(world):
    today = clock.today()
    for days in (-1, 0, 1, 30, 31):
        for until in (None, today, today - timedelta(days=1)):
            project_of(world, "active", due_next=today - timedelta(days=days), late_until=until)
    project_of(world, "on_hold", due_next=today - timedelta(days=31))
    lights = {row.id: row.light() for row in db.session.query(Project)}
    for light in queries.LIGHTS:
        found = queries.find(actor(world["outsider"]), queries.Wanted(chosen={"light": [light]}), None)
        assert {row.id for row in found.page.rows} == {key for key, own in lights.items() if own == light}
        assert found.counts["light"][light] == len(found.page.rows)


def test_counts_of_facets_are_what_the_filters_give(world):
    for title in ("A", "B"):
        add_partner(project_of(world, "active", title=title), world["partner"])
    project_of(world, "closed")
    found = queries.find(actor(world["outsider"]), queries.Wanted(), None)
    for name, counted in found.counts.items():
        for value, number in counted.items():
            narrowed = queries.find(actor(world["outsider"]), queries.Wanted(chosen={name: [value]}), None)
            assert narrowed.total == (number, False), (name, value)


@pytest.mark.parametrize("sort", ["newest", "end"])
@pytest.mark.parametrize("asked", [{}, {"sdg": ["6"]}, {"country": ["EG", "KE"]}, {"state": ["active"]}])
def test_pages_by_key_give_every_row_once(world, asked, sort):
    ids = [project_of(world, "active").id for _ in range(5)]
    seen, cursor = [], None
    for _ in range(5):
        found = queries.find(actor(world["outsider"]), queries.Wanted("", asked, sort), cursor, size=2)
        seen += [row.id for row in found.page.rows]
        cursor = found.page.older
        if cursor is None:
            break
    assert sorted(seen) == ids


def test_a_translation_shows_in_the_list(world, page):
    project = project_of(world, "active", title="Wells")
    with transaction(system="test"):
        db.session.get_one(Project, project.id).localised = {"ar": {"title": "آبار", "summary": "ملخص"}}
    assert "آبار" in page("/projects?lang=ar").text
    assert "Wells" in page("/projects?lang=en").text


def test_exports_hold_what_is_filtered(world, client):
    project_of(world, "active", title='=cmd("x")')
    project_of(world, "closed", title="Closed")
    project_of(world, "active", title="Hidden", visibility="signed_in")
    answer = client.get("/projects/export.csv?state=active").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(answer.removeprefix("\ufeff"))))
    assert [row[rows[0].index("title")] for row in rows[1:]] == ['\'=cmd("x")']
    found = json.loads(client.get("/projects/export.json?state=active").get_data(as_text=True))
    assert [row["title"] for row in found["projects"]] == ['=cmd("x")']
    assert list(found["projects"][0]) == rows[0]


def test_the_feed_is_atom(world, client):
    project = project_of(world, "active", title="Wells & <salt>")
    add_update(project, "Drilled <b>three</b> & more", language="en")
    hidden = project_of(world, "active", updates_for="members")
    add_update(hidden, "Inside only")
    answer = client.get("/projects/feed.xml")
    assert answer.mimetype == "application/atom+xml"
    tree = ET.fromstring(answer.data)
    entries = tree.findall("{http://www.w3.org/2005/Atom}entry")
    assert [entry.findtext("{http://www.w3.org/2005/Atom}content") for entry in entries] == [
        "Drilled <b>three</b> & more"
    ]


def test_bad_addresses_are_refused_and_nothing_breaks(world, client):
    project_of(world)
    for path, status in {
        "/projects?page=nonsense": 400,
        f"/projects?q={'x' * 3000}": 200,
        "/projects?q=%22%27%29+OR+1%3D1": 200,
        "/projects?consortium=99999999999999999999&institution=99999999999": 200,
        "/projects/999999": 404,
        "/projects/0.json": 404,
        "/projects/999999/team": 404,
    }.items():
        assert client.get(path).status_code == status, path


# ---- statements ------------------------------------------------------------------------------------------------


def _filled(world, many):
    project = project_of(world, "active", problem=make_problem(consortium=world["consortium"]))
    for number in range(many):
        add_partner(project, make_institution(country="KE"))
        add_project_member(project, affiliate(None, world["partner"]), world["partner"])
        add_milestone(project, f"Step {number}")
        add_update(project)
    return project


MOST = {"": 9, "/team": 9, "/plan": 9, "/updates": 9, "/activity": 9, "/discussion": 9, ".json": 11}


def test_statements_do_not_grow(world, page, login_as, statements):
    few, many = _filled(world, 1), _filled(world, 12)
    reader = login_as(world["outsider"])
    for path, most in MOST.items():
        numbers = []
        for project in (few, many):
            page(f"/projects/{project.id}{path}", reader)  # what is looked up once is known
            statements.clear()
            assert page(f"/projects/{project.id}{path}", reader).status == 200
            numbers.append(len(statements))
        assert numbers[0] == numbers[1], (path, numbers)
        assert numbers[1] <= most, (path, numbers)


@pytest.mark.parametrize("query", ["", "?sdg=6&state=active&light=green", "?sort=end&country=EG"])
def test_the_list_takes_five_statements(world, page, login_as, statements, query):
    reader = login_as(world["outsider"])
    numbers = []
    for more in (1, 12):
        for _ in range(more):
            project_of(world, "active")
        page(f"/projects{query}", reader)
        statements.clear()
        page(f"/projects{query}", reader)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert numbers[1] <= 5


# ---- what pages refuse -----------------------------------------------------------------------------------------


def test_bad_input_comes_back_with_what_was_typed(world, page, login_as):
    project = project_of(world, "draft", complete=False)
    lead = login_as(world["lead"])
    here = page(f"/projects/{project.id}/edit/about", lead)
    back = here.submit({"title": "T" * 101, "summary": "kept"}, button="Save and go on")
    assert back.status == 422
    assert "kept" in back.html
    back = here.submit({"title": "T", "problems": "P-4711"}, button="Save and go on")
    assert back.status == 422
    assert "You see no problem with the number P-4711" in back.errors[0]
    plan = page(f"/projects/{project.id}/edit/plan", lead)
    back = plan.submit(
        {
            "starts_on": "2027-05-01",
            "ends_on": "2027-01-01",
            "milestones-0-title": "x",
            "milestones-0-due_on": "",
        },
        button="Save and go on",
    )
    assert back.status == 422
    resources = page(f"/projects/{project.id}/edit/resources", lead)
    back = resources.submit(
        {"needs-0-kind": "computing", "needs-0-text": "x", "needs-0-amount": "1e3"}, button="Save and go on"
    )
    assert back.status == 422
    back = resources.submit({"funding-0-ror": "nonsense"}, button="Save and go on")
    assert back.status == 422
    back = resources.submit({"funding-0-ror": "https://ror.org/03q21mh05"}, button="Save and go on")
    assert back.status == 422
    known = make_institution("Known Funder", ror="03q21mh05")
    saved = resources.submit({"funding-0-ror": "https://ror.org/03q21mh05"}, button="Save and go on")
    assert saved.status == 200
    assert queries.funding_of(project.id)[0].funder_id == known.id


def test_half_a_part_is_kept_for_later(world, page, login_as):
    project = project_of(world, "draft", summary="")
    lead = login_as(world["lead"])
    here = page(f"/projects/{project.id}/edit/about", lead)
    assert here.submit({"title": "Half"}, button="Save and go on").status == 422
    later = here.submit({"title": "Half"}, button="Save and come back later")
    assert later.status == 200
    assert fresh(project).title == "Half"
    assert "Incomplete" in later.text


def test_lines_are_added_and_removed_without_scripts(world, page, login_as):
    project = project_of(world, "draft")
    here = page(f"/projects/{project.id}/edit/plan", login_as(world["lead"]))
    more = here.submit({"milestones-0-title": "First"}, button="milestones")
    assert 'name="milestones-1-title"' in more.html
    assert "First" in more.html


def test_the_second_of_two_writers_gets_the_conflict_page(world, page, login_as):
    project = project_of(world, "active")
    lead = login_as(world["lead"])
    here = page(f"/projects/{project.id}/edit/about", lead)
    assert here.submit({"title": "First"}, button="Save").status == 200
    assert here.submit({"title": "Second"}, button="Save").status == 409
    assert fresh(project).title == "First"


def test_what_is_in_review_is_not_edited(world, page, login_as):
    project = project_of(world, "submitted")
    lead = login_as(world["lead"])
    for path in ("edit", "edit/about", "partners", "partners/new", "team/invite", "check"):
        assert page(f"/projects/{project.id}/{path}", lead).status == 409, path
    back = page(f"/projects/{project.id}", lead).submit(button="recall")
    assert "It is a draft again." in back.text


def test_a_person_without_affiliation_is_told_what_to_do(world, page, login_as):
    answer = page("/projects/new", login_as(make_person()))
    assert "Before you register a project" in answer.h1


def test_a_review_by_pages(world, page, login_as):
    project = project_of(world, "submitted")
    boss = login_as(world["boss"])
    here = page(f"/projects/{project.id}/review", boss)
    assert here.submit(button="return").status == 422
    done = here.submit({"return-note": "Name the wells"}, button="return")
    assert "Returned." in done.text
    lead = login_as(world["lead"])
    assert "Name the wells" in page(f"/projects/{project.id}/review", lead).text
    assert page("/", lead).follow("See the wishes").status == 200


def test_an_invitation_by_pages(world, page, login_as):
    project = project_of(world, "active")
    lead, member = login_as(world["lead"]), login_as(world["member"])
    here = page(f"/projects/{project.id}/team/invite", lead)
    found = here.submit({"q": "Member"}, button="search")
    sent = found.follow("Choose").submit({"position": "Chemist"}, button="invite")
    assert "The person has been invited" in sent.text
    assert "Invited, not answered yet" in sent.text
    here = page("/", member).follow("Read and answer")
    assert here.h1 == "Do you take part?"
    done = here.submit({"credit_roles": ["software"]}, button="accept")
    assert "Welcome" in done.text
    team = page(f"/projects/{project.id}/team")
    assert "Member" in team.text
    assert "Chemist" in team.text
    gone = page(f"/projects/{project.id}/team", member).follow("Leave").submit(button="end")
    assert "Done." in gone.text
    assert "Chemist" not in page(f"/projects/{project.id}/team").text


def test_an_arabic_page(world, page):
    project = project_of(world, "active", title="حساسات الآبار", language="ar")
    found = page(f"/projects/{project.id}?lang=ar")
    assert found.status == 200
    assert 'lang="ar"' in found.html

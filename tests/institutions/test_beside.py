"""What the page of an institution shows of other features: as much as its reader may see of each, and in their language."""

import pytest

from app.consortia import queries as consortia
from app.consortia.services import invite_institution
from app.core.access import VISITOR
from app.core.db import transaction
from app.core.errors import NotFound
from app.institutions import queries
from app.problems import queries as problems
from app.teams import queries as teams
from tests.factories import (
    add_member,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
    make_team,
)
from tests.factories.accounts import actor


@pytest.fixture
def lab(app):
    return make_institution("Lab of Water")


def beside(reader, institution, of):
    return [row.title for row in queries.show(reader, institution.id, (of.titles_of_institution,)).beside[0]]


def test_problems_that_the_reader_sees_the_newest_first(lab):
    consortium = make_consortium(members=[lab])
    author = affiliate("Nadia", lab)
    mine = {"institution": lab, "consortium": consortium, "author": author}
    make_problem("Open", **mine)
    make_problem("Signed in", visibility="signed_in", **mine)
    make_problem("Members", visibility="consortium", **mine)
    make_problem("Draft", state="draft", **mine)
    make_problem("Of another", consortium=consortium, institution=make_institution())
    assert beside(VISITOR, lab, problems) == ["Open"]
    assert beside(actor(make_person()), lab, problems) == ["Signed in", "Open"]
    assert beside(actor(affiliate(None, lab)), lab, problems) == ["Members", "Signed in", "Open"]


def test_teams_that_the_reader_sees_with_somebody_active_from_there(lab):
    consortium = make_consortium(members=[lab])
    lead = affiliate("Anna", lab)
    elsewhere = make_institution()
    problem = make_problem(institution=lab, consortium=consortium)
    for name, visibility in (("Open", "public"), ("Signed in", "signed_in"), ("Members", "consortium")):
        make_team(name, problem=problem, lead=lead, institution=lab, visibility=visibility)
    asked = make_team("Asked only", problem=problem, lead=affiliate(None, elsewhere), institution=elsewhere)
    add_member(asked, affiliate(None, lab), lab, "requested")
    assert beside(VISITOR, lab, teams) == ["Open"]
    assert beside(actor(make_person()), lab, teams) == ["Signed in", "Open"]
    assert beside(actor(lead), lab, teams) == ["Members", "Signed in", "Open"]
    assert beside(actor(make_admin()), elsewhere, teams) == ["Asked only"]


def test_consortia_by_name_of_which_it_is_a_member(lab):
    make_consortium("Rivers", members=[lab])
    make_consortium("Drylands", members=[make_institution(), lab])
    make_consortium("Marshes", members=[lab])
    lead = make_person()
    coasts = make_consortium("Coasts", leads=[lead], members=[make_institution()])
    invite_institution(actor(lead), coasts, institution_id=lab.id)
    assert beside(VISITOR, lab, consortia) == ["Drylands", "Marshes", "Rivers"]
    assert queries.show(VISITOR, lab.id).beside == []
    with pytest.raises(NotFound):
        queries.show(VISITOR, lab.id + 1000, (consortia.titles_of_institution,))


def test_titles_stand_in_the_readers_language(page, lab):
    problem = make_problem("Salty wells", institution=lab)
    make_problem("Dry wells", institution=lab)
    with transaction(system="test"):
        problem.localised = {"ar": {"title": "آبار مالحة", "summary": "ملح"}, "fr": {"summary": "Sel"}}
    shown = page(f"/institutions/{lab.id}?lang=ar").text
    assert "آبار مالحة" in shown
    assert "Dry wells" in shown
    assert "Salty wells" not in shown
    english = page(f"/institutions/{lab.id}?lang=en").text
    assert "Salty wells" in english
    assert f"P-{problem.id:04d}" in english

"""Who sees a team: actor × visibility × state, and the list asks the same as the page."""

import pytest
from sqlalchemy import select

from app.core.access import VISITOR, Actor
from app.core.db import db
from app.core.errors import NotFound
from app.teams import policies, queries, services
from app.teams.models import TEAM_STATES, Team
from app.teams.queries import lists
from app.teams.queries import page as pages
from tests.factories import (
    add_member,
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_team,
)
from tests.factories.accounts import actor

VISIBILITIES = ("public", "signed_in", "consortium")
# who → for which visibilities they see a team that is not rejected, and whether they see a rejected one
SEES = {
    "visitor": ({"public"}, False),
    "person": ({"public", "signed_in"}, False),
    "member_elsewhere": ({"public", "signed_in"}, False),
    "consortium_member": (set(VISIBILITIES), False),
    "asked": (set(VISIBILITIES), True),
    "member": (set(VISIBILITIES), True),
    "lead": (set(VISIBILITIES), True),
    "consortium_lead": (set(VISIBILITIES), True),
    "administrator": (set(VISIBILITIES), True),
}


@pytest.fixture
def actors(world) -> dict[str, Actor]:
    stranger = affiliate("Sara", make_institution("Elsewhere"))
    guest = affiliate("Gus", make_institution("Far"))
    teams = [world.team] + [
        make_team(f"{visibility} {state}", state=state, problem=world.problem, lead=world.anna, institution=world.home, visibility=visibility)
        for visibility in VISIBILITIES
        for state in TEAM_STATES.names
    ]  # fmt: skip
    for team in teams[1:]:
        add_member(team, world.ben, world.away)
        add_member(team, guest, world.away, state="invited")
    return {
        "visitor": VISITOR,
        "person": actor(make_person("Pia")),
        "member_elsewhere": actor(stranger),
        "consortium_member": actor(world.bea),
        "asked": actor(guest),
        "member": actor(world.ben),
        "lead": actor(world.anna),
        "consortium_lead": actor(world.cora),
        "administrator": actor(make_admin()),
    }


def test_page_and_list_agree_for_everybody(world, actors):
    teams = db.session.scalars(select(Team).where(Team.id != world.team.id)).all()
    for who, reader in actors.items():
        seen, sees_rejected = SEES[who]
        listed = set(db.session.scalars(select(Team.id).where(policies.visible_teams(reader))))
        for team in teams:
            expected = sees_rejected if team.state == "rejected" else team.visibility in seen
            assert bool(policies.view_team(reader, team)) is expected, (who, team.name)
            assert (team.id in listed) is expected, (who, team.name)


def test_what_is_not_seen_is_not_there(world, actors):
    hidden = db.session.scalars(select(Team).where(Team.name == "consortium recruiting")).one()
    with pytest.raises(NotFound):
        queries.get(actors["person"], hidden.id)
    with pytest.raises(NotFound):
        pages.load(actors["person"], hidden.id)
    assert pages.load(actors["consortium_member"], hidden.id).team == hidden
    for rows in (
        queries.for_problem(actors["person"], world.problem.id),
        queries.of_consortium(actors["person"], world.consortium.id, 100),
        queries.of_person(actors["person"], world.anna.id),
        lists.rows_for_csv(actors["person"], None, {}, "newest"),
    ):
        names = {row.name for row in rows}
        assert "public recruiting" in names
        assert not any(name.startswith("consortium") for name in names)
    assert lists.consortia_and_total(actors["person"], None, {})[1] == (15, False)


def test_teams_of_a_merged_problem_are_found_on_the_survivor(world):
    from app.core.db import transaction
    from app.problems.models import Problem
    from tests.factories import make_problem

    survivor = make_problem(institution=world.home, consortium=world.consortium)
    with transaction(system="test"):
        merged = db.session.get_one(Problem, world.problem.id)
        merged.state, merged.merged_into_id = "merged", survivor.id
    assert [row.name for row in queries.for_problem(VISITOR, survivor.id)] == ["Open Wells"]


def test_a_page_knows_whether_a_lead_of_its_own_consortium_can_decide(world):
    make_consortium("Rivers", leads=[make_person("Of another")])
    administrator = make_admin()
    assert pages.load(actor(administrator), world.team.id).has_deciders
    add_member(world.team, world.cora, world.away)  # its only lead
    assert not pages.load(actor(administrator), world.team.id).has_deciders


def test_numbers_count_public_teams_only(world):
    before = queries.numbers()
    make_team(state="approved", problem=world.problem)
    make_team(state="approved", problem=world.problem, visibility="consortium")
    assert queries.numbers() == {**before, "at_work": before["at_work"] + 1}


def test_list_filters(world):
    services.add_role(actor(world.anna), world.fresh(), skill="Calibration")
    other = make_team("Terraces", problem=world.problem, working_languages=["fr", "ar"], state="approved")

    def found(words="", **chosen):
        wanted = {name: [value] for name, value in chosen.items()}
        return [row.name for row in lists.page(VISITOR, lists.look_up(words), wanted, "newest", None).rows]

    assert found() == ["Terraces", "Open Wells"]
    assert found(state="approved") == ["Terraces"]
    assert found(language="ar") == ["Terraces"]
    assert found(roles="open") == ["Open Wells"]
    assert found("farmers") == ["Open Wells"]
    assert found("salty wells") == ["Open Wells"]
    assert found(consortium=str(other.consortium_id)) == ["Terraces", "Open Wells"]
    assert found(consortium="9999") == []
    assert found(country="KE") == []
    world.join(world.ben)
    assert found(country="KE") == ["Open Wells"]


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("teams.edit", {"lead", "deputy"}),
        ("teams.invite", {"lead", "deputy"}),
        ("teams.see_requests", {"lead", "deputy"}),
        ("teams.remind_lines", {"lead", "deputy"}),
        ("teams.name_deputy", {"lead"}),
        ("teams.propose", {"lead"}),
        ("teams.recall", {"lead"}),
        ("teams.change_state", {"lead"}),
        ("teams.hand_over", {"lead"}),
        ("teams.set_skills", {"lead", "deputy", "member"}),
        ("teams.post_update", {"lead", "deputy", "member"}),
        ("teams.leave", {"deputy", "member"}),
        ("teams.view_inside", {"lead", "deputy", "member", "consortium_lead", "administrator"}),
        ("teams.ask_to_join", {"consortium_member"}),
    ],
)
def test_verbs_by_role(world, name, may):
    from app.core.access import can

    world.join(world.ben)
    member = affiliate("Mia", world.home)
    world.join(member)
    services.name_deputy(actor(world.anna), world.fresh(), person_id=world.ben.id)
    team = world.fresh()
    readers = {
        "visitor": VISITOR,
        "person": actor(make_person()),
        "consortium_member": actor(world.bea),
        "member": actor(member),
        "deputy": actor(world.ben),
        "lead": actor(world.anna),
        "consortium_lead": actor(world.cora),
        "administrator": actor(make_admin()),
    }
    answers = {who: can(name, reader, team) for who, reader in readers.items()}
    assert {who for who, answer in answers.items() if answer} == may
    assert all(answer.code and str(answer.text) for answer in answers.values() if not answer)


def test_the_title_of_a_problem_that_is_not_seen_stays_hidden(world, page):
    from app.core.db import transaction
    from app.problems.models import Problem

    assert "Salty wells" in page("/teams").text
    assert "Salty wells" in page(f"/teams/{world.team.id}").text
    with transaction(system="test"):
        db.session.get_one(Problem, world.problem.id).visibility = "consortium"
    for path in ("/teams", "/teams/export.csv", f"/teams/{world.team.id}"):
        found = page(path)
        assert "Open Wells" in found.html
        assert "Salty wells" not in found.html


def test_rows_for_other_pages_carry_number_and_state_in_words(world, page):
    (row,) = queries.of_consortium(VISITOR, world.consortium.id)
    assert (row.number, row.title, str(row.status.label)) == ("T-0001", "Open Wells", "Recruiting")
    for path in (
        f"/consortia/{world.consortium.id}",
        f"/institutions/{world.home.id}",
        f"/problems/{world.problem.id}",
    ):
        found = page(path)
        assert found.status == 200
        assert "Open Wells" in found.text

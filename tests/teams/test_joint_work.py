"""A team and its project: registered in one step after approval, or started for a project that then begins."""

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Invalid, NotAllowed, RuleBroken
from app.notifications.models import Notice
from app.projects import services as projects
from app.projects.models import Project, ProjectMember, ProjectPartner, ProjectProblem
from app.teams import services
from app.teams.models import Team
from app.teams.queries import lists, records
from tests.factories import affiliate, make_person, make_project
from tests.factories.accounts import actor


def fresh(record):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(type(record), record.id)


@pytest.fixture
def approved(world):
    world.propose()
    services.approve_team(actor(world.cora), world.fresh())
    return world


def test_an_approved_team_registers_its_project_with_all_it_has_said(approved):
    world = approved
    representative = affiliate("Rita", world.away, role="representative")
    project = services.register_project(actor(world.anna), world.fresh())
    assert (project.title, project.summary, project.state) == (
        "Open Wells",
        "Tell farmers in words.",
        "draft",
    )
    assert world.fresh().project_id == project.id
    assert [row.problem_id for row in db.session.query(ProjectProblem)] == [world.problem.id]
    partners = {row.institution_id: row for row in db.session.query(ProjectPartner)}
    assert {key: (row.role, row.state) for key, row in partners.items()} == {
        world.home.id: ("lead", "accepted"),
        world.away.id: ("partner", "asked"),
    }
    assert partners[world.home.id].brings == [{"kind": "data_set", "text": "Wells"}]
    assert partners[world.away.id].gains == [{"kind": "data_set", "text": "Wells"}]
    members = {row.person_id: row.state for row in db.session.query(ProjectMember)}
    assert members == {world.anna.id: "active", world.ben.id: "active"}
    told = set(db.session.scalars(select(Notice.kind).where(Notice.person_id == representative.id)))
    assert "projects.partner_asked" in told


def test_a_project_is_registered_once_and_by_the_lead_of_an_approved_team(world):
    with pytest.raises(RuleBroken) as refusal:
        services.register_project(actor(world.anna), world.fresh())
    assert refusal.value.code == "not_approved"
    world.propose()
    services.approve_team(actor(world.cora), world.fresh())
    for stranger in (world.ben, world.bea, world.cora):
        with pytest.raises(NotAllowed):
            services.register_project(actor(stranger), world.fresh())
    services.register_project(actor(world.anna), world.fresh())
    with pytest.raises(RuleBroken) as refusal:
        services.register_project(actor(world.anna), world.fresh())
    assert refusal.value.code == "has_project"
    assert db.session.query(Project).count() == 1


def project_of(world, **values):
    return make_project(
        lead=world.anna, institution=world.home, consortium=world.consortium, complete=False, **values
    )


def start(world, project, **values):
    return services.start_team(
        actor(world.anna),
        None,
        project=project,
        institution_id=world.home.id,
        **{
            "name": "Crew",
            "purpose": "Do the work.",
            "language": "en",
            "seats": 4,
            "working_languages": ["en"],
            **values,
        },
    )


def test_a_project_begins_when_its_team_is_approved(world):
    project = project_of(world)
    world.team = start(world, project)
    world.propose()
    assert fresh(project).state == "forming"
    services.approve_team(actor(world.cora), world.fresh())
    begun = fresh(project)
    assert begun.state == "active"
    assert begun.active_at is not None
    members = {row.person_id for row in db.session.query(ProjectMember).filter_by(state="active")}
    assert members == {world.anna.id, world.ben.id}
    assert begun.members_count == 2


def test_a_project_of_an_approved_team_begins_as_soon_as_it_is_accepted(world):
    project = project_of(world, state="submitted")
    with pytest.raises(RuleBroken) as refusal:
        start(world, project)
    assert refusal.value.code == "project_not_open"
    with transaction(system="as if its team had been approved"):
        db.session.get_one(Project, project.id).team_approved_at = clock.now()
    projects.accept(actor(world.cora), fresh(project))
    assert fresh(project).state == "active"


def test_who_does_not_lead_the_project_starts_no_team_for_it(world):
    project = project_of(world)
    for stranger in (world.ben, make_person("Stranger")):
        with pytest.raises(NotAllowed):
            services.start_team(
                actor(stranger),
                None,
                project=project,
                institution_id=world.away.id,
                name="Crew",
                purpose="Ours.",
                language="en",
                seats=4,
                working_languages=["en"],
            )
    assert db.session.query(Team).filter(Team.project_id == project.id).count() == 0


def test_a_project_has_one_team_at_a_time(world):
    project = project_of(world)
    first = start(world, project)
    with pytest.raises(RuleBroken) as refusal:
        start(world, fresh(project))
    assert refusal.value.code == "has_team"
    services.change_state(actor(world.anna), fresh(first), "dissolve", note="Too few.")
    assert start(world, fresh(project)).project_id == project.id


def test_a_team_is_seen_by_no_more_people_than_its_project(world):
    project = project_of(world, visibility="members")
    with pytest.raises(Invalid) as refusal:
        start(world, project, visibility="public")
    assert list(refusal.value.fields) == ["visibility"]
    team = start(world, fresh(project), visibility="consortium")
    member = actor(world.bea)
    row = next(row for row in lists.for_project(member, project.id) if row.id == team.id)
    assert row.project_title == ""
    assert records.get(member, team.id).id == team.id


def test_pages_of_a_team_without_a_problem(world, login_as):
    project = project_of(world)
    world.team = team = start(world, project)
    anna = login_as(world.anna)
    for path in (
        f"/teams/{team.id}",
        f"/teams/{team.id}/propose",
        f"/teams/{team.id}/invite",
        "/teams",
        "/teams/export.csv",
    ):
        answer = anna.get(path)
        assert answer.status_code == 200, path
    assert project.title in anna.get(f"/teams/{team.id}").get_data(as_text=True)
    assert anna.get(f"/teams/new?project={project.id}").status_code == 200

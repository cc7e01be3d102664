"""What the models and the database hold of projects by themselves."""

from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict
from app.projects.models import LEVELS, NO_DATE, Milestone, Project, ProjectPartner, light_of
from tests.factories import (
    add_milestone,
    add_partner,
    add_project_member,
    make_institution,
    make_person,
    make_project,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("state", "late", "light"),
    [
        ("active", -1, "green"),
        ("active", 0, "green"),
        ("active", 1, "yellow"),
        ("active", 30, "yellow"),
        ("active", 31, "red"),
        ("closing", 31, "red"),
        ("forming", 31, ""),
        ("on_hold", 31, ""),
        ("closed", 31, ""),
    ],
)
def test_the_light_follows_the_days_late(state, late, light):
    assert light_of(state, TODAY - timedelta(days=late), None, TODAY) == light


def test_nothing_due_is_green():
    assert light_of("active", NO_DATE, None, TODAY) == "green"


@pytest.mark.pure
@pytest.mark.parametrize(("left", "light"), [(30, "yellow"), (0, "yellow"), (-1, "green")])
def test_a_late_report_keeps_the_light_from_green_for_a_while(left, light):
    assert light_of("active", NO_DATE, TODAY + timedelta(days=left), TODAY) == light
    assert light_of("active", TODAY - timedelta(days=31), TODAY + timedelta(days=left), TODAY) == "red"


@pytest.mark.parametrize("own", LEVELS)
@pytest.mark.parametrize("block", LEVELS)
def test_a_block_is_never_wider_than_its_project(own, block):
    project = Project(visibility=own, team_for=block)
    assert LEVELS.index(project.level("team")) == max(LEVELS.index(own), LEVELS.index(block))


@pytest.mark.parametrize(
    "values",
    [
        {"state": "unknown"},
        {"state": "forming", "accepted_at": None},
        {"state": "submitted", "code": None},
        {"state": "closed", "closed_at": None},
        {"visibility": "everyone"},
        {"team_for": "nobody"},
        {"trl_now": 10},
        {"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)},
    ],
)
def test_the_database_refuses_the_impossible(app, values):
    with pytest.raises(Conflict):
        make_project(**values)


def test_one_live_row_for_a_partner_and_for_a_member(app):
    project, other, person = make_project(), make_institution(), make_person()
    add_partner(project, other, state="declined")
    add_partner(project, other, state="asked")
    with pytest.raises(Conflict):
        add_partner(project, other)
    add_project_member(project, person, state="declined")
    add_project_member(project, person)
    with pytest.raises(Conflict):
        add_project_member(project, person, state="invited")


def test_one_lead_institution(app):
    project = make_project()
    with pytest.raises(Conflict):
        add_partner(project, make_institution(), role="lead")


def test_a_partner_is_not_accepted_without_a_decision(app):
    project = make_project()
    with pytest.raises(Conflict), transaction(system="test"):
        db.session.add(
            ProjectPartner(
                project_id=project.id,
                institution_id=make_institution().id,
                state="accepted",
                asked_at=clock.now(),
            )
        )


def test_whether_somebody_else_may_decide(app):
    project = make_project()
    assert db.session.get_one(Project, project.id).has_other_lead
    lead = db.session.query(Project.consortium_id).filter_by(id=project.id).scalar()
    from app.consortia.models import Leadership

    person_id = db.session.query(Leadership.person_id).filter_by(consortium_id=lead).scalar()
    from app.accounts.models import Person

    add_project_member(project, db.session.get_one(Person, person_id))
    db.session.expire_all()
    assert not db.session.get_one(Project, project.id).has_other_lead


def test_nobody_accepts_their_own_milestone(app):
    project = make_project()
    step = add_milestone(project, state="reported", reported_by_id=project.lead_id)
    values = {"state": "accepted", "accepted_at": clock.now(), "accepted_by_id": project.lead_id}
    with pytest.raises(Conflict), transaction(system="test"):
        db.session.query(Milestone).filter_by(id=step.id).update(values)

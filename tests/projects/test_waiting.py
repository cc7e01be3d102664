"""What the course of projects brings before people in "Waiting for you"."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.waiting import waiting_for
from app.projects.models import FollowUp, PartnerHearing, ProjectHandOver
from tests.factories import add_milestone, add_partner, add_project_member, make_admin
from tests.factories.accounts import actor
from tests.projects.support import make_world, project_of


@pytest.fixture
def world(app):
    return make_world()


def kinds(person):
    return [row.kind for row in waiting_for(actor(person))]


def asked(row, by=None):
    with transaction(system="test"):
        row.ask(by.id if by else None)
        db.session.add(row)


def test_a_partner_is_asked_for_its_word_before_the_project_closes(world):
    project = project_of(world, "closing")
    add_partner(project, world["partner"])
    asked(PartnerHearing(project_id=project.id, institution_id=world["partner"].id), world["lead"])
    assert kinds(world["rep"]) == ["projects.hearing"]
    assert kinds(world["member"]) == kinds(world["outsider"]) == []


def test_a_late_milestone_waits_for_the_lead_and_a_reported_one_for_who_judges_it(world):
    project = project_of(world, "active")
    add_project_member(project, world["member"], world["partner"])
    add_milestone(project, due_on=clock.today() - timedelta(days=1))
    assert kinds(world["lead"]) == ["projects.milestone_late"]
    other = project_of(world, "active")
    add_milestone(other, state="reported", reported_by_id=world["lead"].id)
    assert kinds(world["boss"]) == ["projects.milestone_reported"]
    assert kinds(world["lead"]) == ["projects.milestone_late"]  # their own report is judged by somebody else
    add_milestone(other, state="reported", reported_by_id=world["member"].id, number=2)
    assert sorted(kinds(world["lead"])) == ["projects.milestone_late", "projects.milestone_reported"]
    assert kinds(world["boss"]) == ["projects.milestone_reported"]


def test_the_offered_lead_and_the_questions_afterwards_wait(world):
    project = project_of(world, "active")
    add_project_member(project, world["member"], world["partner"])
    asked(ProjectHandOver(project_id=project.id, to_person_id=world["member"].id), world["lead"])
    assert kinds(world["member"]) == ["projects.hand_over"]
    closed = project_of(world, "closed")
    asked(FollowUp(project_id=closed.id, months=12))
    assert kinds(world["lead"]) == ["projects.follow_up"]


def test_a_project_waits_for_no_lead_who_takes_part_in_it(world):
    """Invited or in it, they decide nothing about it; where that leaves nobody, it waits for the administrators."""
    project, admin = project_of(world, "submitted"), make_admin()
    assert (kinds(world["boss"]), kinds(admin)) == (["projects.review"], [])
    add_project_member(project, world["boss"], state="invited")
    assert "projects.review" not in kinds(world["boss"])
    assert kinds(admin) == ["projects.review"]

"""Proposing, deciding, and what follows for the problem."""

import pytest

from app.audit.models import AuditEntry
from app.consortia.models import Leadership
from app.core import clock, waiting
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.teams import services
from app.teams.queries import records
from tests.factories import add_member, affiliate, make_admin, make_person
from tests.factories.accounts import actor
from tests.teams.world import told


def problem_counts(world):
    db.session.rollback()
    db.session.refresh(world.problem)
    return world.problem.teams_open, world.problem.teams_at_work, world.problem.state


def waits(person) -> list[str]:
    return [item.kind for item in waiting.waiting_for(actor(person))]


def test_a_proposal_keeps_what_was_seen_and_waits_for_the_leads(world):
    team = world.propose()
    proposal = records.latest_proposal(team.id)
    assert team.state == "proposed"
    assert [member["name"] for member in proposal.proposed["members"]] == ["Anna", "Ben"]
    assert len(proposal.proposed["lines"]) == 4
    assert proposal.due_at == clock.add_working_days(proposal.asked_at, 10)
    assert told("proposed") == {world.cora.id}
    assert waits(world.cora) == ["teams.proposal"]
    assert waits(world.ben) == []


def test_only_the_lead_proposes_and_recalls(world):
    world.make_ready()
    for person in (world.ben, world.bea, world.cora):
        with pytest.raises(NotAllowed):
            services.propose_team(actor(person), world.fresh())
    services.propose_team(actor(world.anna), world.fresh())
    with pytest.raises(RuleBroken):
        services.propose_team(actor(world.anna), world.fresh())
    with pytest.raises(NotAllowed):
        services.recall_team(actor(world.ben), world.fresh())
    services.recall_team(actor(world.anna), world.fresh())
    assert world.fresh().state == "recruiting"
    assert records.latest_proposal(world.team.id).decision_code == "recalled"
    assert waits(world.cora) == []


def test_approval_puts_the_problem_in_work_and_tells_all(world):
    world.propose()
    assert problem_counts(world) == (1, 0, "published")
    services.approve_team(actor(world.cora), world.fresh(), note="Go", version=world.fresh().version)
    team = world.fresh()
    assert team.state == "approved"
    assert team.approved_at is not None
    assert records.latest_proposal(team.id).decided_by_id == world.cora.id
    assert problem_counts(world) == (0, 1, "in_work")
    assert told("approved") == {world.anna.id, world.ben.id}
    assert db.session.query(AuditEntry).filter_by(action="teams.approve", team_id=team.id).one().note == "Go"


def test_return_needs_words_and_brings_the_team_back(world):
    world.propose()
    with pytest.raises(Invalid):
        services.return_team(actor(world.cora), world.fresh(), note="")
    assert world.fresh().state == "proposed"
    assert told("returned") == set()
    services.return_team(actor(world.cora), world.fresh(), note="Add a lab")
    assert world.fresh().state == "needs_changes"
    assert waits(world.anna) == ["teams.changes_wanted"]
    services.propose_team(actor(world.anna), world.fresh())
    assert waits(world.anna) == []
    assert problem_counts(world)[0] == 1


def test_rejection_needs_a_reason_and_is_reopened_by_who_decided(world):
    world.propose()
    with pytest.raises(Invalid):
        services.reject_team(actor(world.cora), world.fresh(), reason="because")
    services.reject_team(actor(world.cora), world.fresh(), reason="one_sided", note="Sorry")
    assert world.fresh().state == "rejected"
    assert problem_counts(world) == (0, 0, "published")
    assert told("rejected") == {world.anna.id, world.ben.id}
    other = make_person("Other Lead")
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=world.consortium.id, person_id=other.id))
    for person in (other, world.anna, make_admin()):
        with pytest.raises(NotAllowed):
            services.reopen_team(actor(person), world.fresh(), note="Again")
    with pytest.raises(Invalid):
        services.reopen_team(actor(world.cora), world.fresh(), note=" ")
    services.reopen_team(actor(world.cora), world.fresh(), note="New partner")
    assert world.fresh().state == "recruiting"
    assert problem_counts(world)[0] == 1


def test_nobody_decides_about_their_own_team(world):
    world.make_ready()
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=world.consortium.id, person_id=world.ben.id))
    services.propose_team(actor(world.anna), world.fresh())
    for person, code in (
        (world.ben, "own_team"), (world.anna, "own_team"), (world.bea, "consortium_leads_only"), (make_admin(), "leads_decide"),
    ):  # fmt: skip
        for act, facts in (
            (services.approve_team, {}), (services.return_team, {"note": "x"}), (services.reject_team, {"reason": "overlap"}),
        ):  # fmt: skip
            with pytest.raises(NotAllowed) as refusal:
                act(actor(person), world.fresh(), **facts)
            assert refusal.value.code == code
    assert "teams.proposal" not in waits(world.ben)
    assert world.fresh().state == "proposed"


def test_an_administrator_decides_only_without_a_lead_and_says_why(world):
    admin = make_admin()
    add_member(world.fresh(), affiliate(world.cora, world.home), world.home)
    world.make_ready()
    services.propose_team(actor(world.anna), world.fresh())
    assert told("proposed") == {admin.id}
    assert waits(admin) == ["teams.proposal"]
    with pytest.raises(Invalid):
        services.approve_team(actor(admin), world.fresh())
    services.approve_team(actor(admin), world.fresh(), note="The only lead is in the team.")
    assert world.fresh().state == "approved"


def test_an_administrator_in_the_team_does_not_decide_either(world):
    admin = affiliate(make_admin(), world.home)
    add_member(world.fresh(), affiliate(world.cora, world.home), world.home)
    add_member(world.fresh(), admin, world.home)
    world.make_ready()
    services.propose_team(actor(world.anna), world.fresh())
    with pytest.raises(NotAllowed) as refusal:
        services.approve_team(actor(admin), world.fresh(), note="Mine")
    assert refusal.value.code == "own_team"


def test_the_second_decider_reads_what_the_first_did(world):
    world.propose()
    other = make_person("Other Lead")
    with transaction(system="test"):
        db.session.add(Leadership(consortium_id=world.consortium.id, person_id=other.id))
    services.approve_team(actor(world.cora), world.fresh(), note="Go ahead")
    with pytest.raises(Conflict) as refusal:
        services.reject_team(actor(other), world.fresh(), reason="overlap")
    assert refusal.value.code == "already_decided"
    for words in ("Cora Lead", "Approved", "Go ahead"):
        assert words in str(refusal.value.text)
    assert world.fresh().state == "approved"


def test_a_decision_is_about_the_version_seen_and_what_stands_then(world):
    team = world.propose()
    seen = team.version
    services.leave_team(actor(world.ben), world.fresh())
    with pytest.raises(Conflict):
        services.approve_team(actor(world.cora), world.fresh(), version=seen)
    with pytest.raises(RuleBroken):
        services.approve_team(actor(world.cora), world.fresh(), version=world.fresh().version)
    assert world.fresh().state == "proposed"
    assert told("approved") == set()


def test_pause_resume_complete_and_dissolve_keep_the_counters(world):
    world.propose()
    services.approve_team(actor(world.cora), world.fresh())
    lead = actor(world.anna)
    with pytest.raises(Invalid):
        services.change_state(lead, world.fresh(), "pause", note="")
    with pytest.raises(NotAllowed):
        services.change_state(actor(world.ben), world.fresh(), "pause", note="x")
    services.change_state(lead, world.fresh(), "pause", note="Rain")
    assert problem_counts(world)[1] == 1
    services.change_state(lead, world.fresh(), "resume", note="Sun")
    services.change_state(lead, world.fresh(), "complete", note="Done")
    assert world.fresh().ended_at is not None
    assert problem_counts(world) == (0, 0, "published")
    assert told("state_changed") == {world.ben.id, world.cora.id}
    with pytest.raises(RuleBroken):
        services.change_state(lead, world.fresh(), "dissolve", note="x")


def test_dissolving_ends_what_is_open(world):
    request = services.ask_to_join(actor(world.ben), world.fresh(), institution_id=None, message="x")
    services.invite_by_mail(actor(world.anna), world.fresh(), email="x@y.example")
    services.change_state(actor(world.anna), world.fresh(), "dissolve", note="No time")
    assert records.membership(world.team.id, request.id).state == "lapsed"
    assert records.open_mail_invitations(world.team.id) == []
    assert problem_counts(world)[0] == 0

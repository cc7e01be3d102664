"""Leaving, removing, handing over, closing an account, and lapses."""

from datetime import timedelta

import pytest

from app.core import clock, leaving, waiting
from app.core.db import transaction
from app.core.errors import Invalid, NotAllowed, RuleBroken
from app.teams import services
from app.teams.queries import records
from tests.factories.accounts import actor
from tests.teams.world import make_world, told


def test_a_member_leaves_with_a_note_and_the_dates_stay(world):
    member = world.join(world.ben)
    services.name_deputy(actor(world.anna), world.fresh(), person_id=world.ben.id)
    services.leave_team(actor(world.ben), world.fresh(), note="Files are in the drive")
    member = records.membership(world.team.id, member.id)
    assert (member.state, member.handed_over) == ("left", "Files are in the drive")
    assert member.started_at < member.ended_at
    team = world.fresh()
    assert (team.seats_taken, team.deputy_id) == (1, None)
    assert told("left") == {world.anna.id}


def test_the_lead_hands_over_first(world):
    world.join(world.ben)
    with pytest.raises(NotAllowed) as refusal:
        services.leave_team(actor(world.anna), world.fresh())
    assert refusal.value.code == "hand_over_first"
    services.offer_hand_over(actor(world.anna), world.fresh(), to_person_id=world.ben.id)
    assert told("hand_over_offered") == {world.ben.id}
    assert [item.kind for item in waiting.waiting_for(actor(world.ben))] == ["teams.hand_over"]
    with pytest.raises(RuleBroken):
        services.offer_hand_over(actor(world.anna), world.fresh(), to_person_id=world.ben.id)
    with pytest.raises(NotAllowed):
        services.accept_hand_over(actor(world.anna), world.fresh())
    assert world.fresh().lead_id == world.anna.id
    services.accept_hand_over(actor(world.ben), world.fresh())
    assert world.fresh().lead_id == world.ben.id
    services.leave_team(actor(world.anna), world.fresh())
    assert world.fresh().seats_taken == 1


def test_a_deputy_who_takes_the_lead_is_deputy_no_more(world):
    world.join(world.ben)
    services.name_deputy(actor(world.anna), world.fresh(), person_id=world.ben.id)
    services.offer_hand_over(actor(world.anna), world.fresh(), to_person_id=world.ben.id)
    services.accept_hand_over(actor(world.ben), world.fresh())
    team = world.fresh()
    assert (team.lead_id, team.deputy_id) == (world.ben.id, None)


def test_an_offer_is_declined_or_taken_back(world):
    world.join(world.ben)
    lead, member = actor(world.anna), actor(world.ben)
    with pytest.raises(Invalid):
        services.offer_hand_over(lead, world.fresh(), to_person_id=world.bea.id)
    services.offer_hand_over(lead, world.fresh(), to_person_id=world.ben.id)
    services.decline_hand_over(member, world.fresh(), note="No time")
    assert told("hand_over_declined") == {world.anna.id}
    services.offer_hand_over(lead, world.fresh(), to_person_id=world.ben.id)
    with pytest.raises(NotAllowed):
        services.withdraw_hand_over(member, world.fresh())
    services.withdraw_hand_over(lead, world.fresh())
    with pytest.raises(RuleBroken):
        services.accept_hand_over(member, world.fresh())
    assert world.fresh().lead_id == world.anna.id


def test_an_offer_ends_when_its_receiver_leaves(world):
    world.join(world.ben)
    services.offer_hand_over(actor(world.anna), world.fresh(), to_person_id=world.ben.id)
    services.leave_team(actor(world.ben), world.fresh())
    assert records.open_hand_over(world.team.id) is None


def test_removal_has_a_reason_and_never_hits_the_lead(world):
    member = world.join(world.ben)
    world.join(world.bea)
    services.name_deputy(actor(world.anna), world.fresh(), person_id=world.bea.id)
    own = records.live_membership(world.team.id, world.anna.id)
    for person, target, code in (
        (world.bea, own, "lead_stays"), (world.anna, own, "leave_instead"), (world.ben, own, "lead_stays"),
        (world.cora, member, "team_run_by_others"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed) as refusal:
            services.remove_member(actor(person), world.fresh(), target, note="x")
        assert refusal.value.code == code
    with pytest.raises(Invalid):
        services.remove_member(actor(world.bea), world.fresh(), member, note=" ")
    services.remove_member(actor(world.bea), world.fresh(), member, note="Never came")
    member = records.membership(world.team.id, member.id)
    assert (member.state, member.end_reason) == ("removed", "Never came")
    assert told("removed") == {world.ben.id}
    assert world.fresh().seats_taken == 2


def test_a_lead_is_held_when_closing_an_account_and_others_are_released(world):
    world.join(world.ben)
    assert [tie.path for tie in leaving.ties_of(world.anna.id)] == [f"/teams/{world.team.id}/hand-over"]
    assert leaving.ties_of(world.ben.id) == []
    services.ask_to_join(actor(world.bea), world.fresh(), institution_id=None, message="x")
    for person in (world.ben, world.bea):
        with transaction(system="the account is closed"):
            leaving.release_all(actor(person), person.id)
    assert world.fresh().seats_taken == 1
    assert records.live_membership(world.team.id, world.bea.id) is None
    services.change_state(actor(world.anna), world.fresh(), "dissolve", note="x")
    assert leaving.ties_of(world.anna.id) == []


# ---- Time passes ---------------------------------------------------------------------------------------------


def after(days: float):
    return clock.at(clock.now() + timedelta(days=days))


def test_a_request_is_reminded_of_once_and_then_lapses(world):
    request = services.ask_to_join(actor(world.ben), world.fresh(), institution_id=None, message="x")
    with after(6):
        assert (services.remind_due(), services.lapse_due()) == (0, 0)
    with after(8):
        assert services.remind_due() == 1
        assert services.remind_due() == 0
    assert told("reminder_request") == {world.anna.id}
    with after(15):
        assert services.lapse_due() == 1
        assert services.lapse_due() == 0
    request = records.membership(world.team.id, request.id)
    assert (request.state, request.decision_code, request.decided_by_id) == ("lapsed", "lapsed", None)
    assert told("lapsed") == {world.ben.id}
    assert told("lapsed_team") == {world.anna.id}


def test_invitations_lapse_and_an_answered_one_does_not(world):
    services.invite_person(actor(world.anna), world.fresh(), world.ben)
    services.invite_by_mail(actor(world.anna), world.fresh(), email="x@y.example")
    taken = services.invite_person(actor(world.anna), world.fresh(), world.bea)
    services.accept_invitation(actor(world.bea), world.fresh(), taken, institution_id=None)
    with after(8):
        assert services.remind_due() == 1
    assert told("reminder_invitation") == {world.ben.id}
    with after(15):
        assert services.lapse_due() == 2
    assert world.fresh().seats_taken == 2
    assert records.open_mail_invitations(world.team.id) == []


def test_a_confirmation_that_lapses_frees_the_seat(app):
    world = make_world(away={"confirms_participation": True})
    request = world.join(world.ben)
    assert world.fresh().seats_taken == 2
    with after(15):
        assert services.lapse_due() == 1
    assert world.fresh().seats_taken == 1
    assert records.membership(world.team.id, request.id).state == "lapsed"


def test_a_hand_over_lapses_and_the_lead_stays(world):
    world.join(world.ben)
    services.offer_hand_over(actor(world.anna), world.fresh(), to_person_id=world.ben.id)
    with after(15):
        assert services.lapse_due() == 1
    assert records.open_hand_over(world.team.id) is None
    assert world.fresh().lead_id == world.anna.id


def test_a_late_proposal_is_told_twice_and_does_not_lapse(world):
    from tests.factories import make_admin

    admin = make_admin()
    world.propose()
    with after(8):
        assert services.remind_due() == 1
        assert services.remind_due() == 0
    assert told("reminder_proposal") == {world.cora.id}
    with after(20):
        assert services.remind_due() == 1
        assert services.remind_due() == 0
        assert services.lapse_due() == 0
    assert told("reminder_proposal") == {world.cora.id, admin.id}
    assert world.fresh().state == "proposed"

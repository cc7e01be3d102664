"""Asking, inviting, answering; what stands afterwards, and that nothing stands after a refusal."""

import pytest

from app.audit.models import AuditEntry
from app.core.access import Actor
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, RuleBroken
from app.notifications.models import Mail
from app.teams import services
from app.teams.models import MailInvitation, Membership, Team
from app.teams.queries import records
from tests.factories import affiliate, make_institution, make_person, make_problem
from tests.factories.accounts import actor
from tests.teams.world import make_world, told


def actions() -> list[str]:
    return [row.action for row in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def ask(world, person, **values):
    return services.ask_to_join(
        actor(person), world.fresh(), **{"institution_id": None, "message": "Let me help.", **values}
    )


def test_starting_makes_the_lead_the_first_member_and_counts_for_the_problem(world):
    team = world.fresh()
    assert (team.seats_taken, team.lead_id, team.state) == (1, world.anna.id, "recruiting")
    own = records.live_membership(team.id, world.anna.id)
    assert own.state == "active"
    assert own.institution_id == world.home.id
    assert own.started_at is not None
    db.session.refresh(world.problem)
    assert world.problem.teams_open == 1
    assert "teams.start" in actions()


@pytest.mark.parametrize(
    ("values", "code"),
    [({"state": "closed"}, "problem_not_open"), ({"state": "answered"}, "problem_not_open")],
)
def test_a_team_starts_only_on_an_open_problem(world, values, code):
    problem = make_problem(institution=world.home, consortium=world.consortium, **values)
    with pytest.raises(RuleBroken) as refusal:
        services.start_team(
            actor(world.anna), problem, institution_id=None, name="X", purpose="Y", language="en", seats=4,
            working_languages=["en"],
        )  # fmt: skip
    assert refusal.value.code == code
    assert db.session.query(Team).count() == 1


def test_who_is_of_no_institution_or_of_another_consortium_starts_nothing(world):
    stranger = affiliate("Sara", make_institution("Elsewhere"))
    for person, code in ((make_person(), "no_affiliation"), (stranger, "not_in_consortium")):
        with pytest.raises(NotAllowed) as refusal:
            services.start_team(
                actor(person), world.problem, institution_id=None, name="X", purpose="Y", language="en", seats=4,
                working_languages=[],
            )  # fmt: skip
        assert refusal.value.code == code


def test_a_team_is_never_seen_by_more_people_than_its_problem(app):
    with pytest.raises(Invalid) as refusal:
        make_world(problem={"visibility": "consortium"}, visibility="public")
    assert "visibility" in refusal.value.fields


def test_a_request_is_answered_by_the_lead_and_takes_a_seat(world):
    request = ask(world, world.ben, brings=[{"kind": "data_set", "text": "Records"}])
    assert told("request_made") == {world.anna.id}
    assert world.fresh().seats_taken == 1
    services.accept_request(actor(world.anna), world.fresh(), request, note="Welcome")
    request = records.membership(world.team.id, request.id)
    assert (request.state, request.decided_by_id, request.decision_code) == (
        "active",
        world.anna.id,
        "accepted",
    )
    assert request.brings == [{"kind": "data_set", "text": "Records"}]
    assert world.fresh().seats_taken == 2
    assert told("request_accepted") == {world.ben.id}
    assert {"teams.ask_to_join", "teams.accept"} <= set(actions())


def test_one_pending_request_a_person_and_team(world):
    ask(world, world.ben)
    with pytest.raises(RuleBroken) as refusal:
        ask(world, world.ben)
    assert refusal.value.code == "already_asked"
    stale = Actor(world.ben.id, "Ben", "", "en", "UTC", None, frozenset(
        (role, thing) for role, thing in actor(world.ben).grants if role != "team_guest"
    ))  # fmt: skip
    with pytest.raises(RuleBroken):
        services.ask_to_join(stale, world.fresh(), institution_id=None, message="Again")
    assert db.session.query(Membership).filter_by(person_id=world.ben.id).count() == 1


def test_nobody_decides_their_own_request_or_without_running_the_team(world):
    request = ask(world, world.ben)
    for person in (world.ben, world.bea, world.cora):
        with pytest.raises(NotAllowed):
            services.accept_request(actor(person), world.fresh(), request)
    assert world.fresh().seats_taken == 1


def test_a_no_has_a_reason_and_another_reason_has_words(world):
    request = ask(world, world.ben)
    with pytest.raises(Invalid) as refusal:
        services.decline_request(actor(world.anna), world.fresh(), request, reason="")
    assert "reason" in refusal.value.fields
    with pytest.raises(Invalid) as refusal:
        services.decline_request(actor(world.anna), world.fresh(), request, reason="other")
    assert "note" in refusal.value.fields
    assert records.membership(world.team.id, request.id).state == "requested"
    assert told("request_declined") == set()
    services.decline_request(actor(world.anna), world.fresh(), request, reason="skills", note="Sorry")
    assert records.membership(world.team.id, request.id).decision_code == "skills"
    assert told("request_declined") == {world.ben.id}
    ask(world, world.ben)  # a no does not shut the door


def test_the_second_answer_says_what_the_first_was(world):
    request = ask(world, world.ben)
    services.decline_request(actor(world.anna), world.fresh(), request, reason="skills")
    with pytest.raises(Conflict) as refusal:
        services.accept_request(actor(world.anna), world.fresh(), request)
    assert "Anna" in str(refusal.value.text)
    assert world.fresh().seats_taken == 1


def test_an_answer_is_about_the_version_seen(world):
    request = ask(world, world.ben)
    with pytest.raises(Conflict):
        services.accept_request(actor(world.anna), world.fresh(), request, version=request.version + 1)
    assert world.fresh().seats_taken == 1


def test_the_team_text_is_accepted_on_joining(world):
    services.write_text(actor(world.anna), world.fresh(), text="We share.", seen=0)
    with pytest.raises(Invalid) as refusal:
        ask(world, world.ben)
    assert "accepts_text" in refusal.value.fields
    request = ask(world, world.ben, accepts_text=True)
    assert request.accepted_text == 1
    services.write_text(actor(world.anna), world.fresh(), text="We share all.", seen=1)
    assert records.membership(world.team.id, request.id).accepted_text == 1
    with pytest.raises(RuleBroken):
        services.write_text(actor(world.anna), world.fresh(), text="Older", seen=1)


def test_a_full_team_and_one_that_is_proposed_take_nobody(world):
    world.propose()
    with pytest.raises(RuleBroken) as refusal:
        ask(world, world.bea)
    assert refusal.value.code == "not_gathering"
    services.recall_team(actor(world.anna), world.fresh())
    services.edit_team(actor(world.anna), world.fresh(), version=None, seats=2)
    with pytest.raises(RuleBroken) as refusal:
        ask(world, world.bea)
    assert refusal.value.code == "team_full"
    with pytest.raises(Invalid):
        services.edit_team(actor(world.anna), world.fresh(), version=None, seats=1)


def test_a_request_is_taken_back_by_who_made_it_only(world):
    request = ask(world, world.ben)
    with pytest.raises(NotAllowed):
        services.withdraw_request(actor(world.bea), world.fresh(), request)
    services.withdraw_request(actor(world.ben), world.fresh(), request)
    assert records.membership(world.team.id, request.id).state == "withdrawn"


def test_who_lost_the_affiliation_does_not_get_in(world):
    from app.core.db import transaction
    from app.institutions.models import Affiliation

    request = ask(world, world.ben)
    with transaction(system="the person has left the institution"):
        db.session.query(Affiliation).filter_by(person_id=world.ben.id).one().state = "ended"
    with pytest.raises(RuleBroken) as refusal:
        services.accept_request(actor(world.anna), world.fresh(), request)
    assert refusal.value.code == "affiliation_ended"
    assert world.fresh().seats_taken == 1


# ---- Inviting ------------------------------------------------------------------------------------------------


def test_an_invited_person_accepts_or_declines(world):
    invitation = services.invite_person(actor(world.anna), world.fresh(), world.ben, message="Come")
    assert told("invited") == {world.ben.id}
    with pytest.raises(NotAllowed):
        services.accept_invitation(actor(world.bea), world.fresh(), invitation, institution_id=None)
    services.accept_invitation(actor(world.ben), world.fresh(), invitation, institution_id=None)
    assert records.membership(world.team.id, invitation.id).state == "active"
    assert world.fresh().seats_taken == 2
    assert told("invitation_accepted") == {world.anna.id}
    second = services.invite_person(actor(world.anna), world.fresh(), world.bea)
    services.decline_invitation(actor(world.bea), world.fresh(), second)
    assert records.membership(world.team.id, second.id).state == "declined"
    assert told("invitation_declined") == {world.anna.id}
    assert world.fresh().seats_taken == 2


def test_only_lead_and_deputy_invite_and_take_back(world):
    with pytest.raises(NotAllowed):
        services.invite_person(actor(world.ben), world.fresh(), world.bea)
    invitation = services.invite_person(actor(world.anna), world.fresh(), world.bea)
    with pytest.raises(NotAllowed):
        services.withdraw_invitation(actor(world.bea), world.fresh(), invitation)
    services.withdraw_invitation(actor(world.anna), world.fresh(), invitation)
    assert records.membership(world.team.id, invitation.id).state == "withdrawn"


def _secret(mail: Mail) -> str:
    return mail.path.rsplit("/", 1)[1]


def test_a_mail_invitation_is_the_same_for_known_and_unknown_addresses(world):
    for email in (world.ben.email, "nobody@elsewhere.example"):
        services.invite_by_mail(actor(world.anna), world.fresh(), email=email, message="Come")
    mails = db.session.query(Mail).filter(Mail.kind == "teams.invited_by_mail").all()
    assert {mail.address for mail in mails} == {world.ben.email, "nobody@elsewhere.example"}
    assert len({(mail.kind, mail.reason, str(mail.facts), mail.person_id) for mail in mails}) == 1
    assert told("invited_by_mail") == set()
    kept = db.session.query(MailInvitation).all()
    assert all(_secret(mail) not in str(vars(one)) for mail in mails for one in kept)


def test_whoever_has_the_link_may_come_in_once(world):
    services.invite_by_mail(actor(world.anna), world.fresh(), email="bea.private@home.example")
    secret = _secret(db.session.query(Mail).filter(Mail.kind == "teams.invited_by_mail").one())
    invitation = records.mail_invitation(secret)
    member = services.accept_mail_invitation(
        actor(world.bea), invitation.team, invitation, institution_id=None
    )
    assert member.state == "active"
    assert world.fresh().seats_taken == 2
    with pytest.raises(RuleBroken) as refusal:
        services.accept_mail_invitation(actor(world.ben), world.fresh(), invitation, institution_id=None)
    assert refusal.value.code == "link_used"
    assert world.fresh().seats_taken == 2


def test_a_second_mail_to_an_address_replaces_the_first(world):
    for _turn in range(2):
        services.invite_by_mail(actor(world.anna), world.fresh(), email="New@elsewhere.example")
    codes = [one.decision_code for one in db.session.query(MailInvitation).order_by(MailInvitation.id)]
    assert codes == ["superseded", None]


# ---- The institution's word ----------------------------------------------------------------------------------


def test_an_institution_that_confirms_is_asked_while_the_seat_is_held(app):
    world = make_world(away={"confirms_participation": True})
    rita = affiliate("Rita", world.away, role="representative")
    request = world.join(world.ben)
    assert records.membership(world.team.id, request.id).state == "confirming"
    assert world.fresh().seats_taken == 2
    assert told("confirmation_asked") == {rita.id}
    for person in (world.ben, world.anna, world.bea):
        with pytest.raises(NotAllowed):
            services.confirm_participation(actor(person), world.fresh(), request)
    services.confirm_participation(actor(rita), world.fresh(), request, note="Gladly")
    assert records.membership(world.team.id, request.id).state == "active"
    assert world.fresh().seats_taken == 2
    assert told("confirmed") == {world.anna.id, world.ben.id}


def test_an_institution_that_declines_says_why_and_frees_the_seat(app):
    world = make_world(away={"confirms_participation": True})
    rita = affiliate("Rita", world.away, role="representative")
    request = world.join(world.ben)
    with pytest.raises(Invalid):
        services.decline_participation(actor(rita), world.fresh(), request, note=" ")
    services.decline_participation(actor(rita), world.fresh(), request, note="No time")
    assert records.membership(world.team.id, request.id).state == "declined"
    assert world.fresh().seats_taken == 1
    assert told("confirmation_declined") == {world.anna.id, world.ben.id}


def test_a_representative_does_not_confirm_their_own_part(app):
    world = make_world(away={"confirms_participation": True})
    rita = affiliate("Rita", world.away, role="representative")
    request = world.join(rita)
    with pytest.raises(NotAllowed) as refusal:
        services.confirm_participation(actor(rita), world.fresh(), request)
    assert refusal.value.code == "own_request"

"""The pages, as a reader without scripts has them."""

import pytest

from app.core import clock, index
from app.core.db import db, transaction
from app.notifications.models import Mail
from app.teams import services
from app.teams.models import TEAM_STATES, ExchangeLine, Membership, OpenRole, Team, TeamUpdate
from app.teams.queries import records
from tests.factories import (
    add_member,
    affiliate,
    make_admin,
    make_institution,
    make_person,
    make_team,
)
from tests.factories.accounts import actor
from tests.teams.world import make_world


def test_the_story_from_starting_to_approval(app, login_as, page):
    world = make_world()
    anna, ben, cora = login_as(world.anna), login_as(world.ben), login_as(world.cora)
    form = page(f"/teams/new?problem={world.problem.id}", anna)
    assert form.submit({"name": ""}, button="start").status == 422
    started = form.submit(
        {"name": "Sweet Water", "purpose": "Less salt.", "language_2": "ar"}, button="start"
    )
    assert started.h1 == "Sweet Water"
    here = started.path
    role = page(f"{here}/roles", anna).submit(
        {"skill": "Calibration", "hours_month": "١٠"}, button="add-role"
    )
    assert "Calibration" in role.text
    page(f"{here}/text", anna).submit({"text": "We **share**."}, button="write-text")

    asked = page(here, ben).follow("Ask to join")
    refused = asked.submit({"message": "I measure.", "brings_text_1": "Probes"}, button="send")
    assert refused.status == 422
    assert "accept it" in " ".join(refused.errors)
    assert "You asked to join" in refused.submit({"accepts_text": "y"}, button="send").text
    shown = page(here, anna)
    assert "One request to decide" in shown.text
    assert "I measure." in shown.text
    assert shown.submit({"note": ""}, button="decline").status == 422
    assert "Ben is accepted" in shown.submit({"note": "Welcome"}, button="accept").text

    page(f"{here}/deputy", anna).submit({"person_id": str(world.ben.id)}, button="save")
    page(f"{here}/rules", anna).submit(
        {"decision_rule": "consent", "credit_rule": "equal", "benefit_rule": "Open."}, button="save"
    )
    blocked = page(f"{here}/propose", anna)
    assert "Away Institute has not said what it hopes to gain" in blocked.text
    for who, text in ((anna, "Wells"), (ben, "Probes")):
        page(f"{here}/lines/new/brings", who).submit({"kind": "data_set", "text": text}, button="save")
    lines = {line.text: str(line.id) for line in records.lines(int(here.rsplit("/", 1)[1]))}
    page(f"{here}/lines/new/gains", anna).submit(
        {"kind": "training", "text": "To measure", "from_line_id": lines["Probes"]}, button="save"
    )
    nowhere = page(f"{here}/lines/new/gains", ben).submit(
        {"kind": "training", "text": "Wells"}, button="save"
    )
    assert nowhere.status == 422
    nowhere.submit({"from_outcome": "A paper"}, button="save")
    done = page(f"{here}/propose", anna).submit(button="propose")
    assert "The team is proposed" in done.text

    first, second = page(f"{here}/decide", cora), page(f"{here}/decide", cora)
    assert first.submit(button="return").status == 422
    assert "Approved" in first.submit({"note": "Go"}, button="approve").text
    late = second.submit({"reason": "overlap"}, button="reject")
    assert late.status == 409
    assert "Cora Lead" in late.text


def test_every_page_of_a_lead_opens(world, login_as, page):
    world.join(world.ben)
    services.add_role(actor(world.anna), world.fresh(), skill="Calibration")
    line = world.line(world.anna, world.home, "brings", "Wells")
    lead, here = login_as(world.anna), f"/teams/{world.team.id}"
    member = records.live_membership(world.team.id, world.ben.id)
    role = records.roles(world.team.id)[0]
    for part in (
        "", "/edit", "/rules", "/deputy", "/roles", f"/roles/{role.id}", "/text", "/skills", "/lines", "/lines/new/brings",
        "/lines/new/gains", f"/lines/{line.id}", f"/lines/{line.id}/remove", f"/remind/{world.away.id}", "/invite",
        "/invite?q=bea", "/propose", "/dissolve", "/hand-over", f"/members/{member.id}/remove", "/meeting", "/history", "/updates",
    ):  # fmt: skip
        found = page(here + part, lead)
        assert found.status == 200, part
        assert found.html.count("<h1") == 1, part


@pytest.mark.parametrize(
    "part",
    [
        "edit",
        "rules",
        "deputy",
        "roles",
        "skills",
        "lines",
        "invite",
        "propose",
        "dissolve",
        "hand-over",
        "meeting",
        "leave",
    ],
)
def test_pages_for_the_team_are_refused_to_others(world, login_as, page, part):
    assert page(f"/teams/{world.team.id}/{part}", login_as(world.bea)).status == 403
    assert page(f"/teams/{world.team.id}/{part}").path.startswith("/sign-in")


def test_a_decision_page_is_for_those_who_decide(world, login_as, page):
    here = f"/teams/{world.team.id}/decide"
    world.propose()
    assert page(here, login_as(world.bea)).status == 404
    assert page(here, login_as(world.anna)).status == 403
    assert page(here, login_as(world.cora)).status == 200


def test_nobody_asked_is_seen_by_others(world, login_as, page):
    quiet = affiliate("Quentin Quiet", world.away)
    services.ask_to_join(actor(quiet), world.fresh(), institution_id=None, message="XMARKERX")
    services.invite_person(
        actor(world.anna), world.fresh(), affiliate("Ziad Marker", world.away), message="YMARKERY"
    )
    mia = affiliate("Mia", world.home)
    add_member(world.fresh(), mia, world.home)
    request = records.live_membership(world.team.id, quiet.id)
    here = f"/teams/{world.team.id}"
    for reader in (None, world.bea, mia, world.cora):
        client = login_as(reader) if reader else None
        for path in (here, "/teams", "/teams/export.csv", f"{here}/history", f"{here}/updates"):
            found = page(path, client)
            for marker in ("XMARKERX", "YMARKERY", "Ziad Marker", "Quentin Quiet"):
                assert marker not in found.html, (path, reader)
        if client:
            assert page(f"{here}/requests/{request.id}", client).status == 404
    assert "XMARKERX" in page(here, login_as(world.anna)).text
    assert "XMARKERX" in page(f"{here}/requests/{request.id}", login_as(quiet)).text


def test_a_link_from_a_mail_leads_through_signing_in(world, login_as, page):
    services.invite_by_mail(actor(world.anna), world.fresh(), email="bea@private.example", message="Come")
    path = db.session.query(Mail).filter(Mail.kind == "teams.invited_by_mail").one().path
    visitor = page(path)
    assert visitor.path.startswith("/sign-in")
    assert "invitations" in visitor.path
    found = page(path, login_as(world.bea))
    assert found.status == 200
    assert "bea@private.example" not in found.html
    assert "b•••@p•••.example" in found.text
    joined = found.submit(button="accept")
    assert "you are a member" in joined.text
    assert "answered, taken back or has lapsed" in page(path, login_as(world.ben)).text
    assert page("/teams/invitations/wrong", login_as(world.ben)).status == 404


def test_an_invitation_is_answered_on_its_page(world, login_as, page):
    services.invite_person(actor(world.anna), world.fresh(), world.ben)
    here = f"/teams/{world.team.id}/invitation"
    assert "you are a member" in page(here, login_as(world.ben)).submit(button="accept").text
    assert "No invitation" in page(here, login_as(world.bea)).text


def test_an_institution_confirms_on_its_page(app, login_as, page):
    world = make_world(away={"confirms_participation": True})
    rita = affiliate("Rita", world.away, role="representative")
    request = world.join(world.ben)
    here = f"/teams/{world.team.id}/confirmations/{request.id}"
    assert page(here, login_as(world.bea)).status == 404
    found = page(here, login_as(rita))
    assert found.submit({"note": ""}, button="decline").status == 422
    found.submit({"note": "Gladly"}, button="accept")
    assert records.membership(world.team.id, request.id).state == "active"


def test_what_waits_is_put_into_words(world, login_as, page):
    services.ask_to_join(actor(world.ben), world.fresh(), institution_id=None, message="x")
    services.invite_person(actor(world.anna), world.fresh(), world.bea)
    assert "Ben asks to join Open Wells" in page("/", login_as(world.anna)).text
    assert "Anna invites you to Open Wells" in page("/", login_as(world.bea)).text


def test_update_reminder_and_meeting(world, login_as, page):
    world.join(world.ben)
    here, lead = f"/teams/{world.team.id}", login_as(world.anna)
    assert page(f"{here}/updates", lead).submit({"text": ""}, button="post-update").status == 422
    assert (
        "First wells"
        in page(f"{here}/updates", lead).submit({"text": "First wells"}, button="post-update").text
    )
    assert (
        "1 person was reminded" in page(f"{here}/remind/{world.away.id}", lead).submit(button="remind").text
    )
    meeting = page(f"{here}/meeting", lead)
    assert meeting.submit(button="save").status == 422
    assert "UTC every week" in meeting.submit({"slot": "1-8"}, button="save").text


def test_search_for_people_to_invite_finds_only_whom_one_may_see(world, login_as, page):
    hana = affiliate(make_person("Hidden Hana", visibility="hidden"), world.away)
    omar = affiliate(make_person("Open Omar"), world.away)
    with transaction(system="test"):
        for person in (hana, omar):
            index.put("person", person.id, person.display_name)
    here, lead = f"/teams/{world.team.id}/invite", login_as(world.anna)
    assert "Hidden Hana" not in page(f"{here}?q=hana", lead).text
    found = page(f"{here}?q=omar", lead)
    assert "Open Omar" in found.text
    person = records.find_people(actor(world.anna), world.team.id, "omar")[0]
    assert "Open Omar is invited" in found.submit({"message": "Come"}, button=f"invite-{person.id}").text


@pytest.mark.parametrize(
    "path",
    [
        "/teams?state=nonsense",
        "/teams?consortium=99999999999999",
        "/teams?consortium=x&country=XX&sort=z",
        "/teams?q=%27%22%25_",
    ],
)
def test_odd_filters_are_ignored(world, page, path):
    assert page(path).status == 200


@pytest.mark.parametrize("path", ["/teams/99999", "/teams/2147483647", "/teams/1/roles/1/x", "/teams/new"])
def test_unknown_addresses(world, login_as, page, path):
    found = page(path, login_as(world.anna))
    assert found.status == 404 or "A team takes on a problem" in found.text


def _many(team_id: int, number: int) -> None:
    """More of everything on the team's page, and more teams."""
    with transaction(system="test"):
        team = db.session.get_one(Team, team_id)
        team.seats, team.seats_taken = 60, team.seats_taken + number
    for place in range(number):
        institution = make_institution(f"Institute {place}")
        person = affiliate(f"Member {place}", institution)
        with transaction(system="test"):
            for state in ("active", "requested"):
                who = person if state == "active" else make_person()
                member = Membership(
                    team_id=team_id,
                    person_id=who.id,
                    institution_id=institution.id,
                    side="person",
                    state=state,
                )
                member.ask(who.id)
                if state == "active":
                    member.decide(who.id, "accepted")
                    member.started_at = clock.now()
                db.session.add(member)
            db.session.add_all(
                [
                    ExchangeLine(team_id=team_id, institution_id=institution.id, direction="brings", kind="data_set", text="L"),
                    OpenRole(team_id=team_id, skill=f"Skill {place}"),
                    TeamUpdate(team_id=team_id, author_id=person.id, text="x"),
                    Team(
                        name=f"Team {place}", purpose="P", problem_id=team.problem_id, consortium_id=team.consortium_id,
                        lead_id=team.lead_id, seats_taken=1,
                    ),
                ]
            )  # fmt: skip


# Of those of a team, two are for session and roles and one for the count of what waits.
MOST_STATEMENTS = {"/teams": 5, "/teams/{id}": 10}


@pytest.mark.parametrize("address", MOST_STATEMENTS)
def test_statements_are_few_and_do_not_grow(world, login_as, page, statements, address):
    team_id = world.team.id
    path = address.format(id=team_id)
    readers = [None, login_as(world.anna), login_as(world.bea), login_as(world.cora), login_as(make_admin())]
    counts = []
    for number in (1, 24):
        _many(team_id, number)
        for place, client in enumerate(readers):
            db.session.remove()
            statements.clear()
            assert page(path, client).status == 200
            counts.append((place, len(statements)))
    assert counts[:5] == counts[5:]
    assert max(number for _place, number in counts) <= MOST_STATEMENTS[address]


def test_states_have_words_on_the_page(world, page):
    for state in TEAM_STATES.names:
        if state == "rejected":
            continue
        team = make_team(state=state, problem=world.problem)
        assert str(TEAM_STATES[state].label) in page(f"/teams/{team.id}").text


@pytest.mark.parametrize("value", ["²", "-1", "99999999999999999999", "1e3", "\u202e1", "'"])
def test_odd_values_are_refused_and_break_nothing(world, login_as, page, value):
    services.ask_to_join(actor(world.ben), world.fresh(), institution_id=None, message="x")
    request = records.live_membership(world.team.id, world.ben.id)
    lead, here = login_as(world.anna), f"/teams/{world.team.id}"
    shown = page(here, lead)
    token = next(pair for form in shown.forms() for pair in shown.values(form) if pair[0] == "csrf_token")[1]
    sent = {
        "csrf_token": token,
        "version": value,
        "person_id": value,
        "institution_id": value,
        "seen": value,
        "slot": value,
        "decision": value,
    }
    for part in (
        f"/requests/{request.id}", "/invite", "/deputy", "/rules", "/text", "/meeting", "/hand-over", "/edit", "/lines/new/gains",
        "/pause", "/decide", "/join",
    ):  # fmt: skip
        answer = lead.post(here + part, data={**sent, "note": "x", "text": "x", "kind": value})
        assert 400 < answer.status_code < 500 or answer.status_code == 303, (part, answer.status_code)

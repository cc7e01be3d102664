"""The pages: the whole way from the button to the contact, each refusal, lists, and how many statements they take."""

import csv
import io

import pytest

from app.core import waiting
from app.discussion import services as discussion
from app.interest import services
from app.interest.models import TERMS_VERSION
from tests.factories import affiliate, make_institution, make_listing, make_problem, make_team
from tests.factories.accounts import actor
from tests.factories.interest import BRINGS, GAINS, make_interest, reread
from tests.interest.world import make_world

LINES = {
    "brings-0-kind": "staff_time",
    "brings-0-text": "Two days a week",
    "gains-0-kind": "data_set",
    "gains-0-text": "Salinity records",
}


@pytest.fixture
def world(app):
    return make_world()


def sent(world, **values):
    return make_interest(world["listing"], sender=world["sender"], institution=world["atlas"], **values)


def test_from_the_button_to_the_contact(world, page, login_as):
    sender, owner = login_as(world["sender"]), login_as(world["owner_rep"])
    start = page(f"/exchange/{world['listing'].id}", sender)
    form = start.follow("We are interested")
    back = form.submit({**LINES, "gains-0-text": ""}, button="send")
    assert back.status == 422
    assert "What (1): Say what it is" in back.errors
    half = page(f"/interest/new?listing={world['listing'].id}", sender).submit(
        {"brings-0-kind": "staff_time", "brings-0-text": "Two days"}, button="send"
    )
    assert half.status == 422
    assert half.errors == ["We hope for: Say what your side hopes for"]
    assert "Two days" in half.html
    done = form.submit({**LINES, "message": "We run three wells."}, button="send")
    assert "Your interest is sent" in done.text
    assert "We are interested" not in page(f"/exchange/{world['listing'].id}", sender).links()

    answer = page("/", owner).follow("Read and answer")
    assert "Atlas Institute would like to work with you" in answer.h1
    assert "Two days a week" in answer.text
    more = answer.submit({}, button="brings")
    assert more.status == 200
    assert "brings-1-kind" in more.html
    wrong = answer.submit({}, button="decline")
    assert (wrong.status, len(wrong.errors)) == (422, 1)
    assert "Choose a reason for the no" in wrong.errors[0]
    wrong = answer.submit({}, button="accept")
    assert wrong.errors == [
        "We bring: Say what your side brings",
        "We hope for: Say what your side hopes for",
    ]
    yes = answer.submit({**LINES, "note": "Welcome"}, button="accept")
    assert "Both sides have said yes" in yes.text
    assert "mailto:silva.sender@atlas.example" in yes.html
    assert "Names and addresses opened to Atlas Institute" in yes.text
    mine = page(yes.path, sender)
    assert "mailto:umbra.owner@delta.example" in mine.html
    assert "mailto:umbra.owner@delta.example" in page(f"/exchange/{world['listing'].id}", sender).html


def test_talk_first_then_decline(world, page, login_as):
    interest = sent(world)
    owner, sender = login_as(world["owner"]), login_as(world["sender"])
    path = f"/interest/{interest.id}"
    assert page(f"{path}/discussion", sender).status == 404
    assert page(f"{path}/conversation.txt", sender).status == 404
    talking = page(path, owner).submit({}, button="talk")
    assert "The conversation is open" in talking.text
    said = page(f"{path}/discussion", sender).submit({"text": "May we come in May?"}, button="send-comment")
    assert "May we come in May?" in said.text
    assert "Silva Sender" not in page(f"{path}/discussion", owner).html
    kept = owner.get(f"{path}/conversation.txt")
    assert kept.headers["Content-Disposition"] == f'attachment; filename="{interest.number}.txt"'
    assert "May we come in May?" in kept.get_data(as_text=True)
    no = page(path, owner).submit({"reason": "other", "note": "We move house."}, button="decline")
    assert "The other side was told" in no.text
    assert "We move house." in page(path, sender).text
    assert page(f"{path}/discussion", sender).status == 200


def test_taking_it_back(world, page, login_as):
    interest = sent(world)
    done = page(f"/interest/{interest.id}", login_as(world["sender_rep"])).submit({}, button="withdraw")
    assert "taken back" in done.text
    assert page(f"/interest/{interest.id}", login_as(world["owner"])).status == 200


def test_terms_are_read_and_accepted(app, page, login_as):
    world = make_world("agreement")
    interest = sent(world, state="accepted")
    path = f"/interest/{interest.id}"
    first = page(path, login_as(world["sender_rep"])).follow("Read and accept the terms")
    assert first.submit({}, button="accept-terms").status == 422
    assert "accepted the terms" in first.submit({"accepts": "y"}, button="accept-terms").text
    assert "accepted the terms of confidentiality" in page("/", login_as(world["owner_rep"])).text
    assert page(f"{path}/terms", login_as(world["sender"])).status == 200
    second = page(f"{path}/terms", login_as(world["owner_rep"]))
    second.submit({"accepts": "y"}, button="accept-terms")
    assert "Both have accepted" in page(path, login_as(world["sender"])).text
    assert "accepted the terms of confidentiality" not in page("/", login_as(world["owner_rep"])).text


def test_terms_stand_only_where_something_stands_under_them(world, page, login_as):
    interest = sent(world, state="accepted")
    assert page(f"/interest/{interest.id}/terms", login_as(world["sender_rep"])).status == 404


def test_the_way_into_a_team(world, page, login_as):
    interest = sent(world, state="accepted")
    path = f"/interest/{interest.id}/membership"
    assert "You lead no team" in page(path, login_as(world["sender"])).text
    make_team("Wells", lead=world["owner"], institution=world["delta"])
    form = page(path, login_as(world["owner"]))
    assert form.submit({}, button="invite").status == 422
    done = form.submit({"team_id": form.values(form.form_with("invite")[0]) and "1"}, button="invite")
    assert "The invitation is sent" in done.text
    assert reread(interest).state == "converted"
    assert "taken further already" in page(path, login_as(world["owner"])).text


def test_refusals(world, page, login_as, client):
    interest = sent(world)
    for who in ("outsider", "lead", "admin", "sender_member", "owner_member"):
        for below in ("", "/discussion", "/terms", "/membership"):
            assert page(f"/interest/{interest.id}{below}", login_as(world[who])).status == 404, (who, below)
    new = f"/interest/new?listing={world['listing'].id}"
    assert page(new, login_as(world["outsider"])).status == 403
    assert page(new, login_as(world["owner_member"])).status == 403
    assert page("/interest/new?listing=999999", login_as(world["sender"])).status == 404
    assert "open one, then write from there" in page("/interest/new", login_as(world["sender"])).text
    paused = make_listing(state="paused", institution=world["delta"], contact=world["owner"])
    assert page(f"/interest/new?listing={paused.id}", login_as(world["sender"])).status == 409
    assert client.get("/interest").status_code == 303
    services.withdraw(actor(world["sender"]), interest)
    late = page(f"/interest/{interest.id}", login_as(world["owner"]))
    assert 'data-testid="accept"' not in late.html


def test_two_who_answer_at_once(world, page, login_as):
    interest = sent(world)
    first, second = (page(f"/interest/{interest.id}", login_as(world[who])) for who in ("owner", "owner_rep"))
    first.submit(LINES, button="accept")
    late = second.submit({"reason": "no_fit"}, button="decline")
    assert late.status == 409
    assert reread(interest).state == "accepted"


def test_the_lists_and_their_file(world, page, login_as):
    for state in ("declined", "sent"):
        sent(world, state=state)
    owner = page("/interest", login_as(world["owner_rep"]))
    assert "2 found" in owner.text
    assert "1 found" in page("/interest?state=declined", login_as(world["owner_rep"])).text
    assert "0 found" in page("/interest", login_as(world["sender"])).text
    assert "2 found" in page("/interest?view=sent", login_as(world["sender"])).text
    rows = list(
        csv.reader(
            io.StringIO(
                login_as(world["owner"]).get("/interest/export.csv?state=sent").get_data(as_text=True)
            )
        )
    )
    assert [row[1:6] for row in rows[1:]] == [
        [
            world["listing"].number,
            "Membrane tests",
            "Atlas Institute",
            "Delta Institute",
            "Waiting for an answer",
        ]
    ]


def test_what_waits_and_for_whom(world):
    interest = sent(world)
    for who, number in (("owner", 1), ("owner_rep", 1), ("sender", 0), ("sender_rep", 0), ("admin", 0)):
        found = [one for one in waiting.waiting_for(actor(world[who])) if one.kind == "interest.answer"]
        assert len(found) == number, who
    services.accept(actor(world["owner"]), interest, brings=GAINS, gains=BRINGS)
    assert not [one for one in waiting.waiting_for(actor(world["owner"])) if one.feature == "interest"]


def test_how_an_owner_answers_stands_beside_what_it_posts(world, page, login_as, client):
    for _number in range(5):
        make_interest(world["listing"], state="declined")
    words = "Answered 5 of the last 5 interests, half of them within a day"
    assert words in page(f"/exchange/{world['listing'].id}", client).text
    assert words in page(f"/institutions/{world['delta'].id}", client).text
    assert words in page(f"/interest/new?listing={world['listing'].id}", login_as(world["sender"])).text


def test_a_problem_has_the_same_way(world, page, login_as):
    author = affiliate("Author", world["delta"])
    problem = make_problem(author=author, institution=world["delta"], consortium=world["consortium"])
    form = page(f"/problems/{problem.id}", login_as(world["sender"])).follow("We are interested")
    done = form.submit(LINES, button="send")
    assert "Your interest is sent" in done.text
    yes = page(done.path, login_as(author)).submit(LINES, button="accept")
    assert "Both sides have said yes" in yes.text
    assert author.email in page(f"/problems/{problem.id}", login_as(world["sender"])).html
    assert author.email not in page(f"/problems/{problem.id}", login_as(world["outsider"])).html


# ---- What the pages cost -------------------------------------------------------------------------------------


def cost(statements, browser, path):
    browser.get(path)
    statements.clear()
    assert browser.get(path).status_code == 200, path
    return len(statements)


def _write(world, interest, times):
    for number in range(times):
        discussion.write(
            actor(world["sender"]),
            kind="interest",
            thing_id=interest.id,
            text=f"Word {number}",
            language="en",
        )


def test_statement_counts_are_fixed(app, login_as, client, statements):
    world = make_world("agreement")
    owner, sender = login_as(world["owner"]), login_as(world["sender"])
    interest = sent(world, state="accepted")
    quiet = sent(world)
    for rep in ("sender_rep", "owner_rep"):
        services.accept_terms(actor(world[rep]), interest, accepts=True, version=TERMS_VERSION)
    _write(world, interest, 1)
    listing = f"/exchange/{world['listing'].id}"
    paths = [
        (owner, "/interest", 5),
        (sender, "/interest?view=sent", 5),
        (owner, f"/interest/{quiet.id}", 6),
        (owner, f"/interest/{interest.id}", 9),
        (sender, f"/interest/{interest.id}", 9),
        (sender, f"/interest/{interest.id}/discussion", 9),
        (sender, f"/interest/new?listing={world['listing'].id}", 9),
        (client, listing, 6),
        (sender, listing, 9),
    ]
    before = [cost(statements, browser, path) for browser, path, _most in paths]
    for number, (_browser, path, most) in enumerate(paths):
        assert before[number] <= most, (path, before[number])
    for number in range(25):
        make_interest(world["listing"], institution=(place := make_institution(country="KE")),
                      sender=affiliate(None, place), state="declined" if number % 2 else "sent")  # fmt: skip
    _write(world, interest, 4)
    after = [cost(statements, browser, path) for browser, path, _most in paths]
    assert after == before

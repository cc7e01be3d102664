"""Pages of discussions: happy paths and refusals, statements, hostile texts, markers."""

import pytest

from app.core import index
from app.core.db import db
from app.discussion import services
from app.discussion.models import Comment, ModerationCase
from app.notifications.models import Mail, Notice
from tests.discussion.world import second_lead

MARKER = "Zaffre-Quokka-17"


@pytest.fixture
def thread_path(world):
    return f"/discussion/team/{world.team.id}"


def test_a_comment_is_written_answered_changed_and_taken_back(world, page, login_as, thread_path):
    dan = login_as(world.dan)
    seen = page(thread_path, dan)
    assert "Nobody has said anything yet" in seen.text
    seen = seen.submit({"text": "Is **this** known?"}, button="send-comment")
    said = db.session.query(Comment).one()
    assert seen.status == 200
    assert seen.redirects[0].endswith(f"{thread_path}#comment-{said.id}")
    assert "<strong>this</strong>" in seen.html
    anna = login_as(world.anna)
    permalink = f"/discussion/comments/{said.id}"
    answered = page(permalink, anna).submit({"text": "Yes."}, button="send-comment")
    assert "Yes." in answered.text
    changed = page(f"{permalink}/edit", dan).submit({"text": "Is it known?"}, button="send-comment")
    assert "Is it known?" in changed.text
    assert "edited" in changed.text
    before = page(f"{permalink}/versions")
    assert "Is this known?" in before.text
    gone = page(f"{permalink}/withdraw", dan).submit(button="withdraw")
    assert "Taken back by its author" in gone.text
    assert "Is it known?" not in page(thread_path).text
    assert page(f"{permalink}/versions", dan).status == 404


def test_what_needs_mending_comes_back_as_typed(world, page, login_as, thread_path):
    dan = login_as(world.dan)
    seen = page(thread_path, dan).submit({"text": "", "language": "ar"}, button="send-comment")
    assert seen.status == 422
    assert seen.errors == ["Your comment: Write something first"]
    assert 'value="ar" selected' in seen.html
    seen = page(thread_path, dan).submit({"text": "x" * 5001}, button="send-comment")
    assert seen.status == 422
    assert "x" * 5001 in seen.html
    said = world.say("dan")
    for path in (f"/discussion/comments/{said.id}", f"/discussion/comments/{said.id}/edit"):
        assert page(path, dan).submit({"text": " "}, button="send-comment").status == 422


def test_an_audience_that_is_not_offered_is_not_taken(world, login_as, page, thread_path):
    dan = login_as(world.dan)
    seen = page(thread_path, dan)
    form, _button = seen.form_with("send-comment")
    values = dict(seen.values(form)) | {"text": "x", "audience": "deciders"}
    assert dan.post(thread_path, data=values).status_code == 422
    assert db.session.query(Comment).count() == 0


def test_visitors_read_and_are_led_to_sign_in(world, page, client, thread_path):
    world.say("anna", MARKER)
    seen = page(thread_path)
    assert MARKER in seen.text
    assert "Sign in to take part" in seen.text
    assert not seen.tree.findall(".//textarea")
    assert client.get(f"/discussion/report/team/{world.team.id}").status_code == 303


def test_who_may_not_write_reads_why(world, page, login_as, thread_path):
    seen = page(thread_path, login_as(world.eve))
    assert "confirmed affiliation" in seen.text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/problems"])
def test_the_way_back_leads_to_pages_of_ours_alone(world, login_as, page, thread_path, back):
    dan = login_as(world.dan)
    seen = page(thread_path, dan)
    form, _button = seen.form_with("send-comment")
    values = dict(seen.values(form)) | {"text": "x", "back": back}
    target = dan.post(thread_path, data=values).headers["Location"]
    assert target.startswith(back if back == "/problems" else thread_path)


def test_a_form_sent_twice_acts_once(world, login_as, page, thread_path):
    dan = login_as(world.dan)
    seen = page(thread_path, dan)
    form, _button = seen.form_with("send-comment")
    values = dict(seen.values(form)) | {"text": "Once."}
    assert dan.post(thread_path, data=values).status_code == 303
    assert dan.post(thread_path, data=values).status_code == 409
    assert db.session.query(Comment).count() == 1


@pytest.mark.parametrize(
    "path", ["/discussion/nothing/1", "/discussion/team/999", "/discussion/comments/999",
             "/discussion/comments/999/edit", "/discussion/comments/999/versions",
             "/discussion/comments/999/withdraw", "/discussion/comments/999/naming",
             "/discussion/report/comment/999", "/discussion/report/nothing/1",
             "/discussion/moderation/999", "/discussion/statements/999"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(world, page, login_as, path):
    assert page(path, login_as(world.ada)).status == 404


def test_pages_of_others_are_refused(world, page, login_as):
    said = world.say("dan")
    anna = login_as(world.anna)
    for what in ("edit", "withdraw", "naming"):
        assert page(f"/discussion/comments/{said.id}/{what}", anna).status == 403
    assert page(f"/discussion/report/comment/{said.id}", login_as(world.dan)).status == 403
    assert page("/discussion/moderation", login_as(world.dan)).status == 403


# ---- No text by any road -----------------------------------------------------------------------------------


def roads(world, said):
    """Addresses at which a comment or a word of it may stand."""
    here = f"/discussion/comments/{said.id}"
    return [
        f"/discussion/team/{world.team.id}", here, f"{here}/versions", f"{here}/edit", f"{here}/withdraw",
        f"{here}/naming", f"/discussion/report/comment/{said.id}", f"/teams/{world.team.id}",
        f"/teams/{world.team.id}/history", "/teams?q=Zaffre", f"/problems/{world.team.problem_id}", "/",
        "/notifications", "/account/data.json", "/history", "/discussion/moderation",
    ]  # fmt: skip


@pytest.mark.parametrize("audience", ["reviewers", "deciders"])
def test_what_is_not_for_them_is_found_on_no_road(world, page, login_as, audience):
    said = world.say("cora", f"{MARKER} for us. @Dan @Anna Bauer", audience=audience)
    services.edit(
        world.actor("cora"), said.id, text=f"{MARKER} again", language="en", audience=audience, version=1
    )
    answer = world.say("ada", f"{MARKER} answered", parent_id=said.id, audience=audience)
    outside = [None, world.dan, world.eve] + ([world.anna, world.ben] if audience == "deciders" else [])
    for person in outside:
        browser = login_as(person) if person else None
        for one in (said, answer):
            for path in roads(world, one):
                seen = page(path, browser)
                assert MARKER not in seen.html, path
                if f"/comments/{one.id}" in path or "/report/" in path:
                    assert seen.h1 in {"There is nothing here that you can see", "Sign in"}, path
        if person:
            kinds = {row.kind for row in db.session.query(Notice).filter_by(person_id=person.id)}
            assert not {kind for kind in kinds if kind.startswith("discussion.")}
    for row in [*db.session.query(Mail), *db.session.query(Notice)]:
        assert MARKER not in str(row.facts)
    assert MARKER not in str([row for (row,) in db.session.query(index.IndexEntry.words)])


def test_hidden_and_withdrawn_text_is_found_on_no_road(world, page, login_as):
    hidden, gone = world.say("dan", MARKER), world.say("dan", MARKER)
    services.edit(
        world.actor("dan"), hidden.id, text=f"{MARKER} 2", language="en", audience="everybody", version=1
    )
    world.decide("cora", world.report("anna", hidden))
    services.withdraw(world.actor("dan"), gone.id, version=None)
    for person in (None, world.eve, world.anna, world.ben, world.cora, world.ada):
        browser = login_as(person) if person else None
        for one in (hidden, gone):
            for path in roads(world, one):
                seen = page(path, browser)
                assert MARKER not in seen.html, path
    seen = page(f"/discussion/team/{world.team.id}")
    assert "Hidden by a moderator. It insults, threatens or harasses somebody." in seen.text
    assert "Taken back by its author." in seen.text


HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "<img src=x onerror=alert(1)>",
    '[x](https://a.example" onclick="alert(1))',
    "# One\n\n## Two",
    "`" * 3000,
    "[" * 2400,
    "> " * 2400,
    "@" * 5000,
    "@a\n" * 1600,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_do_no_harm(world, page, login_as, thread_path, text):
    dan = login_as(world.dan)
    seen = page(thread_path, dan).submit({"text": text}, button="send-comment")
    assert seen.status == 200
    body = next(node for node in seen.tree.iter("div") if node.get("data-user-content") is not None)
    tags = {node.tag for node in body.iter() if isinstance(node.tag, str)}
    assert not tags & {"script", "img", "iframe", "h1", "h2", "style", "form"}
    for node in body.iter("a"):
        assert node.get("href", "").startswith(("http://", "https://", "mailto:")) or node.get("href") is None
        assert not [name for name in node if name.startswith("on")]


# ---- Paging and statements ---------------------------------------------------------------------------------


def test_the_newest_stand_last_and_earlier_ones_one_page_away(world, page, thread_path):
    for number in range(27):
        world.say("dan" if number % 2 else "anna", f"Number {number}.")
    seen = page(thread_path)
    assert "Number 26." in seen.text
    assert "Number 1." not in seen.text
    assert seen.text.index("Number 25.") < seen.text.index("Number 26.")
    earlier = page(thread_path + seen.links()["Earlier comments"].split("#")[0])
    assert "Number 1." in earlier.text
    assert "Number 26." not in earlier.text
    assert "Number 26." in page(thread_path + earlier.links()["Later comments"].split("#")[0]).text
    assert page(f"{thread_path}?page=nonsense").status == 400


def test_many_answers_are_paged(world, page, thread_path):
    first = world.say("anna")
    for number in range(28):
        world.say("dan" if number % 2 else "ben", f"Answer {number}.", parent_id=first.id)
    seen = page(thread_path)
    assert "Answer 27." in seen.text
    assert "Answer 1." not in seen.text
    assert "25 earlier answers" in seen.text
    whole = page(f"/discussion/comments/{first.id}")
    assert "Answer 1." in whole.text
    assert "Answer 27." in page(f"/discussion/comments/{first.id}" + whole.links()["Next"]).text
    last = db.session.query(Comment).order_by(Comment.id.desc()).first()
    assert "Answer 27." in page(f"/discussion/comments/{last.id}").text


def count(statements, browser, path):
    browser.get(path)
    statements.clear()
    assert browser.get(path).status_code == 200
    return len(statements)


def test_the_number_of_statements_is_fixed(world, login_as, statements, thread_path):
    anna, cora = login_as(world.anna), login_as(world.cora)
    first = world.say("dan", "One.")
    world.say("anna", "An answer.", parent_id=first.id)
    paths = [thread_path, f"/discussion/comments/{first.id}"]
    one = [count(statements, anna, path) for path in paths]
    world.report("eve", first)
    queue = count(statements, cora, "/discussion/moderation")
    for number in range(25):
        said = world.say("anna" if number % 2 else "ben", f"Number {number}.")
        world.say("cora", f"Answer {number}.", parent_id=said.id)
        if number < 15:
            world.report("eve", said)
    for number in range(4):
        world.say("dan", f"Answer {number}.", parent_id=first.id)
    assert [count(statements, anna, path) for path in paths] == one
    assert max(one) <= 9
    assert count(statements, cora, "/discussion/moderation") == queue <= 5


def test_the_short_form_takes_one_statement(world, statements):
    from app.discussion import queries

    who, team = world.actor("anna"), world.fresh(world.team)
    for number in range(3):
        world.say("dan", f"Number {number}.")
    team = world.fresh(world.team)
    statements.clear()
    found = queries.glance(who, "team", team)
    assert (found.total, len(found.newest), len(statements)) == (3, 2, 1)


# ---- Contributors and moderation ---------------------------------------------------------------------------


def test_a_contributor_is_named_with_consent(world, page, login_as, thread_path):
    said = world.say("dan")
    anna, dan = login_as(world.anna), login_as(world.dan)
    page(f"/discussion/comments/{said.id}", anna).submit(button="name-contributor")
    assert "Named as contributors" not in page(thread_path).text
    home = page("/", dan)
    assert "May you be named as contributor" in home.text
    seen = page(f"/discussion/comments/{said.id}/naming", dan).submit(button="agree")
    assert "You are named as contributor." in seen.text
    assert "Named as contributors: Dan" in page(thread_path).text
    page(f"/discussion/comments/{said.id}/naming", dan).submit(button="decline")
    assert "Named as contributors" not in page(thread_path).text
    assert "does not wish to be named" in page(f"/discussion/comments/{said.id}", anna).text


def test_the_story_of_a_report(world, page, login_as, thread_path):
    said = world.say("dan", "Rude words.")
    eve, cora, dan = login_as(world.eve), login_as(world.cora), login_as(world.dan)
    form = page(f"/discussion/report/comment/{said.id}", eve)
    assert form.submit({"reason": ""}, button="send-report").status == 422
    assert form.submit({"reason": "other"}, button="send-report").errors
    form.submit({"reason": "abuse", "text": "He insults."}, button="send-report")
    case = db.session.query(ModerationCase).one()
    assert "A report on" in page("/", cora).text
    queue = page("/discussion/moderation", cora)
    assert world.team.number in queue.text
    decision = page(f"/discussion/moderation/{case.id}", cora)
    assert "Rude words." in decision.text
    assert "He insults." in decision.text
    assert decision.submit({"note": ""}, button="hide").status == 422
    assert decision.submit({"note": "Be kind.", "reason": ""}, button="hide").errors == [
        "Why it is hidden: Choose a reason"
    ]
    decision.submit({"note": "Be kind.", "reason": "abuse"}, button="hide")
    assert "Rude words." not in page(thread_path).text
    statement = page(f"/discussion/statements/{case.id}", dan)
    assert "Be kind." in statement.text
    assert "Rude words." in statement.text
    assert "Eve" not in statement.text
    assert "Cora" not in statement.text
    other = page(f"/discussion/statements/{case.id}", eve)
    assert "Be kind." in other.text
    assert "Rude words." not in other.text
    assert page(f"/discussion/statements/{case.id}", login_as(world.anna)).status == 404
    assert statement.submit({"text": ""}, button="appeal").status == 422
    statement.submit({"text": "It was a quotation."}, button="appeal")
    again = db.session.query(ModerationCase).filter(ModerationCase.appeal_of_id == case.id).one()
    assert "somebody else answers" in page(f"/discussion/moderation/{again.id}", cora).text
    carl = login_as(second_lead(world))
    answer = page(f"/discussion/moderation/{again.id}", carl)
    assert "It was a quotation." in answer.text
    answer.submit({"note": "Right."}, button="restore")
    assert "Rude words." in page(thread_path).text
    assert "See the answer to the reply" in page(f"/discussion/statements/{case.id}", dan).text
    assert "final" in page(f"/discussion/statements/{again.id}", dan).text


def test_the_second_of_two_moderators_reads_what_the_first_did(world, page, login_as):
    said = world.say("dan")
    case = world.report("eve", said)
    cora, carl = login_as(world.cora), login_as(second_lead(world))
    path = f"/discussion/moderation/{case.id}"
    first, second = page(path, cora), page(path, carl)
    first.submit({"note": "Unkind words.", "reason": "abuse"}, button="hide")
    late = second.submit({"note": "All right."}, button="nothing")
    assert late.status == 409
    assert "Cora Lead was faster" in late.text
    assert "Unkind words." in late.text
    assert db.session.get_one(ModerationCase, case.id).decision_code == "hide"


# ---- On the pages of things --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["team", "problem"])
def test_things_show_their_discussion_and_lead_to_it(world, page, login_as, statements, kind):
    from app.discussion import services as discussion

    key = world.team.id if kind == "team" else world.team.problem_id
    path = f"/{kind}s/{key}"
    dan, eve = login_as(world.dan), login_as(world.eve)
    way = "Say something" if kind == "problem" else "All comments"
    seen = page(page(path, dan).links()[way], dan)
    assert seen.path == f"{path}/discussion"
    seen = seen.submit({"text": f"About the {kind}: {MARKER}."}, button="send-comment")
    assert seen.path.startswith(f"{path}/discussion#comment-")
    assert (MARKER in page(path).text) == (kind == "problem")  # a team's page has no statement left for it
    few = [count(statements, dan, one) for one in (path, f"{path}/discussion")]
    said = None
    for number in range(25):
        said = discussion.write(
            world.actor("dan"), kind=kind, thing_id=key, text=f"Number {number}.", language="en",
            parent_id=None if said is None or number % 2 else said.id if said.parent_id is None else None,
        )  # fmt: skip
    assert [count(statements, dan, one) for one in (path, f"{path}/discussion")] == few
    assert few[1] <= 9  # what the thing's own page may cost is held by its own tests
    assert ("26 comments" in page(path).text) == (kind == "problem")
    form = page(page(path, eve).links()["Report"], eve)
    assert form.submit({"reason": "spam"}, button="send-report").path == path


def test_one_takes_along_what_one_wrote(world, login_as):
    world.say("dan", MARKER)
    mine = login_as(world.dan).get("/account/data.json").get_json()
    assert mine["comments"][0]["text"] == MARKER
    assert login_as(world.eve).get("/account/data.json").get_json()["comments"] == []

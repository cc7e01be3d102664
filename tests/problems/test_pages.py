"""The pages: what they show, to whom, what they refuse, and how many statements they take."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.db import db
from app.notifications.models import Notice
from app.problems import services
from app.problems.models import Problem
from app.problems.queries import words_changed
from tests.factories import affiliate, make_institution, make_person, make_problem
from tests.factories.accounts import actor
from tests.problems.support import make_home, of


@pytest.fixture
def home(app):
    return make_home()


# ---- one problem ---------------------------------------------------------------------------------------------


def test_the_page_shows_the_whole_problem(home, page):
    problem = of(
        home,
        title="Salt in wells",
        source={"title": "A call topic", "licence": "CC BY 4.0", "url": "https://example.org/x"},
    )
    found = page(f"/problems/{problem.id}")
    for words in (
        problem.number, "Open to teams", "90 days from today", "turn salty", "Copper electrodes fouled", "Drift",
        "Salinity records", "Data set", "Calibration", "250,000 people, since 2011", "Egypt and Tunisia",
        "6 Clean water", "Drylands", "Delta Institute", "A call topic", "CC BY 4.0", "Start a team",
    ):  # fmt: skip
        assert words in found.text, words
    assert "<strong>salty</strong>" in found.html
    assert found.title.startswith(f"{problem.number} Salt in wells")


@pytest.mark.parametrize("state", ["draft", "submitted", "needs_changes", "rejected", "withdrawn"])
def test_others_do_not_find_what_is_not_public(home, page, login_as, state):
    problem = of(home, state)
    stranger = login_as(affiliate("Stranger", make_institution()))
    for path in (
        "",
        "/edit",
        "/review",
        "/endorsements",
        "/check",
        "/sent",
        "/renew",
        "/endorse",
        "/edit/need",
    ):
        assert page(f"/problems/{problem.id}{path}", stranger).status == 404, path
    assert page(f"/problems/{problem.id}").status == 404
    assert page(f"/problems/{problem.id}", login_as(home["author"])).status == 200


def test_a_merged_problem_leads_to_its_survivor(home, page):
    survivor = of(home, title="The one that stays")
    merged = of(home, "merged", merged_into_id=survivor.id)
    found = page(f"/problems/{merged.id}")
    assert "was merged into another" in found.text
    assert found.follow("The one that stays").h1 == "The one that stays"
    assert "Also put into words by" in page(f"/problems/{survivor.id}").text


def test_what_cannot_be_done_says_why(home, page, login_as):
    problem = of(home, "in_work", teams_at_work=1)
    mine = page(f"/problems/{problem.id}", login_as(home["author"]))
    assert "Teams are at work on it" in mine.text
    refused = page(f"/problems/{problem.id}/withdraw", login_as(home["author"]))
    assert (refused.status, "Teams are at work on it" in refused.text) == (409, True)
    stranger = page(f"/problems/{problem.id}", login_as(make_person()))
    assert "Only representatives of an institution may do this." in stranger.text
    assert page(f"/problems/{problem.id}/edit", login_as(home["lead"])).status == 403
    assert page(f"/problems/{of(home, 'submitted').id}/edit", login_as(home["author"])).status == 409


def test_follow_endorse_and_take_both_back(home, page, login_as):
    problem = of(home)
    browser = login_as(affiliate("Rep", make_institution("Nile Institute", country="SD"), "representative"))
    found = page(f"/problems/{problem.id}", browser).submit(button="follow")
    assert "You follow it now" in found.text
    found = found.follow("We have this problem too").submit(
        {"note": "Since 2019 in the north"}, button="endorse"
    )
    assert "Endorsed by 1 institution" in found.text
    assert "Sudan" in found.text
    assert "Since 2019 in the north" in page(f"/problems/{problem.id}/endorsements").text
    assert page(f"/problems/{problem.id}/endorse", browser).status == 409
    found = page(f"/problems/{problem.id}", browser).submit(button="Withdraw the endorsement Nile Institute")
    assert "has been taken back" in found.text
    assert "You follow it no more" in found.submit(button="unfollow").text


# ---- writing and deciding ------------------------------------------------------------------------------------


def test_without_an_affiliation_there_is_a_way_on(page, login_as, app):
    found = page("/problems/new", login_as(make_person()))
    assert "confirmed affiliation" in found.text
    assert "Find my institution" in found.links()
    assert page("/problems/new").path.startswith("/sign-in")


def test_a_draft_is_made_with_few_statements(home, statements):
    """The pair of places with its consortium, the problem, and three for the chain of the audit."""
    author, place = actor(home["author"]), (home["institution"].id, home["consortium"].id)
    statements.clear()
    services.create(author, institution_id=place[0], consortium_id=place[1], title="Salt in wells")
    assert len(statements) == 5, statements


def test_a_part_comes_back_with_all_that_was_typed(home, page, login_as):
    problem = of(home, "draft")
    browser = login_as(home["author"])
    form = page(f"/problems/{problem.id}/edit/affected", browser)
    back = form.submit(
        {"affected_who": "Herders", "affected_number": "many", "since_year": "2999"}, button="Save and go on"
    )
    assert back.status == 422
    assert len(back.errors) == 2
    assert "Herders" in back.html
    assert back.title.startswith("Error: ")
    empty = page(f"/problems/{problem.id}/edit/need", browser).submit(
        {"title": "", "summary": "x" * 501}, button="Save and go on"
    )
    assert empty.status == 422
    assert page(f"/problems/{problem.id}/edit/nonsense", browser).status == 404
    later = page(f"/problems/{problem.id}/edit/need", browser).submit({"summary": ""}, button="later")
    assert later.h1 == problem.title
    assert "Incomplete" in later.text
    assert page(f"/problems/{problem.id}/check", browser).path.endswith("/edit")
    db.session.expire_all()
    assert db.session.get(Problem, problem.id).affected_who == "Families on shallow wells"


def test_lines_come_and_go_without_scripts(home, page, login_as):
    problem = of(home, "draft")
    form = page(f"/problems/{problem.id}/edit/exchange", login_as(home["author"]))
    more = form.submit(button="brings")
    assert 'name="brings-1-text"' in more.html
    wrong = more.submit({"brings-1-text": "Something"}, button="Save and go on")
    assert wrong.errors == ["Kind (2): Choose a kind"]
    assert 'name="brings-1-text"' not in wrong.submit(button="brings-1").html


def test_two_editors_do_not_overwrite_each_other(home, page, login_as):
    problem = of(home, "draft")
    browser = login_as(home["author"])
    first = page(f"/problems/{problem.id}/edit/need", browser)
    second = page(f"/problems/{problem.id}/edit/need", browser)
    first.submit({"title": "First"}, button="later")
    lost = second.submit({"title": "Second"}, button="later")
    assert lost.status == 409


def test_similar_ones_are_shown_only_to_who_may_see_them(home, page, login_as):
    of(home, title="Brackish groundwater under villages")
    hidden = make_problem("Brackish groundwater in secret", visibility="consortium")
    problem = of(home, "draft", title="Brackish groundwater")
    found = page(f"/problems/{problem.id}/check", login_as(home["author"]))
    assert "Brackish groundwater under villages" in found.text
    assert hidden.title not in found.text


def test_decisions_of_the_lead(home, page, login_as):
    lead, author = login_as(home["lead"]), login_as(home["author"])
    problem = of(home, "submitted")
    review = page(f"/problems/{problem.id}/review", lead)
    back = review.submit(button="reject")
    assert (back.status, len(back.errors)) == (422, 2)
    assert (
        review.submit({"reject-code": "unclear", "reject-note": "What is asked?"}, button="reject").status
        == 200
    )
    assert "What is asked?" in page(f"/problems/{problem.id}", author).text
    assert page(f"/problems/{problem.id}/reopen", author).status == 403
    again = page(f"/problems/{problem.id}/reopen", lead).submit({"note": "I see now"}, button="reopen")
    assert again.path == "/problems"
    survivor, other = of(home), of(home, "submitted")
    merge = page(f"/problems/{other.id}/review", lead)
    assert merge.submit({"merge-survivor": "P-9999"}, button="merge").status == 422
    assert "was merged" in merge.submit({"merge-survivor": survivor.number}, button="merge").text
    late = of(home, "submitted")
    early = page(f"/problems/{late.id}/review", lead)
    early.submit(button="publish")
    assert early.submit({"return-wishes-0-text": "Too late"}, button="return").status == 409
    assert "Your decision" not in page(f"/problems/{late.id}/review", author).text


def test_author_and_reviewer_talk(home, page, login_as):
    problem = of(home, "submitted")
    found = page(f"/problems/{problem.id}/review", login_as(home["author"])).submit(
        {"text": "Is it clear?"}, button="comment"
    )
    assert "Is it clear?" in found.text
    empty = page(f"/problems/{problem.id}/review", login_as(home["lead"])).submit(button="comment")
    assert empty.status == 422
    returned = page(f"/problems/{problem.id}/review", login_as(home["lead"]))
    returned = returned.submit({"return-wishes-0-text": "Name the wells"}, button="return")
    ticked = returned.submit(button="It is met Name the wells")
    assert "Not met after all" in ticked.text
    assert (
        page(f"/problems/{problem.id}/review", login_as(affiliate(None, home["institution"]))).status == 404
    )


def test_renew_close_and_withdraw(home, page, login_as):
    browser = login_as(home["author"])
    expired = of(home, "expired", closes_on=clock.today() - timedelta(days=3))
    form = page(f"/problems/{expired.id}/renew", browser)
    assert form.submit({"closes_on": "2020-01-01"}, button="renew").status == 422
    assert "has been renewed" in form.submit({"closes_on": "2030-01-01"}, button="renew").text
    assert page(f"/problems/{expired.id}/close", browser).submit(button="close").status == 422
    closed = page(f"/problems/{expired.id}/close", browser).submit({"note": "Done"}, button="close")
    assert "has been closed" in closed.text
    published = of(home)
    gone = page(f"/problems/{published.id}/withdraw", browser).submit({"note": "Done"}, button="withdraw")
    assert "has been withdrawn" in gone.text
    assert page(f"/problems/{published.id}").status == 404
    assert page("/problems/mine", browser).status == 200


# ---- measured ------------------------------------------------------------------------------------------------


def count_of(statements, client, path):
    client.get(path)
    statements.clear()
    assert client.get(path).status_code == 200, path
    return len(statements)


def test_statement_counts_are_fixed(home, login_as, client, statements):
    author, lead = login_as(home["author"]), login_as(home["lead"])
    problem = of(home)
    returned = of(home, "needs_changes")
    paths = [
        (client, "/problems", 2),
        (author, "/problems?sdg=6&q=problem", 6),
        (client, f"/problems/{problem.id}", 8),
        (author, f"/problems/{problem.id}", 10),
        (author, f"/problems/{returned.id}", 10),
        (lead, f"/problems/{returned.id}/review", 9),
        (author, f"/problems/{returned.id}/edit", 9),
    ]
    before = [count_of(statements, who, path) for who, path, _most in paths]
    for number, (_who, path, most) in enumerate(paths):
        assert before[number] <= most, (path, before[number])
    for _ in range(24):
        of(home)
    for _ in range(8):
        who = actor(affiliate(None, make_institution(), "representative"))
        services.endorse(who, problem, institution_id=next(iter(who.ids("representative"))))
    assert [count_of(statements, who, path) for who, path, _most in paths] == before


@pytest.mark.pure
def test_the_difference_is_said_word_by_word():
    assert words_changed("salt in wells", "salt in deep wells") == [
        ("same", "salt in "), ("ins", "deep "), ("same", "wells"),
    ]  # fmt: skip
    assert words_changed("", "new") == [("ins", "new")]
    assert words_changed("old", "") == [("del", "old")]


def test_every_notice_has_its_words(home, app, login_as, page):
    from app.web.letters import words_of

    lead, author = actor(home["lead"]), actor(home["author"])
    problem = of(home, "draft", title="A title that is far longer than any subject of a mail should ever be")
    services.submit(author, problem)
    services.comment(author, problem, text="Clear?")
    services.recall(author, problem)
    services.submit(author, problem)
    services.return_for_changes(lead, problem, wishes=[("", "Shorter")], note="Thanks")
    services.submit(author, problem)
    services.reject(lead, problem, code="unclear", note="No")
    services.reopen(lead, problem, note="Yes")
    services.submit(author, problem)
    services.publish(lead, problem, note="Good")
    services.save(author, problem, "need", title="Shorter")
    services.renew(lead, problem, closes_on=clock.today() + timedelta(days=2))
    services.remind_of_ends()
    services.close(lead, problem, note="Done")
    other, survivor = of(home), of(home)
    services.follow(actor(make_person()), other)
    services.merge(lead, other, survivor_id=survivor.id)
    expired = of(home, closes_on=clock.today() - timedelta(days=1))
    services.follow(actor(make_person()), expired)
    services.expire()
    services.withdraw(author, expired, note="Done")
    notices = db.session.query(Notice).filter(Notice.kind.like("problems.%")).all()
    assert len({notice.kind for notice in notices}) >= 16
    for notice in notices:
        words = words_of(notice.kind, notice.facts, "Reader", "Because")
        assert words.subject.startswith("P-"), notice.kind
        assert words.button, notice.kind
        assert words.paragraphs, notice.kind
        assert "None" not in " ".join((words.subject, *words.paragraphs)), notice.kind
        assert len(words.subject) < 80, words.subject

"""Pages of translations: happy paths and each refusal, what others may not find, and how many statements they take."""

import pytest

from app.core.access import VISITOR
from app.core.db import db, transaction
from app.translating import queries, services
from app.translating.models import Translation
from tests.factories.accounts import actor
from tests.support.pages import Page
from tests.translating.support import BOTH, TEXTS, Home, send, state_of

MARKER = "سرّزمرد"


@pytest.fixture
def home(app):
    return Home()


def at(translation, page=""):
    return f"/translations/{translation.kind}/{translation.thing_id}/{translation.id}{page}"


def test_the_story_without_scripts(home, page, login_as):
    base = f"/translations/problem/{home.problem.id}"
    found = page(base, login_as(home.translator))
    assert (found.status, found.h1) == (200, "Translations")
    found = found.submit({"language": "ar"}, button="begin")
    assert found.h1 == "Translate into Arabic"
    assert '<textarea class="form-control" id="statement" name="statement"' in found.html
    assert 'dir="rtl" lang="ar"' in found.html
    assert '<div lang="en" dir="ltr"' in found.html
    found = found.submit({"title": TEXTS["title"]}, button="title")
    assert "Saved." in found.text
    assert "1 of" in found.text
    assert found.redirects[-1].endswith("#part-title")
    found = found.submit({"summary": TEXTS["summary"]}, button="propose")
    assert "Proposed." in found.text
    found = page("/translations", login_as(home.checker)).follow("Salty wells")
    assert TEXTS["title"] in found.text
    found = found.submit({"note": "Good"}, button="accept")
    assert "Accepted." in found.text
    found = page(base, login_as(home.stranger))
    assert "Arabic" in found.text
    assert "checked by Carla" in found.text


def test_returned_changed_and_not_accepted(home, page, login_as):
    translation = home.proposed()
    found = page(at(translation), login_as(home.checker)).submit({}, button="return")
    assert found.status == 422
    assert found.errors == ["A word to the translator: Say what should change"]
    found = found.submit({"note": "Say wells"}, button="return")
    assert "Returned." in found.text
    found = page("/translations/mine", login_as(home.translator)).follow("Salty wells")
    assert "Say wells" in found.text
    found = found.submit({}, button="propose")
    found = page(at(translation), login_as(home.checker)).submit({"note": "No"}, button="reject")
    assert found.errors == ["Reason, if you do not accept it: Choose a reason"]
    assert 'name="note"' in found.html
    assert ">\nNo</textarea>" in found.html
    found = found.submit({"note": "No", "reason": "poor_language"}, button="reject")
    assert state_of(translation) == "rejected"
    found = page(at(translation), login_as(home.checker)).submit({"note": "After all"}, button="reopen")
    assert state_of(translation) == "needs_changes"


def test_the_author_takes_it_down(home, page, login_as):
    translation = home.accepted()
    found = page(at(translation), login_as(home.author))
    assert found.submit({}, button="take_down").errors == ["Why: Say why, so that the translator understands"]
    found.submit({"note": "It says something else"}, button="take_down")
    assert state_of(translation) == "rejected"


def test_taken_back_and_withdrawn(home, page, login_as):
    translation = home.proposed()
    found = page(at(translation), login_as(home.translator)).submit({}, button="recall")
    assert found.h1 == "Translate into Arabic"
    found = found.submit({}, button="withdraw")
    assert "Its text is kept for you." in found.text
    assert state_of(translation) == "withdrawn"


def test_who_may_not_is_told(home, page, login_as):
    found = page(f"/translations/problem/{home.problem.id}", login_as(home.stranger))
    assert "You need both languages in your profile" in found.text
    assert found.links()["Languages in your profile"] == "/account/languages"
    answer = send(
        login_as(home.stranger), f"/translations/problem/{home.problem.id}", data={"language": "ar"}
    )
    assert answer.status_code == 403
    translation = home.begun()
    assert login_as(home.checker).get(at(translation)).status_code == 404
    translation = home.proposed()
    assert page(at(translation), login_as(home.author)).status == 200
    assert "A translation is checked by somebody" in page(at(translation), login_as(home.author)).text
    assert login_as(home.checker).get(at(translation, "/edit")).status_code == 403
    assert login_as(home.translator).get(at(translation, "/edit")).status_code == 409
    assert send(login_as(home.checker), at(translation), data={"decision": "x"}).status_code == 422
    services.accept(actor(home.checker), translation)
    assert login_as(home.translator).get(at(translation, "/edit")).status_code == 409
    for path in ("/translations/unheard_of/1", "/translations/problem/99999", "/translations/99999"):
        assert login_as(home.translator).get(path).status_code == 404
    other = home.make("Other")
    wrong = at(translation).replace(f"/{home.problem.id}/", f"/{other.id}/")
    assert login_as(home.translator).get(wrong).status_code == 404


def test_visitors_sign_in_first(home, client):
    for path in ("/translations", "/translations/wanted", f"/translations/problem/{home.problem.id}"):
        assert "/sign-in" in client.get(path).headers["Location"]


def test_of_two_windows_the_second_gets_a_conflict(home, page, login_as):
    translation = home.begun()
    first, second = (page(at(translation, "/edit"), login_as(home.translator)) for _ in range(2))
    first.submit({"title": "أول"}, button="title")
    answer = second.submit({"title": "ثان"}, button="title")
    assert answer.status == 409
    db.session.refresh(translation)
    assert translation.texts == {"title": "أول"}


def test_too_long_a_text_comes_back_with_all_that_was_typed(home, page, login_as):
    translation = home.begun()
    found = page(at(translation, "/edit"), login_as(home.translator))
    found = found.submit({"title": "س" * 121, "summary": "خلاصة"}, button="propose")
    assert found.status == 422
    assert found.errors == ["Title: Shorten this by 1 character"]
    assert "س" * 121 in found.html
    assert "خلاصة" in found.html


def test_the_original_that_changed_meanwhile_is_shown_before_it_is_sent(home, page, login_as):
    translation = home.begun()
    found = page(at(translation, "/edit"), login_as(home.translator))
    with transaction(system="edit"):
        home.problem.summary = "Quite another summary."
        services.source_changed("problem", home.problem.id)
    found = found.submit({"title": "عنوان", "summary": "خلاصة"}, button="propose")
    assert found.errors == [
        "The original has changed while you were writing. Look at it again, then send it."
    ]
    assert "Quite another summary." in found.text
    assert "خلاصة" in found.html
    assert "Proposed." in found.submit({}, button="propose").text


# ---- what others may not find ------------------------------------------------------------------------------------


def pages_of(problem, translation):
    return [
        "/",
        "/problems",
        f"/problems?q={MARKER}",
        f"/problems/{problem.id}",
        f"/problems/{problem.id}?lang=ar",
        "/problems/export.csv",
        "/translations",
        "/translations/wanted",
        "/translations/mine",
        "/translations/check.csv",
        "/translations/wanted.csv",
        "/translations/mine.csv",
        f"/translations/problem/{problem.id}",
        f"/translations/{translation.id}",
        at(translation),
        at(translation, "/edit"),
        "/notifications",
    ]


def found_by(home, problem, translation, client):
    return [
        path
        for path in pages_of(problem, translation)
        if MARKER in client.get(path, follow_redirects=True).get_data(as_text=True).replace(f"q={MARKER}", "")
        and path != f"/problems?q={MARKER}"
    ]


@pytest.mark.parametrize("state", ["draft", "proposed", "rejected"])
def test_what_is_not_accepted_is_found_by_nobody_else(home, client, login_as, state):
    translation = home.begun()
    texts = {**TEXTS, "title": f"{MARKER} آبار"}
    services.save(actor(home.translator), translation, texts=texts, seen=home.digest())
    if state != "draft":
        services.propose(actor(home.translator), translation, texts=texts, seen=home.digest())
    if state == "rejected":
        services.reject(actor(home.checker), translation, code="machine_made", note="x")
    for other in (client, login_as(home.stranger)):
        assert found_by(home, home.problem, translation, other) == []
    reader = login_as(home.checker)
    assert bool(found_by(home, home.problem, translation, reader)) == (state != "draft")
    assert found_by(home, home.problem, translation, login_as(home.translator))


def test_of_what_one_cannot_see_no_translation_is_found(home, client, login_as):
    title = f"{MARKER} wells"
    hidden = home.make(title, visibility="consortium")
    texts = {**TEXTS, "title": f"{MARKER} آبار"}
    translation = home.proposed(texts, problem=hidden)
    services.ask(actor(home.translator), "problem", hidden.id, language="ar")
    for other in (client, login_as(home.checker), login_as(home.stranger)):
        assert found_by(home, hidden, translation, other) == []
    assert "/translations/wanted" in found_by(home, hidden, translation, login_as(home.translator))
    for path in (at(translation), f"/translations/problem/{hidden.id}", f"/translations/{translation.id}"):
        assert login_as(home.checker).get(path).status_code == 404
    asked = send(login_as(home.checker), f"/translations/problem/{hidden.id}/ask", data={"language": "ar"})
    assert asked.status_code == 404
    decided = send(login_as(home.checker), at(translation), data={"decision": "accept"})
    assert decided.status_code == 404


# ---- statements --------------------------------------------------------------------------------------------------


def fill(home, number):
    for at_ in range(number):
        problem = home.make(f"Problem {at_}")
        home.proposed(problem=problem)
        with transaction(system="fill"):
            services.source_changed("problem", problem.id)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/translations", 6),
        ("/translations/wanted", 6),
        ("/translations/mine", 6),
        ("/translations/problem/1", 8),
        ("/translations/problem/1/1", 8),
        ("/translations/problem/1/1/edit", 8),
    ],
)
def test_pages_take_a_fixed_number_of_statements(home, login_as, statements, path, most):
    client = login_as(home.checker if "edit" not in path else home.translator)
    home.begun() if "edit" in path else home.proposed()
    seen = []
    for number in (1, 25):
        fill(home, number)
        client.get(path)
        statements.clear()
        assert client.get(path).status_code == 200
        seen.append(len(statements))
    assert seen[0] == seen[1] <= most


def test_what_a_page_shows_takes_one_statement_or_none(home, statements):
    home.accepted()
    problem = home.problem
    assert problem.title
    statements.clear()
    for locale, original in (("en", False), ("fr", False), ("ar", True)):
        shown = queries.shown(VISITOR, "problem", problem, locale, original)
        assert not shown.is_translation
        assert shown.text("title", problem.title).text == problem.title
    assert statements == []
    shown = queries.shown(VISITOR, "problem", problem, "ar")
    assert len(statements) == 1
    assert (shown.language, shown.original, shown.languages, shown.missing) == ("ar", "en", ("ar",), "")
    assert shown.text("tried", problem.tried).language == "en"  # not translated


def test_lists_choose_the_readers_language(home):
    from sqlalchemy import select

    from app.problems.models import Problem

    home.accepted()
    arabic = home.make("آبار", language="ar", summary="خلاصة")
    home.make("Only English")
    for locale, expected in (
        ("ar", {(TEXTS["title"], "ar"), ("آبار", "ar"), ("Only English", "en")}),
        ("en", {("Salty wells", "en"), ("آبار", "ar"), ("Only English", "en")}),
    ):
        rows = db.session.execute(select(Problem.id, *queries.localised_columns(Problem, locale))).all()
        assert {(row.title, row.language) for row in rows} == expected
        assert {row.summary for row in rows if row.id == arabic.id} == {"خلاصة"}
        whole = {queries.localised_row(problem, locale) for problem in db.session.scalars(select(Problem))}
        assert whole == {(row.title, row.summary, row.language) for row in rows}


def test_the_queue_pages_by_key_and_filters(home, page, login_as):
    fill(home, 30)
    client = login_as(home.checker)
    first = page("/translations", client)
    assert "30 found" in first.text
    assert "Problem 0" in first.text
    second = first.follow("Next")
    assert "Problem 29" in second.text
    assert "Nothing fits" in page("/translations?pair=ar-en", client).text
    assert "30 found" in page("/translations?pair=en-ar&kind=problem", client).text
    assert "30 found" in page("/translations/wanted?pair=en-ar", client).text
    assert "0 found" in page("/translations/wanted?pair=ar-en", client).text
    assert client.get("/translations?page=nonsense").status_code == 400
    lines = client.get("/translations/check.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 31
    assert "en,ar" in lines[1]
    mine = page("/translations/mine?state=proposed", login_as(home.translator))
    assert "30 found" in mine.text


def test_a_reader_asks_from_any_page(home, login_as):
    client = login_as(home.stranger)
    found = Page._of(
        client,
        send(client, f"/translations/problem/{home.problem.id}/ask", data={"language": "ar"}),
        "/translations",
    )
    assert "Noted." in found.text
    refused = send(client, f"/translations/problem/{home.problem.id}/ask", data={"language": "en"})
    assert refused.status_code == 409


def test_somebody_with_two_languages_finds_what_is_wanted(home, page, login_as):
    with transaction(system="fill"):
        services.source_changed("problem", home.problem.id)
    with transaction(system="test"):
        home.stranger.languages = BOTH
    found = page("/translations/wanted", login_as(home.stranger))
    assert "0 found" in found.text or "1 found" in found.text
    found = page("/translations/wanted?pair=en-ar", login_as(home.stranger)).follow("Salty wells")
    assert found.h1 == "Translations"
    found.submit({}, button="begin")
    assert db.session.query(Translation).count() == 1


def test_everybody_is_told_in_words(home, page, login_as):
    services.ask(actor(home.stranger), "problem", home.problem.id, language="ar")
    translation = home.proposed()
    services.return_for_changes(actor(home.checker), translation, note="Say wells")
    services.propose(actor(home.translator), translation, texts={}, seen=home.digest())
    services.reject(actor(home.checker), translation, code="machine_made", note="Read it over")
    services.reopen(actor(home.checker), translation, note="After all")
    services.propose(actor(home.translator), translation, texts={}, seen=home.digest())
    services.accept(actor(home.checker), translation, note="Good")
    with transaction(system="edit"):
        home.problem.summary = "Quite another summary."
        services.source_changed("problem", home.problem.id)
    services.take_down(actor(home.author), translation, note="It is wrong")
    for person, sentences in (
        (home.translator, ["changes wanted", "translation not accepted", "your translation is shown", "the original has changed", "translation taken down"]),
        (home.author, ["a translation to check", "shown in a second language"]),
        (home.checker, ["translation taken down"]),
        (home.stranger, ["translation is there"]),
    ):  # fmt: skip
        for language in ("en", "ar"):
            found = page(f"/notifications?lang={language}", login_as(person))
            assert found.status == 200
            if language == "en":
                assert [one for one in sentences if one not in found.text] == []
    waiting = page("/?lang=en", login_as(home.translator))
    assert "wishes changes" not in waiting.text


def test_what_was_returned_waits_for_its_translator_on_their_first_page(home, page, login_as):
    translation = home.proposed()
    services.return_for_changes(actor(home.checker), translation, note="Say wells")
    found = page("/", login_as(home.translator)).follow("See the wishes")
    assert found.path.endswith(at(translation))
    assert "Say wells" in found.text
    assert "See the wishes" not in page("/", login_as(home.checker)).text

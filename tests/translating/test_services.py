"""Actions on translations: what they change, leave in the audit, tell, and refuse."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock, leaving
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken, TooMany
from app.translating import models, queries, services
from app.translating.models import Translation, TranslationAsk, TranslationWanted
from tests.factories import make_person
from tests.factories.accounts import actor
from tests.translating.support import BOTH, TEXTS, Home, last_line, mailed, state_of, told

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) \u202eevil\u202c {{ 7*7 }} \x00end"


@pytest.fixture
def home(app):
    return Home()


def wanted_rows(problem):
    rows = db.session.scalars(select(TranslationWanted).where(TranslationWanted.thing_id == problem.id))
    return {row.language: (row.asks, row.is_renewal) for row in rows}


def edit(home, problem=None, **values):
    """The author changes the text, as an action on problems does."""
    problem = problem or home.problem
    with transaction(system="edit"):
        for name, value in values.items():
            setattr(problem, name, value)
        services.source_changed("problem", problem.id)


# ---- from a draft to readers -----------------------------------------------------------------------------------


def test_from_a_draft_to_what_readers_see(home):
    translation = home.begun()
    assert (translation.state, translation.source_language, translation.language) == ("draft", "en", "ar")
    assert last_line().action == "translating.translate"
    services.save(actor(home.translator), translation, texts={"title": TEXTS["title"]}, seen=home.digest())
    assert translation.texts == {"title": TEXTS["title"]}
    assert last_line().after == {"fields": ["title"]}
    services.propose(actor(home.translator), translation, texts=TEXTS, seen=home.digest())
    assert (state_of(translation), translation.institution_id) == ("proposed", home.institution.id)
    assert translation.words == 10
    assert translation.characters == sum(len(text) for text in TEXTS.values())
    assert told("proposed") == {home.author.id}
    assert mailed("proposed") == set()
    services.accept(actor(home.checker), translation, note="Well done")
    assert state_of(translation) == "accepted"
    assert (last_line().action, last_line().note) == ("translating.accept", "Well done")
    assert home.problem.localised == {"ar": {"title": TEXTS["title"], "summary": TEXTS["summary"]}}
    assert mailed("accepted") == {home.translator.id}
    assert told("shown") == {home.author.id}
    assert mailed("shown") == set()


def test_beginning_twice_goes_on_with_the_first(home):
    assert home.begun().id == home.begun().id
    assert home.begun(who=home.checker).id != home.begun().id


def test_who_lacks_a_language_is_told_what_to_do(home):
    with pytest.raises(NotAllowed) as refusal:
        home.begun(who=home.stranger)
    assert refusal.value.code == "languages_needed"
    assert "profile" in str(refusal.value.text)
    assert db.session.scalar(select(func.count()).select_from(Translation)) == 0


@pytest.mark.parametrize("language", ["en", "xx", "", "../etc"])
def test_a_language_that_makes_no_translation(home, language):
    with pytest.raises(Invalid):
        home.begun(language=language)


def test_what_has_title_and_summary_can_be_proposed(home):
    translation = home.begun()
    with pytest.raises(Invalid) as refusal:
        services.propose(actor(home.translator), translation, texts={"statement": "نص"}, seen=home.digest())
    assert set(refusal.value.fields) == {"title", "summary"}
    assert state_of(translation) == "draft"
    few = {"title": "عنوان", "summary": "خلاصة"}
    services.propose(actor(home.translator), translation, texts=few, seen=home.digest())
    assert translation.texts == few


def test_texts_longer_than_the_original_may_be_are_refused(home):
    translation = home.begun()
    with pytest.raises(Invalid) as refusal:
        services.save(actor(home.translator), translation, texts={"title": "x" * 121}, seen="")
    assert set(refusal.value.fields) == {"title"}
    assert translation.texts == {}


def test_fields_that_the_thing_does_not_have_are_not_kept(home):
    translation = home.begun()
    texts = {**TEXTS, "state": "accepted", "needs_99": "x"}
    services.save(actor(home.translator), translation, texts=texts, seen=home.digest())
    assert set(translation.texts) == set(TEXTS)


def test_the_original_changed_while_it_was_translated(home):
    translation = home.begun()
    before = home.digest()
    edit(home, summary="Another summary.")
    with pytest.raises(Invalid) as refusal:
        services.propose(actor(home.translator), translation, texts=TEXTS, seen=before)
    assert set(refusal.value.fields) == {"original"}
    services.save(actor(home.translator), translation, texts=TEXTS, seen=before)
    assert translation.outdated == ["title", "summary", "statement"]  # nobody knows what was before them
    services.propose(actor(home.translator), translation, texts=TEXTS, seen=home.digest())
    assert translation.outdated == []


def test_hostile_text_is_cleaned_and_never_a_tag(home, login_as):
    home.accepted({**TEXTS, "title": HOSTILE[:120], "statement": HOSTILE})
    page = login_as(home.stranger).get(f"/translations/problem/{home.problem.id}/1").get_data(as_text=True)
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "49" not in home.problem.localised["ar"]["title"]


# ---- the check -------------------------------------------------------------------------------------------------


def test_nobody_checks_their_own(home):
    translation = home.proposed()
    for act in (
        lambda: services.accept(actor(home.translator), translation),
        lambda: services.return_for_changes(actor(home.translator), translation, note="x"),
        lambda: services.reject(actor(home.translator), translation, code="machine_made", note="x"),
    ):
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert refusal.value.code == "own_translation"
    with pytest.raises(Conflict), transaction(system="test"):
        db.session.execute(
            update(Translation).values(
                state="accepted", decided_by_id=home.translator.id, decided_at=clock.now(), decision_code="accepted"
            )
        )  # fmt: skip
    assert state_of(translation) == "proposed"


def test_returned_with_wishes_then_proposed_again(home):
    translation = home.proposed()
    with pytest.raises(Invalid):
        services.return_for_changes(actor(home.checker), translation, note="")
    services.return_for_changes(actor(home.checker), translation, note="Say wells")
    assert (state_of(translation), translation.decision_note) == ("needs_changes", "Say wells")
    assert mailed("returned") == {home.translator.id}
    assert [row.item_id for row in _waiting(home.translator)] == [translation.id]
    assert _waiting(home.checker) == []
    services.propose(actor(home.translator), translation, texts={}, seen=home.digest())
    assert (state_of(translation), translation.decision_code) == ("proposed", None)


def _waiting(person):
    from app.core.waiting import waiting_for

    return [row for row in waiting_for(actor(person)) if row.feature == "translating"]


def test_rejected_with_code_and_sentence_and_opened_again_by_who_did(home):
    translation = home.proposed()
    for wrong in (
        {"code": "", "note": "x"},
        {"code": "unheard_of", "note": "x"},
        {"code": "machine_made", "note": ""},
    ):
        with pytest.raises(Invalid):
            services.reject(actor(home.checker), translation, **wrong)
    services.reject(actor(home.checker), translation, code="machine_made", note="Read it over")
    assert (state_of(translation), translation.decision_code) == ("rejected", "machine_made")
    assert mailed("rejected") == {home.translator.id}
    with pytest.raises(NotAllowed):
        services.reopen(actor(home.author), translation, note="x")
    services.reopen(actor(home.checker), translation, note="I was wrong")
    assert state_of(translation) == "needs_changes"


def test_it_is_not_opened_again_beside_a_newer_one(home):
    translation = home.proposed()
    services.reject(actor(home.checker), translation, code="machine_made", note="Read it over")
    newer = home.begun()
    assert newer.texts == TEXTS  # one goes on from what one wrote
    with pytest.raises(RuleBroken) as refusal:
        services.reopen(actor(home.checker), translation, note="x")
    assert refusal.value.code == "already_begun"


def test_the_author_who_reads_the_language_may_check(home):
    with transaction(system="test"):
        home.author.languages = BOTH
    translation = home.proposed()
    services.accept(actor(home.author), translation)
    assert state_of(translation) == "accepted"


def test_a_check_is_of_the_version_seen(home):
    translation = home.proposed()
    seen = translation.version
    services.recall(actor(home.translator), translation)
    services.propose(actor(home.translator), translation, texts={"title": "آبار"}, seen=home.digest())
    with pytest.raises(Conflict):
        services.accept(actor(home.checker), translation, version=seen)
    services.accept(actor(home.checker), translation, version=translation.version)


@pytest.mark.parametrize(
    "verb", ["accept", "return_for_changes", "reject", "recall", "save", "propose", "withdraw"]
)
def test_what_is_decided_is_decided(home, verb):
    translation = home.accepted()
    who = actor(home.translator if verb in {"recall", "save", "propose", "withdraw"} else home.checker)
    more = {
        "return_for_changes": {"note": "x"},
        "reject": {"code": "machine_made", "note": "x"},
        "save": {"texts": {"title": "x"}, "seen": ""},
        "propose": {"texts": {}, "seen": home.digest()},
    }.get(verb, {})
    with pytest.raises(RuleBroken):
        getattr(services, verb)(who, translation, **more)
    assert state_of(translation) == "accepted"


def test_nothing_is_left_after_a_failure(home, monkeypatch):
    translation = home.proposed()
    lines = last_line().id
    monkeypatch.setattr(services.checking.notices, "accepted", _fail)
    with pytest.raises(ValueError, match="no"):
        services.accept(actor(home.checker), translation)
    assert state_of(translation) == "proposed"
    assert home.problem.localised == {}
    assert last_line().id == lines


def _fail(*_args):
    raise ValueError("no")


# ---- replaced, taken down, outdated ------------------------------------------------------------------------------


def test_a_newer_one_supersedes_and_both_keep_their_credit(home):
    first = home.accepted()
    other = make_person("Omar", languages=BOTH)
    second = home.begun(who=other)
    assert (second.texts, second.renews_id) == (TEXTS, first.id)
    services.propose(actor(other), second, texts={"title": "آبار مالحة"}, seen=home.digest())
    assert second.words == 2  # only what is worded anew
    services.accept(actor(home.checker), second)
    assert (state_of(first), state_of(second)) == ("superseded", "accepted")
    assert told("superseded") == {home.translator.id}
    shown = queries.shown(VISITOR, "problem", home.problem, "ar")
    assert [one.translator for one in shown.credits] == ["Omar", "Tariq"]
    assert [one.checker for one in shown.credits] == ["Carla", "Carla"]
    assert shown.text("title", "Salty wells").text == "آبار مالحة"
    services.take_down(actor(home.author), second, note="The title is wrong")
    assert (state_of(first), state_of(second)) == ("accepted", "rejected")
    assert home.problem.localised["ar"]["title"] == TEXTS["title"]
    assert told("taken_down") == {other.id, home.checker.id}


def test_taken_down_readers_see_the_original(home):
    translation = home.accepted()
    with pytest.raises(Invalid):
        services.take_down(actor(home.author), translation, note="")
    with pytest.raises(NotAllowed):
        services.take_down(actor(home.stranger), translation, note="x")
    services.take_down(actor(home.checker), translation, note="Wrong meaning")
    assert home.problem.localised == {}
    assert not queries.shown(VISITOR, "problem", home.problem, "ar").is_translation
    assert wanted_rows(home.problem) == {"ar": (0, False)}


def test_the_database_keeps_one_accepted(home):
    home.accepted()
    other = home.proposed(who=make_person("Omar", languages=BOTH))
    with pytest.raises(Conflict) as refusal, transaction(system="test"):
        db.session.execute(
            update(Translation)
            .where(Translation.id == other.id)
            .values(
                state="accepted",
                decided_at=clock.now(),
                decided_by_id=home.checker.id,
                decision_code="accepted",
            )
        )
    assert isinstance(refusal.value.__cause__, IntegrityError)


def test_what_has_changed_since_is_marked_field_by_field(home):
    translation = home.accepted()
    version = translation.version
    edit(home, summary="Wells turn salty overnight.")
    assert translation.outdated == ["summary"]
    assert translation.version == version
    assert told("outdated") == {home.translator.id}
    assert wanted_rows(home.problem) == {"ar": (0, True)}
    shown = queries.shown(VISITOR, "problem", home.problem, "ar")
    assert shown.text("summary", home.problem.summary).is_outdated
    assert not shown.text("title", home.problem.title).is_outdated
    assert shown.text("summary", home.problem.summary).text == TEXTS["summary"]
    edit(home, summary=home.problem.summary)
    assert len(told("outdated")) == 1
    renewed = home.begun()
    assert (renewed.texts, renewed.outdated) == (TEXTS, ["summary"])
    services.propose(actor(home.translator), renewed, texts={}, seen=home.digest())
    services.accept(actor(home.checker), renewed)
    assert renewed.outdated == []
    assert wanted_rows(home.problem) == {}


def test_changed_between_proposal_and_check_is_marked_when_it_is_accepted(home):
    translation = home.proposed()
    edit(home, title="Saltier wells")
    services.accept(actor(home.checker), translation)
    assert translation.outdated == ["title"]


def test_the_search_finds_translated_words(home):
    from app.core import index

    assert index.hits("problem", "مالحة") == []
    translation = home.accepted()
    assert index.hits("problem", "مالحة") == [home.problem.id]
    assert index.hits("problem", "wells") == [home.problem.id]
    assert index.hits("problem", "إنذار") == [home.problem.id]  # of the statement, which lists do not show
    services.take_down(actor(home.checker), translation, note="Wrong")
    assert index.hits("problem", "مالحة") == []
    assert index.hits("problem", "wells") == [home.problem.id]


# ---- what is wanted ------------------------------------------------------------------------------------------------


def test_public_things_are_wanted_in_the_languages_of_the_pages(home):
    edit(home)
    assert wanted_rows(home.problem) == {"ar": (0, False)}
    arabic = home.make("آبار", language="ar")
    edit(home, arabic)
    assert wanted_rows(arabic) == {"en": (0, False)}
    hidden = home.make("Hidden", visibility="consortium")
    edit(home, hidden)
    assert wanted_rows(hidden) == {}
    edit(home, visibility="consortium")
    assert wanted_rows(home.problem) == {}
    merged = home.make("Merged", state="merged", merged_into_id=home.problem.id)
    edit(home, merged)
    assert wanted_rows(merged) == {}


def test_readers_ask_once_each_and_are_told(home):
    for person in (home.stranger, home.stranger, home.lead):
        services.ask(actor(person), "problem", home.problem.id, language="ar")
    services.ask(actor(home.stranger), "problem", home.problem.id, language="fr")
    assert wanted_rows(home.problem) == {"ar": (2, False), "fr": (1, False)}
    home.accepted()
    assert wanted_rows(home.problem) == {"fr": (1, False)}
    assert told("arrived") == {home.stranger.id, home.lead.id}
    assert mailed("arrived") == set()
    assert db.session.scalar(select(func.count()).select_from(TranslationAsk)) == 1
    with pytest.raises(RuleBroken):
        services.ask(actor(home.stranger), "problem", home.problem.id, language="ar")
    with pytest.raises(Invalid):
        services.ask(actor(home.stranger), "problem", home.problem.id, language="en")
    with pytest.raises(NotAllowed):
        services.ask(VISITOR, "problem", home.problem.id, language="ar")


def test_who_asks_for_everything_is_slowed(home, monkeypatch):
    monkeypatch.setattr(services.writing, "MOST_ASKS_A_DAY", 2)
    for language in ("ar", "fr"):
        services.ask(actor(home.stranger), "problem", home.problem.id, language=language)
    with pytest.raises(TooMany):
        services.ask(actor(home.stranger), "problem", home.problem.id, language="tr")


def test_a_thing_that_one_does_not_see_cannot_be_translated(home):
    hidden = home.make("Hidden", state="draft")
    for act in (
        lambda: home.begun(problem=hidden),
        lambda: services.ask(actor(home.translator), "problem", hidden.id, language="ar"),
        lambda: services.begin(actor(home.translator), "unheard_of", 1, language="ar"),
    ):
        with pytest.raises(NotFound):
            act()
    translation = home.proposed()
    edit(home, visibility="consortium")
    with pytest.raises(NotFound):
        services.accept(actor(home.checker), translation)


# ---- without anybody asking ------------------------------------------------------------------------------------------


def test_what_nobody_checks_is_told_of_once_and_lapses(home, monkeypatch):
    translation = home.proposed()
    assert (services.remind(), services.lapse()) == (0, 0)
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert (services.remind(), services.remind(), services.lapse()) == (1, 0, 0)
    assert told("check_waits") == {home.author.id}
    later += models.CHECK_WITHIN
    assert (services.lapse(), services.lapse()) == (1, 0)
    assert (state_of(translation), translation.decision_code) == ("lapsed", "lapsed")
    assert mailed("lapsed") == {home.translator.id}
    services.propose(actor(home.translator), translation, texts={}, seen=home.digest())
    assert state_of(translation) == "proposed"


def test_who_leaves_leaves_nothing_half_done_and_keeps_the_credit(home):
    shown = home.accepted()
    waits = home.proposed(problem=home.make("Other"))
    with transaction(system="closing"):
        leaving.release_all(actor(home.translator), home.translator.id)
    assert (state_of(shown), state_of(waits)) == ("accepted", "withdrawn")


def test_withdrawn_by_its_translator(home):
    translation = home.proposed()
    services.withdraw(actor(home.translator), translation)
    assert (state_of(translation), translation.decision_code) == ("withdrawn", "withdrawn")
    with pytest.raises(NotFound):
        services.accept(actor(home.checker), translation)
    assert home.begun().id != translation.id


def test_a_load_puts_checked_translations_in_place(home):
    with transaction(system="demonstration"):
        made = services.place(
            "problem",
            home.problem.id,
            language="ar",
            texts={**TEXTS, "unheard_of": "x"},
            translator_id=home.translator.id,
            checker_id=home.checker.id,
        )
    assert (made.state, made.texts, made.outdated) == ("accepted", TEXTS, [])
    assert queries.shown(VISITOR, "problem", home.problem, "ar").credits[0].translator == "Tariq"
    hidden = home.make("Hidden", state="draft")
    with pytest.raises(NotFound), transaction(system="demonstration"):
        services.place(
            "problem", hidden.id, language="ar", texts=TEXTS, translator_id=home.translator.id, checker_id=home.checker.id
        )  # fmt: skip


def test_what_the_original_does_not_say_any_more_comes_back_by_no_road(home):
    first = home.accepted({**TEXTS, "tried": "سرّ"})
    newer = home.proposed({"title": "آبار"}, who=make_person("Omar", languages=BOTH))
    assert newer.texts["tried"] == "سرّ"
    edit(home, tried="")
    services.accept(actor(home.checker), newer)
    assert "tried" not in newer.texts
    services.take_down(actor(home.checker), newer, note="Wrong")
    assert (state_of(first), "tried" in first.texts) == ("accepted", False)
    assert queries.words("problem", home.problem.id) == list(TEXTS.values())
    services.take_down(actor(home.checker), first, note="Wrong too")
    assert "tried" not in home.begun().texts

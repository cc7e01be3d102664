"""Who may what with translations: every kind of person in every state, and the list form beside the predicate."""

import itertools

import pytest
from sqlalchemy import select

from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.things import KINDS
from app.translating import policies, queries
from app.translating.models import TRANSLATION_STATES, Translation
from app.translating.policies import Standing
from app.translating.queries.queue import seen
from tests.factories import make_person
from tests.factories.accounts import actor
from tests.translating.support import BOTH, READS, Home

SEES = {  # who sees a translation in which state
    "translator": set(TRANSLATION_STATES.names),
    "checker": {"proposed", "accepted", "superseded"},
    "author": set(TRANSLATION_STATES.names) - {"draft", "hidden"},
    "lead": set(TRANSLATION_STATES.names) - {"draft", "hidden"},
    "reader": {"accepted", "superseded"},
    "visitor": {"accepted", "superseded"},
}
CHECKS = {  # who may check what others propose
    "translator": "own_translation",
    "checker": True,
    "author": "original_not_spoken",
    "author_who_reads": True,
    "lead": "original_not_spoken",
    "reader": "original_not_spoken",
    "visitor": "sign_in_first",
}


@pytest.fixture
def home(app):
    return Home()


def person_of(home, who):
    if who == "visitor":
        return VISITOR
    if who == "author_who_reads":
        with transaction(system="test"):
            home.author.languages = READS
        return actor(home.author)
    if who == "reader":
        return actor(make_person("Rami", languages=READS))
    return actor(getattr(home, who))


def standing_of(home, asking):
    return queries.standing(asking, KINDS["problem"], home.problem)


@pytest.mark.parametrize("who", SEES)
def test_who_sees_a_translation_in_which_state(home, who):
    translation = home.proposed()
    asking = person_of(home, who)
    standing = standing_of(home, asking)
    db.session.refresh(translation)
    db.session.expunge(translation)
    for state in TRANSLATION_STATES.names:
        translation.state = state
        assert bool(policies.see(asking, translation, standing)) == (state in SEES[who]), state


@pytest.mark.parametrize("who", CHECKS)
def test_who_checks(home, who):
    translation = home.proposed()
    asking = person_of(home, who)
    answer = policies.may_check(asking, translation, standing_of(home, asking))
    assert getattr(answer, "code", answer) == CHECKS[who]
    for same in (policies.accept, policies.return_for_changes, policies.reject):
        assert bool(same(asking, translation, standing_of(home, asking))) == (CHECKS[who] is True)


@pytest.mark.parametrize("who", SEES)
def test_only_its_translator_writes_and_gives_up(home, who):
    translation = home.proposed()
    asking = person_of(home, who)
    for check in (policies.save, policies.recall, policies.withdraw):
        assert bool(check(asking, translation)) == (who == "translator")
    proposes = policies.propose(asking, translation, standing_of(home, asking))
    assert bool(proposes) == (who == "translator")


def test_who_takes_down_and_who_opens_again(home):
    translation = home.accepted()
    allowed = {
        who: bool(
            policies.take_down(person_of(home, who), translation, standing_of(home, person_of(home, who)))
        )
        for who in SEES
    }
    assert [who for who, may in allowed.items() if may] == ["checker", "author"]
    assert policies.reopen(actor(home.checker), translation)
    assert policies.reopen(actor(home.author), translation).code == "not_decider"
    assert policies.reopen(VISITOR, translation).code == "sign_in_first"
    assert policies.take_down(VISITOR, translation, Standing()).code == "sign_in_first"


LEVELS = ("", "basic", "working", "fluent", "native")


@pytest.mark.parametrize(("original", "language"), list(itertools.product(LEVELS, LEVELS)))
def test_the_levels_that_it_takes(home, original, language):
    spoken = {code: level for code, level in (("en", original), ("ar", language)) if level}
    standing = Standing(spoken)
    reads_both = original in LEVELS[2:] and language in LEVELS[2:]
    answer = policies.translate(actor(home.stranger), standing, "en", "ar")
    assert bool(answer) == reads_both
    if not reads_both:
        assert answer.code == "languages_needed"
    translation = Translation(state="proposed", translator_id=0, source_language="en", language="ar")
    checks = original in LEVELS[3:] and language in LEVELS[2:]
    assert bool(policies.may_check(actor(home.stranger), translation, standing)) == checks
    keeper = Standing(spoken, is_keeper=True)
    assert bool(policies.may_check(actor(home.stranger), translation, keeper)) == reads_both
    assert (("en", "ar") in queries.pairs_to_check(standing)) == checks
    assert (("en", "ar") in queries.pairs_to_translate(standing)) == reads_both


def test_the_list_of_what_to_check_equals_the_rule(home):
    other = home.make("Other")
    for translation in (home.proposed(), home.proposed(problem=other), home.proposed(who=home.checker)):
        assert translation.state == "proposed"
    home.begun(problem=home.make("Third"))
    hidden = home.make("Hidden", visibility="consortium")
    home.proposed(problem=hidden)
    everybody = list(db.session.scalars(select(Translation)))
    people = [home.translator, home.checker, home.stranger, make_person("Zoe", languages=BOTH)]
    found_by = {}
    for person in people:
        asking = actor(person)
        standing = Standing(queries.spoken(asking))
        queue = queries.to_check(asking, standing, queries.pairs_to_check(standing), [])
        visible = set(db.session.scalars(KINDS["problem"].seen(asking)))
        expected = {
            one.id
            for one in everybody
            if one.state == "proposed"
            and one.thing_id in visible
            and policies.may_check(asking, one, standing)
        }
        found_by[person.display_name] = len(expected)
        assert {row.id for row in queue.page(None).rows} == expected
        assert {row.id for row in queue.all()} == expected
        assert queue.total() == (len(expected), False)
    assert found_by == {"Tariq": 1, "Carla": 2, "Sam": 0, "Zoe": 3}


def test_a_row_is_seen_by_whom_its_thing_is_seen(home):
    for visibility in ("public", "signed_in", "consortium"):
        home.begun(problem=home.make(visibility, visibility=visibility))
    for person in (VISITOR, actor(home.stranger), actor(home.translator), actor(home.lead)):
        rows = set(db.session.scalars(select(Translation.thing_id).where(seen(person, Translation))))
        things = set(db.session.scalars(KINDS["problem"].seen(person)))
        assert rows == things - {home.problem.id}

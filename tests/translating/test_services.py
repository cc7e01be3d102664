"""Actions on translations: what they change, leave in the audit, tell, and refuse."""

import pytest

from app.core.errors import Invalid, NotAllowed, RuleBroken
from app.translating import queries, services
from app.translating.models import Translation
from tests.factories.accounts import actor
from tests.translating.support import TEXTS, Home, last_line, mailed, state_of, told


@pytest.fixture
def home(app):
    return Home()


def test_from_a_draft_to_what_readers_see(home):
    translation = home.begun()
    assert (translation.state, translation.source_language, translation.language) == ("draft", "en", "ar")
    services.save(actor(home.translator), translation, texts={"title": TEXTS["title"]}, seen=home.digest())
    assert translation.texts == {"title": TEXTS["title"]}
    services.propose(actor(home.translator), translation, texts=TEXTS, seen=home.digest())
    assert (state_of(translation), translation.institution_id) == ("proposed", home.institution.id)
    assert told("proposed") == {home.author.id}
    assert mailed("proposed") == set()
    services.accept(actor(home.checker), translation, note="Well done")
    assert state_of(translation) == "accepted"
    assert last_line().action == "translating.accept"
    assert home.problem.localised == {"ar": {"title": TEXTS["title"], "summary": TEXTS["summary"]}}
    assert mailed("accepted") == {home.translator.id}
    assert told("shown") == {home.author.id}

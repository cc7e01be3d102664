"""Everything that is told has words, in both languages."""

import ast
import pathlib

import pytest

from app.core import waiting
from app.core.i18n import LOCALES, use_locale
from app.teams import services
from app.web import letters
from tests.factories import affiliate
from tests.factories.accounts import actor
from tests.teams.world import make_world

FEATURE = pathlib.Path(services.__file__).parents[1]
TEMPLATES = sorted(path.stem for path in (FEATURE / "templates" / "teams" / "mail").glob("*.txt"))
FACTS = {
    "team": "Open Wells", "number": "T-0007", "who": "Anna", "person": "Ben", "institution": "Away Institute", "note": "A note.",
    "message": "A message.", "why": "A reason.", "days": 10, "version": 2, "brings": True, "gains": True, "confirming": False,
    "asked": "requested", "verb": "pause",
}  # fmt: skip


def _told() -> set[str]:
    """The kinds that the code tells: the text argument of each call of say, _tell_members and write_to."""
    found = set()
    for path in [*FEATURE.glob("services/*.py"), FEATURE / "notices.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            texts = [
                one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
            ]
            if name in {"say", "_tell_members", "write_to"} and texts:
                found.add(texts[0].removeprefix("teams."))
    return found


def test_every_kind_has_its_template_and_every_template_its_kind():
    assert _told() == set(TEMPLATES)


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_reads_well(app, kind):
    for locale in LOCALES:
        for asked, verb in (
            ("requested", "pause"),
            ("invited", "resume"),
            ("confirming", "complete"),
            ("invited", "dissolve"),
        ):
            with use_locale(locale), app.test_request_context():
                facts = {**FACTS, "asked": asked, "verb": verb}
                words = letters.words_of(f"teams.{kind}", facts)
            assert words.subject
            assert len(words.subject) < 60
            assert words.button
            assert words.paragraphs
            assert "Open Wells" in words.subject
            assert "%(" not in str(words)


def test_notes_stand_in_paragraphs_of_their_own(app):
    with app.test_request_context():
        words = letters.words_of("teams.rejected", FACTS)
    assert words.paragraphs == (
        "Anna did not approve the team “Open Wells”. A reason.",
        "A note.",
    )


def test_a_confirmation_waits_for_representatives_but_not_for_oneself(app):
    world = make_world(away={"confirms_participation": True})
    rita = affiliate("Rita", world.away, role="representative")
    rob = affiliate("Rob", world.away, role="representative")
    world.join(rita)
    assert [item.kind for item in waiting.waiting_for(actor(rob))] == ["teams.confirmation"]
    assert waiting.waiting_for(actor(rita)) == []


def test_a_request_waits_for_lead_and_deputy(world):
    world.join(world.ben)
    services.name_deputy(actor(world.anna), world.fresh(), person_id=world.ben.id)
    services.ask_to_join(actor(world.bea), world.fresh(), institution_id=None, message="x")
    for person, kinds in (
        (world.anna, ["teams.request"]),
        (world.ben, ["teams.request"]),
        (world.bea, []),
        (world.cora, []),
    ):
        assert [item.kind for item in waiting.waiting_for(actor(person))] == kinds

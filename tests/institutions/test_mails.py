"""The words of every mail: a subject that starts with the thing, paragraphs, a button; the facts stand in them."""

import pathlib
from datetime import UTC, datetime

import pytest
from jinja2 import StrictUndefined

from app.core.i18n import use_locale
from app.web import letters

FOLDER = pathlib.Path(__file__).parents[2] / "app" / "institutions" / "templates" / "institutions" / "mail"
KINDS = sorted(file.stem for file in FOLDER.glob("*.txt"))
FACTS = {
    "institution": "Lab of Water",
    "person": "Amal Haddad",
    "due": datetime(2026, 12, 6, tzinfo=UTC),
    "why": "Nobody here knows this person",
    "note": "Ask the faculty",
    "heir": "Lab of Rivers",
    "is_representative": True,
    "is_signatory": True,
    "is_deputy": True,
}


@pytest.mark.parametrize("locale", ["en", "ar"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_mail_says_what_it_is_about(app, monkeypatch, kind, locale):
    monkeypatch.setattr(app.jinja_env, "undefined", StrictUndefined)
    with app.test_request_context(), use_locale(locale):
        words = letters.words_of(f"institutions.{kind}", FACTS)
    assert "Lab of Water" in words.subject
    assert words.paragraphs
    assert words.button
    assert "%(" not in words.subject + "".join(words.paragraphs)


def test_every_kind_that_is_told_has_its_words():
    source = (FOLDER.parents[2] / "notices.py").read_text()
    for kind in KINDS:
        assert f'"{kind}"' in source or f'"institutions.{kind}"' in source, kind
    assert len(KINDS) == 20

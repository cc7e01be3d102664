"""The seven templates: whole, alike in both languages, and filled as asked."""

import pytest

from app.agreements.models import KINDS, TEXT_LANGUAGES
from app.agreements.queries import blanks_of
from app.agreements.queries.texts import DATA, template_of

pytestmark = pytest.mark.pure


def left_blank(text):
    return [label for _language, label in blanks_of({"en": text})]


EVERYWHERE = {"parties", "commitments", "contacts", "duration", "changes", "disputes"}


def test_each_kind_has_a_text_in_each_language_and_no_other_stands_there():
    expected = {f"{kind}.{language}.md" for kind in KINDS for language in TEXT_LANGUAGES}
    assert {file.name for file in DATA.iterdir()} == expected


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_have_the_same_sections_and_blanks(kind):
    english, arabic = template_of(kind, "en"), template_of(kind, "ar")
    assert [part.name for part in english.sections] == [part.name for part in arabic.sections]
    for one, other in zip(english.sections, arabic.sections, strict=True):
        assert [line.count("[[") for line in one.text.split("\n\n")] == [
            line.count("[[") for line in other.text.split("\n\n")
        ], one.name
    assert [blank.name for blank in english.blanks] == [blank.name for blank in arabic.blanks]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", TEXT_LANGUAGES)
def test_a_template_is_whole(kind, language):
    found = template_of(kind, language)
    names = [part.name for part in found.sections]
    assert len(names) == len(set(names))
    assert set(names) >= EVERYWHERE
    assert found.title
    assert found.summary
    assert found.note
    assert ("legal advice" if language == "en" else "استشارة قانونية") in found.note
    assert found.blanks
    in_arabic_letters = any("\u0600" <= letter <= "\u06ff" for letter in found.fill({}))
    assert in_arabic_letters == (language == "ar")
    for part in found.sections:
        assert part.heading
        assert part.text
        # Nothing is written like a blank that the loader does not know.
        assert part.text.count("[[") == part.text.count("]]")
    total = sum(part.text.count("[[") for part in found.sections)
    assert total == len(found.blanks)


@pytest.mark.parametrize("language", TEXT_LANGUAGES)
def test_what_is_filled_in_stands_there_and_what_is_not_is_named(language):
    found = template_of("joint_work", language)
    first, *rest = found.blanks
    text = found.fill({first.name: "Reach 24 wells", "unknown": "x"})
    assert "Reach 24 wells" in text
    assert first.label not in left_blank(text)
    assert left_blank(text) == [blank.label for blank in rest]
    whole = found.fill({blank.name: "done" for blank in found.blanks})
    assert left_blank(whole) == []
    assert "[[" not in whole
    assert whole.count("\n## ") == len(found.sections) - 1

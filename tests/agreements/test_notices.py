"""Everything that is told has words, in both languages, and subjects that fit."""

import pathlib
import re
from datetime import UTC, date, datetime

import pytest

from app.agreements import notices
from app.core.i18n import LOCALES, use_locale
from app.web import letters

FEATURE = pathlib.Path(notices.__file__).parents[1]
TEMPLATES = sorted(path.stem for path in (FEATURE / "templates" / "agreements" / "mail").glob("*.txt"))
LONGEST = 60
FACTS = {
    "number": "AGR-2026-0042", "title": "Sensors for salty wells", "short": "Sensors for…", "who": "Anna",
    "party": "Lake University", "institution": "Lake University", "ball": "Nile Institute", "yours": True, "note": "A note.",
    "due": datetime(2026, 11, 22, tzinfo=UTC), "version": 3, "left": 2, "to_sign": True, "last": date(2026, 11, 22),
    "days": 60, "open": 3, "code": "notice", "is_draft": False, "voided": 2, "text": "Words", "quote": "A line",
    "reason": "The terms do not fit.", "name": "Ben", "said": "Words", "changed": "Text",
}  # fmt: skip
OTHERWISE = {
    "to_sign": False,
    "yours": False,
    "left": 0,
    "open": 0,
    "code": "date",
    "is_draft": True,
    "voided": 0,
}


def test_every_template_is_told_by_something():
    code = "".join(path.read_text() for path in (FEATURE / "notices").glob("*.py"))
    told = set(re.findall(r'"(?:agreements\.)?([a-z_]+)"', code))
    assert [kind for kind in TEMPLATES if kind not in told] == []


@pytest.mark.parametrize("facts", [FACTS, FACTS | OTHERWISE], ids=["one way", "otherwise"])
@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_reads_well(app, kind, facts):
    for locale in LOCALES:
        with use_locale(locale), app.test_request_context():
            words = letters.words_of(f"agreements.{kind}", facts)
        assert "AGR-2026-0042" in words.subject
        assert len(words.subject) <= LONGEST + 10 * (locale != "en"), words.subject
        assert words.button
        assert words.paragraphs
        assert "%(" not in str(words)

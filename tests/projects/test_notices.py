"""Everything that is told has words, in both languages, and subjects that fit."""

import pathlib
import re
from datetime import UTC, date, datetime

import pytest

from app.core.i18n import LOCALES, use_locale
from app.projects import notices
from app.web import letters

FEATURE = pathlib.Path(notices.__file__).parents[1]
TEMPLATES = sorted(path.stem for path in (FEATURE / "templates" / "projects" / "mail").glob("*.txt"))
LONGEST = 60
FACTS = {
    "number": "PRJ-2026-0042", "title": "Sensors for salty wells", "short": "Sensors for sal…", "by": "Anna", "who": "Anna",
    "person": "Ben", "name": "Ben", "institution": "Away Institute", "note": "A note.", "message": "A message.",
    "why": "A reason.", "due": datetime(2026, 11, 22, tzinfo=UTC), "part": "Goals", "position": "Chemist",
    "milestone": "First well", "reached": True, "verb": "hold", "months": 12, "text": "Words", "asked": "hearing",
    "day": date(2026, 11, 22), "old": "Anna", "new": "Ben", "lead": "Ben", "days": 3,
}  # fmt: skip


def test_every_template_is_told_by_something():
    code = "".join(
        path.read_text() for room in ("notices", "services") for path in (FEATURE / room).glob("*.py")
    )
    told = set(re.findall(r'"(?:projects\.)?([a-z_]+)"', code))
    assert [kind for kind in TEMPLATES if kind not in told] == []


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_kind_reads_well(app, kind):
    for locale in LOCALES:
        with use_locale(locale), app.test_request_context():
            words = letters.words_of(f"projects.{kind}", FACTS)
        assert "PRJ-2026-0042" in words.subject
        assert len(words.subject) <= LONGEST + 10 * (locale != "en"), words.subject
        assert words.button
        assert words.paragraphs
        assert "%(" not in str(words)

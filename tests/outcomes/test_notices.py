"""Every kind of mail has a subject that begins with the thing, in both languages."""

from datetime import UTC, datetime

import pytest

from app.core import i18n
from app.web import letters

KINDS = (
    "to_confirm", "reminder_confirm", "recalled", "lapsed", "returned", "confirmed", "published", "to_settle",
    "reminder_settle", "objected", "settled", "retracted", "named", "reminder_credit", "name_taken_back",
    "credit_accepted", "credit_declined", "credit_lapsed", "credit_withdrawn", "to_answer", "answer_yes",
    "answer_no", "answer_lapsed",
)  # fmt: skip
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FACTS = {
    "number": "OUT-2026-0001", "title": "A sensor that holds for two years", "short": "A sensor that holds for two…",
    "who": "Amal", "note": "So it is.", "why": "The evidence does not show it.", "text": "Wrong baseline.",
    "decision": "It stands.", "due": NOW, "until": NOW, "problem": "P-0001", "problem_short": "Wells turn salty…",
    "is_author": False,
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ar"])
def test_words_of_mails(app, language):
    with i18n.use_locale(language):
        for kind in KINDS:
            words = letters.words_of(f"outcomes.{kind}", FACTS, "Amal", "Because.")
            assert words.subject.lstrip("\u2068").startswith(("OUT-2026-0001", "P-0001")), (
                kind,
                words.subject,
            )
            assert len(words.subject) < 80, (kind, words.subject)


@pytest.mark.parametrize("is_author", [True, False])
def test_an_author_is_not_named_in_their_answer(app, is_author):
    for kind in ("answer_yes", "answer_no"):
        words = letters.words_of(f"outcomes.{kind}", {**FACTS, "is_author": is_author}, "Reader", "Because.")
        assert ("Amal" in str(words)) is not is_author

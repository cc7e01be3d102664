"""Facts kept as JSON come back as what templates use."""

import json
from datetime import UTC, date, datetime

import pytest

from app.core.facts import keep, restore
from app.core.i18n import LazyText, use_locale

INSTANT = datetime(2026, 11, 22, 11, 12, 13, 456000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "text",
        "",
        7,
        2.5,
        True,
        None,
        date(2026, 11, 22),
        INSTANT,
        ["a", date(2026, 11, 22)],
        {"day": date(2026, 11, 22), "deep": {"at": INSTANT}},
    ],
)
def test_what_is_kept_comes_back(value) -> None:
    assert restore(json.loads(json.dumps(keep(value)))) == value


def test_tuples_and_sets_become_lists() -> None:
    assert restore(keep(("a", "b"))) == ["a", "b"]
    assert keep({3}) == [3]


def test_a_lazy_sentence_is_put_into_words_at_the_end() -> None:
    lazy = LazyText("Due on %(day)s: %(why)s", day="Monday", why=LazyText("late"))
    kept = json.loads(json.dumps(keep({"reason": lazy})))
    back = restore(kept)["reason"]
    assert isinstance(back, LazyText)
    with use_locale("en"):
        assert str(back) == "Due on Monday: late"


@pytest.mark.parametrize(
    "text", ["2026-13-45", "2026-11-22 and more", "2026-11-22T99:00:00+00:00", "26-11-22"]
)
def test_text_that_only_looks_like_a_day_stays_text(text) -> None:
    assert restore(keep(text)) == text

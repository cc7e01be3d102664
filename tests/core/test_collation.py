"""Names sort as a reader expects, whatever their accents, capitals, articles or forms of alef."""

import pytest

from app.core.collation import collation_key

pytestmark = pytest.mark.pure


def test_accents_and_capitals_do_not_count():
    assert sorted(["Zürich", "açaí", "Ålesund", "Oslo", "ödev", "Œuvre"], key=collation_key)[:3] == [
        "açaí",
        "Ålesund",
        "ödev",
    ]


def test_the_arabic_article_counts_in_arabic_only_as_nothing():
    names = ["المغرب", "مصر", "أَرْمِينِيَا", "الأردن", "إيران", "ألمانيا", "آيسلندا"]
    assert sorted(names, key=lambda name: collation_key(name, "ar")) == [
        "الأردن",
        "أَرْمِينِيَا",
        "ألمانيا",
        "إيران",
        "آيسلندا",
        "مصر",
        "المغرب",
    ]
    assert collation_key("المغرب") == "المغرب"


def test_a_word_that_is_only_the_article_and_a_letter_keeps_it():
    assert collation_key("الم", "ar") == "الم"

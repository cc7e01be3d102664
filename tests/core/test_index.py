"""Words in any script are found as readers type them; renewed, forgotten, ranked."""

import pytest
from sqlalchemy import select

from app.core.db import WriteOutsideTransaction, db, transaction
from app.core.index import IndexEntry, drop, fold, matching, put, similar, tokens


def keep(kind: str, **texts: str) -> None:
    with transaction(system="x"):
        for key, text in texts.items():
            put(kind, int(key.removeprefix("n")), text)


def found(kind: str, words: str, limit: int = 100) -> list[int]:
    query = matching(kind, words, limit)
    assert query is not None
    return sorted(db.session.scalars(query))


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Universität Zürich", "universitat zurich"),
        ("ÉCOLE", "école"),
        ("ﬁsh", "fish"),
        ("مُعَلَّم", "معلم"),
        ("إدارة", "اداره"),
        ("مستشفى", "مستشفي"),
        ("تعـــاون", "تعاون"),
        ("کتاب", "كتاب"),
        ("STRASSE", "straße"),
    ],
)
def test_differences_that_nobody_types_are_folded(written, typed) -> None:
    assert fold(written) == fold(typed)


@pytest.mark.parametrize(("one", "other"), [("sensor", "censor"), ("علم", "قلم"), ("Peru", "Pera")])
def test_other_words_stay_other_words(one, other) -> None:
    assert fold(one) != fold(other)


def test_words_are_cut_and_stemmed() -> None:
    assert tokens("Sensors, sensing!") == tokens("sensor sense")[:1] + tokens("sensing")
    assert tokens("والمياه") == tokens("المياه")
    assert tokens("水質 test") == ["水", "質", "test"]
    assert tokens("a " * 100, limit=10) == ["a"] * 10
    assert tokens("!? ... --") == []


def test_a_kept_thing_is_found_by_all_of_its_words_and_beginnings(app) -> None:
    keep("problem", n1="Low-cost sensors for brackish groundwater", n2="Heat in maternity wards")
    assert found("problem", "groundwater") == [1]
    assert found("problem", "ground sensor") == [1]
    assert found("problem", "SENSORS brackish") == [1]
    assert found("problem", "sensor heat") == []
    assert found("problem", "zzz") == []


def test_arabic_is_found_without_marks(app) -> None:
    keep("problem", n1="مجسّات لِلمياه الجوفيّة المالحة")
    assert found("problem", "المياه المالحه") == [1]


def test_kinds_do_not_mix(app) -> None:
    keep("problem", n1="water")
    keep("team", n1="fire", n2="water")
    assert found("problem", "water") == [1]
    assert found("team", "water") == [2]
    assert found("team", "kindproblem") == []


def test_only_the_newest_hits_are_taken(app) -> None:
    keep("problem", n1="water", n2="water", n3="water")
    assert found("problem", "water", limit=2) == [2, 3]


def test_a_renewed_thing_is_found_by_its_new_words_only(app) -> None:
    keep("problem", n1="water")
    keep("problem", n1="fire")
    assert found("problem", "water") == []
    assert found("problem", "fire") == [1]
    assert len(db.session.scalars(select(IndexEntry)).all()) == 1


def test_a_dropped_thing_is_not_found(app) -> None:
    keep("problem", n1="water", n2="water")
    with transaction(system="x"):
        drop("problem", 1)
    assert found("problem", "water") == [2]


def test_what_fails_is_not_found(app) -> None:

    def fail() -> None:
        with transaction(system="x"):
            put("problem", 1, "water")
            db.session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert found("problem", "water") == []


@pytest.mark.parametrize("words", ["", "  ", "!!!", "'\"()*:"])
def test_without_words_there_is_nothing_to_match(app, words) -> None:
    assert matching("problem", words) is None


@pytest.mark.parametrize(
    "words", ['water" OR "fire', "water* NEAR fire", "a & b | !c", "water:*", "'; DROP TABLE x; --"]
)
def test_signs_of_query_languages_mean_nothing(app, words) -> None:
    keep("problem", n1="earth")
    assert found("problem", words) == []


def test_similar_things_share_rare_words_best_first(app) -> None:
    keep(
        "problem",
        n1="Sensors for brackish groundwater in coastal wells",
        n2="Groundwater maps for farmers",
        n3="Maternity wards in extreme heat",
    )
    assert similar("problem", "brackish groundwater in coastal wells") == [1, 2]
    assert similar("problem", "brackish groundwater in coastal wells", but=1) == [2]
    assert similar("problem", "brackish groundwater in coastal wells", limit=1) == [1]
    assert similar("problem", "poetry") == []
    assert similar("problem", "of in it") == []


def test_the_index_changes_inside_transactions_only(app) -> None:
    with pytest.raises(WriteOutsideTransaction):
        put("problem", 1, "water")
    with pytest.raises(WriteOutsideTransaction):
        drop("problem", 1)


def test_empty_texts_are_left_out(app) -> None:
    with transaction(system="x"):
        put("problem", 1, None, "", "water")
    assert found("problem", "water") == [1]

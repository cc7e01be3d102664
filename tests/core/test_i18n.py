"""Which language is spoken, and how things read in it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core import i18n
from app.core.i18n import LazyText, fmt_date, fmt_datetime, fmt_list, fmt_number, fmt_since, use_locale

MOMENT = datetime(2026, 11, 22, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en", "en"), ("ar", "ar"), ("xx", "en"), (None, "en"), ("", "en")]
)
def test_unknown_languages_fall_back_to_english(asked, spoken) -> None:
    with use_locale(asked):
        assert i18n.get_locale() == spoken


def test_another_language_is_spoken_for_a_while_only() -> None:
    with use_locale("en", "UTC"):

        def fail() -> None:
            with use_locale("ar", "Asia/Riyadh"):
                assert (i18n.get_locale(), i18n.zone_name()) == ("ar", "Asia/Riyadh")
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        assert (i18n.get_locale(), i18n.zone_name()) == ("en", "UTC")


@pytest.mark.parametrize(
    ("code", "direction"), [("ar", "rtl"), ("ar-EG", "rtl"), ("fa_IR", "rtl"), ("en", "ltr"), ("sw", "ltr")]
)
def test_direction_of_writing(code, direction) -> None:
    assert i18n.text_dir(code) == direction


def test_the_direction_of_the_current_language() -> None:
    with use_locale("ar"):
        assert i18n.text_dir() == "rtl"


def test_facts_fill_a_sentence() -> None:
    with use_locale("en"):
        assert i18n.gettext("%(name)s asks", name="Amal") == "Amal asks"
        assert i18n.gettext("100 % sure") == "100 % sure"


@pytest.mark.parametrize(("number", "words"), [(1, "1 team"), (0, "0 teams"), (1234, "1,234 teams")])
def test_numbers_choose_the_form(number, words) -> None:
    with use_locale("en"):
        assert i18n.ngettext("%(num)s team", "%(num)s teams", number) == words


def test_a_lazy_sentence_waits_for_the_reader(monkeypatch) -> None:
    lazy = LazyText("Open by %(who)s", who=LazyText("nobody"))
    monkeypatch.setattr(i18n, "gettext", lambda message, **facts: f"{i18n.get_locale()}:{message % facts}")
    with use_locale("ar"):
        assert str(lazy) == "ar:Open by ar:nobody"
    with use_locale("en"):
        assert str(lazy) == "en:Open by en:nobody"


def test_lazy_sentences_are_escaped_and_compared_as_text() -> None:
    lazy = LazyText("a < b")
    assert lazy.__html__() == "a &lt; b"
    assert lazy == "a < b"
    assert hash(lazy) == hash(LazyText("a < b"))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        ("long", "22 November 2026"),
        ("weekday", "Sunday 22 November"),
        ("full", "Sunday 22 November 2026"),
        ("medium", "22 Nov 2026"),
    ],
)
def test_days_in_words(length, words) -> None:
    with use_locale("en"):
        assert fmt_date(date(2026, 11, 22), length) == words


def test_an_instant_is_a_day_where_the_reader_is() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with use_locale("en", "Asia/Riyadh"):
        assert fmt_date(late) == "23 November 2026"
    with use_locale("en", "America/Bogota"):
        assert fmt_date(late) == "22 November 2026"


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "22 November 2026, 11:12 (\u2066UTC\u2069)"),
        ("Asia/Riyadh", "22 November 2026, 14:12 (\u2066UTC+3\u2069)"),
        ("Asia/Kolkata", "22 November 2026, 16:42 (\u2066UTC+5:30\u2069)"),
        ("America/St_Johns", "22 November 2026, 07:42 (\u2066UTC-3:30\u2069)"),
    ],
)
def test_instants_name_their_zone(zone, words) -> None:
    with use_locale("en", zone):
        assert fmt_datetime(MOMENT) == words


def test_nothing_reads_as_nothing() -> None:
    assert fmt_date(None) == fmt_datetime(None) == fmt_since(None) == fmt_number(None) == fmt_list([]) == ""


def test_how_long_ago() -> None:
    with use_locale("en"):
        assert fmt_since(datetime.now(UTC) - timedelta(days=3)) == "3 days ago"
        assert fmt_since(datetime.now(UTC) + timedelta(hours=5)) in {"in 5 hours", "in 4 hours"}


def test_lists_and_numbers() -> None:
    with use_locale("en"):
        assert fmt_list(["A", "B", "C"]) == "A, B, and C"
        assert fmt_number(1234567) == "1,234,567"
        assert fmt_number(2.5) == "2.5"


def test_arabic_lists_show_where_each_name_ends() -> None:
    with use_locale("ar"):
        assert fmt_list(["مصر", "اليمن"]) == "مصر واليمن"
        assert fmt_list(["مصر", "اليمن", "نيبال"]) == "مصر، واليمن، ونيبال"
        assert fmt_list(["علوم المياه وتقنياتها", "الطب"]) == "علوم المياه وتقنياتها، والطب"
        assert fmt_list([]) == ""


def test_arabic_numbers_use_the_digits_of_the_data() -> None:
    with use_locale("ar"):
        assert set("٠١٢٣٤٥٦٧٨٩") & set(fmt_number(1234567) + fmt_date(date(2026, 11, 22))) == set()


def test_a_day_begins_at_midnight_of_the_place() -> None:
    assert i18n.start_of_day(date(2026, 11, 22), "Asia/Riyadh") == datetime(2026, 11, 21, 21, tzinfo=UTC)

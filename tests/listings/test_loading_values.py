"""Cells as values: codes and labels of both languages, either digits, days that can be read in one way only."""

from datetime import date
from decimal import Decimal

import pytest

from app.core.i18n import LOCALES, use_locale
from app.listings.models.loading_columns import COLUMNS, accepted, headings, plain_key
from app.listings.models.loading_faults import CELL_FAULTS
from app.listings.queries.loading import Around
from app.listings.services.loading.values import Wrong, join, read, ror_of, split

pytestmark = pytest.mark.pure
AROUND = Around(
    institution_id=7,
    person_id=3,
    language="en",
    usual={},
    representatives={"amal@university.example": 3},
    consortia={"water without borders": 5},
    institutions={"03y8mtb59": 7, "00f3x4340": 8, "#9": 9},
)


def code_of(name: str, text: str) -> str:
    with pytest.raises(Wrong) as caught:
        read(name, text, AROUND)
    assert caught.value.code in CELL_FAULTS
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("kind", "facility_time", "facility_time"),
        ("kind", "Instrument or facility time", "facility_time"),
        ("kind", "  INSTRUMENT OR FACILITY-TIME ", "facility_time"),
        ("unit", "hours", "hour"),
        ("unit", "core hours", "core_hour"),
        ("country", "EG", "EG"),
        ("country", "egypt", "EG"),
        ("country", "مصر", "EG"),
        ("country", "Czech Republic", "CZ"),
        ("language", "Arabic", "ar"),
        ("language", "العربية", "ar"),
        ("languages", "ar; English;ar", ["ar", "en"]),
        ("sdg_goals", "٦; 9", ["6", "9"]),
        ("fields", "f22; Engineering", ["f22"]),
        ("readiness", "7", 7),
        ("is_gift", "YES", True),
        ("is_gift", "0", False),
        ("quantity", "1250.5", Decimal("1250.5")),
        ("quantity", "١٢٥٠٫٥", Decimal("1250.5")),
        ("quantity", "12 500", Decimal(12500)),
        ("quantity", "1,250,000", Decimal(1250000)),
        ("quantity", "1.250,5", Decimal("1250.5")),
        ("quantity", "1,5", Decimal("1.5")),
        ("latitude", "-30.013", -30.013),
        ("free_from", "2027-01-31", date(2027, 1, 31)),
        ("free_from", "31.01.2027", date(2027, 1, 31)),
        ("free_from", "٢٠٢٧-٠١-٣١", date(2027, 1, 31)),
        ("free_from", "2027-01-31 00:00", date(2027, 1, 31)),
        ("wants", "training: two weeks; a year", None),
        ("wants", r"Training: two weeks\; a year; recognition: named", [("training", "two weeks; a year"), ("recognition", "named")]),
        ("contact", "Amal@University.example", 3),
        ("consortium", "Water without Borders", 5),
        ("askers", "https://ror.org/00f3x4340; #9", [8, 9]),
        ("ror", "03Y8MTB59", None),
        ("title", "  a \u202eb\n c ", "a b c"),
        ("summary", "a\r\n\r\nb", "a\n\nb"),
        ("detail", "", None),
    ],
)  # fmt: skip
def test_what_is_read(name, text, value) -> None:
    if name == "wants" and value is None:
        assert code_of(name, text) == "no_kind_in_line"
        return
    if name == "wants":
        value = [{"kind": kind, "text": words} for kind, words in value]
    assert read(name, text, AROUND) == value


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("kind", "starship", "unknown_kind"),
        ("unit", "parsecs", "bad_unit"),
        ("country", "Atlantis", "bad_country"),
        ("language", "Klingon", "bad_language"),
        ("fields", "f22; alchemy", "bad_field"),
        ("sdg_goals", "18", "bad_goal"),
        ("zone", "Africa/Atlantis", "bad_zone"),
        ("cost_basis", "cheap", "bad_choice"),
        ("is_gift", "perhaps", "bad_choice"),
        ("quantity", "many", "not_a_number"),
        ("quantity", "1,250", "unclear_number"),
        ("quantity", "-5", "negative"),
        ("quantity", "−5", "negative"),
        ("quantity", "0", "out_of_range"),
        ("quantity", "9" * 18, "out_of_range"),
        ("quantity", "9" * 400, "not_a_number"),
        ("quantity", "NaN", "not_a_number"),
        ("quantity", "0.0001", "out_of_range"),
        ("latitude", "91", "out_of_range"),
        ("free_from", "soon", "not_a_date"),
        ("free_from", "2027-02-30", "not_a_date"),
        ("free_from", "03/04/2027", "unclear_date"),
        ("free_from", "1.2.27", "unclear_date"),
        ("free_from", "0000-01-01", "bad_year"),
        ("free_from", "99999-01-01", "bad_year"),
        ("title", "x" * 121, "too_long"),
        ("keywords", "; ".join("abcdefghi"), "too_many"),
        ("keywords", "x" * 61, "too_long"),
        ("external_id", "x" * 81, "bad_id"),
        ("wants", "starship: one", "unknown_kind"),
        ("wants", "training", "no_kind_in_line"),
        ("wants", "training:  ", "no_kind_in_line"),
        ("contact", "who@else.example", "not_representative"),
        ("consortium", "Nobody", "bad_consortium"),
        ("ror", "0zzzzzz99", "unknown_ror"),
        ("ror", "00f3x4340", "other_ror"),
        ("askers", "0zzzzzz99", "unknown_ror"),
        ("title", "M\ufffdnster", "wrong_encoding"),
    ],
)
def test_what_is_refused(name, text, code) -> None:
    assert code_of(name, text) == code


def test_a_slip_is_answered_with_what_was_meant() -> None:
    with pytest.raises(Wrong) as caught:
        read("kind", "facilty time", AROUND)
    assert caught.value.facts["likest"] == "facility_time"


@pytest.mark.parametrize("entries", [["a"], ["a;b", "c"], ["a\\", "b"], ["x\\;y"], ["ا؛ب"]])
def test_lists_read_back_as_they_were(entries) -> None:
    assert split(join(entries)) == entries


@pytest.mark.parametrize(
    "text", ["03y8mtb59", "https://ror.org/03y8mtb59", "ror.org/03y8mtb59/", " 03Y8MTB59 "]
)
def test_ror_identifiers_in_all_their_forms(text) -> None:
    assert ror_of(text) == "03y8mtb59"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_heading_and_listed_value_is_accepted_in_either_language(locale) -> None:
    with use_locale(locale):
        for name, column in COLUMNS.items():
            assert headings()[plain_key(str(column.label))] == name
            assert headings()[plain_key(name)] == name
            for code, label in column.options.items():
                assert accepted(name)[plain_key(str(code))] == code
                assert accepted(name)[plain_key(str(label))] == code, (name, code)

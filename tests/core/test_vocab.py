"""The fixed vocabularies: complete, named in both languages, in good order."""

from datetime import date

import pytest

from app.core import vocab
from app.core.collation import collation_key
from app.core.i18n import use_locale

pytestmark = pytest.mark.pure

LOCALES = ("en", "ar")
ARABIC = range(0x0600, 0x0700)


def is_arabic(text: str) -> bool:
    return any(ord(sign) in ARABIC for sign in text)


def flat(nodes: tuple[vocab.FieldNode, ...]) -> list[vocab.FieldNode]:
    return [inner for node in nodes for inner in (node, *flat(node.children))]


def in_order(labels: list[str], locale: str) -> bool:
    keys = [collation_key(label, locale) for label in labels]
    return keys == sorted(keys)


# ---- kinds -----------------------------------------------------------------------------------------------


def test_29_kinds_stand_in_four_groups():
    assert len(vocab.KINDS) == 29
    assert [len(vocab.kinds_of(group)) for group in vocab.GROUPS] == [6, 7, 9, 7]
    assert sum(len(vocab.kinds_of(group)) for group in vocab.GROUPS) == 29


def test_kinds_and_groups_have_distinct_labels():
    labels = [vocab.kind_label(code) for code in vocab.KINDS] + [
        vocab.group_label(code) for code in vocab.GROUPS
    ]
    assert all(labels)
    assert len(set(labels)) == 33
    assert vocab.kind_label("no_such_kind") == "no_such_kind"
    assert vocab.is_kind("data_set")
    assert not vocab.is_kind("knowledge")
    assert vocab.is_group("knowledge")


# ---- goals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en", "ar", "fr", "es", "ru", "zh"])
def test_17_goals_and_169_targets_are_worded(locale):
    goals = vocab.sdg_goals(locale)
    targets = [target for goal in goals for target in vocab.sdg_targets(goal.code, locale)]
    assert [goal.code for goal in goals] == [str(number) for number in range(1, 18)]
    assert len(targets) == 169
    assert all(goal.label and goal.title for goal in goals)
    assert all(target.label for target in targets)
    assert all(is_arabic(term.label) for term in (*goals, *targets)) == (locale == "ar")


def test_goal_codes_are_known_or_not():
    assert vocab.sdg_label("6") == "Clean water and sanitation"
    assert vocab.sdg_label("6", "ar_EG") == "المياه النظيفة والنظافة الصحية"
    assert vocab.sdg_label("6.a").startswith("By 2030, expand international cooperation")
    assert vocab.sdg_label("6", "xx") == vocab.sdg_label("6")
    assert vocab.sdg_label("99.1") == "99.1"
    assert vocab.sdg_targets("99") == ()
    assert vocab.sdg_goal_of("6.a") == "6"
    assert vocab.is_sdg("17.19")
    assert not vocab.is_sdg("18")


def test_targets_of_goal_1_are_not_mixed_with_those_of_10():
    assert {target.code.split(".")[0] for target in vocab.sdg_targets("1")} == {"1"}
    assert len(vocab.sdg_targets("1")) == 7


# ---- fields ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_the_tree_has_4_domains_26_fields_252_subfields(locale):
    nodes = flat(vocab.field_tree(locale))
    assert {letter: sum(node.code[0] == letter for node in nodes) for letter in "dfs"} == {
        "d": 4,
        "f": 26,
        "s": 252,
    }
    assert len({node.code for node in nodes}) == 282
    assert all(node.label.strip() == node.label != "" for node in nodes)
    assert all(is_arabic(node.label) == (locale == "ar") for node in nodes)
    assert in_order([node.label for node in vocab.field_tree(locale)], locale)
    assert all(in_order([child.label for child in node.children], locale) for node in nodes)


def test_siblings_have_different_names_in_both_languages():
    for locale in LOCALES:
        for node in flat(vocab.field_tree(locale)):
            labels = [child.label for child in node.children]
            assert len(set(labels)) == len(labels)


def test_a_field_knows_what_is_above_and_below():
    assert vocab.field_label("s2208") == "Electrical and Electronic Engineering"
    assert vocab.field_label("s2208", "ar") == "الهندسة الكهربائية والإلكترونية"
    assert vocab.field_ancestors("s2208") == ("d3", "f22")
    assert vocab.field_ancestors("d3") == ()
    assert vocab.field_ancestors("s0") == ()
    assert "s2208" in vocab.field_within("d3")
    assert len(vocab.field_within("f22")) == 17
    assert vocab.field_within("s2208") == ("s2208",)
    assert vocab.field_within("s0") == ()
    assert vocab.field_label("s0", "ar") == "s0"
    assert not vocab.is_field("s0")


# ---- places ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_249_countries_and_kosovo_are_named_and_sorted(locale):
    terms = vocab.countries(locale)
    assert len(terms) == len({term.label for term in terms}) == 250
    assert all(is_arabic(term.label) == (locale == "ar") for term in terms)
    assert in_order([term.label for term in terms], locale)


def test_arabic_order_overlooks_the_article_and_the_forms_of_alef():
    labels = [term.label for term in vocab.countries("ar")]
    assert labels.index("الأردن") == labels.index("أرمينيا") - 1
    assert labels.index("ألمانيا") < labels.index("البحرين")
    assert labels.index("العراق") < labels.index("عُمان")
    english = [term.label for term in vocab.countries("en")]
    assert english.index("Åland Islands") < english.index("Albania")


def test_a_country_lies_in_a_region():
    assert vocab.country_name("JO", "ar") == "الأردن"
    assert vocab.country_name("PS") == "Palestine"
    assert vocab.country_name("XX") == "XX"
    assert (vocab.country_region("JO"), vocab.country_subregion("JO")) == ("142", "145")
    assert vocab.country_timezones("JO") == ("Asia/Amman",)
    assert "EG" in vocab.countries_in("015")
    assert "EG" in vocab.countries_in("002")
    assert {term.code for term in vocab.countries()} - {"AQ"} == {
        code for region in vocab.regions() for code in vocab.countries_in(region.code)
    }
    assert vocab.country_region("AQ") is None
    assert vocab.country_region("XX") is None
    assert not vocab.is_country("jo")


def test_regions_are_named_in_both_languages():
    assert [term.label for term in vocab.regions()] == ["Africa", "Americas", "Asia", "Europe", "Oceania"]
    assert all(is_arabic(term.label) for term in vocab.regions("ar"))
    below = [term for region in vocab.regions("ar") for term in vocab.subregions(region.code, "ar")]
    assert len(below) == 22
    assert all(is_arabic(term.label) for term in below)
    assert vocab.region_name("145") == "Western Asia"
    assert not vocab.is_region("145")


# ---- languages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_184_languages_are_named_and_sorted(locale):
    terms = vocab.languages(locale)
    assert len(terms) == 184
    assert all(term.label and term.title for term in terms)
    assert all(is_arabic(term.label) == (locale == "ar") for term in terms)
    assert in_order([term.label for term in terms], locale)


def test_a_language_has_its_own_name_and_direction():
    assert vocab.language_name("ar") == "Arabic"
    assert vocab.language_name("en", "ar") == "الإنجليزية"
    assert vocab.language_native("ar") == "العربية"
    assert {
        code for code in ("ar", "en", "fa", "fr", "he", "tr", "ur") if vocab.language_dir(code) == "rtl"
    } == {
        "ar",
        "fa",
        "he",
        "ur",
    }
    assert vocab.language_dir("xx") == "auto"
    assert vocab.language_name("xx") == vocab.language_native("xx") == "xx"
    assert not vocab.is_language("xx")


# ---- time zones ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
def test_every_zone_stands_with_its_country_once(locale):
    groups = vocab.timezones(locale, date(2026, 1, 15))
    zones = [term.code for group in groups for term in group.zones]
    assert groups[0].code == ""
    assert zones[0] == "Etc/UTC"
    assert len(zones) == len(set(zones)) > 400
    assert all(vocab.is_timezone(zone) for zone in zones)
    assert all(vocab.is_country(group.code) for group in groups[1:])
    assert in_order([group.label for group in groups[1:]], locale)
    if locale == "ar":
        assert all(is_arabic(term.label) for group in groups[1:] for term in group.zones)


def test_the_offset_is_that_of_the_day():
    winter, summer = date(2026, 1, 15), date(2026, 7, 15)
    assert vocab.timezone_label("Africa/Cairo", "en", winter) == "Cairo (\u2066UTC+2\u2069)"
    assert vocab.timezone_label("Africa/Cairo", "en", summer) == "Cairo (\u2066UTC+3\u2069)"
    assert vocab.timezone_label("America/St_Johns", "en", winter) == "St. John’s (\u2066UTC-3:30\u2069)"
    assert vocab.timezone_label("Asia/Amman", "ar", winter) == "عمّان (\u2066UTC+3\u2069)"


def test_older_names_of_zones_are_brought_to_the_present_one():
    assert vocab.canonical_timezone("Asia/Calcutta") == "Asia/Kolkata"
    assert vocab.canonical_timezone("UTC") == "Etc/UTC"
    assert vocab.canonical_timezone("Mars/Olympus") is None
    assert vocab.timezone_label("Asia/Calcutta", "ar", date(2026, 1, 15)) == "كالكتا (\u2066UTC+5:30\u2069)"
    assert vocab.timezone_label("Mars/Olympus") == "Mars/Olympus"
    assert vocab.timezone_country("Asia/Calcutta") == "IN"
    assert vocab.timezone_country("UTC") is None
    assert not vocab.is_timezone("../etc/passwd")


def test_a_locale_without_names_falls_back_to_english():
    assert vocab.countries("xx") == vocab.countries("en")
    assert vocab.timezone_label("Asia/Amman", "zz-ZZ") == vocab.timezone_label("Asia/Amman", "en")
    with use_locale("en"):
        assert vocab.kind_label("training") == "Training"

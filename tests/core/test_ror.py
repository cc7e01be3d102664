"""ROR's records in the short form, from ROR's own schema and as shipped."""

import gzip
import json

import pytest

from app.core.ror import RELATIONS, from_schema_2, ordered_names, short_id
from app.core.vocab import is_country
from app.core.vocab.terms import DATA

pytestmark = pytest.mark.pure

RECORD = {
    "id": "https://ror.org/012345678",
    "admin": {
        "created": {"date": "2018-11-14", "schema_version": "1.0"},
        "last_modified": {"date": "2024-12-11", "schema_version": "2.1"},
    },
    "domains": ["example.edu.jo"],
    "established": 1962,
    "external_ids": [{"all": ["grid.1.1"], "preferred": "grid.1.1", "type": "grid"}],
    "links": [
        {"type": "wikipedia", "value": "https://en.wikipedia.org/wiki/Example"},
        {"type": "website", "value": "https://example.edu.jo"},
    ],
    "locations": [
        {
            "geonames_id": 250441,
            "geonames_details": {
                "continent_code": "AS",
                "continent_name": "Asia",
                "country_code": "JO",
                "country_name": "Jordan",
                "country_subdivision_code": "AM",
                "country_subdivision_name": "Amman",
                "lat": 31.95522,
                "lng": 35.94503,
                "name": "Amman",
            },
        }
    ],
    "names": [
        {"lang": None, "types": ["acronym"], "value": "EU"},
        {"lang": "ar", "types": ["label"], "value": "جامعة المثال"},
        {"lang": "en", "types": ["label", "ror_display"], "value": "Example University"},
        {"lang": "en", "types": ["alias"], "value": "University of the Example"},
    ],
    "relationships": [
        {"id": "https://ror.org/0aaaaaaa1", "label": "Ministry", "type": "parent"},
        {"id": "https://ror.org/0aaaaaaa2", "label": "Friends", "type": "related"},
        {"id": "https://ror.org/0aaaaaaa3", "label": "Example College", "type": "predecessor"},
    ],
    "status": "active",
    "types": ["education", "funder"],
}


def test_a_record_of_schema_2_is_shortened():
    assert from_schema_2(RECORD) == {
        "id": "012345678",
        "name": "Example University",
        "names": [
            ["Example University", "en", "label"],
            ["EU", None, "acronym"],
            ["جامعة المثال", "ar", "label"],
            ["University of the Example", "en", "alias"],
        ],
        "types": ["education", "funder"],
        "cc": "JO",
        "city": "Amman",
        "region": "Amman",
        "lat": 31.955,
        "lng": 35.945,
        "website": "https://example.edu.jo",
        "domains": ["example.edu.jo"],
        "established": 1962,
        "rel": [["parent", "0aaaaaaa1"], ["predecessor", "0aaaaaaa3"]],
        "release": "2024-12-11",
    }


def test_what_a_record_does_not_say_is_left_out():
    bare = {
        "id": "https://ror.org/012345678",
        "names": [{"lang": None, "types": ["ror_display"], "value": "Example"}],
        "locations": [
            {"geonames_id": 1, "geonames_details": {"lat": 0, "lng": 0.0, "country_subdivision_name": None}}
        ],
        "links": [],
        "domains": [],
        "established": None,
        "relationships": [{"id": "https://ror.org/0aaaaaaa3", "label": "Next", "type": "successor"}],
        "status": "withdrawn",
        "types": ["other"],
    }
    assert from_schema_2(bare) == {
        "id": "012345678",
        "name": "Example",
        "names": [["Example", None, "label"]],
        "types": ["other"],
        "lat": 0.0,
        "lng": 0.0,
        "rel": [["successor", "0aaaaaaa3"]],
        "status": "withdrawn",
    }


def test_a_record_without_a_name_is_refused():
    with pytest.raises(ValueError, match="012345678"):
        from_schema_2({**RECORD, "names": [{"lang": None, "types": ["acronym"], "value": "EU"}]})
    with pytest.raises(KeyError):
        from_schema_2({"id": "https://ror.org/012345678"})


def test_the_name_without_a_label_for_display_is_the_first_label():
    names = [entry for entry in RECORD["names"] if "ror_display" not in entry["types"]]
    assert from_schema_2({**RECORD, "names": names})["name"] == "جامعة المثال"


def test_names_stand_once_and_the_shown_one_first():
    assert ordered_names("B", [("A", None, "alias"), ("B", "en", "label"), ("A", None, "alias")]) == [
        ["B", "en", "label"],
        ["A", None, "alias"],
    ]
    assert ordered_names("C", [("A", None, "alias")])[0] == ["C", None, "label"]
    assert short_id("https://ror.org/03y8mtb59/") == short_id("03y8mtb59") == "03y8mtb59"


def test_the_shipped_records_have_the_described_form():
    with gzip.open(DATA / "ror.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    assert len(records) == len({record["id"] for record in records}) == 48_746
    for record in records:
        assert len(record["id"]) == 9
        assert record["names"][0][0] == record["name"] != ""
        assert {kind for _, _, kind in record["names"]} <= {"label", "alias", "acronym"}
        assert {kind for kind, _ in record.get("rel", [])} <= set(RELATIONS)
        assert is_country(record["cc"])
        assert "status" not in record
    assert sum(any(lang == "ar" for _, lang, _ in record["names"]) for record in records) > 700


def test_the_closed_records_say_what_became_of_them():
    with gzip.open(DATA / "ror_closed.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    assert len(records) == 2_624
    assert {record["status"] for record in records} == {"inactive", "withdrawn"}
    assert sum(any(kind == "successor" for kind, _ in record.get("rel", [])) for record in records) > 1_000

"""Projects, offers, needs, comments and translations of the demonstration hold together: references, codes, lengths, sources."""

import gzip
import json
from collections import Counter
from datetime import date
from functools import cache

import pytest

from app.core import quantities, vocab
from app.listings.models import COSTS, DETAIL_LEVELS, FORMS, catalogue_of
from app.projects.models import PARTNER_ROLES, PROJECT_STATES
from tests.demo.test_data import ROOT, Row, by_key, by_ror, may_take_part, rows

pytestmark = pytest.mark.pure

LISTINGS = ("facilities", "technologies", "needs")
# What may be shipped with its attribution; nothing that is only for tests or has to be asked for.
LICENCES = {
    "CC BY 4.0",
    "public domain (United States)",
    "public domain",
    "MIT",
    "Apache-2.0",
    "Licence Ouverte 2.0",
}
STATES = {"published", "expiring", "expired", "in_review", "returned", "draft", "paused", "retired"}


@cache
def listings() -> tuple[Row, ...]:
    return tuple(row for name in LISTINGS for row in rows(name))


@cache
def registry() -> dict[str, Row]:
    with gzip.open(ROOT / "app" / "data" / "ror.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {record["id"]: record for record in map(json.loads, lines)}


def is_in(language: str, text: str) -> bool:
    """Whether a text begins in the script of its language."""
    first = next(sign for sign in text if sign.isalpha())
    return ("\u0600" <= first <= "\u06ff") == (language == "ar")


def test_there_is_enough_of_everything_and_it_is_spread() -> None:
    assert len(rows("projects")) >= 60
    assert len(rows("facilities")) >= 150
    assert len(rows("technologies")) >= 80
    assert len(rows("needs")) >= 60
    assert len({row["country"] for row in rows("facilities")}) >= 30
    assert Counter(row["language"] for row in rows("needs")).keys() == {"en", "ar", "fr"}
    assert {row["state"] for row in listings()} == STATES
    assert {row["state"] for row in rows("projects")} == set(PROJECT_STATES.names) - {"withdrawn"}


@pytest.mark.parametrize("name", [*LISTINGS, "hosts", "projects", "comments", "translations"])
def test_files_are_readable_and_keys_unique(name) -> None:
    keys = [row["ror"] if name == "hosts" else row["key"] for row in rows(name)]
    assert len(keys) == len(set(keys))
    text = (ROOT / "app" / "demo" / "data" / f"{name}.json").read_text(encoding="utf-8")
    assert text == json.dumps(rows(name), ensure_ascii=False, indent=1) + "\n"


def test_keys_of_listings_are_unique_across_files() -> None:
    assert len({row["key"] for row in listings()}) == len(listings())


@pytest.mark.parametrize("host", rows("hosts"), ids=lambda row: row["ror"])
def test_hosts_are_real_and_their_people_invented(host) -> None:
    record = registry()[host["ror"]]
    assert (record["name"], record["cc"]) == (host["name"], host["country"])
    assert host["ror"] not in by_ror()
    person = host["person"]
    assert person["email"].endswith(".example")
    assert person["email"].isascii()
    assert person["key"] not in by_key("people")
    assert vocab.is_timezone(host["zone"])
    assert all(vocab.is_language(code) for code in host["working_languages"])
    assert any(row["institution"] == host["ror"] for row in listings())


@pytest.mark.parametrize("row", listings(), ids=lambda row: row["key"])
def test_listings(row) -> None:
    hosts = {host["ror"] for host in rows("hosts")}
    assert row["institution"] in hosts or by_ror()[row["institution"]]["state"] == "verified"
    assert row["direction"] in {"offer", "need"}
    assert catalogue_of(row["kind"]) in {"resources", "exchange"}
    assert len(row["title"]) <= 120
    assert 40 <= len(row["summary"]) <= 500
    assert len(row.get("detail", "")) <= 10_000
    assert is_in(row["language"], row["title"])
    assert is_in(row["language"], row["summary"])
    assert bool(row.get("wants")) != bool(row.get("is_gift"))
    assert all(vocab.is_kind(line["kind"]) and 0 < len(line["text"]) <= 300 for line in row.get("wants", []))
    assert ("quantity" in row) == ("unit" in row)
    assert "unit" not in row or quantities.is_unit(row["unit"])
    assert vocab.is_country(row["country"])
    assert -90 <= row.get("latitude", 0) <= 90
    assert -180 <= row.get("longitude", 0) <= 180
    assert all(vocab.is_field(code) for code in row["fields"])
    assert all(vocab.is_sdg(code) for code in row["sdg_goals"])
    assert all(vocab.is_language(code) for code in row["languages"])
    assert set(row.get("forms", [])) <= set(FORMS)
    assert row.get("cost_basis", "free") in COSTS
    assert row.get("detail_visibility", "public") in DETAIL_LEVELS
    assert row["state"] in STATES


@pytest.mark.parametrize("row", [*listings(), *rows("projects")], ids=lambda row: row["key"])
def test_sources_are_named(row) -> None:
    source = row["source"]
    assert source["licence"] in LICENCES
    assert all(source[name] for name in ("ref", "title", "publisher", "change", "date"))
    assert source["url"].startswith(("https://", "http://"))
    assert is_in(row["language"], source["change"])


@pytest.mark.parametrize("row", rows("projects"), ids=lambda row: row["key"])
def test_projects(row) -> None:
    assert len(row["title"]) <= 100
    assert 60 <= len(row["summary"]) <= 500
    assert 0 < len(row["acronym"]) <= 20
    assert row["description"] and row["goal"] and row["success"]  # noqa: PT018 - one thing: it is complete
    assert {target.split(".")[0] for target in row["sdg_targets"]} == set(row["sdg_goals"])
    assert all(vocab.is_sdg(code) for code in (*row["sdg_goals"], *row["sdg_targets"]))
    assert all(vocab.is_field(code) for code in row["fields"])
    partners = [partner["institution"] for partner in row["partners"]]
    assert partners[0] == row["institution"]
    assert 2 <= len(partners) == len(set(partners))
    assert all(may_take_part(one, row["consortium"]) for one in partners)
    for partner in row["partners"]:
        assert partner["role"] in PARTNER_ROLES
        assert partner["brings"] and partner["gains"]  # noqa: PT018 - both ways
        assert all(vocab.is_kind(line["kind"]) for line in (*partner["brings"], *partner["gains"]))
    people = [member["person"] for member in row["members"]]
    assert people[0] == row["lead"]
    assert len(people) == len(set(people))
    assert all(by_key("people")[key]["institution"] in partners for key in people)
    assert all(vocab.is_credit_role(code) for member in row["members"] for code in member["credit_roles"])
    assert row["problem"] is None or by_key("problems")[row["problem"]]["state"] in {"published", "in_work"}
    assert all(line["funder"] in registry() for line in row["funding"])


@pytest.mark.parametrize("row", rows("projects"), ids=lambda row: row["key"])
def test_plans(row) -> None:
    starts, ends = date.fromisoformat(row["starts_on"]), date.fromisoformat(row["ends_on"])
    days = [date.fromisoformat(milestone["due_on"]) for milestone in row["milestones"]]
    assert days == sorted(days)
    assert 3 <= len(days) <= 50
    assert starts < min(days)
    assert max(days) <= ends
    assert len({milestone["title"] for milestone in row["milestones"]}) == len(days)
    assert all(len(milestone["title"]) <= 120 for milestone in row["milestones"])


def test_deliverables_make_milestones_and_some_are_late() -> None:
    assert sum(row["milestones_from"] == "deliverables" for row in rows("projects")) >= 20
    late = [row for row in rows("projects") if any(milestone.get("late") for milestone in row["milestones"])]
    assert len(late) >= 4
    assert {row["state"] for row in late} == {"active"}


def test_who_talks_and_translates() -> None:
    known = {row["key"] for name in (*LISTINGS, "projects", "problems", "teams") for row in rows(name)}
    speakers = {*by_key("people"), *(row["person"]["key"] for row in rows("hosts"))}
    keys = [row["key"] for row in rows("comments")]
    for row in rows("comments"):
        assert row["thing"] in known
        assert row["by"] in speakers
        assert row["answers"] is None or row["answers"] in keys[: keys.index(row["key"])]
    for row in rows("translations"):
        assert row["thing"] in known
        assert row["translator"] != row["checker"]
        spoken = {
            line["code"]
            for line in by_key("people")[row["translator"]]["languages"]
            if line["level"] != "basic"
        }
        assert row["language"] in spoken
        assert all(is_in(row["language"], text) for text in row["texts"].values())
    assert Counter(row["state"] for row in rows("translations"))["proposed"] >= 2

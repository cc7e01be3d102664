"""The demonstration content holds together: references, lengths, codes, spreads, sources, addresses.

Only the files are looked at, no database: what the loader may rely on is said here.
"""

import gzip
import json
import pathlib
from collections import Counter
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.core import vocab

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "app" / "demo" / "data"
RIGHTS = {"open", "shared_licence", "transfer", "author_keeps", "undecided"}
VISIBILITIES = {"public", "signed_in", "consortium"}
DECIDED_PROBLEMS = {
    "needs_changes",
    "rejected",
    "published",
    "in_work",
    "merged",
    "expired",
    "closed",
}  # a lead has had a hand in each of these
DECIDED_TEAMS = {"needs_changes", "rejected", "approved", "paused", "completed"}
GATED_TEAMS = DECIDED_TEAMS | {"proposed"}
ENDED_TEAMS = {"approved", "paused", "completed"}

CHANGED = {  # said in the language of the text
    "en": "shortened by Taawun",
    "ar": "اختصره تعاون وترجمه إلى العربية",
    "fr": "raccourci et traduit par Taawun",
}
Row = dict[str, Any]


@cache
def rows(name: str) -> list[Row]:
    """The rows of one file."""
    content: list[Row] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return content


@cache
def by_key(name: str) -> dict[str, Row]:
    """The rows of one file by their key."""
    return {row["key"]: row for row in rows(name)}


@cache
def by_ror() -> dict[str, Row]:
    """The institutions by ROR identifier."""
    return {row["ror"]: row for row in rows("institutions")}


@cache
def shipped_ror() -> dict[str, Row]:
    """The records of the shipped registry for the identifiers used here."""
    found: dict[str, Row] = {}
    with gzip.open(ROOT / "app" / "data" / "ror.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            if record["id"] in by_ror():
                found[record["id"]] = record
    return found


def may_take_part(institution: str, consortium: str) -> bool:
    """Whether the institution is a member, or verified where the consortium is open to all."""
    group = by_key("consortia")[consortium]
    if group["is_open"]:
        return bool(by_ror()[institution]["state"] == "verified")
    return institution in group["members"]


@pytest.mark.parametrize(
    "name",
    [
        "institutions",
        "people",
        "consortia",
        "problems",
        "teams",
        "interests",
        "agreements",
        "exchanges",
        "groundwork",
        "outcomes",
    ],
)
def test_keys_are_unique_and_files_readable(name: str) -> None:
    keys = [row["key"] for row in rows(name)]
    assert len(keys) == len(set(keys))
    text = (DATA / f"{name}.json").read_text(encoding="utf-8")
    assert text == json.dumps(rows(name), ensure_ascii=False, indent=1) + "\n"


def test_institutions_are_real_and_spread() -> None:
    assert len(rows("institutions")) >= 34
    assert len(by_ror()) == len(rows("institutions"))
    assert len({row["country"] for row in rows("institutions")}) >= 25
    assert {vocab.country_region(row["country"]) for row in rows("institutions")} >= {
        "002",
        "019",
        "142",
        "150",
        "009",
    }
    states = Counter(row["state"] for row in rows("institutions"))
    assert states["verified"] >= 16
    assert states["pending"] >= 2
    assert states["listed"] >= 10
    assert 2 <= sum(row["confirms_participation"] for row in rows("institutions")) <= 3


def test_institutions_agree_with_the_registry() -> None:
    for ror, row in by_ror().items():
        record = shipped_ror()[ror]
        assert (record["name"], record["cc"]) == (row["name"], row["country"])
        assert row["domain"] in record["domains"]
        ZoneInfo(row["zone"])
        assert set(row["weekend"]) <= set(range(1, 8))
        assert row["weekend"]
        assert row["working_languages"]
        assert all(vocab.is_language(code) for code in row["working_languages"])


def test_people_are_invented_and_complete() -> None:
    people = rows("people")
    assert len(people) >= 60
    for person in people:
        assert person["email"].endswith(".example")
        assert person["email"].isascii()
        assert person["locale"] in ("en", "ar")
        assert person["display_name"]
        assert person["sort_name"]
        assert person["romanised_name"].strip()
        assert person["institution"] is None or person["institution"] in by_ror()
        assert all(vocab.is_field(code) for code in person["fields"])
        assert 2 <= len(person["skills"]) <= 5
        assert person["biography"]
        assert set(person["biography"]) <= {"en", "ar"}
        assert all(vocab.is_language(spoken["code"]) for spoken in person["languages"])
        assert {spoken["level"] for spoken in person["languages"]} <= {"basic", "working", "fluent", "native"}
        if person["affiliation"]:
            assert by_ror()[person["institution"]]["state"] == "verified"
        ZoneInfo(person["zone"])
    assert len({person["email"] for person in people}) == len(people)
    assert sum(person["locale"] == "ar" for person in people) >= len(people) // 4


def test_every_role_is_held() -> None:
    held = [(person, role) for person in rows("people") for role in person["roles"]]
    assert sum(role["role"] == "administrator" for _, role in held) == 2
    represented = {role["institution"] for _, role in held if role["role"] == "representative"}
    assert represented == {ror for ror, row in by_ror().items() if row["state"] == "verified"}
    claimed = {role["institution"] for _, role in held if role["role"] == "claimant"}
    assert claimed == {ror for ror, row in by_ror().items() if row["state"] == "pending"}
    for group in rows("consortia"):
        leads = {
            person["key"]
            for person, role in held
            if (role["role"], role.get("consortium")) == ("lead", group["key"])
        }
        assert leads == set(group["leads"])


def test_consortia() -> None:
    assert len(rows("consortia")) == 4
    assert sum(group["is_open"] for group in rows("consortia")) == 1
    for group in rows("consortia"):
        assert set(group["names"]) == set(group["purposes"]) == set(group["terms"]) == {"en", "ar"}
        assert all(vocab.is_sdg(code) for code in group["sdgs"])
        assert all(vocab.is_field(code) for code in group["fields"])
        assert group["is_open"] or 4 <= len(group["members"]) <= 9
        assert all(by_ror()[member]["state"] == "verified" for member in group["members"])
        leads = [by_key("people")[key] for key in group["leads"]]
        assert len({by_ror()[person["institution"]]["country"] for person in leads}) >= 2
        assert all(may_take_part(person["institution"], group["key"]) for person in leads)
        for admission in group["admissions"]:
            assert admission["institution"] not in group["members"]
            assert admission["by"] in by_key("people")
    sides = Counter(admission["side"] for group in rows("consortia") for admission in group["admissions"])
    assert sides == {"institution": 1, "consortium": 1}


def test_problems_are_spread() -> None:
    problems = rows("problems")
    states = Counter(problem["state"] for problem in problems)
    assert len(problems) >= 44
    assert states["published"] >= 22
    assert states["in_work"] == 5
    assert set(states) == {"draft", "submitted", "withdrawn"} | DECIDED_PROBLEMS
    languages = Counter(problem["language"] for problem in problems)
    assert languages["ar"] >= 8
    assert languages["fr"] == 2
    assert languages["en"] >= 34
    assert len({problem["source"]["ref"] for problem in problems}) == len(problems)
    assert len({goal for problem in problems for goal in problem["sdg_goals"]}) >= 14


@pytest.mark.parametrize("problem", rows("problems"), ids=lambda problem: problem["key"])
def test_problem_texts(problem: Row) -> None:
    assert len(problem["title"]) <= 100
    assert 120 <= len(problem["summary"]) <= 500
    words = len(problem["statement"].split())
    assert (60 if problem["state"] == "draft" else 90) <= words <= 300
    assert 1 <= len(problem["measures"]) <= 3
    assert all(measure["what"] for measure in problem["measures"])
    assert 3 <= len(problem["keywords"]) <= 6
    assert len(problem["affected_unit"] or "") <= 40
    assert (problem["affected_number"] is None) == (problem["affected_unit"] is None)
    if problem["language"] == "ar":
        assert all("\u0600" <= problem[part][0] <= "\u06ff" for part in ("title", "summary", "affected_who"))


@pytest.mark.parametrize("problem", rows("problems"), ids=lambda problem: problem["key"])
def test_problem_codes_and_source(problem: Row) -> None:
    assert all(vocab.is_country(code) for code in problem["affected_where"])
    assert problem["affected_where"]
    assert all(vocab.is_sdg(code) for code in problem["sdg_targets"] + problem["sdg_goals"])
    assert {target.split(".")[0] for target in problem["sdg_targets"]} == set(problem["sdg_goals"])
    assert problem["fields"]
    assert all(vocab.is_field(code) for code in problem["fields"])
    assert problem["rights"] in RIGHTS
    for line in problem["brings"] + problem["needs"]:
        assert vocab.is_kind(line["kind"])
        assert 0 < len(line["text"]) <= 300
    source = problem["source"]
    assert source["ref"]
    assert source["title"]
    assert source["url"].startswith("https://")
    assert source["licence"] == "CC BY 4.0"
    assert source["change"] == CHANGED[problem["language"]]


@pytest.mark.parametrize("problem", rows("problems"), ids=lambda problem: problem["key"])
def test_problem_state_and_people(problem: Row) -> None:
    author = by_key("people")[problem["author"]]
    assert author["institution"] == problem["institution"]
    assert author["affiliation"] == "active"
    assert may_take_part(problem["institution"], problem["consortium"])
    assert (problem["decision"] is not None) == (problem["state"] in DECIDED_PROBLEMS)
    if problem["decision"]:
        assert problem["decision"]["by"] in by_key("consortia")[problem["consortium"]]["leads"]
        assert problem["decision"]["by"] != problem["author"]
    if problem["state"] in ("needs_changes", "rejected", "merged", "closed"):
        assert problem["decision"]["note"]
    assert (problem["state"] == "rejected") == bool(problem["decision"] and problem["decision"]["code"])
    assert (problem["merged_into"] is not None) == (problem["state"] == "merged")
    if problem["merged_into"]:
        survivor = by_key("problems")[problem["merged_into"]]
        assert survivor["consortium"] == problem["consortium"]
        assert survivor["state"] in ("published", "in_work")
    if problem["state"] != "draft":
        closes = date.fromisoformat(problem["open_until"])
        assert (closes < date(2026, 11, 1)) == (problem["state"] == "expired")
    endorsers = problem["endorsements"]
    assert len(endorsers) == len(set(endorsers))
    assert problem["institution"] not in endorsers
    assert all(by_ror()[ror]["state"] == "verified" for ror in endorsers)
    assert endorsers or problem["state"] not in ("published", "in_work")


def test_teams_are_spread() -> None:
    states = Counter(team["state"] for team in rows("teams"))
    assert len(rows("teams")) == 26
    assert states == {
        "recruiting": 10,
        "proposed": 4,
        "needs_changes": 2,
        "approved": 6,
        "rejected": 1,
        "dissolved": 1,
        "paused": 1,
        "completed": 1,
    }
    at_work = {team["problem"] for team in rows("teams") if team["state"] in ENDED_TEAMS}
    assert at_work == {problem["key"] for problem in rows("problems") if problem["state"] == "in_work"}
    assert Counter(team["language"] for team in rows("teams"))["ar"] >= 4


@pytest.mark.parametrize("team", rows("teams"), ids=lambda team: team["key"])
def test_team_people(team: Row) -> None:
    problem = by_key("problems")[team["problem"]]
    assert problem["consortium"] == team["consortium"]
    assert problem["state"] in ("published", "in_work")
    members = [member["person"] for member in team["members"]]
    assert len(members) == len(set(members)) <= team["seats"]
    assert members[:2] == [team["lead"], team["deputy"]]
    assert len(set(members[:2])) == 2
    asking = [request["person"] for request in team["requests"]]
    invited = [invitation["person"] for invitation in team["invitations"] if "person" in invitation]
    assert not set(members) & set(asking + invited)
    for key in members + asking:
        person = by_key("people")[key]
        assert person["affiliation"] == "active"
        assert may_take_part(person["institution"], team["consortium"])
    assert set(invited) <= set(by_key("people"))
    assert all(
        invitation["email"].endswith(".example")
        for invitation in team["invitations"]
        if "email" in invitation
    )
    assert team["state"] == "recruiting" or not (team["requests"] or team["invitations"])
    for member in team["members"]:
        assert 0 < len(member["part"]) <= 120
        institution = by_ror()[by_key("people")[member["person"]]["institution"]]
        assert member["state"] == "active" or (
            institution["confirms_participation"] and team["state"] == "recruiting"
        )


@pytest.mark.parametrize("team", rows("teams"), ids=lambda team: team["key"])
def test_nobody_confirms_their_own_part(team: Row) -> None:
    """Where the institution confirms participation, somebody else of it must be able to."""
    for member in team["members"]:
        person = by_key("people")[member["person"]]
        if by_ror()[person["institution"]]["confirms_participation"]:
            assert not any(role["role"] == "representative" for role in person["roles"])


@pytest.mark.parametrize("team", rows("teams"), ids=lambda team: team["key"])
def test_team_exchange(team: Row) -> None:
    inside = {by_key("people")[member["person"]]["institution"] for member in team["members"]}
    brings = {line["key"]: line for line in team["lines"] if line["direction"] == "brings"}
    for line in team["lines"]:
        assert line["institution"] in inside
        assert vocab.is_kind(line["kind"])
        assert 0 < len(line["text"]) <= 300
        if line["direction"] == "gains":
            assert bool(line["from_line"]) != bool(line["from_outcome"])
            if line["from_line"]:
                assert brings[line["from_line"]]["institution"] != line["institution"]
    if team["state"] not in GATED_TEAMS:
        return
    for direction in ("brings", "gains"):
        assert {line["institution"] for line in team["lines"] if line["direction"] == direction} == inside
    group = by_key("consortia")[team["consortium"]]
    assert len(inside) >= group["min_institutions"]
    assert len({by_ror()[ror]["country"] for ror in inside}) >= group["min_countries"]


def test_some_recruiting_teams_still_have_gaps() -> None:
    def has_gap(team: Row) -> bool:
        inside = {by_key("people")[member["person"]]["institution"] for member in team["members"]}
        gaining = {line["institution"] for line in team["lines"] if line["direction"] == "gains"}
        return gaining != inside

    gaps = [team["key"] for team in rows("teams") if team["state"] == "recruiting" and has_gap(team)]
    assert 2 <= len(gaps) < 10


@pytest.mark.parametrize("team", rows("teams"), ids=lambda team: team["key"])
def test_team_settings_and_decision(team: Row) -> None:
    assert len(team["name"]) <= 80
    assert len(team["purpose"]) <= 500
    assert team["agreement"]
    assert len(team["meeting_hours"]) <= 200
    assert len(team["benefit_rule"]) <= 500
    assert team["visibility"] in VISIBILITIES
    assert team["decision_rule"] in {"consent", "majority", "lead", "institutions"}
    assert team["credit_rule"] in {"credit_before", "credit_after", "equal", "by_agreement"}
    assert all(vocab.is_language(code) for code in team["working_languages"])
    for role in team["open_roles"]:
        assert len(role["skill"]) <= 120
        assert date.fromisoformat(role["until"]) > date(2027, 1, 1)
        assert role["country"] is None or vocab.is_country(role["country"])
    assert team["open_roles"] or team["state"] != "recruiting"
    assert (team["decision"] is not None) == (team["state"] in DECIDED_TEAMS)
    if team["decision"]:
        assert team["decision"]["by"] in by_key("consortia")[team["consortium"]]["leads"]
        assert team["decision"]["by"] not in {member["person"] for member in team["members"]}
        assert team["decision"]["note"]
        assert bool(team["decision"]["code"]) == (team["state"] == "rejected")
    assert bool(team["state_note"]) == (team["state"] in ("paused", "completed", "dissolved"))


# ---- interests, agreements, exchanges, outcomes ------------------------------------------------------------------


def listings() -> dict[str, Row]:
    """Offers and needs by their key."""
    return {row["key"]: row for name in ("facilities", "technologies", "needs") for row in rows(name)}


def test_interests_are_about_what_is_there_and_from_elsewhere() -> None:
    owners = listings()
    for row in rows("interests"):
        kind, key = row["about"]
        owner = (owners if kind == "listing" else by_key("problems"))[key]["institution"]
        assert by_key("people")[row["by"]]["institution"] not in {None, owner}, row["key"]
        assert row["brings"], row["key"]
        assert row["gains"], row["key"]
        for line in (*row["brings"], *row["gains"]):
            assert vocab.is_kind(line["kind"]), row["key"]
        assert all(step["days"] < row["days"] for step in row["then"]), row["key"]
    assert {row["language"] for row in rows("interests")} == {"en", "ar", "fr"}


@pytest.mark.parametrize("agreement", rows("agreements"), ids=lambda row: row["key"])
def test_every_party_of_an_agreement_gives_and_gains(agreement: Row) -> None:
    lines = agreement["commitments"]
    assert (
        {line["giver"] for line in lines} == {line["receiver"] for line in lines} == set(agreement["parties"])
    )
    assert all(vocab.is_kind(line["kind"]) and len(line["text"]) <= 300 for line in lines)
    if agreement["project"]:
        partners = {one["institution"] for one in by_key("projects")[agreement["project"]]["partners"]}
        assert set(agreement["parties"]) == partners
    days = [agreement["draft"], agreement["send"], *(one[0] for one in agreement["sign"])]
    assert days == sorted(days, reverse=True)


def test_exchanges_and_outcomes_belong_to_what_is_there() -> None:
    technologies = {row["key"] for row in rows("technologies")}
    for row in rows("exchanges"):
        assert row["listing"] in technologies
        interest = row["interest"] or by_key("agreements")[row["agreement"]]["interest"]
        assert by_key("interests")[interest]["about"] == ["listing", row["listing"]]
    for row in rows("outcomes"):
        project = by_key("projects")[row["project"]]
        assert project["state"] == "closed"
        assert by_key("people")[project["lead"]]["institution"] != row["confirmer"]
    assert any(row["is_negative"] for row in rows("outcomes"))

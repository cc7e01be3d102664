"""The page of the audit, its file, and the door to all of it."""

import csv
import io
import re

import pytest

from app.audit.services import record
from app.core.db import transaction
from tests.factories import make_admin, make_person, make_team
from tests.factories.accounts import actor


def leave(person, action: str = "teams.approve", times: int = 1, **more) -> None:
    with transaction(system="a reason"):
        for _time in range(times):
            record(actor(person) if person else None, action, more.pop("thing", None), **more)


@pytest.fixture
def reader(app):
    """Somebody who did one thing."""
    person, team = make_person("Amal"), make_team()
    leave(
        person,
        thing=team,
        before={"state": "proposed"},
        after={"state": "approved"},
        note="Well done",
        label="Open Wells",
    )
    return person


def test_visitors_sign_in_first(client) -> None:
    assert client.get("/audit").status_code == 303
    assert client.get("/audit/entries.csv").status_code == 303


def test_the_page_says_who_did_what(page, login_as, reader) -> None:
    shown = page("/audit", login_as(reader))
    for piece in ("Amal approved a team", "T-0001", "Open Wells", "proposed", "approved", "Well done"):
        assert piece in shown.text


def test_nothing_of_others_is_there(page, login_as, reader) -> None:
    shown = page("/audit", login_as(make_person()))
    assert "Open Wells" not in shown.text
    assert "No entries yet." in shown.text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("action=teams.approve", True),
        ("action=teams.reject", False),
        ("thing=team-1", True),
        ("thing=team-2", False),
        ("since=day", True),
        ("thing=%00", None),
        ("thing=team-" + "9" * 30, True),
        ("thing=made-up-1", True),
        ("person=x", True),
        ("person=" + "9" * 30, True),
        ("page=nonsense", None),
        ("since=century", True),
    ],
)
def test_filters_and_nonsense(page, login_as, reader, query, seen) -> None:
    shown = page(f"/audit?{query}", login_as(reader))
    if seen is None:
        assert shown.status == 400
    else:
        assert shown.status == 200
        assert ("Open Wells" in shown.text) is seen


def test_a_row_leads_to_the_person_and_the_thing(page, login_as, reader) -> None:
    shown = page("/audit", login_as(reader))
    assert shown.links()["T-0001"] == "/audit?thing=team-1"
    narrowed = shown.follow("T-0001")
    assert "Open Wells" in narrowed.text
    person = page(f"/audit?person={reader.id}", login_as(reader))
    assert "Open Wells" in person.text


def test_who_is_meant_by_a_key_stands_there_by_name(page, login_as, reader) -> None:
    new, old = make_person(name="Nadia Lead"), make_person(name="Omar Before")
    leave(reader, "teams.hand_over", before={"lead_id": old.id}, after={"lead_id": new.id, "seats": new.id})
    shown = page("/audit?action=teams.hand_over", login_as(reader)).text
    assert "lead: Omar Before Nadia Lead" in shown
    assert f"seats: {new.id}" in shown, "a number is not somebody's key"


def test_the_file_has_what_the_list_has(page, login_as, reader) -> None:
    leave(reader, "teams.reject", note="=1+1")
    browser = login_as(reader)
    text = browser.get("/audit/entries.csv?action=teams.reject").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["action"], row["who"], row["note"]) for row in rows] == [("teams.reject", "Amal", "'=1+1")]
    assert len(list(csv.reader(io.StringIO(browser.get("/audit/entries.csv").get_data(as_text=True))))) == 3


def test_an_administrator_says_why_and_then_reads_everything(page, login_as, reader) -> None:
    browser = login_as(make_admin())
    before = page("/audit", browser)
    assert "Open Wells" not in before.text
    wrong = before.submit({"purpose": ""}, button="read-all")
    assert wrong.status == 422
    assert wrong.errors == ["What do you read it for?: Say in a few words what you read the audit for"]
    short = before.submit({"purpose": "why"}, button="read-all")
    assert short.status == 422
    after = before.submit({"purpose": "A member asked who approved this"}, button="read-all")
    assert "Open Wells" in after.text
    assert "A member asked who approved this" in after.text
    assert "Open Wells" in browser.get("/audit/entries.csv").get_data(as_text=True)


def test_others_cannot_open_everything(page, login_as, reader) -> None:
    browser = login_as(make_person())
    shown = page("/audit", browser)
    assert "Read every entry" not in shown.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.html)[1]
    answer = browser.post("/audit/read-all", data={"csrf_token": token, "purpose": "I would like to know"})
    assert answer.status_code == 403
    assert "Open Wells" not in page("/audit", browser).text


@pytest.mark.parametrize("number", [1, 25])
def test_the_page_asks_the_database_the_same_for_one_and_many(login_as, statements, app, number) -> None:
    person = make_person()
    leave(person, times=number)
    browser = login_as(person)
    statements.clear()
    assert browser.get("/audit").status_code == 200
    assert len(statements) <= 5

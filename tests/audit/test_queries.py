"""Who reads which entries, and the audit in words."""

import ast
import pathlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.audit.policies import READING, read_entry, visible_entries
from app.audit.queries import Asked, entries, export, of_thing, person_name, reading_until, words
from app.audit.services import open_reading, record
from app.core import clock
from app.core.access import VISITOR, Actor
from app.core.db import db, transaction
from app.core.i18n import LOCALES, use_locale
from tests.factories import make_admin, make_person, make_team
from tests.factories.accounts import actor

START = datetime(2026, 5, 4, tzinfo=UTC)
READERS = {
    "visitor": VISITOR,
    "somebody": Actor(99),
    "team_lead": Actor(99, grants=frozenset({("team_lead", 5)})),
    "team_deputy": Actor(99, grants=frozenset({("team_deputy", 5)})),
    "team_member": Actor(99, grants=frozenset({("team_member", 5)})),
    "lead": Actor(99, grants=frozenset({("lead", 6)})),
    "representative": Actor(99, grants=frozenset({("representative", 7)})),
    "member": Actor(99, grants=frozenset({("member", 7), ("consortium_member", 6)})),
    "administrator": Actor(99, grants=frozenset({("administrator", 0)})),
    "of_others": Actor(99, grants=frozenset({("team_lead", 6), ("lead", 7), ("representative", 5)})),
}
MAY = {
    "team_lead": {"team"},
    "team_deputy": {"team"},
    "lead": {"consortium"},
    "representative": {"institution"},
}


@pytest.fixture
def three(app) -> dict[str, int]:
    """An entry under each roof, by somebody else; their ids by roof."""
    person = make_person()
    with transaction(system="x"):
        record(actor(person), "a.b", note="team", team_id=5)
        record(actor(person), "a.b", note="consortium", consortium_id=6)
        record(actor(person), "a.b", note="institution", institution_id=7)
    return dict(db.session.execute(select(AuditEntry.note, AuditEntry.id)).all())


@pytest.mark.parametrize("reader", READERS)
def test_one_reads_what_one_answers_for(three, reader) -> None:
    who, may = READERS[reader], MAY.get(reader, set())
    page, total = entries(who, Asked())
    assert {row.note for row in page.rows} == may
    assert total == (len(may), False)
    for entry in db.session.scalars(select(AuditEntry)):
        assert bool(read_entry(who, entry)) is (entry.note in may)


@pytest.mark.parametrize("reader", READERS)
def test_the_list_form_equals_the_predicate(three, reader) -> None:
    who = READERS[reader]
    listed = set(db.session.scalars(select(AuditEntry.id).where(visible_entries(who))))
    assert listed == {entry.id for entry in db.session.scalars(select(AuditEntry)) if read_entry(who, entry)}


def test_one_reads_ones_own_acts(app) -> None:
    me, other = make_person("Me"), make_person()
    with transaction(system="x"):
        record(actor(me), "a.mine")
        record(actor(other), "a.other")
    page, _total = entries(actor(me), Asked())
    assert [(row.action, row.actor_name) for row in page.rows] == [("a.mine", "Me")]


def test_everything_is_for_administrators_only_whatever_is_asked(three) -> None:
    assert len(entries(READERS["administrator"], Asked(), everything=True)[0].rows) == 3
    assert entries(READERS["somebody"], Asked(), everything=True)[0].rows == []
    assert entries(READERS["administrator"], Asked())[0].rows == []


def test_reading_everything_ends_after_an_hour(app) -> None:
    admin, other = make_admin(), make_admin("Other")
    assert reading_until(actor(admin)) is None
    with clock.at(START):
        open_reading(actor(admin), "A question of a member")
        assert reading_until(actor(admin)) == START + READING
        assert reading_until(actor(other)) is None
    with clock.at(START + READING - timedelta(seconds=1)):
        assert reading_until(actor(admin)) == START + READING
    with clock.at(START + READING):
        assert reading_until(actor(admin)) is None
    with clock.at(START):
        assert reading_until(Actor(admin.id)) is None


def test_filters_narrow_what_is_seen(app) -> None:
    me, team = make_person(), make_team()
    with clock.at(START), transaction(system="x"):
        record(actor(me), "a.old", team)
    with clock.at(START + timedelta(days=2)), transaction(system="x"):
        record(actor(me), "a.new")
    who = actor(me)

    def found(asked: Asked) -> list[str]:
        rows = entries(who, asked)[0].rows
        assert [row.id for row in rows] == [row.id for row in export(who, asked)]
        return [row.action for row in rows]

    assert found(Asked()) == ["a.new", "a.old"]
    assert found(Asked(actions=("a.old",))) == ["a.old"]
    assert found(Asked(since=START + timedelta(days=1))) == ["a.new"]
    assert found(Asked(thing=("team", team.id))) == ["a.old"]
    assert found(Asked(thing=("team", team.id + 1))) == []
    assert found(Asked(person_id=me.id)) == ["a.new", "a.old"]
    assert found(Asked(person_id=me.id + 1)) == []
    assert [row.action for row in of_thing(who, "team", team.id)] == ["a.old"]
    assert of_thing(Actor(me.id + 1), "team", team.id) == []


def test_names_cannot_be_looked_up_here(app) -> None:
    me, hidden = make_person("Me"), make_person("Hidden")
    with transaction(system="x"):
        record(actor(me), "a.b")
        record(actor(hidden), "a.b")
    assert person_name(actor(me), me.id) == "Me"
    assert person_name(actor(me), hidden.id) is None


def _recorded() -> set[str]:
    """Every action that is written out where an entry is left."""
    app = pathlib.Path(__file__).parents[2] / "app"
    found = set()
    for file in app.rglob("*.py"):
        feature = file.relative_to(app).parts[0]
        for call in ast.walk(ast.parse(file.read_text())):
            if not isinstance(call, ast.Call) or len(call.args) < 2:
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            action = call.args[1]
            if (
                name in {"record", "_record"}
                and isinstance(action, ast.Constant)
                and isinstance(action.value, str)
            ):
                found.add(action.value if "." in action.value else f"{feature}.{action.value}")
    return found


def test_every_action_that_is_recorded_has_words() -> None:
    assert len(_recorded()) > 40
    assert _recorded() - set(words.ACTIONS) == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_actions_and_things_in_words(locale) -> None:
    with use_locale(locale):
        assert words.action("teams.approve") != "teams.approve"
        assert words.action("gone.action") == "gone.action"
        assert words.thing("team", 7) == "T-0007"
        assert words.thing("problem", 42) == "P-0042"
        assert "3" in words.thing("institution", 3)
        assert words.thing("portal", None)
        assert [code for code, _label in words.choices()].count("teams.approve") == 1


def test_changes_in_words() -> None:
    with use_locale("en"):
        assert words.changes({"state": "a", "same": 1}, {"state": "b", "same": 1, "is_signatory": True}) == [
            ("state", "a", "b"),
            ("signatory", "", "yes"),
        ]
        assert words.changes({"working_languages": ["ar", "en"]}, {}) == [("working languages", "ar, en", "")]
        assert words.changes({}, {"x": {"a": None, "b": False}}) == [("x", "", "a: , b: no")]
        assert len(words.changes({}, {"x": "y" * 900})[0][2]) == words.LONGEST_VALUE


def test_codes_of_changes_in_words() -> None:
    with use_locale("en"):
        assert words.changes({"state": "draft"}, {"state": "submitted"}) == [("state", "Draft", "In review")]
        assert words.changes({}, {"kind": "data_set", "direction": "gains"}) == [
            ("kind", "", "Data set"),
            ("direction", "", "Hopes to gain"),
        ]
        assert words.changes({}, {"kind": "unknown", "credit_rule": "equal"}) == [
            ("kind", "", "unknown"),
            ("how credit is shared", "", "All members are named equally"),
        ]

"""Moves between states, and what is no move."""

from types import SimpleNamespace

import pytest

from app.core.errors import RuleBroken
from app.core.states import State, States, moves

DOOR = States(
    (State("open", "Open", "ok"), State("shut", "Shut"), State("locked", "Locked", "bad")),
    moves(close=(["open"], "shut"), lock=(["shut"], "locked"), open=(["shut", "locked"], "open")),
)


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("open", "close", "shut"),
        ("shut", "lock", "locked"),
        ("locked", "open", "open"),
        ("shut", "open", "open"),
    ],
)
def test_a_listed_move_is_made(before, verb, after) -> None:
    door = SimpleNamespace(state=before)
    assert DOOR.allows(door, verb)
    assert DOOR.move(door, verb) == before
    assert door.state == after


@pytest.mark.parametrize(
    ("before", "verb"), [("shut", "close"), ("locked", "close"), ("open", "lock"), ("open", "open")]
)
def test_any_other_move_is_refused_and_changes_nothing(before, verb) -> None:
    door = SimpleNamespace(state=before)
    assert not DOOR.allows(door, verb)
    with pytest.raises(RuleBroken) as refusal:
        DOOR.move(door, verb)
    assert refusal.value.code == "wrong_state"
    assert refusal.value.facts["state"] == before
    assert DOOR[before].label in str(refusal.value.text)
    assert door.state == before


def test_a_verb_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        DOOR.move(SimpleNamespace(state="open"), "paint")


def test_states_are_known_by_name_and_in_order() -> None:
    assert DOOR.names == ("open", "shut", "locked")
    assert DOOR["locked"].tone == "bad"


@pytest.mark.parametrize("bad", [{"slam": (["ajar"], "shut")}, {"slam": (["open"], "ajar")}])
def test_a_move_from_or_to_nowhere_cannot_be_written(bad) -> None:
    with pytest.raises(ValueError, match="ajar"):
        States(DOOR.states, moves(**bad))


def test_the_database_learns_the_states() -> None:
    assert DOOR.check() == "state IN ('open', 'shut', 'locked')"
    assert DOOR.check("was").startswith("was IN")

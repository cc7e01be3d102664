"""What holds a person when they close their account, and what ends with it.

Accounts lie below the features in which people have duties, so each feature registers here what would be orphaned
(`ties`: the account cannot be closed before it is handed over), what it ends when the account closes (`release`), and
what somebody can take along in the file of their own data (`belongings`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.core.access import Actor
from app.core.errors import Words


@dataclass(frozen=True)
class Tie:
    """A duty to hand over first: a sentence, and the path of the page where that is done."""

    text: Words
    path: str


_ties: list[Callable[[int], list[Tie]]] = []
_releases: list[Callable[[Actor, int], None]] = []
Belongings = Callable[[int], list[dict[str, Any]]]
_belongings: dict[str, Belongings] = {}


def ties(find: Callable[[int], list[Tie]]) -> Callable[[int], list[Tie]]:
    """Register a query of the duties of a person id."""
    _ties.append(find)
    return find


def release(end: Callable[[Actor, int], None]) -> Callable[[Actor, int], None]:
    """Register an action (inside the closing transaction) that ends what a person id has in the feature."""
    _releases.append(end)
    return end


def belongings(name: str) -> Callable[[Belongings], Belongings]:
    """Register what a person id wrote or did in the feature, as plain values, under a name of its own in their file."""

    def register(read: Belongings) -> Belongings:
        _belongings[name] = read
        return read

    return register


def belongings_of(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """What a person can take along from all features, by its name."""
    return {name: read(person_id) for name, read in _belongings.items()}


def ties_of(person_id: int) -> list[Tie]:
    """All duties that a person has to hand over before leaving."""
    return [tie for find in _ties for tie in find(person_id)]


def release_all(actor: Actor, person_id: int) -> None:
    """End what the person has everywhere."""
    for end in _releases:
        end(actor, person_id)

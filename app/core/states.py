"""One state column, one table of moves. A move that the table does not allow is refused with a code and a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.core.errors import RuleBroken, Words
from app.core.i18n import _l


@dataclass(frozen=True)
class State:
    """A state as people see it: its word, the tone of its tag (ok, warn, bad, info or none), its icon."""

    name: str
    label: Words
    tone: str = ""
    icon: str = "circle-dot"


@dataclass(eq=False)  # each is the only one of its kind
class States:
    """The states of a kind of record and the moves between them: `moves[verb] = (from states, to state)`."""

    states: tuple[State, ...]
    moves: dict[str, tuple[frozenset[str], str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name = {state.name: state for state in self.states}
        for verb, (starts, end) in self.moves.items():
            unknown = (set(starts) | {end}) - set(self.by_name)
            if unknown:
                raise ValueError(f"{verb}: unknown states {unknown}")

    @property
    def names(self) -> tuple[str, ...]:
        """All state names, in order."""
        return tuple(self.by_name)

    def __getitem__(self, name: str) -> State:
        return self.by_name[name]

    def allows(self, record: Any, verb: str) -> bool:
        """Whether the record may make this move now."""
        return record.state in self.moves[verb][0]

    def move(self, record: Any, verb: str) -> str:
        """Make the move; returns the state before. Raises RuleBroken(code `wrong_state`)."""
        before: str = record.state
        if not self.allows(record, verb):
            raise RuleBroken(
                "wrong_state",
                _l("This is “%(state)s” now, so that cannot be done any more.", state=self[before].label),
                state=before,
            )
        record.state = self.moves[verb][1]
        return before

    def check(self, column: str = "state") -> str:
        """The SQL condition that the column holds a known state, for a constraint."""
        return f"{column} IN ({', '.join(repr(name) for name in self.names)})"


def moves(**table: tuple[Iterable[str], str]) -> dict[str, tuple[frozenset[str], str]]:
    """Write a table of moves: `moves(approve=(["proposed"], "approved"))`."""
    return {verb: (frozenset(starts), end) for verb, (starts, end) in table.items()}

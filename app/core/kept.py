"""Statements that are put together once: that takes several times longer than running them.

    @kept
    def _of_problem(reader: Actor, problem_id: Any) -> Any:
        return select(Team.id).where(Team.problem_id == problem_id, visible_teams(reader))

    rows = db.session.execute(*_of_problem(actor, problem_id=7))

The function is called once for each kind of reader; in place of values it gets parameters, in place of the reader
`AnyReader`, who knows what kinds of roles they hold and not who they are. So no statement can keep what belongs to
one person: to look at a value here is a TypeError. What is given by position decides the shape of the statement.
"""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import BindParameter, Date, Integer, bindparam
from sqlalchemy.sql import Executable, visitors

from app.core import clock, dialects
from app.core.access import Actor
from app.core.db import UtcDateTime

MOST_SHAPES = 64
_ME = "reader_id"
_HELD = "reader_held_"
Call = tuple[Any, dict[str, Any]]  # a statement and the values of its parameters


class AnyReader(Actor):
    """Whoever holds these kinds of roles. Their id and the things in which they hold them are parameters."""

    def __init__(self, roles: frozenset[str], is_signed_in: bool) -> None:
        me = cast(Any, bindparam(_ME, type_=Integer)) if is_signed_in else None
        super().__init__(me)
        self.__dict__["roles"] = roles  # where the cached property keeps them

    @property
    def is_admin(self) -> bool:
        """Whether they administer the portal."""
        return self.holds_any("administrator")

    def ids(self, *roles: str) -> Any:
        """A parameter that stands for the things in which they hold one of the roles; for `in_` and `not_in`."""
        return bindparam(f"{_HELD}{'.'.join(roles)}", type_=dialects.Held, expanding=True)

    def holds(self, role: str, thing: int | None) -> bool:
        """Nobody knows. Raises TypeError."""
        raise TypeError(f"a kept statement cannot know whether its reader holds {role} in {thing}")


def today() -> BindParameter[Any]:
    """The day on which the statement runs."""
    return bindparam(None, callable_=clock.today, type_=Date)


def now() -> BindParameter[Any]:
    """The instant at which the statement runs."""
    return bindparam(None, callable_=clock.now, type_=UtcDateTime)


def any_like(actor: Actor) -> AnyReader:
    """Whoever is of the actor's kind."""
    return AnyReader(actor.roles, actor.is_signed_in)


def reader_values(actor: Actor, statement: Executable) -> dict[str, Any]:
    """The actor's values for the parameters that `AnyReader` left in a statement."""
    return _values(actor, _names_in(statement))


def kept(build: Callable[..., Any]) -> Callable[..., Call]:
    """Keep what the function puts together; the call gives the statement and its values, for `execute(*...)`."""
    made: dict[Any, tuple[Any, tuple[str, ...]]] = {}

    def call(*shape: Any, **values: Any) -> Call:
        reader = next((part for part in shape if isinstance(part, Actor)), None)
        kinds = tuple((part.is_signed_in, part.roles) if isinstance(part, Actor) else part for part in shape)
        key = kinds, tuple(values)  # a value that is not given leaves its condition out
        found = made.get(key)
        if found is None:
            if len(made) >= MOST_SHAPES:
                made.clear()
            parts = [any_like(part) if isinstance(part, Actor) else part for part in shape]
            statement = build(*parts, **{name: _parameter(name, value) for name, value in values.items()})
            found = made[key] = statement, _names_in(statement)
        if reader is not None:
            values |= _values(reader, found[1])
        return found[0], values

    return call


def _parameter(name: str, value: Any) -> BindParameter[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return bindparam(name, expanding=True)
    if isinstance(value, datetime):
        return bindparam(name, type_=UtcDateTime)
    # Without a type it takes that of the column which it is compared with; LIMIT has none to give.
    return bindparam(name, type_=Integer if isinstance(value, int) else None)


@lru_cache(maxsize=1000)
def _names_in(statement: Executable) -> tuple[str, ...]:
    found = {part.key for part in visitors.iterate(cast(Any, statement)) if isinstance(part, BindParameter)}
    return tuple(name for name in sorted(found) if name == _ME or name.startswith(_HELD))


def _values(actor: Actor, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: actor.id if name == _ME else sorted(actor.ids(*name.removeprefix(_HELD).split(".")))
        for name in names
    }

"""Statements that are put together once: that takes several times longer than running them.

    @kept
    def _of_problem(reader: Actor, problem_id: Any) -> Any:
        return select(Team.id).where(Team.problem_id == problem_id, visible_teams(reader))

    rows = db.session.execute(*_of_problem(actor, problem_id=7))

The function is called once for each kind of reader; in place of values it gets parameters, in place of the reader
`AnyReader`, who knows what kinds of roles they hold and not who they are. So no statement can keep what belongs to
one person: to look at a value here is a TypeError. What is given by position decides the shape of the statement.
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import RLock
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Dialect,
    Integer,
    String,
    bindparam,
    literal_column,
)
from sqlalchemy.sql import Executable, visitors
from sqlalchemy.sql.elements import ClauseList

from app.core import clock, dialects
from app.core.access import Actor
from app.core.db import UtcDateTime, db
from app.core.written import Held

QueryT = TypeVar("QueryT", bound=Executable)
MOST_SHAPES = 64
LONG = 20_000  # signs of a statement
_ME = "reader_id"
_HELD = "reader_held_"
_AND = "__"  # between roles, in the name of a parameter
_one_at_a_time = (
    RLock()
)  # what a first use adds to parts of statements that others share is not made for two threads
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
        return bindparam(_HELD + _AND.join(roles), type_=Held, expanding=True)

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
    return _values(actor, _asked_in(statement))


@lru_cache(maxsize=100)  # each is held by this
def _asked_in(statement: Executable) -> tuple[str, ...]:
    return _names_in(statement)


def kept(build: Callable[..., Any]) -> Callable[..., Call]:
    """Keep what the function puts together; the call gives the statement and its values, for `execute(*...)`."""
    return _kept(build, lambda statement: statement)


def _kept(build: Callable[..., Any], finish: Callable[[Any], Any]) -> Callable[..., Call]:
    """Keep what is finished of the statements that the function puts together; the call gives that and the values."""
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
            with _one_at_a_time:
                statement = build(*parts, **{name: _parameter(name, value) for name, value in values.items()})
                found = made[key] = finish(statement), _names_in(statement)
        if reader is not None:
            values |= _values(reader, found[1])
        return found[0], values

    return call


def kept_rows(build: Callable[..., Any]) -> Callable[..., Sequence[Any]]:
    """Like `kept`, and run: the call gives the rows.

    For the statements of every page of somebody signed in. They have dozens of parts, and SQLAlchemy recognises a statement
    by all its parts at each run: that takes longer than running it. Here its text is kept, and not the parts, which take
    megabytes. Lists of codes in it must be `written_out`.
    """
    call = _kept(build, lambda statement: _plain(statement, db.engine.dialect))

    def rows(*shape: Any, **values: Any) -> Sequence[Any]:
        connection = db.session.connection()  # first: it tells the dialect what kind of server it speaks to
        plain, given = call(*shape, **values)
        with dialects.planned_once(connection) if plain.is_long else nullcontext():
            found = connection.exec_driver_sql(plain.text, plain.filled(given)).all()
        return plain.read(found) if plain.columns else found

    return rows


@dataclass(frozen=True)
class _Plain:
    """The text of a statement, its parameters with the places where each stands (none where the driver takes names), and the
    columns whose values are not as the driver gives them.
    """

    text: str
    order: tuple[str, ...] | None
    constants: dict[str, Any]
    asked: tuple[tuple[str, Callable[[], Any] | None, Callable[[Any], Any] | None], ...]
    columns: tuple[tuple[int, Callable[[Any], Any]], ...]

    @property
    def is_long(self) -> bool:
        """Whether planning it takes much longer than to ask for its plan to be kept."""
        return len(self.text) > LONG

    def filled(self, given: dict[str, Any]) -> Any:
        """All values, as the driver takes them."""
        found = dict(self.constants)
        for name, make, change in self.asked:
            value = make() if make else given[name]
            found[name] = change(value) if change else value
        return found if self.order is None else tuple(found[name] for name in self.order)

    def read(self, rows: Sequence[Any]) -> list[list[Any]]:
        """The rows, their values as the columns' types have them."""
        found = [list(row) for row in rows]
        for row in found:
            for at, change in self.columns:
                row[at] = change(row[at])
        return found


def _plain(statement: Any, dialect: Dialect) -> _Plain:
    made = statement.compile(dialect=dialect)
    constants, asked = {}, []
    for part, name in made.bind_names.items():
        change = part.type.dialect_impl(dialect).bind_processor(dialect)
        if part.required or part.callable:
            asked.append((name, part.callable, change))
        else:
            constants[name] = change(part.value) if change else part.value
    order = tuple(made.positiontup) if made.positional else None
    kinds = enumerate(column.type.dialect_impl(dialect) for column in statement.selected_columns)
    columns = tuple((at, how) for at, kind in kinds if (how := kind.result_processor(dialect, None)))
    return _Plain(made.string, order, constants, tuple(asked), columns)


def written_out(query: QueryT) -> QueryT:
    """With its codes (states, kinds) as constants: few things wait, and a planner who sees the code knows how few."""

    def constant(part: Any, **_more: Any) -> Any:
        if not isinstance(part, BindParameter) or part.callable or not isinstance(part.type, String):
            return None
        if isinstance(part.value, str):
            return _literal(part.value)
        if part.expanding and part.value and all(isinstance(value, str) for value in part.value):
            return ClauseList(*map(_literal, part.value)).self_group()
        return None

    replace: Any = constant
    return cast(QueryT, visitors.replacement_traverse(cast(Any, query), {}, replace))


def _literal(code: str) -> ColumnElement[Any]:
    quoted = code.replace("'", "''")
    return literal_column(f"'{quoted}'", String)


def _parameter(name: str, value: Any) -> BindParameter[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return bindparam(name, expanding=True)
    if isinstance(value, datetime):
        return bindparam(name, type_=UtcDateTime)
    # Without a type it takes that of the column which it is compared with; LIMIT has none to give.
    return bindparam(name, type_=Integer if isinstance(value, int) else None)


def _names_in(statement: Executable) -> tuple[str, ...]:
    found = {part.key for part in visitors.iterate(cast(Any, statement)) if isinstance(part, BindParameter)}
    return tuple(name for name in sorted(found) if name == _ME or name.startswith(_HELD))


def _values(actor: Actor, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: actor.id if name == _ME else actor.held(*name.removeprefix(_HELD).split(_AND)) for name in names
    }

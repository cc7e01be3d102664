"""What is written differently for each database: parameters, so that a plan can be kept (`core.dialects` puts it in place),
and rows within a row.
"""

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    Integer,
    ScalarSelect,
    String,
    TypeDecorator,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TupleType


class Held(Integer):
    """Numbers of the things in which a reader holds a role: a list for IN whose length differs from reader to reader."""


class Written(SQLCompiler):
    """How parameters stand in a statement, so that its plan can be kept: `x IN (list)` has one for the whole list.

    With a parameter for each of its values the text of a statement would differ from reader to reader, by how many things
    they hold: each would have it put together, prepared and planned anew.
    """

    def __init__(self, *given: Any, **kw: Any) -> None:
        super().__init__(*given, **kw)
        if self._is_unseen():
            self.bindtemplate = (
                f"+{self.bindtemplate}"  # of the values of a list, which are filled in at each run
            )

    def bindparam_string(self, name: str, *given: Any, **kw: Any) -> str:
        """A parameter. In what SQLite selects it stands behind a plus sign, which changes no value.

        SQLite plans a statement anew whenever a parameter that it has looked at (it knows samples of a column's values) gets
        another value: a statement of dozens of parts took 0.7 ms instead of 0.05. It does not look behind the sign.
        """
        found = str(super().bindparam_string(name, *given, **kw))
        return f"+{found}" if self._is_unseen() and not found.startswith("__[") else found

    def _is_unseen(self) -> bool:
        asked = getattr(self.compile_state, "statement", None)
        return self.dialect.name == "sqlite" and asked is not None and bool(asked.is_select)

    def visit_in_op_binary(self, binary: Any, _operator: Any, **kw: Any) -> str:
        """`x IN (list)`."""
        found = self._within(binary, " = ANY (%s)", " IN (SELECT value FROM json_each(%s))", **kw)
        return found or str(self._generate_generic_binary(binary, " IN ", **kw))

    def visit_not_in_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        """`x NOT IN (list)`: true of an empty one."""
        found = self._within(binary, " <> ALL (%s)", " NOT IN (SELECT value FROM json_each(%s))", **kw)
        return found or str(super().visit_not_in_op_binary(binary, operator, **kw))  # type: ignore[no-untyped-call]  # the library left it untyped

    def _within(self, binary: Any, as_array: str, as_json: str, **kw: Any) -> str:
        """The condition; empty where the right side is no parameter of a list, or is to be written out."""
        given = binary.right
        if not isinstance(given, BindParameter) or not given.expanding or given.literal_execute:
            return ""
        is_sqlite = self.dialect.name == "sqlite"
        if kw.get("literal_binds") or isinstance(given.type, NullType | TupleType):
            return ""
        if is_sqlite and not isinstance(given.type, Held):
            return ""  # the planner counts the values of a short list
        one: BindParameter[Any] = given._clone(maintain_key=True)  # noqa: SLF001 - keeps its name, so that the value finds it
        one.expanding = False
        one.type = _JsonList() if is_sqlite else ARRAY(given.type, dimensions=1)
        return self.process(binary.left, **kw) + (as_json if is_sqlite else as_array) % self.process(
            one, **kw
        )


class _JsonList(TypeDecorator[list[int]]):
    """A list as JSON text, for SQLite's json_each."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Any) -> str:
        """The JSON text."""
        return _as_json(tuple(value))


@lru_cache(maxsize=512)
def _as_json(numbers: tuple[int, ...]) -> str:
    # A statement over everything a reader may see names the same list some dozens of times.
    return json.dumps(numbers)


class _Listed(FunctionElement[Any]):
    """All rows of these columns as one list of lists."""

    type = JSON()
    inherit_cache = True


@compiles(_Listed, "sqlite")
def _listed_on_sqlite(made: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"json_group_array(json_array({compiler.process(made.clauses, **kw)}))"


@compiles(_Listed, "postgresql")
def _listed_on_postgresql(made: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"coalesce(json_agg(json_build_array({compiler.process(made.clauses, **kw)})), '[]')"


def rows_within(query: Any) -> ScalarSelect[Any]:
    """A column that holds the rows of a query as a list of lists, in its order: what belongs to one record comes with it.

    For a few rows, and for numbers, texts and yes or no alone: other values would come as text.
    """
    rows = query.subquery()
    return select(_Listed(*rows.c)).scalar_subquery()

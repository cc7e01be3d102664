"""Rows for a filled portal, gathered and put into the database in bulk, with keys known before they are there."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from app.core import clock, dialects
from app.core.db import Base

MOST_HELD = 60_000


class Writer:
    """Takes rows as keywords of the model's columns; what is not given is the column's default."""

    def __init__(self, connection: Connection, order: tuple[type[Base], ...]) -> None:
        self.connection = connection
        self.tables: dict[type[Base], Any] = {model: model.__table__ for model in order}
        self.keys = {
            model: connection.scalar(select(func.max(table.c.id))) or 0
            for model, table in self.tables.items()
        }
        self.count = dict.fromkeys(self.tables, 0)
        self._names = {model: [column.name for column in table.c] for model, table in self.tables.items()}
        self._plain = {model: _defaults(table, clock.now()) for model, table in self.tables.items()}
        self._rows: dict[type[Base], list[list[Any]]] = {model: [] for model in order}
        self._held = 0

    def put(self, model: type[Base], **values: Any) -> int:
        """Take a row; returns its key."""
        self.keys[model] = key = self.keys[model] + 1
        row = self._plain[model] | values
        row["id"] = key
        self._rows[model].append([row[name] for name in self._names[model]])
        self.count[model] += 1
        self._held += 1
        return key

    def amend(self, model: type[Base], key: int, **values: Any) -> None:
        """Change the row that was taken last; it must still be held."""
        row = self._rows[model][-1]
        if row[self._names[model].index("id")] != key:
            raise KeyError(key)
        for name, value in values.items():
            row[self._names[model].index(name)] = value

    def flush(self, at_least: int = 0) -> None:
        """Write what is held, if it is so much; tables in the order of their dependence."""
        if self._held <= at_least:
            return
        for model, rows in self._rows.items():
            if rows:
                dialects.insert_many(self.connection, self.tables[model], self._names[model], rows)
                rows.clear()
        self._held = 0

    def finish(self) -> None:
        """Write the rest and let the database count on."""
        self.flush()
        dialects.after_own_keys(self.connection, self.tables.values())


def _defaults(table: Table, now: datetime) -> dict[str, Any]:
    """What each column holds when nothing is said."""
    found: dict[str, Any] = {}
    for column in table.c:
        value = getattr(column.default, "arg", None)
        if callable(value):
            made = value(None)
            value = now if isinstance(made, datetime) else made
        found[column.name] = value
    return found

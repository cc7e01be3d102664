"""Processor time of this process, and of PostgreSQL's for it, per request; statements and bytes beside it."""

import gc
import os
import pathlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from app.core.db import db

WARM_UP = 4
BATCHES = 3
TICKS = os.sysconf("SC_CLK_TCK")
Send = Callable[[], TestResponse]


@dataclass(frozen=True)
class Figure:
    """What a request costs: milliseconds of processor time here and in the database's process, statements, bytes."""

    name: str
    own: float
    database: float
    statements: int
    size: int
    status: int
    budget: float | None
    most_statements: int | None

    @property
    def total(self) -> float:
        """All processor time."""
        return self.own + self.database

    @property
    def misses(self) -> list[str]:
        """What is over its budget, in words."""
        found = []
        if self.budget is not None and self.total > self.budget:
            found.append(f"{self.total:.1f} ms of {self.budget:g}")
        if self.most_statements is not None and self.statements > self.most_statements:
            found.append(f"{self.statements} statements of {self.most_statements}")
        return found


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def database_seconds(app: Flask) -> dict[int, float]:
    """Processor time that each of the database's processes for connections has used so far; none for one inside ours."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return {}
        with db.engine.connect() as connection:
            here = text(
                "SELECT pid FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_type = 'client backend'"
            )
            pids = [row.pid for row in connection.execute(here)]
    return {pid: _seconds(pid) for pid in pids}


def _spent(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def _seconds(pid: int) -> float:
    try:
        words = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(words[11]) + int(words[12])) / TICKS


def measure(
    app: Flask,
    name: str,
    prepare: Callable[[], Send],
    *,
    repeat: int,
    budget: float | None = None,
    most_statements: int | None = None,
) -> Figure:
    """Send the request `repeat` times in each of three batches; the quietest batch counts.

    `prepare` is called before each request and not measured; it returns what sends.
    """
    for _ in range(WARM_UP):
        answer = prepare()()
    with counted(app) as seen:
        send = prepare()
        seen.clear()
        send()
        statements = len(seen)
    own, database = [], []
    for _ in range(BATCHES):
        gc.collect()
        spent, before = 0.0, database_seconds(app)
        for _ in range(repeat):
            send = prepare()
            began = time.process_time()
            answer = send()
            spent += time.process_time() - began
        own.append(spent / repeat * 1000)
        database.append(_spent(before, database_seconds(app)) / repeat * 1000)
    size, status = len(answer.get_data()), answer.status_code
    return Figure(name, min(own), min(database), statements, size, status, budget, most_statements)


def table(figures: list[Figure], with_database: bool) -> str:
    """The figures as a Markdown table."""
    head = "| page | CPU ms | of it database | goal | statements | most | bytes | |"
    lines = [head, "|---|---:|---:|---:|---:|---:|---:|---|"]
    for figure in figures:
        inside = f"{figure.database:.1f}" if with_database else "inside"
        goal = f"{figure.budget:g}" if figure.budget is not None else "–"
        most = figure.most_statements if figure.most_statements is not None else "–"
        remark = "; ".join(figure.misses)
        if figure.status >= 400:
            remark = f"answered {figure.status}"
        lines.append(
            f"| {figure.name} | {figure.total:.1f} | {inside} | {goal} | {figure.statements} | {most} "
            f"| {figure.size:,} | {'over: ' + remark if remark else ''} |"
        )
    return "\n".join(lines)

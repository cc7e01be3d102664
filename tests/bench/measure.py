"""Processor time of this process, and of PostgreSQL's for it, per request; statements and bytes beside it.

The same request costs half as much again from one minute to the next where machines are shared, so the yardstick
(tests.bench.limit) is measured in turns with each page, and a page's cost is told as on the machine the goals were set on.
"""

import gc
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
TURN = 5  # requests of the page, then of the yardstick
NANOSECONDS = 1_000_000_000
Send = Callable[[], TestResponse]
Prepare = Callable[[], Send]


@dataclass(frozen=True)
class Figure:
    """What a request costs: milliseconds of processor time here and in the database's process, statements, bytes.

    `bare` is what the yardstick cost meanwhile, `reference` what it costs where the goals were set.
    """

    name: str
    own: float
    database: float
    bare: float
    reference: float
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
    def there(self) -> float:
        """All processor time, as it would be where the yardstick costs its reference."""
        return self.total * self.reference / self.bare

    @property
    def misses(self) -> list[str]:
        """What is over its budget, in words."""
        found = []
        if self.budget is not None and self.there > self.budget:
            found.append(f"{self.there:.1f} ms of {self.budget:g}")
        if self.most_statements is not None and self.statements > self.most_statements:
            found.append(f"{self.statements} statements of {self.most_statements}")
        return found


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SET ", "RESET ")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _database_processes(app: Flask) -> list[int]:
    """The processes that serve our connections; none for a database inside ours."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            return []
        with db.engine.connect() as connection:
            here = text(
                "SELECT pid FROM pg_stat_activity "
                "WHERE datname = current_database() AND backend_type = 'client backend'"
            )
            return list(connection.scalars(here))


def _seconds(processes: list[int]) -> float:
    """Processor time that the processes have used so far."""
    return sum(
        int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / NANOSECONDS for pid in processes
    )


def _spend(prepare: Prepare, times: int, processes: list[int]) -> tuple[float, float, TestResponse]:
    """Seconds of processor time here and in the database's processes for so many requests, and the last answer."""
    own = database = 0.0
    for _ in range(times):
        send = prepare()
        inside, began = _seconds(processes), time.process_time()
        answer = send()
        own += time.process_time() - began
        database += _seconds(processes) - inside
    return own, database, answer


def measure(
    app: Flask,
    name: str,
    prepare: Prepare,
    yardstick: Prepare,
    *,
    repeat: int,
    reference: float,
    budget: float | None = None,
    most_statements: int | None = None,
) -> Figure:
    """Send the request `repeat` times in each of three batches, in turns with the yardstick; the quietest batch counts.

    `prepare` is called before each request and not measured; it returns what sends.
    """
    _spend(prepare, WARM_UP, [])
    _spend(yardstick, WARM_UP, [])
    with counted(app) as seen:
        send = prepare()
        seen.clear()
        send()
        statements = len(seen)
    processes = _database_processes(app)
    batches = []
    for _ in range(BATCHES):
        gc.collect()
        own = database = bare = 0.0
        for _turn in range(max(1, repeat // TURN)):
            mine, its, answer = _spend(prepare, TURN, processes)
            own, database = own + mine, database + its
            bare += sum(_spend(yardstick, TURN, processes)[:2])
        batches.append([part / (max(1, repeat // TURN) * TURN) * 1000 for part in (own, database, bare)])
    own, database, bare = min(batches, key=lambda batch: batch[0] + batch[1])
    size, status = len(answer.get_data()), answer.status_code
    return Figure(name, own, database, bare, reference, statements, size, status, budget, most_statements)


def table(figures: list[Figure], with_database: bool) -> str:
    """The figures as a Markdown table."""
    head = "| page | CPU ms | of it database | bare page | by the yardstick | goal | statements | most | bytes | |"
    lines = [head, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|"]
    for figure in figures:
        inside = f"{figure.database:.1f}" if with_database else "inside"
        goal = f"{figure.budget:g}" if figure.budget is not None else "–"
        most = figure.most_statements if figure.most_statements is not None else "–"
        remark = "; ".join(figure.misses)
        if figure.status >= 400:
            remark = f"answered {figure.status}"
        lines.append(
            f"| {figure.name} | {figure.total:.1f} | {inside} | {figure.bare:.1f} | {figure.there:.1f} | {goal} "
            f"| {figure.statements} | {most} "
            f"| {figure.size:,} | {'over: ' + remark if remark else ''} |"
        )
    return "\n".join(lines)

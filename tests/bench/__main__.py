"""`python -m tests.bench --scale 100000`: fill a portal, measure its pages, print the figures as Markdown tables.

Processor time is that of this process over Werkzeug's test client (no network, no server), plus that of PostgreSQL's
processes for its connections. It stays the same on a busy machine, other than time on the clock.
"""

import argparse
import contextlib
import os
import pathlib
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TextIO

from flask import Flask

from app import config, create_app
from app.consortia.services import ensure_open_consortium
from app.core import schema
from app.core.db import db
from app.demo import services
from tests.bench.limit import REFERENCE_MS, bare
from tests.bench.measure import Figure, measure, table
from tests.bench.pages import cases
from tests.support import postgres


def main() -> int:
    """Measure on the databases asked for; give the exit status 1 when something is over its goal."""
    parser = argparse.ArgumentParser(description="Measure the pages of a filled portal.")
    parser.add_argument("--scale", type=int, default=10_000, help="how many problems, teams and institutions")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--repeat", type=int, default=30, help="requests in each of three batches")
    parser.add_argument(
        "--file", type=pathlib.Path, help="an SQLite file that is filled already, or is to be kept"
    )
    parser.add_argument("--only", default="", help="only pages whose name has this word")
    wish = parser.parse_args()
    misses = 0
    for name in ("sqlite", "postgresql") if wish.database == "both" else (wish.database,):
        with _database(name, wish.file) as url, tempfile.TemporaryDirectory() as folder:
            app = _portal(url, pathlib.Path(folder))
            _fill(app, wish.scale)
            figures = _figures(app, name, wish.repeat, wish.only)
            _say(sys.stdout, f"\n## {name}, {wish.scale:,} problems, teams and institutions each\n")
            _say(sys.stdout, table(figures, name != "sqlite"))
            misses += sum(bool(figure.misses) for figure in figures)
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
    return 1 if misses else 0


@contextlib.contextmanager
def _database(name: str, file: pathlib.Path | None) -> Iterator[str]:
    if name == "postgresql":
        with postgres.start():
            yield postgres.create_database("bench")
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{file or pathlib.Path(folder) / 'bench.sqlite'}"


def _portal(url: str, folder: pathlib.Path) -> Flask:
    env = {
        "TAAWUN_ENV": "testing",
        "DATABASE_URL": url,
        "SECRET_KEY": "only-for-measuring-" + "0123456789abcdef" * 2,
        "BASE_URL": "http://localhost",
        "PATH": os.environ.get("PATH", ""),
    }
    return create_app(config.load(env, folder))


def _fill(app: Flask, scale: int) -> None:
    with app.app_context():
        if schema.current() != schema.newest():
            schema.upgrade()
        if services.has_people():
            return
        began = time.monotonic()
        services.load_registry()
        ensure_open_consortium()
        services.fill(scale)
        _say(sys.stderr, f"filled in {time.monotonic() - began:.0f} s")


def _figures(app: Flask, name: str, repeat: int, only: str) -> list[Figure]:
    found = []
    yardstick = bare(app)
    for case in cases(app):
        if only not in case.name:
            continue
        figure = measure(
            app,
            case.name,
            case.prepare,
            yardstick,
            reference=REFERENCE_MS[name != "sqlite"],
            repeat=max(3, int(repeat * case.weight)),
            budget=case.budgets[name != "sqlite"],
            most_statements=case.most_statements,
        )
        _say(
            sys.stderr,
            f"{figure.total:7.1f} ms ({figure.there:.1f} by the yardstick)  {figure.statements:3}  {figure.name}",
        )
        found.append(figure)
    return found


def _say(where: TextIO, line: str) -> None:
    where.write(line + "\n")
    where.flush()


if __name__ == "__main__":
    sys.exit(main())

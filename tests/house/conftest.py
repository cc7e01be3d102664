"""The world, once a module; and what everybody finds in it, once a run."""

import fcntl
import hashlib
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.core import passwords
from app.core.db import Base, db
from tests.conftest import _clean
from tests.house import building
from tests.house import world as worlds
from tests.support.browsers import Browser
from tests.support.crawler import Answer, crawl, fetch
from tests.support.people import sign_in_client


@pytest.fixture(scope="module")
def world_app(portal: Flask) -> Iterator[Flask]:
    """The application in its context, its database holding nothing but the world."""
    with portal.app_context():
        _clean(portal)
        portal.test_client_class = Browser
        with cheap_passwords():
            yield portal
        portal.test_client_class = None
        db.session.remove()


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hashes that cost next to nothing, where thousands of forms are sent and none of it is about passwords."""
    kept = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobodys_hash.cache_clear()
    try:
        yield
    finally:
        passwords._hasher = kept
        passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="module")
def world(world_app: Flask) -> worlds.World:
    """The world. Tests of a module share it: what changes it belongs into a test with its own database."""
    return building.build()


@pytest.fixture(scope="module")
def browsers(world_app: Flask, world: worlds.World) -> dict[str, FlaskClient]:
    """A browser for each kind of person."""
    return {
        kind: sign_in_client(world_app, person) if (person := world.person(kind)) else world_app.test_client()
        for kind in worlds.KINDS
    }


@pytest.fixture(scope="module")
def counted(world_app: Flask) -> Iterator[list[str]]:
    """The SQL statements as they are executed."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SET ", "RESET ")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def seeds(world_app: Flask, world: worlds.World) -> list[str]:
    """Every address that can be opened, filled with the world's things."""
    return addresses(world_app, world)


def addresses(app: Flask, world: worlds.World) -> list[str]:
    """Every address that takes GET, filled with the world's things."""
    with app.test_request_context():
        from flask import url_for

        filled = [
            url_for(rule.endpoint, **arguments)
            for rule in worlds.rules_of(app, "GET")
            for _label, arguments in world.scenarios(rule)
        ]
        return list(dict.fromkeys([*filled, *world.also]))


@dataclass
class Read:
    """Everything that everybody was answered, and which tables had changed afterwards."""

    world: worlds.World
    answers: dict[tuple[str, str, str], Answer]  # (kind, language, address)
    changed: list[str]


IN_ARABIC = ("visitor", "team_lead", "lead", "admin")
# Everybody opens every address; these follow every link as well, which leads to further pages and filters of the same.
IN_DEPTH = (*IN_ARABIC, "outsider", "representative")


@pytest.fixture(scope="session")
def read(portal: Flask, tmp_path_factory: pytest.TempPathFactory) -> Read:
    """What everybody finds who opens every link and every address: once a run, whichever worker is first."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    file = folder / "read.pickle"
    with (folder / "read.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_bytes(pickle.dumps(_read_everything(portal)))
        found: Read = pickle.loads(file.read_bytes())
    return found


def _read_everything(portal: Flask) -> Read:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SET ", "RESET ")):
            statements.append(statement)

    with portal.app_context(), cheap_passwords():
        _clean(portal)
        world = building.build()
        portal.test_client_class = Browser
        browsers = {
            kind: sign_in_client(portal, person) if (person := world.person(kind)) else portal.test_client()
            for kind in worlds.KINDS
        }
        before = table_state()
        event.listen(db.engine, "before_cursor_execute", note)
        answers = _as_everybody(portal, world, browsers, statements)
        event.remove(db.engine, "before_cursor_execute", note)
        after = table_state()
        portal.test_client_class = None
        db.session.remove()
    for answer in answers.values():
        answer.forget()
    kept = worlds.World(markers=world.markers)
    return Read(kept, answers, [name for name in before if before[name] != after[name]])


def _as_everybody(
    portal: Flask, world: worlds.World, browsers: dict[str, FlaskClient], statements: list[str]
) -> dict[tuple[str, str, str], Answer]:
    answers: dict[tuple[str, str, str], Answer] = {}
    seeds = addresses(portal, world)
    lists = searches(portal)
    for kind, browser in browsers.items():
        most = 700 if kind in IN_DEPTH else len(seeds)
        for path, answer in crawl(browser, seeds, statements=statements, most=most).items():
            answers[kind, "en", path] = answer
        hidden = [marker for marker in world.markers if marker.is_indexed and kind not in marker.readers]
        for marker in hidden:
            for path in marker.lists or lists:
                answers[kind, "en", f"{path}?q={marker.word}"] = fetch(browser, f"{path}?q={marker.word}")
    for kind in IN_ARABIC:
        browsers[kind].set_cookie("lang", "ar")
        for path, answer in crawl(browsers[kind], seeds, most_queries=1, most=len(seeds)).items():
            answers[kind, "ar", path] = answer
    return answers


def table_state() -> dict[str, str]:
    """Every row of every table, as something to compare."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: hashlib.sha256(
                "\n".join(sorted(repr(tuple(row)) for row in connection.execute(select(table)))).encode(
                    "utf-8", "replace"
                )
            ).hexdigest()
            for table in Base.metadata.sorted_tables
        }


def searches(app: Flask) -> list[str]:
    """Lists and look-ups: addresses without arguments that may take words."""
    return [
        rule.rule
        for rule in worlds.rules_of(app, "GET")
        if not rule.arguments
        and rule.endpoint.rpartition(".")[2] in {"index", "suggest", "people", "search", "join"}
    ]

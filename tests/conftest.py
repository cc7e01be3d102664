"""The portal under test: a clean database (SQLite or PostgreSQL), a client, pages, people signed in.

TEST_DATABASE chooses the database (`sqlite`, the default, or `postgresql`). Each worker migrates once and starts
every test from that state. No mail leaves, no network is used.
"""

import gc
import os
import pathlib
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.orm import close_all_sessions

from app import config, create_app
from app.accounts.models import Person
from app.core import i18n, once, schema
from app.core.db import Base, db
from tests.support import postgres
from tests.support.pages import Page
from tests.support.people import sign_in_client

ON_POSTGRESQL = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"


@pytest.hookimpl(trylast=True)  # after the order was drawn by lot
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files begin first, so that no processor waits at the end for another that still reads everything.

    One file reads every page as everybody (`read` of tests/house); the others that look at what it found come last.
    """

    readers = {item.path for item in items if "read" in getattr(item, "fixturenames", ())}

    def when(item: pytest.Item) -> int:
        if item.path in readers:
            return 0 if item.path.stem == "test_visibility" else 3
        return 1 if item.path.parent.name in {"house", "demo", "races"} else 2

    items.sort(key=when)


def pytest_collection_finish() -> None:
    """What is there by now stays to the end, so the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An empty database of this worker's own."""
    if not ON_POSTGRESQL:
        yield f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.sqlite'}"
        return
    with postgres.start():
        yield postgres.create_database(os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture(scope="session")
def portal(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application, migrated once."""
    env = {
        "TAAWUN_ENV": "testing",
        "DATABASE_URL": database_url,
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
        "BASE_URL": "http://localhost",
    }
    app = create_app(config.load(env, tmp_path_factory.mktemp("instance")))
    app.teardown_request(_forget)
    with app.app_context():
        if not ON_POSTGRESQL:
            event.listen(db.engine, "connect", _set_for_tests)
        schema.upgrade()
        db.engine.dispose()
    if not ON_POSTGRESQL:
        file = pathlib.Path(database_url.removeprefix("sqlite:///"))
        shutil.copy(file, file.with_suffix(".clean"))
    yield app
    with app.app_context():
        db.engine.dispose()


def _set_for_tests(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # what a test wrote need not outlive a power cut
    # Rows that nobody put in order come in any order on PostgreSQL; here they come backwards, so that it is noticed.
    connection.execute("PRAGMA reverse_unordered_selects=ON")


def _forget(_error: BaseException | None) -> None:
    # Tests keep one application context open, so what a request notes in `g` (who asks, the form token) would reach
    # the next one, of somebody else.
    for name in list(g):
        g.pop(name)
    once.form_key.set(None)  # of a form that changed nothing


def _clean(app: Flask) -> None:
    shutil.rmtree(
        app.config["SETTINGS"].instance / "mail", ignore_errors=True
    )  # mails that an earlier test kept
    if ON_POSTGRESQL:
        _empty_tables()
        return
    close_all_sessions()  # one that still holds a connection would lose its write-ahead log below
    db.engine.dispose()
    file = pathlib.Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    shutil.copy(file.with_suffix(".clean"), file)


def _empty_tables() -> None:
    """Take out what the last test left, and count from one again. TRUNCATE of all tables would take twenty times as long."""
    names = [table.name for table in Base.metadata.sorted_tables]
    with db.engine.begin() as connection:
        used = connection.scalars(
            text(
                " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names)
            )
        ).all()
        connection.execute(
            text("SET session_replication_role = replica")
        )  # neither triggers nor foreign keys
        for name in used:
            connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.execute(text("SELECT setval(seqrelid, seqstart, false) FROM pg_sequence"))


@pytest.fixture(autouse=True)
def _no_language() -> None:
    i18n.set_locale(None)  # what a request of an earlier test spoke


@pytest.fixture
def app(portal: Flask) -> Iterator[Flask]:
    """The application in its context, on a clean database."""
    with portal.app_context():
        _clean(portal)
        yield portal
        db.session.remove()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without scripts, not signed in. Form tokens are sent by `Page.submit`."""
    return app.test_client()


@pytest.fixture
def login_as(app: Flask) -> Callable[[Person], FlaskClient]:
    """A browser in which this person is signed in: `login_as(person).get("/")`."""
    return lambda person: sign_in_client(app, person)


@pytest.fixture
def page(client: FlaskClient) -> Callable[..., Page]:
    """Fetch a page as a visitor: `page("/problems")`; `page("/x", login_as(person))` as somebody."""
    return lambda path, as_client=None, **kwargs: Page.get(as_client or client, path, **kwargs)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements executed from now on; clear the list before what is to be counted."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "SET ", "RESET ")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)

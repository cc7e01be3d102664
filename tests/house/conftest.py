"""The world, once a module; and what everybody finds in it, once a run."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core import passwords
from app.core.db import db
from tests.conftest import _clean
from tests.house import world as worlds
from tests.support.browsers import Browser
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
    return worlds.build()


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
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
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

        return list(
            dict.fromkeys(
                url_for(rule.endpoint, **arguments)
                for rule in worlds.rules_of(app, "GET")
                for _label, arguments in world.scenarios(rule)
            )
        )

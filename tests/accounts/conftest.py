"""What the tests of accounts share: the outbox, the way through the sign-in page, counted password checks."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import passwords
from app.core.db import db
from app.notifications.models import Mail
from tests.factories import PASSWORD
from tests.support.pages import Page


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[Mail]]:
    """The mails so far, the oldest first."""
    return lambda: list(db.session.scalars(select(Mail).order_by(Mail.id)))


@pytest.fixture
def browser(app: Flask) -> Callable[[], FlaskClient]:
    """A new browser without cookies."""
    return app.test_client


@pytest.fixture
def enter() -> Callable[..., Page]:
    """Sign in by the page."""

    def through(client: FlaskClient, email: str, password: str = PASSWORD, path: str = "/sign-in") -> Page:
        return Page.get(client, path).submit({"email": email, "password": password}, button="sign-in")

    return through


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which costly work on passwords was done: `hash` or `verify`, in order."""
    done: list[str] = []
    hasher = passwords._hasher

    class Counting:
        def hash(self, *args):
            done.append("hash")
            return hasher.hash(*args)

        def verify(self, *args):
            done.append("verify")
            return hasher.verify(*args)

        def check_needs_rehash(self, kept):
            return hasher.check_needs_rehash(kept)

    passwords._nobodys_hash()  # made once in the life of a process, and not counted
    monkeypatch.setattr(passwords, "_hasher", Counting())
    return done

"""The crowd, and the database that it shares with the test."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.races.crowd import Crowd, crowd


@pytest.fixture(scope="module")
def together(portal: Flask) -> Iterator[Crowd]:
    """Several processes with the portal of this test's database."""
    settings = portal.config["SETTINGS"]
    given = {
        "TAAWUN_ENV": "testing",
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
    }
    with crowd(given, settings.instance) as gathered:
        yield gathered

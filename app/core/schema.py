"""The database's schema: migrations up and down, as commands, tests and the first start use them."""

import pathlib

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.core.db import db

MIGRATIONS = pathlib.Path(__file__).parents[2] / "migrations"


def _setup() -> Config:
    return Config(str(MIGRATIONS / "alembic.ini"))


def upgrade(revision: str = "head") -> None:
    """Bring the database of the running application up to a revision."""
    command.upgrade(_setup(), revision)


def downgrade(revision: str = "base") -> None:
    """Take the database back to a revision."""
    command.downgrade(_setup(), revision)


def current() -> str | None:
    """The revision at which the database is, None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The newest revision that the code knows."""
    return ScriptDirectory.from_config(_setup()).get_current_head()

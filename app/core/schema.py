"""The database's schema: migrations up and down, as commands, tests and the first start use them.

Alembic is loaded where something moves: with all migrations it takes eight megabytes, which a process that serves pages
and is asked every few seconds whether it is ready need not hold.
"""

import pathlib
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

from app.core.db import db

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = pathlib.Path(__file__).parents[2] / "migrations"
AT = table("alembic_version", column("version_num"))


def _setup() -> "Config":
    from alembic.config import Config

    return Config(str(MIGRATIONS / "alembic.ini"))


def upgrade(revision: str = "head") -> None:
    """Bring the database of the running application up to a revision."""
    from alembic import command

    command.upgrade(_setup(), revision)


def downgrade(revision: str = "base") -> None:
    """Take the database back to a revision."""
    from alembic import command

    command.downgrade(_setup(), revision)


def current() -> str | None:
    """The revision at which the database is, None for an empty one."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table(AT.name):
            return None
        found: str | None = connection.scalar(select(AT.c.version_num))
        return found


def newest() -> str:
    """The newest revision that the code knows: migrations are numbered in their order, `0015_survivors.py`."""
    return max(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))

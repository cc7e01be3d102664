"""Runs migrations inside the application, on the database of its settings."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.core.db import Base, db


def include(item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """Leave out what the databases keep for text search beside the models."""
    if kind == "table":
        return not (name or "").startswith(("index_fts", "institution_name_fts"))
    return not (kind == "index" and (name or "").startswith("ix_words_"))


def run(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_alone(connection: Connection) -> None:
    """Run them on SQLite, which rebuilds a table to change it: meanwhile its foreign keys may point to nothing.

    They can be switched off only outside of a transaction, so it is done below SQLAlchemy; what is broken at the end is said.
    """
    below: Any = connection.connection.dbapi_connection
    below.execute("PRAGMA foreign_keys=OFF")
    try:
        run(connection)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"a row of {broken[0]} points to nothing in {broken[2]}")
        connection.commit()
    finally:
        connection.rollback()
        below.execute("PRAGMA foreign_keys=ON")


with current_app.app_context():
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
    else:
        with db.engine.connect().execution_options(write=True) as opened:
            if opened.dialect.name == "sqlite":
                run_alone(opened)
            else:
                run(opened)
                opened.commit()

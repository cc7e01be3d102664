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


with current_app.app_context():
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
    else:
        with db.engine.connect().execution_options(write=True) as opened:
            run(opened)
            opened.commit()

"""What the first page shows, from the features' own queries."""

from sqlalchemy.exc import SQLAlchemyError

from app.core import schema


def why_not_ready() -> str | None:
    """`database` when it does not answer, `schema` when a migration is missing, None when all is well."""
    try:
        current = schema.current()
    except SQLAlchemyError:
        return "database"
    return None if current == schema.newest() else "schema"

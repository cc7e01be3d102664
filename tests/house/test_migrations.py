"""The migrations run down and up with data in the database, on SQLite and on PostgreSQL.

In a file of its own: what it leaves behind is an empty portal.
"""

from collections.abc import Collection

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.core import schema
from app.core.db import Base, db


def _counts(names: Collection[str] | None = None) -> dict[str, int]:
    with db.engine.connect() as opened:
        return {
            table.name: opened.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one()
            for table in Base.metadata.sorted_tables
            if names is None or table.name in names
        }


def test_down_and_up_again_with_data(world):
    """To the first release, and back: nothing of what it held is lost; then to nothing, and back: an empty portal."""
    before = _counts()
    assert sum(before.values()) > 100
    db.session.remove()
    schema.downgrade("0001")
    with db.engine.connect() as opened:
        first = set(inspect(opened).get_table_names()) & set(before)
    assert {"problem", "team", "person"} <= first < set(before)
    assert _counts(first) == {name: before[name] for name in first}
    schema.upgrade()
    assert _counts(first) == {name: before[name] for name in first}
    assert schema.current() == schema.newest()
    with db.engine.connect() as opened:
        known = ScriptDirectory(str(schema.MIGRATIONS)).get_heads()
        assert (known, MigrationContext.configure(opened).get_current_heads()) == (
            [schema.newest()],
            (schema.current(),),
        )
    schema.downgrade()
    assert schema.current() is None
    with db.engine.connect() as opened:
        assert set(inspect(opened).get_table_names()) <= {"alembic_version"}
    schema.upgrade()
    assert schema.current() == schema.newest()
    assert _counts()["person"] == 0
    db.engine.dispose()

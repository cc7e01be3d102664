"""The migrations run down and up with data in the database, on SQLite and on PostgreSQL.

In a file of its own: what it leaves behind is an empty portal.
"""

from sqlalchemy import inspect, text

from app.core import schema
from app.core.db import Base, db


def _counts() -> dict[str, int]:
    with db.engine.connect() as opened:
        return {
            table.name: opened.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def test_down_and_up_again_with_data(world):
    """To the revision that only made tables, and back: nothing is lost; then to nothing, and back: an empty portal."""
    before = _counts()
    assert sum(before.values()) > 100
    db.session.remove()
    schema.downgrade("0001")
    assert _counts() == before
    schema.upgrade()
    assert _counts() == before
    assert schema.current() == schema.newest()
    schema.downgrade()
    with db.engine.connect() as opened:
        assert set(inspect(opened).get_table_names()) <= {"alembic_version"}
    schema.upgrade()
    assert schema.current() == schema.newest()
    assert _counts()["person"] == 0
    db.engine.dispose()

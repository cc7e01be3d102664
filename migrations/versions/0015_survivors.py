"""An index of merged problems alone.

Revision: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME, TABLE, COLUMN = "ix_problem_survivor", "problem", "merged_into_id"
MERGED = sa.text("merged_into_id IS NOT NULL")


def upgrade() -> None:
    """Forward."""
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, [COLUMN], sqlite_where=MERGED, postgresql_where=MERGED)


def downgrade() -> None:
    """Back."""
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, [COLUMN])

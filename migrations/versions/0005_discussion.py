"""What the portal keeps for: discussion.

Revision: 0005
Revises: 0004
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

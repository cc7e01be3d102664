"""What the portal keeps for: files.

Revision: 0004
Revises: 0003
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

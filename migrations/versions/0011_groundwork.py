"""What the portal keeps for: groundwork.

Revision: 0011
Revises: 0010
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

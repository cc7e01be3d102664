"""What the portal keeps for: exchange.

Revision: 0013
Revises: 0012
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

"""What the portal keeps for: ledger.

Revision: 0009
Revises: 0008
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

"""What the portal keeps for: listings.

Revision: 0007
Revises: 0006
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

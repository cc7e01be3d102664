"""What the portal keeps for: agreements.

Revision: 0012
Revises: 0011
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

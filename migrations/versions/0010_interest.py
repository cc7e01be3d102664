"""What the portal keeps for: interest.

Revision: 0010
Revises: 0009
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

"""What the portal keeps for: projects.

Revision: 0008
Revises: 0007
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

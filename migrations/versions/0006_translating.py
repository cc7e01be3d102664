"""What the portal keeps for: translating.

Revision: 0006
Revises: 0005
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

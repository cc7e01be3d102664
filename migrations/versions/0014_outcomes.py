"""What the portal keeps for: outcomes.

Revision: 0014
Revises: 0013
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

"""What the portal keeps for: stored_words.

Revision: 0003
Revises: 0002
"""

from alembic import op  # noqa: F401 - for what follows

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""


def downgrade() -> None:
    """Back."""

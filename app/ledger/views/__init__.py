"""Pages of the ledger; each module hangs its views on the blueprint."""

from app.ledger.views import lines, paper, pictures, statement
from app.ledger.views.blueprint import bp

__all__ = ["bp", "lines", "paper", "pictures", "statement"]

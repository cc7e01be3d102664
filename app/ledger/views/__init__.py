"""Pages of the ledger; each module hangs its views on the blueprint."""

from app.ledger.views import lines, paper, statement
from app.ledger.views.blueprint import bp

__all__ = ["bp", "lines", "paper", "statement"]

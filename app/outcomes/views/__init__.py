"""Pages of outcomes."""

from app.outcomes.views import citing, credit, deciding, pages, writing
from app.outcomes.views.blueprint import bp

__all__ = ["bp", "citing", "credit", "deciding", "pages", "writing"]

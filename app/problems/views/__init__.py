"""Pages of problem statements."""

from app.problems.views import actions, pages, review, writing
from app.problems.views.blueprint import bp

__all__ = ["actions", "bp", "pages", "review", "writing"]

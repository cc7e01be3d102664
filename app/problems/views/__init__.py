"""Pages of problem statements."""

from app.problems.views import actions, discussing, pages, review, writing
from app.problems.views.blueprint import bp

__all__ = ["actions", "bp", "discussing", "pages", "review", "writing"]

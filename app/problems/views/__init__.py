"""Pages of problem statements."""

from app.problems.views import pages
from app.problems.views.blueprint import bp

__all__ = ["bp", "pages"]

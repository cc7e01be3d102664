"""Pages of translations."""

from app.translating.views import pages, queue
from app.translating.views.blueprint import bp

__all__ = ["bp", "pages", "queue"]

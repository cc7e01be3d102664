"""Pages of agreements."""

from app.agreements.views import negotiating, pages, parties, signing, writing
from app.agreements.views.blueprint import bp

__all__ = ["bp", "negotiating", "pages", "parties", "signing", "writing"]

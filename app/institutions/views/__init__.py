"""Pages of institutions; each module hangs its views on the blueprint."""

from app.institutions.views import administering, joining, public, representing
from app.institutions.views.blueprint import bp

__all__ = ["administering", "bp", "joining", "public", "representing"]

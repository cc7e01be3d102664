"""The first page, the pages about the portal, and those for who runs it."""

from app.home.views import admin, first, health, pages
from app.home.views.blueprint import bp

__all__ = ["admin", "bp", "first", "health", "pages"]

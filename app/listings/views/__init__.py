"""Pages of offers and needs."""

from app.listings.views import (
    catalogue,
    loading,
    loading_files,
    loading_review,
    pages,
    photo,
    review,
    writing,
)
from app.listings.views.blueprint import bp

__all__ = [
    "bp",
    "catalogue",
    "loading",
    "loading_files",
    "loading_review",
    "pages",
    "photo",
    "review",
    "writing",
]

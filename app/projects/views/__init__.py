"""Pages of projects."""

from app.projects.views.blueprint import bp

__all__ = ["bp"]

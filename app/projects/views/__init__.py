"""Pages of projects."""

from app.projects.views import course, machine, members, pages, partners, plan, review, writing
from app.projects.views.blueprint import bp

__all__ = ["bp", "course", "machine", "members", "pages", "partners", "plan", "review", "writing"]

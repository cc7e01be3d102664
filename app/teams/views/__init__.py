"""The pages of teams."""

from app.teams.views import deciding, discussing, going, joining, keeping, lines, overview, planning
from app.teams.views.blueprint import bp

__all__ = ["bp", "deciding", "discussing", "going", "joining", "keeping", "lines", "overview", "planning"]

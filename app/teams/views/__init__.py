"""The pages of teams."""

from app.teams.views import deciding, going, joining, keeping, lines, overview, planning
from app.teams.views.blueprint import bp

__all__ = ["bp", "deciding", "going", "joining", "keeping", "lines", "overview", "planning"]

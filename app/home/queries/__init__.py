"""What the first page, the overview and the health pages show, from the features' own queries."""

from app.home.queries.health import Health, health, jobs_of, why_not_ready
from app.home.queries.pages import Exchange, Landing, Own, landing, overview, own, represented
from app.home.queries.partners import Partners, partners

__all__ = [
    "Exchange",
    "Health",
    "Landing",
    "Own",
    "Partners",
    "health",
    "jobs_of",
    "landing",
    "overview",
    "own",
    "partners",
    "represented",
    "why_not_ready",
]

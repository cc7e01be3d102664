"""Reads of teams. For other features: `get`, `for_problem`, `of_institution`, `of_consortium`, `of_person`, `numbers`.

Their lists are of rows with id, name, purpose, language, state, seats, seats_taken, working_languages, problem_id,
problem_title, problem_language, consortium_id, consortium_names, listed_at and open_roles (a number).
"""

from app.teams.models import TEAM_STATES
from app.teams.queries import waiting
from app.teams.queries.lists import for_problem, numbers, of_consortium, of_institution, of_person
from app.teams.queries.missing import Missing, what_is_missing
from app.teams.queries.records import get

__all__ = [
    "TEAM_STATES",
    "Missing",
    "for_problem",
    "get",
    "numbers",
    "of_consortium",
    "of_institution",
    "of_person",
    "waiting",
    "what_is_missing",
]

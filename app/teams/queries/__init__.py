"""Reads of teams. For other features: `get`, `for_problem`, `for_project`, `titles_of_institution`, `of_consortium`, `of_person`, `numbers`.

Lists of teams are of `TeamRow`: id, number, name, purpose, language, state, status (word, tone, icon), seats and more; those of a
person of (id, name).
"""

from app.teams.models import TEAM_STATES
from app.teams.queries import things, waiting
from app.teams.queries.lists import (
    TeamRow,
    for_problem,
    for_project,
    numbers,
    of_consortium,
    of_person,
    register_of_consortium,
    register_row,
    titles_of_institution,
)
from app.teams.queries.missing import Missing, what_is_missing
from app.teams.queries.records import get

__all__ = [
    "TEAM_STATES",
    "Missing",
    "TeamRow",
    "for_problem",
    "for_project",
    "get",
    "numbers",
    "of_consortium",
    "of_person",
    "register_of_consortium",
    "register_row",
    "things",
    "titles_of_institution",
    "waiting",
    "what_is_missing",
]

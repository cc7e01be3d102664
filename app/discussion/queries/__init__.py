"""Reads of discussions. For other features: `thread` and `glance` (see app/discussion/__init__.py), `contributors`, `transcript`."""

from app.discussion.queries import waiting
from app.discussion.queries.comments import get, versions
from app.discussion.queries.moderation import case_page, get_case, get_statement, to_report
from app.discussion.queries.thread import (
    Branch,
    Glance,
    Said,
    Thread,
    answers,
    contributors,
    glance,
    last_word,
    said,
    thread,
    transcript,
)

__all__ = [
    "Branch",
    "Glance",
    "Said",
    "Thread",
    "answers",
    "case_page",
    "contributors",
    "get",
    "get_case",
    "get_statement",
    "glance",
    "last_word",
    "said",
    "thread",
    "to_report",
    "transcript",
    "versions",
    "waiting",
]

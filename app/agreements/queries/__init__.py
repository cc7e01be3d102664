"""Reads of agreements. For others: `get(actor, id)`, `of_project(actor, project_id)`; both return only what the actor may see."""

from app.agreements.queries.detail import (
    around,
    comment,
    comments_of,
    commitments_of,
    get,
    one_sided,
    parties_of,
    party,
    signatures_of,
    version,
    versions_of,
)
from app.agreements.queries.differences import difference, line_in_words, paragraphs, parts_changed, when
from app.agreements.queries.history import entries
from app.agreements.queries.listing import MOST_EXPORTED, SORTS, Wanted, export, find, of_project
from app.agreements.queries.waiting import drafts, to_answer
from app.agreements.queries.writing import (
    BLANK,
    blanks_of,
    gate,
    missing,
    own_institutions,
    partners_of_project,
    projects_open,
    signatories,
)

__all__ = [
    "BLANK",
    "MOST_EXPORTED",
    "SORTS",
    "Wanted",
    "around",
    "blanks_of",
    "comment",
    "comments_of",
    "commitments_of",
    "difference",
    "drafts",
    "entries",
    "export",
    "find",
    "gate",
    "get",
    "line_in_words",
    "missing",
    "of_project",
    "one_sided",
    "own_institutions",
    "paragraphs",
    "parties_of",
    "partners_of_project",
    "parts_changed",
    "party",
    "projects_open",
    "signatories",
    "signatures_of",
    "to_answer",
    "version",
    "versions_of",
    "when",
]

"""Reads of the ledger. For other features: `get`, `of_project`, `of_source`, `open_of_project`, `reciprocity`,
`reciprocity_of`, `statement`. Those that take the actor return only what they may see.
"""

from app.ledger.queries.reciprocity import Reciprocity, open_of_project, reciprocity, reciprocity_of
from app.ledger.queries.records import (
    beside,
    events_of,
    get,
    mediators,
    names_of,
    of_project,
    of_source,
    pool_name,
    speakers,
)
from app.ledger.queries.statement import (
    MOST_EXPORTED,
    VIEWS,
    Statement,
    Total,
    export,
    reach,
    statement,
    totals,
)

__all__ = [
    "MOST_EXPORTED",
    "VIEWS",
    "Reciprocity",
    "Statement",
    "Total",
    "beside",
    "events_of",
    "export",
    "get",
    "mediators",
    "names_of",
    "of_project",
    "of_source",
    "open_of_project",
    "pool_name",
    "reach",
    "reciprocity",
    "reciprocity_of",
    "speakers",
    "statement",
    "totals",
]

"""Reads of the ledger. For other features: `get`, `of_project`, `of_source`, `open_of_project`, `reciprocity`,
`reciprocity_of`, `statement`. Those that take the actor return only what they may see.
"""

from app.ledger.queries.reciprocity import (
    Reciprocity,
    hundredths,
    open_of_project,
    reciprocity,
    reciprocity_of,
)
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
from app.ledger.queries.replay import faults
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
from app.ledger.queries.waiting import due, to_confirm, to_settle, to_the_pool

__all__ = [
    "MOST_EXPORTED",
    "VIEWS",
    "Reciprocity",
    "Statement",
    "Total",
    "beside",
    "due",
    "events_of",
    "export",
    "faults",
    "get",
    "hundredths",
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
    "to_confirm",
    "to_settle",
    "to_the_pool",
    "totals",
]

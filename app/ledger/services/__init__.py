"""Actions of the ledger. `pledge` and `waive_rest` are steps of others' actions: they run inside an open transaction."""

from app.ledger.services.confirming import deliver, rate, recall, receive, waive
from app.ledger.services.disputing import dispute, reverse, settle
from app.ledger.services.paper import KIND as STATEMENT
from app.ledger.services.paper import order_statement, statement_key
from app.ledger.services.pledging import pledge, waive_rest
from app.ledger.services.reminding import remind

__all__ = [
    "STATEMENT",
    "deliver",
    "dispute",
    "order_statement",
    "pledge",
    "rate",
    "recall",
    "receive",
    "remind",
    "reverse",
    "settle",
    "statement_key",
    "waive",
    "waive_rest",
]

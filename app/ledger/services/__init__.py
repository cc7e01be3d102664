"""Actions of the ledger. `pledge` and `waive_rest` are steps of others' actions: they run inside an open transaction."""

from app.ledger.services.confirming import deliver, rate, recall, receive, waive
from app.ledger.services.disputing import dispute, reverse, settle
from app.ledger.services.pledging import pledge, waive_rest
from app.ledger.services.reminding import remind

__all__ = [
    "deliver",
    "dispute",
    "pledge",
    "rate",
    "recall",
    "receive",
    "remind",
    "reverse",
    "settle",
    "waive",
    "waive_rest",
]

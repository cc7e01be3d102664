"""Actions of exchanges: rhythms, legs, and what happens by itself."""

from app.exchange.services.proposing import (
    answer,
    name_reporter,
    propose,
    stop,
    technology_of,
    withdraw,
)
from app.exchange.services.reporting import acknowledge, ask_back, report, share, take_back
from app.exchange.services.timing import follow_agreements, lapse_rhythms, make_legs, remind, tell_late

__all__ = [
    "acknowledge",
    "answer",
    "ask_back",
    "follow_agreements",
    "lapse_rhythms",
    "make_legs",
    "name_reporter",
    "propose",
    "remind",
    "report",
    "share",
    "stop",
    "take_back",
    "technology_of",
    "tell_late",
    "withdraw",
]

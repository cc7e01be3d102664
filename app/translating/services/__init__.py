"""Actions on translations. For other features: `source_changed` and `keep_localised` (inner steps), `place` (loads)."""

from app.translating.services.checking import accept, reject, reopen, return_for_changes, take_down
from app.translating.services.hiding import TRANSLATIONS
from app.translating.services.keeping import lapse, place, release, remind, source_changed
from app.translating.services.steps import keep_localised
from app.translating.services.writing import ask, begin, propose, recall, save, withdraw

__all__ = [
    "TRANSLATIONS",
    "accept",
    "ask",
    "begin",
    "keep_localised",
    "lapse",
    "place",
    "propose",
    "recall",
    "reject",
    "release",
    "remind",
    "reopen",
    "return_for_changes",
    "save",
    "source_changed",
    "take_down",
    "withdraw",
]

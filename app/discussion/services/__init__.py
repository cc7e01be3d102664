"""Actions of discussions: writing, naming contributors, reporting and deciding."""

from app.discussion.services.lapsing import lapse_due, remind_due
from app.discussion.services.moderating import appeal, decide, report
from app.discussion.services.naming import answer_naming, ask_naming, take_naming_back
from app.discussion.services.writing import edit, withdraw, write

__all__ = [
    "answer_naming",
    "appeal",
    "ask_naming",
    "decide",
    "edit",
    "lapse_due",
    "remind_due",
    "report",
    "take_naming_back",
    "withdraw",
    "write",
]

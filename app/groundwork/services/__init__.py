"""Actions on the groundwork of a team."""

from app.groundwork.services.agreeing import accept, confirm, mark, reopen, write_line
from app.groundwork.services.answering import begin, hand_in, open_answers, save_answer
from app.groundwork.services.keeping import begin_due, go_on, remind_due

__all__ = [
    "accept",
    "begin",
    "begin_due",
    "confirm",
    "go_on",
    "hand_in",
    "mark",
    "open_answers",
    "remind_due",
    "reopen",
    "save_answer",
    "write_line",
]

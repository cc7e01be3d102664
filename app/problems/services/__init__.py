"""Actions on problem statements. Each is one transaction; for other features: `count_teams`, `answered` and
`no_longer_answered` (inner steps), `follow`.
"""

from app.problems.services.answering import answered, no_longer_answered
from app.problems.services.deciding import comment, merge, publish, reject, return_for_changes, tick_wish
from app.problems.services.keeping import count_teams, expire, release, remind_of_decisions, remind_of_ends
from app.problems.services.standing import (
    close,
    endorse,
    follow,
    renew,
    reopen,
    unfollow,
    withdraw,
    withdraw_endorsement,
)
from app.problems.services.writing import create, recall, save, submit

__all__ = [
    "answered",
    "close",
    "comment",
    "count_teams",
    "create",
    "endorse",
    "expire",
    "follow",
    "merge",
    "no_longer_answered",
    "publish",
    "recall",
    "reject",
    "release",
    "remind_of_decisions",
    "remind_of_ends",
    "renew",
    "reopen",
    "return_for_changes",
    "save",
    "submit",
    "tick_wish",
    "unfollow",
    "withdraw",
    "withdraw_endorsement",
]

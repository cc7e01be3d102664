"""Actions on problem statements. Each is one transaction; for other features: `count_teams` (an inner step), `follow`."""

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
    "close",
    "comment",
    "count_teams",
    "create",
    "endorse",
    "expire",
    "follow",
    "merge",
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

"""Actions on projects. Each is one transaction. Those of a project's course stand in `course`, `milestones`, `updates`,
`hand_over` and `timing`, and are called there.
"""

from app.projects.services import course, hand_over, milestones, timing, updates
from app.projects.services.deciding import accept, reject, remind_of_decisions, return_for_changes
from app.projects.services.keeping import follow, lapse, release, remind, unfollow
from app.projects.services.members import (
    accept_invitation,
    decline_invitation,
    edit_member,
    end_member,
    invite,
)
from app.projects.services.partners import (
    accept_partner,
    ask_host_again,
    ask_partner,
    decline_partner,
    edit_partner,
    end_partner,
)
from app.projects.services.writing import create, recall, reopen, save, submit, withdraw

__all__ = [
    "accept",
    "accept_invitation",
    "accept_partner",
    "ask_host_again",
    "ask_partner",
    "course",
    "create",
    "decline_invitation",
    "decline_partner",
    "edit_member",
    "edit_partner",
    "end_member",
    "end_partner",
    "follow",
    "hand_over",
    "invite",
    "lapse",
    "milestones",
    "recall",
    "reject",
    "release",
    "remind",
    "remind_of_decisions",
    "reopen",
    "return_for_changes",
    "save",
    "submit",
    "timing",
    "unfollow",
    "updates",
    "withdraw",
]

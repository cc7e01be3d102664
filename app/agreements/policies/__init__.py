"""Who may see and do what with agreements."""

from app.agreements.policies.acting import (
    NO_AFFILIATION,
    blocked,
    comment,
    create,
    decline,
    edit,
    hand_ball,
    name_signatory,
    negotiate,
    revise,
    say_content,
    send,
    withdraw,
)
from app.agreements.policies.seeing import INSIDE, inside, is_inside, is_party, read, view, visible

__all__ = [
    "INSIDE",
    "NO_AFFILIATION",
    "blocked",
    "comment",
    "create",
    "decline",
    "edit",
    "hand_ball",
    "inside",
    "is_inside",
    "is_party",
    "name_signatory",
    "negotiate",
    "read",
    "revise",
    "say_content",
    "send",
    "view",
    "visible",
    "withdraw",
]

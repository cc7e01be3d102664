"""What people do with interests: each name is one use case."""

from app.interest.services.answering import accept, decline, talk
from app.interest.services.lapsing import lapse_due, remind_due, supersede_gone
from app.interest.services.opening import accept_terms, invite_into_team, mark_converted
from app.interest.services.sending import send, withdraw

__all__ = [
    "accept",
    "accept_terms",
    "decline",
    "invite_into_team",
    "lapse_due",
    "mark_converted",
    "remind_due",
    "send",
    "supersede_gone",
    "talk",
    "withdraw",
]

"""Actions on outcomes. Each is one transaction."""

from app.outcomes.services.answering import answer
from app.outcomes.services.crediting import answer_credit, name, take_name_back, withdraw_credit
from app.outcomes.services.deciding import confirm, object_to, retract, return_for_changes, settle
from app.outcomes.services.recording import say_none, take_none_back
from app.outcomes.services.timing import lapse_questions, publish_due, release
from app.outcomes.services.writing import claim_for_project, claim_for_team, recall, save, send

__all__ = [
    "answer",
    "answer_credit",
    "claim_for_project",
    "claim_for_team",
    "confirm",
    "lapse_questions",
    "name",
    "object_to",
    "publish_due",
    "recall",
    "release",
    "retract",
    "return_for_changes",
    "save",
    "say_none",
    "send",
    "settle",
    "take_name_back",
    "take_none_back",
    "withdraw_credit",
]

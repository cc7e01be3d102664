"""Records of groundwork, and its fourteen questions."""

from app.groundwork.models.questions import ANSWER_LENGTH, LINE_LENGTH, QUESTIONS, Question
from app.groundwork.models.records import (
    GROUNDWORK_STATES,
    Groundwork,
    GroundworkAnswer,
    GroundworkLine,
    GroundworkMark,
    GroundworkMember,
)

__all__ = [
    "ANSWER_LENGTH",
    "GROUNDWORK_STATES",
    "LINE_LENGTH",
    "QUESTIONS",
    "Groundwork",
    "GroundworkAnswer",
    "GroundworkLine",
    "GroundworkMark",
    "GroundworkMember",
    "Question",
]

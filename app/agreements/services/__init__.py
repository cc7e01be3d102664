"""What people do with agreements: draft, negotiate, sign, run, end."""

from app.agreements.services.negotiating import comment, decline, hand_ball, resolve, revise, say_content
from app.agreements.services.writing import (
    add_party,
    create,
    draft_from_interest,
    from_template,
    name_signatory,
    remove_party,
    save,
    send,
    withdraw,
)

__all__ = [
    "add_party",
    "comment",
    "create",
    "decline",
    "draft_from_interest",
    "from_template",
    "hand_ball",
    "name_signatory",
    "remove_party",
    "resolve",
    "revise",
    "save",
    "say_content",
    "send",
    "withdraw",
]

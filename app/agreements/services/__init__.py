"""What people do with agreements: draft, negotiate, sign, run, end."""

from app.agreements.services.negotiating import comment, decline, hand_ball, resolve, revise, say_content
from app.agreements.services.papers import order_paper, paper_key
from app.agreements.services.running import amend, give_notice, last_day_of_notice, take_back_notice
from app.agreements.services.signing import mark_gift, sign
from app.agreements.services.timing import end, expire, pledge, remind, warn
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
    "amend",
    "comment",
    "create",
    "decline",
    "draft_from_interest",
    "end",
    "expire",
    "from_template",
    "give_notice",
    "hand_ball",
    "last_day_of_notice",
    "mark_gift",
    "name_signatory",
    "order_paper",
    "paper_key",
    "pledge",
    "remind",
    "remove_party",
    "resolve",
    "revise",
    "save",
    "say_content",
    "send",
    "sign",
    "take_back_notice",
    "warn",
    "withdraw",
]

"""Reads of groundwork. For other features: `of_team`; what projects ask is registered in their gates."""

from app.groundwork.queries import waiting
from app.groundwork.queries.gate import belongings, settled
from app.groundwork.queries.page import Asked, View, view
from app.groundwork.queries.records import RUNNING, Taking, get, of_team, taking_part

__all__ = [
    "RUNNING",
    "Asked",
    "Taking",
    "View",
    "belongings",
    "get",
    "of_team",
    "settled",
    "taking_part",
    "view",
    "waiting",
]

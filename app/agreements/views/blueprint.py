"""The blueprint that the pages register on, and what the head of each of them needs."""

from typing import Any

from flask import Blueprint

from app.agreements.models import AGREEMENT_STATES, KINDS, Agreement

bp = Blueprint("agreements", "app.agreements", url_prefix="/agreements", template_folder="templates")


def head(agreement: Agreement) -> dict[str, Any]:
    """What the head of a page below an agreement needs."""
    return {
        "agreement": agreement,
        "state": AGREEMENT_STATES[agreement.state],
        "kind": str(KINDS[agreement.kind]),
    }

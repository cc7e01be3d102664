"""The blueprint that the pages register on, and what several of them need."""

from typing import Any

from flask import Blueprint

from app.core.access import No, Permission
from app.core.errors import NotAllowed
from app.core.i18n import _l
from app.web.guards import current_actor

bp = Blueprint("projects", "app.projects", url_prefix="/projects", template_folder="templates")
KEY_DIGITS = 9


def require(check: Permission, *things: Any) -> None:
    """Refuse a page to who may not do what it is for; the action asks again. Raises NotAllowed."""
    answer = check(current_actor(), *things)
    if not answer:
        no = answer if isinstance(answer, No) else No("not_allowed", _l("You may not do this."))
        raise NotAllowed(no.code, no.text)


def is_key(value: str) -> bool:
    """Whether this can be the number of a record."""
    return value.isascii() and value.isdigit() and len(value) <= KEY_DIGITS


def seen_version(form: Any) -> int | None:
    """The version that the reader saw, from the form's hidden field; None when it is no number."""
    typed = str(form.version.data or "")
    return int(typed) if is_key(typed) else None

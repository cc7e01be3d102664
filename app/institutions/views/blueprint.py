"""The blueprint that all pages of institutions hang on, and what its views share."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from app.core.access import Answer, No
from app.core.errors import NotAllowed
from app.core.i18n import _l

bp = Blueprint("institutions", __name__, url_prefix="/institutions", template_folder="../templates")
UNPROCESSABLE = 422


def require(answer: Answer) -> None:
    """Refuse a page to whom a permission says no. Raises NotAllowed with its code and sentence."""
    if not answer:
        no = answer if isinstance(answer, No) else No("not_allowed", _l("You may not do this."))
        raise NotAllowed(no.code, no.text)


def go(endpoint: str, **values: Any) -> Response:
    """On to another page after something was done."""
    return redirect(url_for(f"institutions.{endpoint}", **values), 303)

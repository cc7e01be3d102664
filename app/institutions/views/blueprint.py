"""The blueprint that all pages of institutions hang on, and what its views share."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

bp = Blueprint("institutions", __name__, url_prefix="/institutions", template_folder="../templates")
UNPROCESSABLE = 422


def go(endpoint: str, **values: Any) -> Response:
    """On to another page after something was done."""
    return redirect(url_for(f"institutions.{endpoint}", **values), 303)

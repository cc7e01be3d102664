"""The blueprint that the pages register on, and what several of them need."""

from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from app.translating.models import Translation

bp = Blueprint("translating", "app.translating", url_prefix="/translations", template_folder="templates")
Page = str | Response | tuple[str, int]


def address(translation: Translation, page: str = "show", **more: Any) -> str:
    """The address of a page of a translation."""
    return url_for(
        f"translating.{page}",
        kind=translation.kind,
        thing_id=translation.thing_id,
        translation_id=translation.id,
        **more,
    )

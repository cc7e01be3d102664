"""The blueprint that the pages register on."""

from flask import Blueprint

from app.web.fields import seen_version
from app.web.guards import require

__all__ = ["bp", "require", "seen_version"]

bp = Blueprint("projects", "app.projects", url_prefix="/projects", template_folder="templates")

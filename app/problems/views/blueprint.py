"""The blueprint that the pages register on."""

from flask import Blueprint

bp = Blueprint("problems", "app.problems", url_prefix="/problems", template_folder="templates")

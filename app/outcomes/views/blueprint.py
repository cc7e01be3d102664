"""The blueprint that the pages register on."""

from flask import Blueprint

bp = Blueprint("outcomes", "app.outcomes", url_prefix="/outcomes", template_folder="templates")

"""The blueprint that the other modules of this room add their pages to."""

from flask import Blueprint

bp = Blueprint("home", __name__, template_folder="../templates")

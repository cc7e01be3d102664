"""The blueprint that the pages register on."""

from flask import Blueprint

bp = Blueprint("projects", "app.projects", url_prefix="/projects", template_folder="templates")

"""The blueprint that the pages register on."""

from flask import Blueprint

bp = Blueprint("ledger", "app.ledger", url_prefix="/impact", template_folder="templates")

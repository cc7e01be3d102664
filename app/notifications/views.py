"""The inbox."""

from flask import Blueprint, render_template

bp = Blueprint("notifications", __name__, url_prefix="/notifications", template_folder="templates")


@bp.route("", strict_slashes=False)
def index() -> str:
    """The notices of whoever asks."""
    return render_template("notifications/index.html")

"""The first page, and whether the portal is well."""

from flask import Blueprint, Response, jsonify, render_template

from app.home import queries
from app.web.guards import public

bp = Blueprint("home", __name__, template_folder="templates")


@bp.route("/")
@public
def index() -> str:
    """Visitors: what this is. Signed in: what waits for you."""
    return render_template("home/landing.html")


@bp.route("/healthz")
@public
def healthz() -> Response:
    """Whether this process answers at all; asks nothing of the database."""
    return jsonify(status="alive")


@bp.route("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether requests can be served: the database answers and has the newest shape. Says no more than that."""
    fault = queries.why_not_ready()
    if fault:
        return jsonify(status="not ready", reason=fault), 503
    return jsonify(status="ready"), 200

"""For machines: whether the portal is well, what robots may read, and the mark for the tab of a browser."""

from flask import Response, current_app, jsonify, send_from_directory

from app.home import queries
from app.home.views.blueprint import bp
from app.web.guards import public

ROBOTS = """User-agent: *
Disallow: /account
Disallow: /admin
Disallow: /audit
Disallow: /notifications
Disallow: /sign-in
Disallow: /sign-up
"""


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


@bp.route("/robots.txt")
@public
def robots() -> Response:
    """What is for people who are signed in is not for robots."""
    return Response(ROBOTS, mimetype="text/plain")


@bp.route("/favicon.ico")
@public
def favicon() -> Response:
    """The mark, for browsers that ask for it here."""
    return send_from_directory(f"{current_app.static_folder}/img", "icon.svg", mimetype="image/svg+xml")

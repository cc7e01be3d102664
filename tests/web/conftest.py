"""A small application of the tests' own on the real guards: pages that refuse, change, and answer."""

import pytest
from flask import Blueprint, Flask, Response, jsonify, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import config, create_app
from app.core import schema
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken, TooMany
from app.web.guards import current_actor, public

REFUSALS = {
    "not-found": NotFound,
    "not-allowed": lambda: NotAllowed("no_lead", "Only leads may do this."),
    "rule": lambda: RuleBroken("team_full", "The team is full.", next_steps=[("See other teams", "/x")]),
    "conflict": Conflict,
    "invalid": lambda: Invalid({"title": "Give a title"}),
    "too-many": lambda: TooMany(17),
    "fault": lambda: LookupError("a secret detail"),
    "database": lambda: OperationalError("SELECT secret", {}, Exception("gone")),
}


def _pages() -> Blueprint:
    bp = Blueprint("tests", __name__)

    @bp.route("/t/closed", methods=["GET", "POST"])
    def closed() -> Response:
        return jsonify(name=current_actor().name)

    @bp.route("/t/open", methods=["GET", "POST"])
    @public
    def open_page() -> Response:
        return jsonify(got=request.form.get("word", ""))

    @bp.route("/t/refuse/<what>")
    @public
    def refuse(what: str) -> Response:
        raise REFUSALS[what]()  # noqa: RSE102 - a function that makes one

    @bp.route("/t/number/<int:number>")
    @public
    def number(number: int) -> Response:
        return jsonify(number=number)

    return bp


@pytest.fixture(scope="session")
def small_portal(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application with the tests' pages; its faults are answered as in production."""
    folder = tmp_path_factory.mktemp("web")
    env = {
        "TAAWUN_ENV": "testing",
        "DATABASE_URL": f"sqlite:///{folder / 'web.sqlite'}",
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
        "BASE_URL": "http://localhost",
    }
    app = create_app(config.load(env, folder))
    app.register_blueprint(_pages())
    with app.app_context():
        schema.upgrade()
    return app


@pytest.fixture
def small(small_portal: Flask) -> FlaskClient:
    """A visitor's browser."""
    return small_portal.test_client()

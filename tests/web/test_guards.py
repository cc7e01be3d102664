"""Closed by default; who is who; where one may be sent on to."""

import time

import pytest
from flask import url_for

from app.core.db import db, transaction
from app.web import guards
from app.web.guards import safe_next
from tests.factories import make_person
from tests.support.people import sign_in_client


def test_a_visitor_is_led_to_the_sign_in_and_back(small) -> None:
    answer = small.get("/t/closed?a=1&b=2")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/t/closed?a%3D1%26b%3D2"


def test_a_visitors_program_gets_401(small) -> None:
    answer = small.get("/t/closed", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_public_page_is_for_everybody(small) -> None:
    assert small.get("/t/open").status_code == 200


def test_an_unknown_address_is_404_and_no_sign_in(small) -> None:
    assert small.get("/t/nowhere").status_code == 404


def test_static_files_are_public(small) -> None:
    assert small.get("/static/css/taawun.css", buffered=True).status_code == 200


def test_a_signed_in_person_comes_in(app, login_as) -> None:
    person = make_person("Amal")
    page = login_as(person).get("/notifications")
    assert page.status_code == 200


@pytest.mark.parametrize("what", ["idle", "no_time", "bad_time", "unknown_token", "ended", "closed_account"])
def test_a_sign_in_that_has_ended_is_none(app, what) -> None:
    person = make_person()
    client = sign_in_client(app, person)
    with client.session_transaction() as cookie:
        if what == "idle":
            cookie["seen"] = int(time.time()) - guards.IDLE_SECONDS - 1
        elif what == "no_time":
            del cookie["seen"]
        elif what == "bad_time":
            cookie["seen"] = "now"
        elif what == "unknown_token":
            cookie["_user_id"] = "made up"
    if what in {"ended", "closed_account"}:
        from app.accounts.models import SignIn
        from app.core import clock

        with transaction(system="x"):
            if what == "ended":
                db.session.query(SignIn).one().expires_at = clock.now()
            else:
                closing = db.session.get_one(type(person), person.id)
                closing.closed_at, closing.email = clock.now(), None
    assert client.get("/notifications").status_code == 303


def test_the_cookie_is_renewed_now_and_then_only(app) -> None:
    client = sign_in_client(app, make_person())
    client.get("/notifications")  # the first page brings the form token, which is kept in the cookie too
    fresh = client.get("/notifications")
    assert not [line for line in fresh.headers.getlist("Set-Cookie") if line.startswith("taawun=")]
    with client.session_transaction() as cookie:
        cookie["seen"] = int(time.time()) - guards.SEEN_STEP - 1
    later = client.get("/notifications")
    assert [line for line in later.headers.getlist("Set-Cookie") if line.startswith("taawun=")]


@pytest.mark.parametrize("path", ["/", "/teams/7?tab=x", "/a%20b", "/مرحبا"])
def test_our_own_paths_may_be_gone_on_to(path) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "teams",
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/a\\b",
        "/a\nb",
        "/a\tb",
        "javascript:alert(1)",
        "/" + "a" * 2000,
        " /teams",
    ],
)
def test_other_places_may_not(target) -> None:
    assert safe_next(target) is None


@pytest.mark.parametrize(
    ("path", "accept", "json"),
    [
        ("/x", "text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("/x", "application/json", True),
        ("/x", "application/problem+json", True),
        ("/x", "*/*", False),
        ("/x", "application/json;q=0.5,text/html", False),
        ("/x", "image/png", False),
        ("/api/v1/x", "text/html", True),
    ],
)
def test_who_wants_json(small_portal, path, accept, json) -> None:
    with small_portal.test_request_context(path, headers={"Accept": accept}):
        assert guards.wants_json() is json


def test_the_short_list_of_public_pages(small_portal) -> None:
    """Whoever opens one more to visitors says so here, on purpose, for the pages of this folder's owner."""
    public = {
        name
        for name, view in small_portal.view_functions.items()
        if getattr(view, "is_public", False) and name.split(".")[0] in {"home", "notifications", "audit"}
    }
    assert public == {
        "home.index",
        "home.healthz",
        "home.readyz",
        "home.robots",
        "home.favicon",
        "home.about",
        "home.help_page",
        "home.accessibility",
        "home.privacy",
        "home.contact",
        "home.status",
    }


def test_the_sign_in_is_where_the_guard_leads(small_portal) -> None:
    with small_portal.test_request_context():
        assert url_for("accounts.sign_in") == "/sign-in"

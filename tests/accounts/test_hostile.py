"""Bad input at the doors of accounts: a clear answer, never a 5xx (quality 2, points 14, 15, 18)."""

import pytest

from app import create_app
from app.config import load
from app.core.db import db
from tests.factories import PASSWORD, make_person
from tests.support.pages import Page

HOSTILE = (
    "x\x00y",
    "\udcff",
    "\u202egnp.exe",
    "A" * 1_000_000,
    "-99999999999999999999999999",
    "99999-01-01",
    "0000-00-00",
    "' OR 1=1 --",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "%s%n%(x)s",
    "٩" * 400,
    "\r\nSet-Cookie: a=b",
)
DOORS = {
    "/sign-in": ("sign-in", ("email", "password", "next")),
    "/sign-up": ("sign-up", ("email", "display_name", "password", "next")),
    "/reset": ("reset", ("email",)),
}
OWN = {
    "/account": (
        "save-profile",
        (
            "display_name",
            "romanised_name",
            "sort_name",
            "skills",
            "links",
            "hours_month",
            "available_until",
            "biography_en",
            "biography_other_language",
            "visibility",
            "fields",
            "version",
        ),
    ),
    "/account/languages": ("save-languages", ("locale", "zone", "language_1", "level_1", "version")),
    "/account/prove": ("prove", ("password", "next")),
}


def _cases(doors):
    return [(path, field) for path, (_button, fields) in doors.items() for field in fields]


def _send_all(client, path, button, field, base):
    page = Page.get(client, path)
    values = {**dict(page.values(page.form_with(button)[0])), **base}
    for value in HOSTILE:
        data = {**values, field: value.encode("utf-8", "surrogateescape")}
        answer = client.post(path, data=data)
        assert answer.status_code < 500, (path, field, value[:20])
        assert "Traceback" not in answer.get_data(as_text=True)
        assert answer.headers.get("Set-Cookie", "").find("a=b") < 0


@pytest.mark.parametrize(("path", "field"), _cases(DOORS))
def test_quality_2_15_hostile_values_at_the_door(app, browser, path, field, monkeypatch):
    monkeypatch.setattr("app.accounts.services.throttle.LIMITS", _without_limits())
    base = {"email": "n@people.example", "display_name": "N", "password": PASSWORD}
    _send_all(browser(), path, DOORS[path][0], field, base)


@pytest.mark.parametrize(("path", "field"), _cases(OWN))
def test_quality_2_15_hostile_values_in_ones_own_account(app, login_as, path, field, monkeypatch):
    monkeypatch.setattr("app.accounts.services.throttle.LIMITS", _without_limits())
    client = login_as(make_person("N"))
    _send_all(client, path, OWN[path][0], field, {})
    assert client.get(path).status_code == 200, "what was stored does not break the page"
    assert client.get("/people").status_code == 200


def _without_limits():
    from app.accounts.services import throttle

    return {kind: (10_000, window) for kind, (_most, window) in throttle.LIMITS.items()}


@pytest.mark.parametrize(
    "path",
    ["/reset/", "/sign-up/", "/reset/" + "x" * 5000, "/sign-up/%00", "/reset/%ff%fe", "/account/address/x"],
)
def test_quality_2_15_hostile_links(app, login_as, path):
    assert login_as(make_person()).get(path).status_code in {303, 400, 404, 410, 414}


def test_quality_2_9_cookies_under_tls_are_bound_to_the_host(app, tmp_path):
    env = {
        "TAAWUN_ENV": "testing",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": "only-for-tests-" + "0123456789abcdef" * 2,
        "BASE_URL": "https://portal.example",
    }
    person = make_person(with_password=True)
    secure = create_app(load(env, tmp_path))
    with secure.app_context():
        client = secure.test_client()
        page = Page.get(client, "/sign-in", base_url="https://portal.example")
        values = dict(page.values(page.form_with("sign-in")[0]))
        answer = client.post(
            "/sign-in",
            data={**values, "email": person.email, "password": PASSWORD},
            base_url="https://portal.example",
        )
        db.session.remove()
        db.engine.dispose()
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    for name in ("__Host-taawun=", "__Host-device="):
        cookie = next(line for line in cookies if line.startswith(name))
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie

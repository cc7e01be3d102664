"""Headers on every answer; changes from elsewhere; values that nothing can hold."""

import pytest

from app.web.security import CONTENT_POLICY, HEADERS, headers_for
from tests.factories import make_person


def token(client, path: str = "/sign-in") -> str:
    import re

    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path", ["/", "/t/open", "/t/nowhere", "/t/refuse/fault", "/static/css/taawun.css", "/t/closed"]
)
def test_every_answer_carries_the_headers(small, path) -> None:
    answer = small.get(path, buffered=True)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1


def test_the_content_policy_allows_nothing_inline_and_no_other_host() -> None:
    assert "unsafe" not in CONTENT_POLICY
    assert "default-src 'none'" in CONTENT_POLICY
    assert "frame-ancestors 'none'" in CONTENT_POLICY
    assert "http" not in CONTENT_POLICY


def test_strict_transport_is_asked_for_with_tls_only() -> None:
    assert "Strict-Transport-Security" in headers_for(True)
    assert "Strict-Transport-Security" not in headers_for(False)


def test_each_answer_has_a_number_of_its_own(small) -> None:
    one, other = (small.get("/t/open").headers["X-Request-Id"] for _ in range(2))
    assert len(one) == 16
    assert one != other


def test_pages_of_visitors_may_be_kept_but_asked_again(small) -> None:
    assert small.get("/t/open").headers["Cache-Control"] == "private, no-cache"


def test_pages_of_people_are_kept_nowhere(app, login_as) -> None:
    assert login_as(make_person()).get("/notifications").headers["Cache-Control"] == "no-store"


def test_a_change_without_the_form_token_is_refused(small) -> None:
    answer = small.post("/t/open", data={"word": "x"})
    assert answer.status_code == 400
    assert "form_expired" in answer.get_data(as_text=True)


def test_a_change_with_the_form_token_goes_through(small) -> None:
    assert small.post("/t/open", data={"word": "x", "csrf_token": token(small)}).json == {"got": "x"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_from_elsewhere_is_refused_even_with_the_token(small, headers) -> None:
    data = {"word": "x", "csrf_token": token(small)}
    assert small.post("/t/open", data=data, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "null"},
    ],
)
def test_a_change_from_here_goes_through(small, headers) -> None:
    data = {"word": "x", "csrf_token": token(small)}
    assert small.post("/t/open", data=data, headers=headers).status_code == 200


def test_reading_from_elsewhere_is_fine(small) -> None:
    assert small.get("/t/open", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("path", ["/t/open?a=%00", "/t/open?%00=a", "/t/o%00pen"])
def test_nul_in_an_address_is_refused(small, path) -> None:
    assert small.get(path).status_code in {400, 404}


def test_nul_in_a_form_is_refused(small) -> None:
    assert small.post("/t/open", data={"word": "a\x00b", "csrf_token": token(small)}).status_code == 400


@pytest.mark.parametrize(
    ("number", "status"),
    [("1", 200), (str(2**31 - 1), 200), (str(2**31), 404), ("-1", 404), ("1e3", 404), ("9" * 40, 404)],
)
def test_keys_in_addresses_are_those_that_records_can_have(small, number, status) -> None:
    assert small.get(f"/t/number/{number}").status_code == status


def test_a_request_that_is_too_large_is_refused(small) -> None:
    data = {"word": "x" * (3 * 1024 * 1024), "csrf_token": token(small)}
    assert small.post("/t/open", data=data).status_code == 413


def test_the_cookie_is_hidden_from_scripts_and_other_sites(small) -> None:
    cookie = next(
        line for line in small.get("/sign-in").headers.getlist("Set-Cookie") if line.startswith("taawun=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie

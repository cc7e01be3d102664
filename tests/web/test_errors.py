"""Every refusal as a page and as problem+json, with a code and a way on; nothing of the inside gets out."""

import pytest

from tests.support.pages import Page

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("not-found", 404, "not_found"),
        ("not-allowed", 403, "no_lead"),
        ("rule", 409, "team_full"),
        ("conflict", 409, "changed_meanwhile"),
        ("invalid", 422, "invalid"),
        ("too-many", 429, "too_many_tries"),
        ("fault", 500, "failed"),
        ("database", 503, "unavailable"),
    ],
)
def test_a_refusal_has_the_same_status_and_code_for_people_and_programs(small, what, status, code) -> None:
    page, problem = small.get(f"/t/refuse/{what}"), small.get(f"/t/refuse/{what}", headers=JSON)
    assert page.status_code == problem.status_code == status
    assert page.mimetype == "text/html"
    assert problem.mimetype == "application/problem+json"
    assert problem.json["status"] == status
    assert problem.json["code"] == code
    assert problem.json["title"]
    assert problem.json["detail"]
    assert problem.json["request_id"] == problem.headers["X-Request-Id"]
    if status < 500:
        assert code in page.get_data(as_text=True)


@pytest.mark.parametrize("what", ["not-found", "not-allowed", "rule", "conflict", "fault", "database"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_page_is_whole_in_both_languages(small, what, lang) -> None:
    page = Page.get(small, f"/t/refuse/{what}?lang={lang}")
    html = next(page.tree.iter("html")) if page.tree.tag != "html" else page.tree
    assert html.get("lang") == lang
    assert html.get("dir") == ("rtl" if lang == "ar" else "ltr")
    assert page.h1
    assert "/" in page.links().values()


def test_a_refusal_says_why_and_what_next(small) -> None:
    page = Page.get(small, "/t/refuse/rule")
    assert "The team is full." in page.text
    assert page.links()["See other teams"] == "/x"


def test_somebody_not_signed_in_may_sign_in_and_come_back(small) -> None:
    page = Page.get(small, "/t/refuse/not-found?a=1")
    back = [href for href in (link.get("href", "") for link in page.tree.iter("a")) if "next=" in href]
    assert back == ["/sign-in?next=/t/refuse/not-found?a%3D1"]


def test_too_many_says_when_to_come_back(small) -> None:
    assert small.get("/t/refuse/too-many").headers["Retry-After"] == "17"


def test_a_busy_database_says_when_to_come_back(small) -> None:
    assert small.get("/t/refuse/database").headers["Retry-After"] == "5"


@pytest.mark.parametrize("what", ["fault", "database"])
@pytest.mark.parametrize("headers", [{}, JSON])
def test_nothing_of_the_inside_gets_out(small, what, headers) -> None:
    text = small.get(f"/t/refuse/{what}", headers=headers).get_data(as_text=True)
    assert "secret" not in text
    assert "Traceback" not in text


def test_a_fault_is_in_the_log_with_the_number_of_the_request(small, caplog) -> None:
    answer = small.get("/t/refuse/fault")
    assert answer.headers["X-Request-Id"] in caplog.text
    assert "a secret detail" in caplog.text


def test_mistakes_in_typing_are_named_for_programs(small) -> None:
    assert small.get("/t/refuse/invalid", headers=JSON).json["errors"] == {"title": "Give a title"}


def test_a_wrong_method_says_which_is_right(small) -> None:
    answer = small.open("/t/refuse/rule", method="PROPFIND", headers=JSON)
    assert (answer.status_code, answer.json["code"]) == (405, "http_405")
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/nowhere", "/teams/999999999", "/static/nothing.css"])
def test_what_is_not_there_is_404(small, path) -> None:
    assert small.get(path).status_code in {404, 303}

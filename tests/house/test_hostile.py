"""Whatever is sent, the answer is plain: quality 2, point 15. Nothing here is kept."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import LARGEST_REQUEST
from tests.house import access
from tests.house.world import World, rules_of
from tests.support.crawler import Answer, Form, fetch

SLOWEST = 2.0  # seconds; a promise to people, far above what any of these takes
VALUES = {
    "nul": "a\x00b",
    "lone surrogate": "\ud800",
    "huge number": "9" * 400,
    "beyond 64 bits": "18446744073709551617",
    "beyond 32 bits": "2147483648",
    "negative": "-1",
    "not a number": "NaN",
    "year 0": "0000-00-00",
    "year 99999": "99999-01-01",
    "far day": "9999-12-31",
    "bidi": "\u202eabc\u2066\u200f",
    "markup": "'\"><script>alert(1)</script>",
    "template": "{{7*7}}%s%(x)s${x}",
    "path": "../../../etc/passwd",
    "long": "ab" * 4000,
    "many lines": "\r\n" * 3000,
    "list": "[]",
    "arabic digits": "٣٤٥",
    "digits that are no number": "²",
    "header": "x\r\nSet-Cookie: a=b",
    "wildcard": "%_\\'\"*:()^~ OR NEAR AND",
}
RAW = {
    "invalid bytes": "%ff%fe%c3%28",
    "overlong": "%c0%af",
    "broken escape": "%zz%",
    "surrogate bytes": "%ed%a0%80",
}
FEW = {
    "nul",
    "beyond 64 bits",
    "negative",
    "long",
    "invalid bytes",
    "markup",
}  # where a page takes nothing of its own
READERS = (
    "team_lead",
    "lead",
    "representative",
    "author",
    "admin",
    "asker",
    "invitee",
    "colleague",
    "newcomer",
    "visitor",
)
ALWAYS = ("q", "sort", "lang", "next")


@pytest.fixture(scope="module")
def opened(world_app: Flask, world: World, browsers) -> dict[str, tuple[str, Answer]]:
    """Endpoint → (kind of reader who gets in, answer) of every page, each once."""
    found: dict[str, tuple[str, Answer]] = {}
    for rule, path in _paths(world_app, world, "GET"):
        if rule.endpoint in found:
            continue
        for kind in READERS:
            answer = fetch(browsers[kind], path)
            if answer.status == 200:
                found.setdefault(rule.endpoint, (kind, answer))
                break
    return found


@pytest.fixture(scope="module")
def forms(world_app: Flask, opened, browsers) -> dict[str, tuple[str, Form]]:
    """Endpoint → (kind of person who is shown it, form) of every form that changes something, each once."""
    found: dict[str, tuple[str, Form]] = {}
    adapter = world_app.url_map.bind("localhost")
    for endpoint, (first, shown) in opened.items():
        seen = [(first, shown)]
        if endpoint.endswith(".show"):  # what it offers depends on who reads it
            seen += [(kind, fetch(browsers[kind], shown.path)) for kind in READERS if kind != first]
        for kind, answer in seen:
            for form in answer.forms() if answer.is_page and answer.status == 200 else []:
                target = urlsplit(form.action).path
                if form.method == "post" and adapter.test(target, "POST"):
                    found.setdefault(adapter.match(target, "POST")[0], (kind, form))
    return found


def _paths(app: Flask, world: World, method: str) -> Iterator[tuple[Any, str]]:
    with app.test_request_context():
        from flask import url_for

        for rule in rules_of(app, method):
            for _label, arguments in world.scenarios(rule):
                yield rule, url_for(rule.endpoint, **arguments)


def _asked(client: FlaskClient, path: str, **sent: Any) -> tuple[TestResponse, float]:
    """The answer, and the processor time that it cost, however busy the machine is with others."""
    began = time.process_time()
    with access.same_browser(client):
        response = client.open(path, method="POST" if sent else "GET", **sent)
    return response, time.process_time() - began


def complaint(client: FlaskClient, what: str, path: str, **sent: Any) -> str | None:
    """What is wrong with the answer to this, if anything."""
    response, took = _asked(client, path, **sent)
    if (
        took > SLOWEST
    ):  # what is slow by itself is so again; the collection of this process's own memory is not
        took = min(took, _asked(client, path, **sent)[1])
    method = response.request.method
    if response.status_code >= 500:
        return f"{what}: {method} {path[:80]} gives {response.status_code}"
    if took > SLOWEST:
        return f"{what}: {method} {path[:80]} takes {took:.1f} s"
    if b"Traceback" in response.get_data():
        return f"{what}: {method} {path[:80]} tells inner things"
    return None


def nothing_said(complaints: list[str | None]) -> None:
    """No complaint was made."""
    found = [one for one in complaints if one]
    assert not found, "\n" + "\n".join(found[:40])


def names_in(answer: Answer) -> list[str]:
    """The parameters that a page takes, as far as it shows them itself."""
    own = urlsplit(answer.path).path
    names = list(ALWAYS)
    if answer.is_page:
        for form in answer.forms():
            if form.method == "get" and urlsplit(form.action).path == own:
                names += [node.attributes.get("name", "") for node in form.fields]
        for link in answer.links():
            if urlsplit(link).path == own:
                names += [name for name, _value in parse_qsl(urlsplit(link).query)]
    return [name for name in dict.fromkeys(names) if name and name != "page"]


def test_parameters_of_pages(opened, browsers):
    complaints = []
    for kind, answer in opened.values():
        names = names_in(answer)
        path = answer.path.partition("?")[0]
        raw = {what: quote(value.encode("utf-8", "surrogatepass")) for what, value in VALUES.items()} | RAW
        has_own = len(names) > len(ALWAYS)
        for what, value in raw.items():
            if not has_own and what not in FEW:
                continue
            query = "&".join(f"{quote(name)}={value}" for name in names)
            complaints.append(complaint(browsers[kind], what, f"{path}?{query}"))
            if has_own:
                complaints.append(complaint(browsers[kind], what, f"{path}?page={value}"))
        complaints += [
            complaint(browsers[kind], "long name", f"{path}?{'n' * 9000}=1"),
            complaint(
                browsers[kind],
                "many",
                f"{path}?" + "&".join(["q=a"] * 300 + [f"{name}[]=1" for name in names]),
            ),
        ]
    nothing_said(complaints)


def test_forged_places_in_lists(opened, browsers):
    """The cursor of a list is text that anybody can write."""
    import base64
    import json

    forged = [
        ["n", "2026-01-01T00:00:00+00:00", 2**60], ["o", None, None], ["x", 1, 1], [[], {}, []], ["n", 10**30, 1], {"n": 1},
        ["n", "9999-12-31T23:59:59-23:59", 1], ["o", "\x00", 1], ["n", "a", -5], ["o", "a" * 300, 2**31], ["n", True, True], 7,
    ]  # fmt: skip
    complaints = []
    for kind, answer in opened.values():
        if not any("page=" in link for link in answer.links()) and answer.path.count("/") != 1:
            continue
        for value in forged:
            cursor = base64.urlsafe_b64encode(json.dumps(value).encode()).decode()
            complaints.append(complaint(browsers[kind], "cursor", f"{answer.path}?page={cursor}"))
    nothing_said(complaints)


def test_parts_of_addresses(world_app: Flask, world: World, browsers):
    complaints = []
    parts = [
        "0",
        "-1",
        "99999999999999999999",
        "2147483647",
        "2147483648",
        "1.5",
        "%00",
        "%ff",
        "%2e%2e",
        "a" * 3000,
        "%D9%A1",
        "1%0a",
    ]
    for method, tried in (("GET", parts), ("POST", parts[2:3] + parts[6:8])):
        for rule in rules_of(world_app, method):
            if not rule.arguments:
                continue
            for part in tried:
                path = "".join(piece[1] if not piece[0] else part for piece in rule._trace).removeprefix("|")
                sent = {"data": {}} if method == "POST" else {}
                complaints.append(complaint(browsers["admin"], "part", path, **sent))
    nothing_said(complaints)


def test_fields_of_forms(world_app: Flask, forms, browsers):
    """Every text at once, then everything that is no text at once: an early refusal hides nothing behind it."""
    complaints = []
    with access.nothing_is_kept(world_app):
        for kind, form in forms.values():
            body = access.body_of(form)
            typed = [
                node.attributes["name"] for node in form.fields
                if node.attributes.get("name") and (node.name == "textarea" or node.attributes.get("type", "text") in
                {"text", "email", "url", "search", "tel", "date", "number", "password"}) and node.name != "button"
            ]  # fmt: skip
            given = [name for name in body if name not in typed]
            for what, value in VALUES.items():
                sent = value.encode("utf-8", "surrogatepass")
                for names in (typed, given):
                    if names and (names is typed or what in FEW):
                        changed = {**body, **{key: [sent] for key in names}}
                        complaints.append(complaint(browsers[kind], what, form.action, data=changed))
            once = [
                ("nothing", {"data": {"nothing": "1"}}),
                ("thrice", {"data": {name: values * 3 for name, values in body.items()}}),
                ("bytes", {"data": b"&".join(name.encode() + b"=%ff%fe\xff\xfe" for name in body),
                           "content_type": "application/x-www-form-urlencoded"}),
                ("long name", {"data": {**body, "n" * 9000: ["1"]}}),
                ("offered by nobody", {"data": {**body, "id": ["1"], "state": ["approved"], "is_admin": ["on"], "role": ["admin"]}}),
            ]  # fmt: skip
            complaints += [complaint(browsers[kind], what, form.action, **sent) for what, sent in once]
    nothing_said(complaints)


def test_bodies_that_are_no_form(world_app: Flask, world: World, browsers):
    """Ten megabytes, brackets a hundred thousand deep, parts without end: to every address that takes a change."""
    bodies = {
        "10 MB": (b"text=" + b"a" * 10_000_000, "application/x-www-form-urlencoded"),
        "10 MB in parts": (b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 10_000_000 + b"\r\n--x--",
                           "multipart/form-data; boundary=x"),
        "deep": (b"[" * 100_000 + b"]" * 100_000, "application/json"),
        "deep object": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json"),
        "not JSON": (b"\xff\xfe{", "application/json"),
        "no boundary": (b"--x\r\n\r\n", "multipart/form-data"),
        "half a part": (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        "many fields": (b"&".join(b"a%d=1" % at for at in range(20_000)), "application/x-www-form-urlencoded"),
        "other kind": (b"<a/>", "text/xml; charset=utf-99"),
    }  # fmt: skip
    seen: set[str] = set()
    complaints, too_large = [], []
    with access.nothing_is_kept(world_app):
        for rule, path in _paths(world_app, world, "POST"):
            if rule.endpoint in seen:
                continue
            seen.add(rule.endpoint)
            first = rule.endpoint.partition(".")[0] not in {
                endpoint.partition(".")[0] for endpoint, _status in too_large
            }
            for what, (body, kind) in bodies.items():
                if what == "10 MB in parts" and not first:
                    continue
                complaints.append(complaint(browsers["admin"], what, path, data=body, content_type=kind))
            response = browsers["admin"].post(path, data=bodies["10 MB"][0], content_type=bodies["10 MB"][1])
            too_large.append((rule.endpoint, response.status_code))
    assert LARGEST_REQUEST < 10_000_000
    nothing_said(complaints)
    assert [found for found in too_large if found[1] != 413] == []


def test_wrong_methods_and_headers(world_app: Flask, world: World, browsers):
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        assert 400 <= browsers["admin"].open("/problems", method=method).status_code < 500
    for headers in (
        {"Accept": "*/*;q=9999, ,;;", "Accept-Language": "\u00ff" * 50},
        {"Accept": "application/json", "Accept-Language": "ar-" + "x" * 4000},
        {"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example", "Host": "localhost"},
        {"Cookie": "taawun=" + "a" * 4000 + "; lang=../../x"},
        {"If-Modified-Since": "yesterday", "Range": "bytes=99999999-1"},
        {"Referer": "http://evil.example/\u00ff"},
    ):
        answer = browsers["visitor"].get("/problems", headers=headers)
        assert answer.status_code < 500
        assert "evil.example" not in answer.get_data(as_text=True)


def test_a_change_from_another_site_is_refused(world_app: Flask, world: World, browsers):
    """Every address that takes a change wants the form's token, and an origin of our own."""
    unguarded, seen = [], set()
    for rule, path in _paths(world_app, world, "POST"):
        if rule.endpoint in seen:
            continue
        seen.add(rule.endpoint)
        bare = browsers["admin"].post(path, data={"a": "b"})
        foreign = browsers["admin"].post(path, data={"a": "b"}, headers={"Origin": "https://evil.example"})
        other = browsers["admin"].post(path, data={"a": "b"}, headers={"Sec-Fetch-Site": "cross-site"})
        if [bare.status_code, foreign.status_code, other.status_code] != [400, 403, 403]:
            unguarded.append((rule.endpoint, bare.status_code, foreign.status_code, other.status_code))
    assert unguarded == []

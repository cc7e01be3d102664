"""The access table: every address and thing, asked by every kind of person, and what came of it.

    python -m tests.house.access      writes docs/access.md

Nothing is changed while it is asked: a change that would be kept ends as "done" and is rolled back, so that every
question finds the same world. Changes are sent as the page's own form would send them, filled with something fitting.
"""

import pathlib
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, templating, url_for
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from tests.house.world import KINDS, MEANINGS, World, rules_of
from tests.support.crawler import Answer, Form, fetch

FILE = pathlib.Path(__file__).parents[2] / "docs" / "access.md"
Table = dict[tuple[str, str, str], dict[str, str]]  # (method, address, thing) → kind → what came of it

HEAD = """# Who gets what where

Every address of the portal, asked by every kind of person. Written by `python -m tests.house.access`, held by
`tests/house/test_access.py`: whoever changes a rule changes this table in the same commit, and a new address without
a row fails the build.

What came of it: *page* is shown; *file* is handed over; *moved* leads on to another page; *sign in* leads to the
sign-in page; *done* changes something; *mend* shows the form again (422); numbers are refusals: 403 seen but not
allowed, 404 not seen, 409 not possible in this state, 400 and 429 as usual.

The people:

"""


class Kept(HTTPException):
    """What would have been kept, had it not been a question."""

    code = 303

    def __init__(self) -> None:
        super().__init__(response=Response("", 303, {"Location": "/done"}))


def _refuse_to_keep(session: Session) -> None:
    if not session.in_nested_transaction():
        raise Kept


@contextmanager
def nothing_is_kept(app: Flask) -> Iterator[None]:
    """While open, whatever would be committed is rolled back and answered with 303; form tokens are not asked for."""
    event.listen(Session, "before_commit", _refuse_to_keep)
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        yield
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
        event.remove(Session, "before_commit", _refuse_to_keep)


@contextmanager
def nothing_is_drawn() -> Iterator[None]:
    """While open, pages have no words: who gets which page is asked here, and how pages read elsewhere."""
    kept = templating._render
    templating._render = lambda *_template: "<h1>Not drawn</h1>"
    try:
        yield
    finally:
        templating._render = kept


@contextmanager
def same_browser(client: FlaskClient) -> Iterator[None]:
    """Whatever the answer did to the cookies is forgotten, as its rows are."""
    kept = dict(client._cookies)
    try:
        yield
    finally:
        client._cookies = kept


def targets(app: Flask, world: World, method: str) -> Iterator[tuple[str, str, str]]:
    """(address as it is written in the code, thing, path) of everything that takes a method."""
    with app.test_request_context():
        for rule in rules_of(app, method):
            for label, arguments in world.scenarios(rule):
                yield (
                    written(rule.rule),
                    label,
                    url_for(rule.endpoint, **arguments),
                )


def written(rule: str) -> str:
    """An address with the names of its arguments only."""
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule)


def word_for(answer: Answer | Any, method: str, path: str) -> str:
    """What came of it, in one word."""
    status, location = answer[0], answer[1]
    if status in {301, 302, 303, 307, 308}:
        if location.startswith("/sign-in") and not path.startswith(("/sign-in", "/sign-out")):
            return "sign in"
        return "done" if method == "POST" and status in {302, 303} else "moved"
    if status == 200:
        return "page" if answer[2].startswith("text/html") else "file"
    return "mend" if status == 422 else str(status)


def ask(app: Flask, world: World, browsers: dict[str, FlaskClient]) -> Table:
    """Ask everything as everybody."""
    table: Table = {}
    forms: dict[str, Form] = {}
    with nothing_is_kept(app):
        for address, label, path in targets(app, world, "GET"):
            row = table.setdefault(("GET", address, label), {})
            with nothing_is_drawn():
                for kind in KINDS:
                    with same_browser(browsers[kind]):
                        answer = fetch(browsers[kind], path)
                    row[kind] = word_for(_facts(answer), "GET", path)
            readers = [kind for kind in KINDS if row[kind] == "page"]
            # What a thing's own page offers depends on who reads it; any other page is the same for all who may open it.
            for kind in readers if re.fullmatch(r"/\w+/\d+", path) else readers[-1:]:
                with same_browser(browsers[kind]):
                    _note_forms(fetch(browsers[kind], path), forms)
        for address, label, path in targets(app, world, "POST"):
            row = table.setdefault(("POST", address, label), {})
            body = body_of(forms.get(path))
            with nothing_is_drawn():
                for kind in KINDS:
                    with same_browser(browsers[kind]):
                        response = browsers[kind].post(path, data=body)
                    facts = response.status_code, response.headers.get("Location", ""), response.mimetype
                    row[kind] = word_for(facts, "POST", path)
    return table


def _facts(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.headers.get("Location", ""), answer.headers.get("Content-Type", "")


def _note_forms(answer: Answer, forms: dict[str, Form]) -> None:
    for form in answer.forms():
        if form.method == "post":
            forms.setdefault(form.action.partition("?")[0], form)
            for node in form.fields:
                if node.attributes.get("formaction"):
                    forms.setdefault(node.attributes["formaction"].partition("?")[0], form)


def body_of(form: Form | None) -> dict[str, list[str]]:
    """What to send: the form as somebody would fill it, its first named button pressed."""
    if form is None:
        return {}
    body = form.values()
    for node in form.fields:
        name = node.attributes.get("name")
        if node.name == "button" and name and name not in body:
            body[name] = [node.attributes.get("value", "")]
            break
    return body


# ---- the file ------------------------------------------------------------------------------------------


def write(table: Table) -> str:
    """The table as a document: one table a feature, a row for each method, address and thing."""
    lines = [HEAD + "\n".join(f"- *{kind}*: {meaning}" for kind, meaning in MEANINGS.items()), ""]
    sections: dict[str, list[tuple[str, str, str]]] = {}
    for key in sorted(table, key=lambda key: (key[1], key[0], key[2])):
        sections.setdefault(key[1].split("/")[1].split("<")[0] or "home", []).append(key)
    for section, keys in sections.items():
        lines += [f"## /{'' if section == 'home' else section}", ""]
        lines += ["| | address | thing | " + " | ".join(KINDS) + " |", "|---|---|---|" + "---|" * len(KINDS)]
        for method, address, label in keys:
            cells = " | ".join(table[method, address, label][kind] for kind in KINDS)
            lines.append(f"| {method} | `{address}` | {label} | {cells} |")
        lines.append("")
    return "\n".join(lines)


def read(text: str) -> Table:
    """The table of the document."""
    table: Table = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith(("| GET", "| POST")):
            method, address, label = cells[0].strip("| "), cells[1].strip("`"), cells[2]
            table[method, address, label] = dict(zip(KINDS, cells[3:], strict=True))
    return table


def main() -> None:
    """Write the document from a world of its own."""
    from app import config, create_app
    from app.core import schema
    from app.core.db import db
    from tests.house import building
    from tests.support.browsers import Browser
    from tests.support.people import sign_in_client

    with tempfile.TemporaryDirectory() as folder:
        env = {
            "TAAWUN_ENV": "testing",
            "DATABASE_URL": f"sqlite:///{folder}/access.sqlite",
            "SECRET_KEY": "only-for-this-" + "0123456789abcdef" * 2,
            "BASE_URL": "http://localhost",
        }
        app = create_app(config.load(env, pathlib.Path(folder)))
        app.test_client_class = Browser
        with app.app_context():
            schema.upgrade()
            world = building.build()
            browsers = {
                kind: sign_in_client(app, person) if (person := world.person(kind)) else app.test_client()
                for kind in KINDS
            }
            FILE.write_text(write(ask(app, world, browsers)))
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()

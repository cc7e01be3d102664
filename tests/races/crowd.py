"""Several processes, each with the real portal, that send what they were given at the same moment.

    python -m tests.races.crowd      is one of them: settings, orders and answers as lines of JSON

The test prepares each request as a reader without scripts would (opens the page, fills the form); the processes only
send it, all at once.
"""

import json
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.support.pages import Page

ROOT = pathlib.Path(__file__).parents[2]
SIZE = 4


@dataclass(frozen=True)
class Sent:
    """What became of one request."""

    status: int
    location: str
    h1: str
    text: str


class _Caught(Exception):
    """A form on its way, caught before it is sent."""

    def __init__(self, path: str, data: dict[str, list[str]]) -> None:
        self.path, self.data = path, data
        super().__init__(path)


class _Catcher:
    def __init__(self, client: Any) -> None:
        self.client = client

    def post(self, path: str, data: dict[str, list[str]]) -> None:
        raise _Caught(path, data)


def filled(page: Page, data: dict[str, Any] | None = None, button: str | None = None) -> dict[str, Any]:
    """The page's form, filled and ready to be sent by any process: cookies, path and data."""
    client = page.client
    cookies = {cookie.key: cookie.value for cookie in client._cookies.values()}
    page.client = _Catcher(client)  # type: ignore[assignment]
    try:
        page.submit(data, button)
    except _Caught as caught:
        return {"cookies": cookies, "path": caught.path, "data": caught.data}
    finally:
        page.client = client
    raise AssertionError(f"the form on {page.path} was not sent")


class Crowd:
    """The processes."""

    def __init__(self, settings: dict[str, str], instance: pathlib.Path) -> None:
        line = json.dumps({"settings": settings, "instance": str(instance)})
        self.members = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.races.crowd"],
                cwd=ROOT,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for _number in range(SIZE)
        ]
        for member in self.members:
            _say(member, line)
        for member in self.members:
            _hear(member)

    def at_once(self, orders: list[dict[str, Any]]) -> list[Sent]:
        """Hand the orders out, one by one in turn, let all begin together; what became of each, in order."""
        hands = [orders[at::SIZE] for at in range(SIZE)]
        for member, hand in zip(self.members, hands, strict=True):
            _say(member, json.dumps(hand))
        for member in self.members:
            _hear(member)  # has everything ready
        for member in self.members:
            _say(member, "go")
        answers: list[Any] = [None] * len(orders)
        for at, member in enumerate(self.members):
            answers[at::SIZE] = [Sent(**answer) for answer in json.loads(_hear(member))]
        return answers

    def leave(self) -> None:
        """End the processes."""
        for member in self.members:
            assert member.stdin
            member.stdin.close()
            member.wait(20)
            if member.stdout:
                member.stdout.close()


def _say(member: "subprocess.Popen[str]", line: str) -> None:
    assert member.stdin
    member.stdin.write(line + "\n")
    member.stdin.flush()


def _hear(member: "subprocess.Popen[str]") -> str:
    assert member.stdout
    line = member.stdout.readline()
    assert line, "a process of the crowd has died; its last words stand above"
    return line


@contextmanager
def crowd(settings: dict[str, str], instance: pathlib.Path) -> Iterator[Crowd]:
    """A crowd for a while."""
    gathered = Crowd(settings, instance)
    try:
        yield gathered
    finally:
        gathered.leave()


# ---- one of them ---------------------------------------------------------------------------------------


_answers = sys.stdout


def _live() -> None:
    from app import config, create_app
    from app.core import jobs
    from app.core.db import db

    global _answers
    _answers, sys.stdout = sys.stdout, sys.stderr  # what the portal says itself is no answer
    given = json.loads(sys.stdin.readline())
    app = create_app(config.load({**os.environ, **given["settings"]}, pathlib.Path(given["instance"])))
    _tell("ready")
    for line in sys.stdin:
        orders = json.loads(line)
        clients = [_browser(app, order) for order in orders]
        with app.app_context():
            db.session.connection()
            db.session.rollback()
        _tell("loaded")
        sys.stdin.readline()
        answers = []
        for order, client in zip(orders, clients, strict=True):
            if "job" in order:
                with app.app_context():
                    done = (
                        jobs.run_due(f"worker {os.getpid()}")
                        if order["job"] == "due"
                        else jobs.JOBS[order["job"]].run()
                    )
                answers.append({"status": 200, "location": "", "h1": "", "text": str(done)})
                continue
            response = client.post(order["path"], data=order["data"])
            page = Page(
                client,
                order["path"],
                response.status_code,
                dict(response.headers),
                response.get_data(as_text=True),
            )
            is_page = response.status_code >= 400
            answers.append(
                {
                    "status": response.status_code,
                    "location": response.headers.get("Location", ""),
                    "h1": page.h1 if is_page else "",
                    "text": page.text[:3000] if is_page else "",
                }
            )
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        _tell(json.dumps(answers))


def _browser(app: Any, order: dict[str, Any]) -> Any:
    client = app.test_client()
    for name, value in order.get("cookies", {}).items():
        client.set_cookie(name, value)
    return client


def _tell(line: str) -> None:
    _answers.write(line + "\n")
    _answers.flush()


if __name__ == "__main__":
    _live()

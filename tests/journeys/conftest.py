"""A portal that really runs (server and worker, SQLite or PostgreSQL, mails kept as files), and browsers in it."""

import email
import email.policy
import os
import pathlib
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLong

from app import config, create_app
from app.core import schema
from app.core.db import db
from tests.factories import PASSWORD
from tests.support import browser as browsers
from tests.support import postgres

ROOT = pathlib.Path(__file__).parents[2]
ON_POSTGRESQL = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"
WAIT_SECONDS = 30
LINK = re.compile(r"https?://\S+")


@dataclass
class Portal:
    """The running portal: its address, its settings, and the mails that it has written so far."""

    url: str
    instance: pathlib.Path
    app: object
    read: set[str] = field(default_factory=set)

    def mails(self) -> list[email.message.EmailMessage]:
        """All mails kept so far, oldest first."""
        files = sorted(
            (self.instance / "mail").glob("*.eml"), key=lambda file: (file.stat().st_mtime_ns, file.name)
        )
        return [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)  # type: ignore[misc]
            for file in files
        ]

    def mail_to(self, address: str, containing: str = "") -> email.message.EmailMessage:
        """The newest mail to an address (whose subject or text contains words), waited for."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            for mail in reversed(self.mails()):
                text = f"{mail['Subject']}\n{plain(mail)}"
                if address in str(mail["To"]) and containing in text and mail["Message-ID"] not in self.read:
                    self.read.add(mail["Message-ID"])
                    return mail
            time.sleep(0.2)
        subjects = [f"{mail['To']}: {mail['Subject']}" for mail in self.mails()]
        raise AssertionError(f"no mail to {address} with “{containing}” among {subjects}")

    def link_in_mail_to(self, address: str, containing: str = "") -> str:
        """The address behind the button of that mail."""
        found = [link.rstrip(".") for link in LINK.findall(plain(self.mail_to(address, containing)))]
        assert found, "the mail has no link"
        return found[0]


def plain(mail: email.message.EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal of its own for each module of stories: migrated and empty."""
    instance = tmp_path_factory.mktemp("instance")
    port = _free_port()
    with postgres.start() if ON_POSTGRESQL else _nothing():
        database = (
            postgres.create_database(f"journey_{port}") if ON_POSTGRESQL else f"sqlite:///{instance}/j.sqlite"
        )
        env = {
            **os.environ,
            "TAAWUN_ENV": "development",
            "DEMO": "0",
            "INSTANCE": str(instance),
            "DATABASE_URL": database,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "SECRET_KEY": "for-journeys-only-" + "0123456789abcdef" * 2,
        }
        app = create_app(config.load(env, instance))
        with app.app_context():
            schema.upgrade()
            db.engine.dispose()
        server = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config=gunicorn.conf.py",
            "--workers=1",
            "wsgi:application",
        ]
        worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        running = [subprocess.Popen(command, cwd=ROOT, env=env) for command in (server, worker)]
        try:
            _await(f"http://127.0.0.1:{port}/healthz")
            yield Portal(f"http://127.0.0.1:{port}", instance, app)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(15)
            with app.app_context():
                db.engine.dispose()


class _nothing:  # noqa: N801 - reads as a word where it stands
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_error: object) -> None:
        return None


def _await(url: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"nothing answers at {url}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all stories."""
    with sync_playwright() as playwright:
        browser = browsers.launch(playwright)
        yield browser
        browser.close()


@dataclass
class Somebody:
    """A person at a browser of their own."""

    portal: Portal
    context: BrowserContext
    page: Page
    language: str

    def open(self, path: str) -> Page:
        """Open a path of the portal, or a whole address."""
        self.page.goto(path if path.startswith("http") else self.portal.url + path)
        return self.page

    def sign_in(self, address: str, password: str = PASSWORD) -> None:
        """Sign in by the form."""
        self.open("/sign-in")
        self.page.fill("[name=email]", address)
        self.page.fill("[name=password]", password)
        self.page.click("main form [type=submit]")
        assert "/sign-in" not in self.page.url, self.page.inner_text("main")

    def press(self, testid: str) -> None:
        """Press a button (or follow a link) by its test id."""
        try:
            self.page.click(f"main [data-testid={testid}]", timeout=5_000)
        except TooLong as missing:
            raise AssertionError(f"no “{testid}” to press on {self.page.url}:\n{self.text}") from missing

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")


@pytest.fixture
def somebody(portal: Portal, chromium: Browser) -> Iterator[object]:
    """Make people at browsers: `somebody(language="ar", scripts=False)`."""
    contexts: list[BrowserContext] = []

    def make(language: str = "en", scripts: bool = True, **kwargs: object) -> Somebody:
        context = chromium.new_context(java_script_enabled=scripts, locale=language, **kwargs)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "lang", "value": language, "url": portal.url}])
        contexts.append(context)
        return Somebody(portal, context, context.new_page(), language)

    yield make
    for context in contexts:
        context.close()

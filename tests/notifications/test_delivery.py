"""Sending: leased, marked, tried again, given up; secrets let go; kept in files without a server."""

import smtplib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, transaction
from app.notifications import cli, services
from app.notifications.models import MOST_ATTEMPTS, Mail, Notice
from app.notifications.services import BACKOFF, LEASE, MAIL_FAILED, deliver_due, tell, write_to
from app.web import mailbox
from tests.factories import make_admin, make_person

START = datetime(2026, 5, 4, tzinfo=UTC)
SECRET = "/confirm/very-secret-token"


@pytest.fixture
def mail(app) -> Mail:
    """A mail that waits, with its inbox line."""
    person = make_person("Amal")
    with clock.at(START), transaction(system="x"):
        tell([person.id], MAIL_FAILED, path="/x", reason="administrator", facts={"a": 1})
    return db.session.scalars(select(Mail)).one()


@pytest.fixture
def secret(app) -> Mail:
    """A mail with a link that opens an account."""
    with clock.at(START), transaction(system="x"):
        write_to(
            "a@people.example", MAIL_FAILED, path=SECRET, locale="en", facts={"token": "very-secret-token"}
        )
    return db.session.scalars(select(Mail)).one()


def now(mail: Mail) -> Mail:
    db.session.rollback()
    db.session.refresh(mail)
    return mail


def sent(_due) -> str:
    return "The subject"


def broken(_due) -> str:
    raise smtplib.SMTPServerDisconnected("gone")


def deliver(post, after: timedelta = timedelta()) -> int:
    with clock.at(START + after):
        return deliver_due(post, "portal.example")


def test_a_sent_mail_is_marked_and_not_sent_again(mail) -> None:
    assert deliver(sent) == 1
    assert deliver(sent, timedelta(days=9)) == 0
    assert (now(mail).state, mail.subject, mail.attempts, mail.sent_at, mail.error) == (
        "sent",
        "The subject",
        1,
        START,
        None,
    )


def test_what_is_sent_is_told_whole(mail) -> None:
    seen = []
    deliver(lambda due: seen.append(due) or "S")
    (due,) = seen
    assert (due.kind, due.address, due.reader_name, due.path) == (MAIL_FAILED, mail.address, "Amal", "/x")
    assert (due.locale, due.zone, due.reason, due.facts) == ("en", "UTC", "administrator", {"a": 1})
    assert (
        due.message_id == now(mail).message_id == f"<mail.{mail.id}.{int(START.timestamp())}@portal.example>"
    )
    assert not due.holds_secret


def test_a_mail_that_is_not_due_waits(mail) -> None:
    assert deliver(sent, -timedelta(minutes=1)) == 0
    assert now(mail).state == "waiting"


def test_a_failed_try_is_made_again_later_and_later(mail) -> None:
    at = timedelta()
    for tried, pause in enumerate(BACKOFF, 1):
        assert deliver(broken, at) == 0
        assert (now(mail).state, mail.attempts, mail.due_at) == ("waiting", tried, START + at + pause)
        assert "SMTPServerDisconnected" in mail.error
        assert deliver(sent, at + pause - timedelta(seconds=1)) == 0
        at += pause
    identity = mail.message_id
    assert deliver(sent, at) == 1
    assert (now(mail).state, mail.error, mail.message_id) == ("sent", None, identity)


def give_up(mail: Mail) -> None:
    at = timedelta()
    for _try in range(MOST_ATTEMPTS):
        deliver(broken, at)
        at = now(mail).due_at - START


def test_after_the_last_try_administrators_are_told_once(mail) -> None:
    admin = make_admin()
    give_up(mail)
    assert (now(mail).state, mail.attempts) == ("failed", MOST_ATTEMPTS)
    with clock.at(START), transaction(system="x"):
        tell([mail.person_id], MAIL_FAILED, path="/y", reason="administrator")
    give_up(db.session.scalars(select(Mail).where(Mail.path == "/y")).one())
    lines = db.session.scalars(select(Notice).where(Notice.person_id == admin.id)).all()
    assert [line.kind for line in lines] == [MAIL_FAILED]
    assert db.session.scalars(select(Mail).where(Mail.person_id == admin.id)).all() == []


def test_a_failed_mail_is_not_taken_again(mail) -> None:
    give_up(mail)
    assert deliver(sent, timedelta(days=30)) == 0


def test_a_failure_ends_the_run_so_that_the_others_lose_no_try(mail) -> None:
    with clock.at(START), transaction(system="x"):
        tell([mail.person_id], MAIL_FAILED, path="/y", reason="administrator")
    assert deliver(broken) == 0
    tried = sorted(db.session.scalars(select(Mail.attempts)))
    assert tried == [0, 1]
    assert deliver(sent) == 1


def test_a_worker_that_died_leaves_the_mail_to_another_when_the_lease_ends(mail) -> None:
    with clock.at(START):
        taken = services._take_mail("h")
    assert taken is not None
    assert now(mail).state == "sending"
    assert deliver(sent, LEASE - timedelta(seconds=1)) == 0
    assert deliver(sent, LEASE) == 1
    assert now(mail).attempts == 2


def test_a_worker_that_was_too_slow_marks_nothing(mail) -> None:
    with clock.at(START):
        slow = services._take_mail("h")
    with clock.at(START + LEASE):
        services._take_mail("h")
    services._note_failure(slow, OSError("late"))
    assert (now(mail).state, mail.attempts, mail.error) == ("sending", 2, None)


def test_two_workers_take_a_mail_once(mail) -> None:
    with clock.at(START):
        assert services._take_mail("h") is not None
        assert services._take_mail("h") is None


def test_a_secret_is_let_go_once_it_is_sent(secret) -> None:
    seen = []
    deliver(lambda due: seen.append(due) or "S")
    assert (seen[0].path, seen[0].holds_secret) == (SECRET, True)
    assert (now(secret).path, secret.facts) == ("", {})


def test_a_secret_is_kept_while_it_is_tried_and_let_go_when_given_up(secret) -> None:
    deliver(broken)
    assert now(secret).path == SECRET
    give_up(secret)
    assert (now(secret).state, secret.path, secret.facts) == ("failed", "", {})


def test_other_mails_keep_what_they_are_about(mail) -> None:
    deliver(sent)
    assert (now(mail).path, mail.facts) == ("/x", {"a": 1})


# ---- through the door: composed, kept in files, or handed to a server ----------------------------------------


def test_without_a_server_mails_are_kept_in_files(app, mail, capsys) -> None:
    assert cli.deliver() == 1
    kept = app.config["SETTINGS"].instance / "mail" / f"{mail.id:08d}.eml"
    message = message_from_bytes(kept.read_bytes(), policy=default)
    assert message["To"] == mail.address
    assert "http://localhost/x" in mailbox.kept_text(mail.id)
    assert kept.stat().st_mode & 0o077 == 0
    assert f"mail to {mail.address}" in capsys.readouterr().out
    assert now(mail).subject == message["Subject"]


def test_a_mail_that_is_not_there_has_no_text(app) -> None:
    assert mailbox.kept_text(999_999) is None


def test_the_command_lists_the_links(app, secret) -> None:
    cli.deliver()
    out = app.test_cli_runner().invoke(args=["mail", "links"])
    assert f"a@people.example: Mail: some could not be delivered | http://localhost{SECRET}" in out.output


class FakeServer:
    """Notes what an SMTP server is asked."""

    def __init__(self, host, port, timeout, context=None) -> None:
        self.seen = [("connect", host, port, context is not None)]

    def starttls(self, context) -> None:
        self.seen.append(("starttls", context.verify_mode.name))

    def login(self, user, password) -> None:
        self.seen.append(("login", user, password))

    def send_message(self, message) -> None:
        self.seen.append(("send", message["To"]))

    def __enter__(self):
        return self

    def __exit__(self, *_error) -> None:
        self.seen.append(("quit",))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("smtp://mail.example", [("connect", "mail.example", 25, False)]),
        (
            "smtp://u%40x:p%3Aw@mail.example:587?starttls=1",
            [("connect", "mail.example", 587, False), ("starttls", "CERT_REQUIRED"), ("login", "u@x", "p:w")],
        ),
        ("smtps://u:p@mail.example", [("connect", "mail.example", 465, True), ("login", "u", "p")]),
    ],
)
def test_with_a_server_mails_are_handed_to_it(app, mail, monkeypatch, url, asked) -> None:
    servers = []

    def connect(*args, **kwargs):
        servers.append(FakeServer(*args, **kwargs))
        return servers[-1]

    monkeypatch.setattr(smtplib, "SMTP", connect)
    monkeypatch.setattr(smtplib, "SMTP_SSL", connect)
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(app.config, "SETTINGS", type(settings)(**{**vars(settings), "smtp_url": url}))
    assert cli.deliver() == 1
    assert servers[0].seen == [*asked, ("send", mail.address), ("quit",)]
    assert not mailbox.keeps_mail()


def test_the_server_is_not_asked_when_nothing_is_due(app, monkeypatch) -> None:
    monkeypatch.setattr(mailbox, "opened", lambda: pytest.fail("asked"))
    assert cli.deliver() == 0


def test_a_server_that_is_away_costs_one_try(app, mail, monkeypatch) -> None:
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(
        app.config, "SETTINGS", type(settings)(**{**vars(settings), "smtp_url": "smtp://127.0.0.1:9"})
    )
    assert cli.deliver() == 0
    assert (now(mail).state, mail.attempts) == ("waiting", 1)
    assert "ConnectionRefusedError" in mail.error


def test_links_are_shown_in_development_only(app, monkeypatch) -> None:
    settings = app.config["SETTINGS"]
    assert mailbox.may_show_secrets()
    monkeypatch.setitem(
        app.config, "SETTINGS", type(settings)(**{**vars(settings), "environment": "production"})
    )
    assert not mailbox.may_show_secrets()
    out = app.test_cli_runner().invoke(args=["mail", "links"])
    assert out.exit_code == 1

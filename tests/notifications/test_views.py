"""The inbox as its reader has it."""

import pytest
from sqlalchemy import select

from app.core.db import db, transaction
from app.notifications.models import Notice
from app.notifications.services import MAIL_FAILED, tell
from tests.factories import make_person, make_team

SUBJECT = "Mail: some could not be delivered"


def told(person, times: int = 1, kind: str = MAIL_FAILED, **more) -> None:
    with transaction(system="x"):
        for _time in range(times):
            tell([person.id], kind, path="/about", reason="administrator", mail=False, **more)


def unread() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Notice).where(Notice.read_at.is_(None))).all())


@pytest.fixture
def reader(app):
    """Somebody with an inbox."""
    return make_person("Amal")


def test_an_empty_inbox_says_what_will_stand_there(page, login_as, reader) -> None:
    shown = page("/notifications", login_as(reader))
    assert shown.status == 200
    assert shown.h1 == "Inbox"
    assert "Nothing has been told you yet." in shown.text


def test_a_visitor_is_asked_to_sign_in(client) -> None:
    assert client.get("/notifications").status_code == 303


def test_a_line_has_subject_reason_and_leads_to_the_thing(page, login_as, reader) -> None:
    told(reader)
    shown = page("/notifications", login_as(reader))
    assert SUBJECT in shown.text
    assert "You get this because you administer the portal." in shown.text
    assert shown.links()[SUBJECT] == "/about"


def test_lines_of_others_are_not_there(page, login_as, reader) -> None:
    told(make_person())
    assert SUBJECT not in page("/notifications", login_as(reader)).text


def test_a_line_is_marked_and_unmarked(page, login_as, reader) -> None:
    told(reader)
    shown = page("/notifications", login_as(reader)).submit(button=f"Mark as read {SUBJECT}")
    assert unread() == 0
    assert shown.path == "/notifications"
    shown.submit(button=f"Mark as unread {SUBJECT}")
    assert unread() == 1


def test_all_that_was_shown_is_marked(page, login_as, reader) -> None:
    told(reader, 2)
    shown = page("/notifications", login_as(reader))
    told(reader)  # arrives while the page is read
    shown = shown.submit(button="read-all")
    assert unread() == 1
    assert "2 notices marked as read." in shown.text


def test_reading_a_page_marks_nothing(page, login_as, reader) -> None:
    told(reader)
    page("/notifications", login_as(reader))
    assert unread() == 1


@pytest.mark.parametrize("path", ["/notifications/1/read", "/notifications/1/unread", "/notifications/read"])
def test_marking_needs_a_form(login_as, reader, path) -> None:
    told(reader)
    assert login_as(reader).get(path).status_code == 405
    assert login_as(reader).post(path).status_code == 400


@pytest.mark.parametrize("up_to", ["", "x", "-1", "²", "9" * 30])
def test_nonsense_marks_nothing(page, login_as, reader, up_to) -> None:
    told(reader)
    page("/notifications", login_as(reader)).submit({"up_to": up_to}, button="read-all")
    assert unread() == 1


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_marking_leads_to_our_own_pages_only(page, login_as, reader, target) -> None:
    told(reader)
    shown = page("/notifications", login_as(reader)).submit({"next": target}, button="read-all")
    assert shown.path == "/notifications"


def test_unread_ones_and_parts_can_be_picked(page, login_as, reader) -> None:
    told(reader)
    told(reader, kind="teams.gone_long_ago")
    browser = login_as(reader)
    assert "Something changed" not in page("/notifications?about=notifications", browser).text
    assert SUBJECT not in page("/notifications?about=teams", browser).text
    with transaction(system="x"):
        db.session.scalars(
            select(Notice).where(Notice.kind == MAIL_FAILED)
        ).one().read_at = db.session.scalars(select(Notice.created_at)).first()
    assert SUBJECT not in page("/notifications?show=unread", browser).text
    assert "Something changed" in page("/notifications?show=unread", browser).text


def test_lines_about_one_thing_stand_together(page, login_as, reader) -> None:
    team = make_team()
    told(reader, 3, about=team)
    told(reader)
    shown = page("/notifications", login_as(reader))
    assert "2 earlier lines about the same" in shown.text


def test_arabic_readers_read_arabic(page, login_as, reader) -> None:
    told(reader)
    html = page("/notifications?lang=ar", login_as(reader)).html
    assert '<html lang="ar" dir="rtl">' in html


@pytest.mark.parametrize("number", [1, 25])
def test_the_page_asks_the_database_the_same_for_one_and_many(login_as, reader, statements, number) -> None:
    told(reader, number)
    browser = login_as(reader)
    browser.get("/notifications")
    statements.clear()
    assert browser.get("/notifications").status_code == 200
    assert len(statements) <= 5


def test_a_long_inbox_pages_by_key(page, login_as, reader) -> None:
    told(reader, 30)
    browser = login_as(reader)
    first = page("/notifications", browser)
    second = first.follow("Next")
    assert second.html.count("Mark as read<") == 5
    third = second.follow("Previous")
    assert third.html.count("Mark as read<") == 25

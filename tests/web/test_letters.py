"""The words of a kind, and the mail made of them."""

from email import message_from_bytes
from email.policy import default

import pytest

from app.core.i18n import use_locale
from app.web import letters
from app.web.letters import Letter, Words, message, split, template_of, words_of

LETTER = Letter("amal@people.example", "/teams/7", "You lead this team.", "<mail.1@localhost>")
WORDS = Words("T-0007: approved", ("Well done.", "One line\nand another <b>."), "Open the team")


def test_a_kind_has_one_template() -> None:
    assert template_of("teams.team_approved") == "teams/mail/team_approved.txt"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Subject\n\nOne.\n\nTwo.\n\n-> Open\n", Words("Subject", ("One.", "Two."), "Open")),
        ("\n  Subject  here \n\nOne.", Words("Subject here", ("One.",), "")),
        ("Subject", Words("Subject")),
        ("Subject\n\n\n\nOne\ntwo\n\n\n-> Go  on", Words("Subject", ("One\ntwo",), "Go on")),
    ],
)
def test_a_text_is_taken_apart(text, words) -> None:
    assert split(text) == words


def test_an_unknown_kind_still_has_a_line(app) -> None:
    with use_locale("en"):
        assert words_of("teams.gone_long_ago", {}).subject == "Something changed"


def sent(app, words: Words = WORDS, letter: Letter = LETTER, locale: str = "en"):
    with use_locale(locale):
        return message_from_bytes(message(words, letter).as_bytes(), policy=default)


def test_text_and_html_say_the_same(app) -> None:
    mail = sent(app)
    text = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    for piece in (
        "T-0007: approved",
        "Well done.",
        "Open the team",
        "http://localhost/teams/7",
        "You lead this team.",
    ):
        assert piece in text
        assert piece in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize(
    "subject",
    [
        "Second Life of Water: طلب انضمام من ธนพล ศรีสุวรรณ",
        "جامعة الملك عبدالله للعلوم والتقنية: طلب انتساب من عبدالرحمن بن محمد السويلم الخالدي P-0010",
        "P-0010 حقول عطشى فقيرة: المزارع يحتاج…: دُمجت فيها مشكلة أخرى، وهذا سطر طويل",
        "A plain subject " * 8,
    ],
)
def test_a_long_subject_keeps_its_spaces(app, subject) -> None:
    mail = sent(app, Words(subject.strip(), ("One.",), ""))
    assert mail["Subject"] == subject.strip()
    raw = message(Words(subject.strip()), LETTER).as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n\r\n")[0].splitlines()) <= 78


def test_heads_are_as_they_should_be(app) -> None:
    mail = sent(app)
    assert mail["Subject"] == "T-0007: approved"
    assert mail["To"] == "amal@people.example"
    assert mail["Message-ID"] == "<mail.1@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime.tzinfo is not None


@pytest.mark.parametrize(("locale", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_the_mail_says_its_language_and_direction(app, locale, direction) -> None:
    mail = sent(app, locale=locale)
    assert f'<html lang="{locale}" dir="{direction}">' in mail.get_body(("html",)).get_content()
    assert mail["Content-Language"] == locale


def test_nothing_is_fetched_from_anywhere(app) -> None:
    page = sent(app).get_body(("html",)).get_content()
    assert "<img" not in page
    assert "src=" not in page
    assert "url(" not in page
    assert "<script" not in page
    assert "style=" not in page


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: all@people.example", "Hello\nBcc: all@people.example"])
def test_a_subject_adds_no_header(app, subject) -> None:
    words = split(f"{subject}\n\nBody")
    mail = sent(app, words)
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize(
    "address", ["a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "", "nobody"]
)
def test_an_address_that_is_none_is_refused(app, address) -> None:
    with use_locale("en"), pytest.raises((ValueError, IndexError)):
        message(WORDS, Letter(address, "/x", "", "<a@b>"))


def test_links_do_not_follow_the_asked_host(app) -> None:
    with app.test_request_context("/", headers={"Host": "evil.example"}):
        text = sent(app).as_string()
    assert "evil.example" not in text
    assert "http://localhost/teams/7" in text


def test_a_mail_without_a_page_has_no_button(app) -> None:
    mail = sent(app, Words("Bye", ("Your account is closed.",)), Letter("a@b.example", "", "", "<a@b>"))
    assert 'class="button"' not in mail.get_body(("html",)).get_content()


def test_long_subjects_are_cut() -> None:
    assert len(split("x" * 500).subject) == letters.LONGEST_SUBJECT

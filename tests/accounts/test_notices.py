"""The words of every mail about an account."""

import pathlib

import pytest

import app.accounts
from app.accounts import notices
from app.core.db import transaction
from app.core.i18n import LOCALES, use_locale
from app.notifications.reasons import reason_text
from app.web import letters
from tests.factories import make_person

FOLDER = pathlib.Path(app.accounts.__file__).parent / "templates" / "accounts" / "mail"
KINDS = sorted(file.stem for file in FOLDER.glob("*.txt"))
MARKER = "Evil Free Offer"


def _send_all(person):
    with transaction(system="test"):
        notices.confirm(person, "secret", "/people")
        notices.already_registered(person)
        notices.welcome(person)
        notices.reset(person, "secret")
        notices.password_changed(person)
        notices.new_device(person, "Firefox, Linux")
        notices.address_change(person, "new@people.example", "secret")
        notices.address_changed(person, "old@people.example")
        notices.account_closed(person, "old@people.example")


def test_every_kind_has_its_words_and_every_word_its_kind(app, outbox):
    _send_all(make_person())
    assert sorted(mail.kind.removeprefix("accounts.") for mail in outbox()) == KINDS


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mail_reads_well(app, outbox, locale):
    _send_all(make_person(locale=locale))
    for mail in outbox():
        with use_locale(mail.locale):
            words = letters.words_of(mail.kind, mail.facts, "Amal", reason_text(mail.reason))
            assert 0 < len(words.subject) < 60, words.subject
            assert words.paragraphs
            assert words.button
            assert reason_text(mail.reason)
        assert mail.locale == locale
        assert len(mail.path) <= 300


def test_a_stranger_cannot_make_us_send_their_words(app, outbox):
    person = make_person(MARKER, email_confirmed_at=None)
    with transaction(system="test"):
        notices.confirm(person, "secret", None)
        notices.reset(person, "secret")
        notices.already_registered(person)
        notices.address_change(person, "victim@people.example", "secret")
    for mail in outbox():
        words = letters.words_of(mail.kind, mail.facts, MARKER)
        assert MARKER not in " ".join([words.subject, *words.paragraphs])


def test_a_way_on_that_is_too_long_is_left_out(app, outbox):
    with transaction(system="test"):
        notices.confirm(make_person(), "secret", "/people?q=" + "x" * 400)
    assert outbox()[0].path == "/sign-up/secret"


def test_what_goes_to_another_address_is_not_tied_to_the_person(app, outbox):
    person = make_person()
    with transaction(system="test"):
        notices.account_closed(person, "old@people.example")
        notices.reset(person, "secret")
    closed, reset = outbox()
    assert (closed.address, closed.person_id) == ("old@people.example", None)
    assert (reset.address, reset.person_id) == (person.email, person.id)

"""Sign-up, confirmation, reset."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import queries, services
from app.accounts.models import KnownDevice, Person, SignIn, Ticket
from app.accounts.queries import token_hash
from app.audit.models import AuditEntry
from app.core import clock, index
from app.core.db import db, transaction
from app.core.errors import RuleBroken
from app.web import letters
from tests.factories import PASSWORD, make_person
from tests.support.pages import Page

OTHER = "quiet river under seven bridges"
NEW = {"email": "new@people.example", "display_name": "Noor Aziz", "password": PASSWORD}


def _sign_up(client, path="/sign-up", **values):
    return Page.get(client, path).submit({**NEW, **values}, button="sign-up")


def _person(email=NEW["email"]):
    db.session.expire_all()
    return db.session.scalars(select(Person).where(Person.email == email)).first()


def _count(kind):
    return db.session.scalar(select(func.count()).select_from(kind))


# ---- sign-up ---------------------------------------------------------------------------------------------


def test_a_newcomer_signs_up_confirms_and_is_where_they_wanted_to_be(app, client, outbox):
    page = _sign_up(client, "/sign-up?next=/people&lang=ar")
    assert page.status == 200
    assert _person().email_confirmed_at is None
    assert _person().locale == "ar"
    (mail,) = outbox()
    assert (mail.kind, mail.address, mail.locale) == ("accounts.confirm", NEW["email"], "ar")
    assert mail.path.endswith("?next=/people")
    page = Page.get(client, mail.path + "&lang=en")
    assert page.h1 == "Confirm your address"
    assert _person().email_confirmed_at is None, "a mail scanner that opens links confirms nothing"
    page = page.submit(button="confirm")
    assert page.path == "/people"
    assert _person().email_confirmed_at is not None
    assert client.get("/account").status_code == 200
    assert [mail.kind for mail in outbox()] == ["accounts.confirm", "accounts.welcome"]
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "accounts.sign_up",
        "accounts.confirm",
    ]
    assert db.session.scalars(index.matching("person", "Noor")).all() == [_person().id]


def test_without_a_wish_the_way_leads_to_institutions(app, client, outbox):
    _sign_up(client)
    page = Page.get(client, outbox()[0].path).submit(button="confirm")
    assert page.path == "/institutions/join"


def test_an_address_given_with_the_link_stands_in_the_form(app, client):
    page = Page.get(client, "/sign-up?email=invited@people.example")
    assert ("email", "invited@people.example") in page.values(page.form_with("sign-up")[0])


def test_quality_2_6_known_and_unknown_addresses_get_the_same_answer_and_work(app, browser, hashing, outbox):
    known = make_person(with_password=True)
    before = known.password_hash
    answers = []
    for email in (known.email, "unknown@people.example"):
        hashing.clear()
        page = _sign_up(browser(), email=email)
        answers.append((page.status, page.text.replace(email, "ADDRESS"), tuple(hashing)))
    assert answers[0] == answers[1]
    assert answers[0][2] == ("hash",)
    assert [mail.kind for mail in outbox()] == ["accounts.already_registered", "accounts.confirm"]
    assert _person(known.email).password_hash == before
    assert _person(known.email).display_name == known.display_name


def test_quality_2_6_the_session_cookie_says_nothing_either(app, browser):
    known = make_person()
    sizes = set()
    for email in (known.email, "unknown@people.example"):
        client = browser()
        _sign_up(client, email=email)
        with client.session_transaction() as cookie:
            sizes.add((tuple(sorted(cookie)), len(cookie["signing_up"])))
    assert len(sizes) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"email": "no address"}, "Enter an e-mail address"),
        ({"email": ""}, "Enter your e-mail address"),
        ({"display_name": "  "}, "Enter your name"),
        ({"display_name": "x" * 121}, "Shorten this by 1 character"),
        ({"password": ""}, "Enter a password"),
        ({"password": "short"}, "at least 15"),
        ({"password": "passwordpassword"}, "first that others would try"),
        ({"password": "Noor has a long password"}, "without your name"),
        ({"email": "lighthouse@people.example", "password": "the lighthouse by the sea"}, "your address"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(app, client, values, said):
    page = _sign_up(client, **values)
    assert page.status == 422
    assert len(page.errors) == 1
    assert said in page.errors[0]
    assert _count(Person) == 0
    if values.get("password", PASSWORD):
        assert f'value="{values.get("password", PASSWORD)}"' not in page.html


def test_strength_is_said_when_a_good_password_has_to_be_typed_again(app, client):
    page = _sign_up(client, email="no address")
    assert "The password that you typed was strong." in page.text


def test_quality_2_4_fields_that_nobody_offered_are_ignored(app, client):
    page = Page.get(client, "/sign-up")
    token = dict(page.values(page.form_with("sign-up")[0]))["csrf_token"]
    extra = {
        "is_admin": "1",
        "id": "77",
        "email_confirmed_at": "2026-01-01",
        "closed_at": "2026-01-01",
        "is_demo": "1",
        "visibility": "public",
        "created_at": "1999-01-01",
    }
    assert client.post("/sign-up", data={**NEW, **extra, "csrf_token": token}).status_code == 200
    person = _person()
    assert (person.is_admin, person.is_demo, person.visibility) == (False, False, "signed_in")
    assert person.email_confirmed_at is None
    assert person.id != 77
    assert person.created_at.year > 2000


def test_quality_2_18_no_header_and_no_receiver_is_injected(app, client, outbox):
    _sign_up(client, email="victim@people.example\r\nBcc: all@people.example")
    assert outbox() == []
    _sign_up(client, display_name="Noor\r\nBcc: all@people.example")
    assert _person().display_name == "Noor Bcc: all@people.example"
    assert [mail.address for mail in outbox()] == [NEW["email"]]
    assert "Bcc" not in str(outbox()[0].facts)


def test_signing_up_again_before_confirming_counts_and_the_first_link_dies(app, browser, outbox):
    _sign_up(browser())
    client = browser()
    _sign_up(client, display_name="Noor A.", password=OTHER)
    first, second = outbox()
    assert _count(Person) == 1
    assert Page.get(client, first.path).status == 410
    assert "Noor A." in Page.get(client, second.path).text
    Page.get(client, second.path).submit(button="confirm")
    with pytest.raises(AssertionError):
        Page.get(client, second.path).submit(button="confirm")


# ---- confirmation ----------------------------------------------------------------------------------------


def test_a_link_works_once(app, client, browser, outbox):
    _sign_up(client)
    path = outbox()[0].path
    Page.get(client, path).submit(button="confirm")
    page = Page.get(browser(), path)
    assert (page.status, page.h1) == (410, "This link is over")
    with pytest.raises(RuleBroken):
        services.confirm(secret=path.rpartition("/")[2], network="192.0.2.1", is_same_browser=True)


def test_a_link_is_over_after_three_days(app, client, outbox):
    _sign_up(client)
    ticket = db.session.scalars(select(Ticket)).one()
    assert timedelta(days=2, hours=23) < ticket.expires_at - clock.now() <= timedelta(days=3)
    with transaction(system="test"):
        db.session.get(Ticket, ticket.id).expires_at = clock.now() - timedelta(seconds=1)
    assert Page.get(client, outbox()[0].path).status == 410


def test_links_are_kept_as_hashes(app, client, outbox):
    _sign_up(client)
    secret = outbox()[0].path.rpartition("/")[2]
    assert db.session.scalars(select(Ticket.secret_hash)).one() == token_hash(secret)
    assert len(secret) >= 43


def test_elsewhere_the_password_is_asked_for_so_that_nobody_prepares_an_account_for_another(
    app, client, browser, outbox
):
    _sign_up(client)
    elsewhere = browser()
    page = Page.get(elsewhere, outbox()[0].path).submit({"password": OTHER}, button="confirm")
    assert page.status == 422
    assert _person().email_confirmed_at is None
    page = page.submit({"password": PASSWORD}, button="confirm")
    assert page.status == 200
    assert _person().email_confirmed_at is not None


def test_one_kind_of_link_is_no_other(app, client, outbox):
    _sign_up(client)
    secret = outbox()[0].path.rpartition("/")[2]
    assert Page.get(client, f"/reset/{secret}").status == 410
    assert queries.ticket_owner(secret, "change") is None


# ---- reset -----------------------------------------------------------------------------------------------


def _ask(client, email):
    return Page.get(client, "/reset").submit({"email": email}, button="reset")


def test_reset_with_its_link(app, browser, enter, outbox):
    person = make_person(with_password=True)
    inside, client = browser(), browser()
    enter(inside, person.email)
    _ask(client, person.email)
    (mail,) = outbox()
    assert (mail.kind, mail.address) == ("accounts.reset", person.email)
    page = Page.get(client, mail.path).submit({"password": OTHER}, button="new-password")
    assert (page.path, "Sign in with the new one." in page.text) == ("/sign-in", True)
    assert inside.get("/account").status_code == 303, "quality 2, point 9: other sign-ins are dead"
    assert _count(SignIn) == 0
    assert _count(KnownDevice) == 0
    assert enter(browser(), person.email).status == 422
    assert enter(browser(), person.email, OTHER).status == 200
    assert [mail.kind for mail in outbox()] == ["accounts.reset", "accounts.password_changed"]
    assert Page.get(client, mail.path).status == 410


def test_quality_2_6_reset_answers_alike(app, browser, hashing, outbox, statements):
    known = make_person(with_password=True)
    answers, writes = [], []
    hashing.clear()
    for email in (known.email, "unknown@people.example"):
        statements.clear()
        page = _ask(browser(), email)
        answers.append((page.status, page.text.replace(email, "ADDRESS")))
        writes.append("INSERT INTO audit_entry" in " ".join(statements))
    assert answers[0] == answers[1]
    assert hashing == []
    assert writes == [True, True]
    assert len(outbox()) == 1


def test_a_reset_confirms_the_address_of_a_sign_up_whose_mail_was_lost(app, client, browser, enter, outbox):
    _sign_up(browser())
    _ask(client, NEW["email"])
    Page.get(client, outbox()[1].path).submit({"password": OTHER}, button="new-password")
    assert _person().email_confirmed_at is not None
    assert Page.get(client, outbox()[0].path).status == 410
    assert enter(client, NEW["email"]).status == 422, "whoever signed up with the address has no way in"
    assert enter(client, NEW["email"], OTHER).status == 200


def test_a_reset_link_is_over_after_an_hour_and_when_a_newer_one_is_sent(app, client, outbox):
    person = make_person(with_password=True)
    _ask(client, person.email)
    _ask(client, person.email)
    first, second = outbox()
    assert Page.get(client, first.path).status == 410
    assert Page.get(client, second.path).status == 200
    ticket = db.session.scalars(select(Ticket)).one()
    assert ticket.expires_at - clock.now() <= timedelta(hours=1)


def test_a_weak_new_password_is_refused_and_the_link_stays(app, client, outbox):
    person = make_person("Grace Hopper", with_password=True)
    _ask(client, person.email)
    page = Page.get(client, outbox()[0].path).submit(
        {"password": "hopper hops all night"}, button="new-password"
    )
    assert page.status == 422
    assert page.submit({"password": OTHER}, button="new-password").path == "/sign-in"


def test_quality_2_18_links_start_with_the_configured_address_never_with_host(app, client, outbox):
    person = make_person(with_password=True)
    page = Page.get(client, "/reset")
    token = dict(page.values(page.form_with("reset")[0]))["csrf_token"]
    app.test_client(use_cookies=False).post(
        "/reset",
        data={"email": person.email, "csrf_token": token},
        headers={"Host": "evil.example", "Cookie": f"taawun={client.get_cookie('taawun').value}"},
    )
    (mail,) = outbox()
    assert mail.path.startswith("/reset/")
    letter = letters.Letter(mail.address, mail.path, "", "<one@localhost>")
    text = letters.message(letters.words_of(mail.kind, mail.facts), letter).as_string()
    assert "evil" not in text
    assert "http://localhost/reset/" in text.replace("=\n", "").replace("=\r\n", "")

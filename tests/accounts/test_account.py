"""One's own account: profile, languages, password, address, data, closing."""

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import queries, services
from app.accounts.models import KnownDevice, Person, SignIn, Ticket
from app.audit.models import AuditEntry
from app.core import clock, index, leaving
from app.core.db import db, transaction
from app.core.errors import Conflict, NotAllowed, RuleBroken
from app.notifications.models import Mail, Notice
from app.notifications.services import tell
from tests.factories import PASSWORD, make_admin, make_person
from tests.factories.accounts import actor
from tests.support.pages import Page

OTHER = "quiet river under seven bridges"


def _again(person):
    db.session.expire_all()
    return db.session.get(Person, person.id)


def _count(kind):
    return db.session.scalar(select(func.count()).select_from(kind))


def _acting(client):
    with client.session_transaction() as cookie:
        return queries.actor_of_token(cookie["_user_id"])


def _stale(client):
    with transaction(system="test"):
        db.session.get(SignIn, _acting(client).session_id).proved_at = clock.now() - timedelta(minutes=11)


# ---- profile ---------------------------------------------------------------------------------------------

FULL = {
    "display_name": "أمل حداد",
    "romanised_name": "Amal Haddad",
    "sort_name": "Haddad, Amal",
    "biography_en": "Water.",
    "biography_ar": "ماء.",
    "biography_other_language": "fr",
    "biography_other": "De l'eau.",
    "fields": ["f22", "f23"],
    "skills": "water chemistry، grant writing, Python",
    "links": "https://amal.example/me\nhttp://code.example/amal",
    "hours_month": "١٢",
    "available_until": "2027-06-30",
    "visibility": "public",
}


def test_the_profile_is_saved_and_found(app, login_as):
    person = make_person("Old Name")
    page = Page.get(login_as(person), "/account").submit(FULL, button="save-profile")
    assert (page.path, "Your profile is saved." in page.text) == ("/account", True)
    now = _again(person)
    assert (now.display_name, now.romanised_name, now.sort_name) == (
        "أمل حداد",
        "Amal Haddad",
        "Haddad, Amal",
    )
    assert now.biography == {"en": "Water.", "ar": "ماء.", "fr": "De l'eau."}
    assert now.fields == ["f22", "f23"]
    assert now.skills == ["water chemistry", "grant writing", "Python"]
    assert now.links == ["https://amal.example/me", "http://code.example/amal"]
    assert (now.hours_month, now.available_until, now.visibility) == (12, date(2027, 6, 30), "public")
    for words in ("امل", "haddad", "chemistry"):
        assert db.session.scalars(index.matching("person", words)).all() == [person.id]
    assert db.session.scalars(index.matching("person", "Old")).all() == []
    entry = db.session.scalars(select(AuditEntry)).one()
    assert "display_name" in entry.after["changed"]
    assert "Haddad" not in json.dumps(entry.after), "the audit outlives the account and holds no name"


def test_the_form_shows_what_is_kept(app, login_as):
    client = login_as(make_person())
    Page.get(client, "/account").submit(FULL, button="save-profile")
    page = Page.get(client, "/account")
    shown = page.values(page.form_with("save-profile")[0])
    for name, value in FULL.items():
        for one in value if isinstance(value, list) else [value]:
            if name == "biography_other_language":
                assert (name, "French") in shown  # by its name
            elif name not in {"skills", "links", "hours_month"}:
                assert (name, one) in shown
    values = dict(shown)
    assert (values["skills"], values["hours_month"]) == ("water chemistry, grant writing, Python", "12")
    assert values["links"].split() == FULL["links"].split()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"display_name": ""}, "Enter your name"),
        ({"links": "javascript:alert(1)"}, "https://"),
        ({"links": "ftp://files.example/x"}, "https://"),
        ({"links": "https://user:secret@bank.example/"}, "https://"),
        ({"links": "https://[broken"}, "https://"),
        ({"links": "\n".join(f"https://a.example/{n}" for n in range(6))}, "at most 5 links"),
        ({"skills": ",".join(f"skill {n}" for n in range(13))}, "at most 12"),
        ({"hours_month": "401"}, "from 0 to 400"),
        ({"hours_month": "many"}, "whole number"),
        ({"available_until": "soon"}, "such as 2027-01-31"),
        ({"biography_en": "x" * 1001}, "Shorten this by 1 character"),
        ({"biography_other": "Texte"}, "Choose the language"),
    ],
)
def test_what_is_wrong_with_a_profile_is_said_and_all_stays(app, login_as, values, said):
    person = make_person("Amal")
    page = Page.get(login_as(person), "/account").submit(
        {"romanised_name": "Kept Here", **values}, button="save-profile"
    )
    assert page.status == 422
    assert len(page.errors) == 1
    assert said in page.errors[0]
    assert "Kept Here" in page.html
    assert _again(person).romanised_name == ""


@pytest.mark.parametrize(
    ("name", "value"), [("visibility", "everyone"), ("fields", "x99"), ("biography_other_language", "zz")]
)
def test_what_is_not_listed_is_refused(app, login_as, name, value):
    client = login_as(make_person())
    page = Page.get(client, "/account")
    values = {**dict(page.values(page.form_with("save-profile")[0])), name: value}
    assert client.post("/account", data=values).status_code == 422


def test_a_subfield_that_a_person_has_stays(app, login_as):
    person = make_person(fields=["s2208"])
    Page.get(login_as(person), "/account").submit({"romanised_name": "X"}, button="save-profile")
    assert _again(person).fields == ["s2208"]


def test_quality_2_4_a_profile_form_changes_nothing_else(app, login_as):
    person, other = make_person("Amal"), make_person("Other")
    client = login_as(person)
    page = Page.get(client, "/account")
    values = dict(page.values(page.form_with("save-profile")[0]))
    extra = {
        "is_admin": "1",
        "id": str(other.id),
        "person_id": str(other.id),
        "email": "evil@people.example",
        "password_hash": "x",
        "is_demo": "1",
        "email_confirmed_at": "",
        "closed_at": "2026-01-01",
    }
    before = (person.email, person.password_hash)
    assert client.post("/account", data={**values, **extra, "display_name": "Changed"}).status_code == 303
    now = _again(person)
    assert (now.display_name, now.is_admin, now.is_demo, now.is_closed) == ("Changed", False, False, False)
    assert (now.email, now.password_hash) == before
    assert _again(other).display_name == "Other"


def test_two_who_edit_at_once_get_a_conflict(app, login_as):
    person = make_person("Amal")
    client = login_as(person)
    first, second = Page.get(client, "/account"), Page.get(client, "/account")
    assert first.submit({"display_name": "One"}, button="save-profile").status == 200
    assert second.submit({"display_name": "Two"}, button="save-profile").status == 409
    assert _again(person).display_name == "One"
    with pytest.raises(Conflict):
        services.update_languages(actor(person), version=1, locale="ar", zone="UTC", languages=[])


@pytest.mark.parametrize("version", ["-1", "abc", "9" * 30, "²"])
def test_a_version_that_we_never_gave_out_is_a_conflict(app, login_as, version):
    client = login_as(make_person())
    page = Page.get(client, "/account")
    values = {**dict(page.values(page.form_with("save-profile")[0])), "version": version}
    assert client.post("/account", data=values).status_code == 409


# ---- languages and calendar ------------------------------------------------------------------------------


def test_languages_and_zone(app, login_as):
    person = make_person(zone="UTC")
    client = login_as(person)
    data = {
        "locale": "ar",
        "zone": "Asia/Amman",
        "language_1": "ar",
        "level_1": "native",
        "language_2": "en",
        "level_2": "fluent",
    }
    page = Page.get(client, "/account/languages").submit(data, button="save-languages")
    now = _again(person)
    assert (now.locale, now.zone) == ("ar", "Asia/Amman")
    assert now.languages == [{"code": "ar", "level": "native"}, {"code": "en", "level": "fluent"}]
    assert page.tree.get("lang") == "ar"
    assert Page.get(client, "/account").tree.get("lang") == "ar", "the cookie follows the choice"
    again = Page.get(client, "/account/languages")
    assert ("language_2", "الإنجليزية") in again.values(again.form_with("save-languages")[0])


@pytest.mark.parametrize(("name", "value"), [("locale", "xx"), ("zone", "Mars/Base"), ("language_1", "zz"), ("level_1", "god")])  # fmt: skip
def test_unknown_codes_are_refused(app, login_as, name, value):
    client = login_as(make_person())
    page = Page.get(client, "/account/languages")
    values = {**dict(page.values(page.form_with("save-languages")[0])), name: value}
    assert client.post("/account/languages", data=values).status_code == 422


# ---- password and address --------------------------------------------------------------------------------


def test_quality_2_9_a_new_password_ends_the_other_sign_ins(app, browser, enter, outbox):
    person = make_person(with_password=True)
    here, there = browser(), browser()
    enter(here, person.email)
    enter(there, person.email)
    page = Page.get(here, "/account/password").submit({"password": OTHER}, button="new-password")
    assert (page.path, page.status) == ("/account/security", 200)
    assert there.get("/account").status_code == 303
    assert _count(KnownDevice) == 1, "only this device is still known"
    assert outbox()[-1].kind == "accounts.password_changed"
    assert enter(there, person.email).status == 422
    assert enter(there, person.email, OTHER).status == 200


def test_a_weak_new_password_changes_nothing(app, client, enter):
    person = make_person("Grace Hopper", with_password=True)
    enter(client, person.email)
    page = Page.get(client, "/account/password").submit({"password": "grace"}, button="new-password")
    assert page.status == 422
    assert enter(app.test_client(), person.email).status == 200


def test_quality_2_8_the_actions_ask_for_the_password_themselves(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    _stale(client)
    who = _acting(client)
    before = (person.password_hash, person.email)
    for action in (
        lambda: services.change_password(who, password=OTHER),
        lambda: services.ask_change_of_address(who, email="n@people.example", network="192.0.2.1"),
        lambda: services.close_account(who, typed_email=who.email),
        lambda: services.end_other_sign_ins(who),
    ):
        with pytest.raises(NotAllowed) as refusal:
            action()
        assert refusal.value.code == "prove_first"
    now = _again(person)
    assert (now.password_hash, now.email, _count(Ticket)) == (*before, 0)


def test_change_of_address(app, client, enter, outbox):
    person = make_person(with_password=True)
    old = person.email
    enter(client, old)
    page = Page.get(client, "/account/address").submit(
        {"email": "New@people.example"}, button="change-address"
    )
    assert page.h1 == "Look into your mail"
    assert _again(person).email == old
    (mail,) = outbox()
    assert (mail.kind, mail.address) == ("accounts.address_change", "new@people.example")
    page = Page.get(client, mail.path)
    assert _again(person).email == old, "opening the link changes nothing"
    page = page.submit(button="confirm-address")
    assert (page.path, _again(person).email) == ("/account/security", "new@people.example")
    assert [(mail.kind, mail.address) for mail in outbox()[1:]] == [("accounts.address_changed", old)]
    assert Page.get(client, mail.path).status == 410


def test_quality_2_6_a_taken_address_gets_the_same_answer(app, client, enter, outbox):
    person, taken = make_person(with_password=True), make_person()
    enter(client, person.email)
    answers = []
    for email in (taken.email, "free@people.example"):
        page = Page.get(client, "/account/address").submit({"email": email}, button="change-address")
        answers.append((page.status, page.text.replace(email, "ADDRESS")))
    assert answers[0] == answers[1]
    assert [(mail.kind, mail.address) for mail in outbox()] == [
        ("accounts.already_registered", taken.email),
        ("accounts.address_change", "free@people.example"),
    ]


def test_the_own_address_is_no_change(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    page = Page.get(client, "/account/address").submit({"email": person.email}, button="change-address")
    assert page.errors == ["New e-mail address: This is your address already"]


def test_a_link_to_a_new_address_is_for_its_owner_only(app, client, enter, browser, outbox):
    person, other = make_person(with_password=True), make_person(with_password=True)
    enter(client, person.email)
    Page.get(client, "/account/address").submit({"email": "new@people.example"}, button="change-address")
    path = outbox()[0].path
    assert Page.get(browser(), path).path.startswith("/sign-in?next=")
    stranger = browser()
    enter(stranger, other.email)
    assert Page.get(stranger, path).status == 410
    with pytest.raises(RuleBroken):
        services.change_address(_acting(stranger), secret=path.rpartition("/")[2])
    assert _again(other).email == other.email


def test_an_address_that_somebody_took_meanwhile_is_not_taken_away(app, client, enter, outbox):
    person = make_person(with_password=True)
    enter(client, person.email)
    Page.get(client, "/account/address").submit({"email": "new@people.example"}, button="change-address")
    page = Page.get(client, outbox()[0].path)
    make_person(email="new@people.example")
    assert page.submit(button="confirm-address").status == 409
    assert _again(person).email == person.email


def test_an_address_that_nobody_confirmed_gives_way(app, client, enter, outbox):
    person = make_person(with_password=True)
    squatter = make_person(email="new@people.example", email_confirmed_at=None)
    enter(client, person.email)
    Page.get(client, "/account/address").submit({"email": "new@people.example"}, button="change-address")
    Page.get(client, outbox()[0].path).submit(button="confirm-address")
    assert _again(person).email == "new@people.example"
    assert _again(squatter).is_closed


# ---- data and closing ------------------------------------------------------------------------------------


def test_own_data_as_a_file(app, login_as):
    person = make_person("Amal", languages=[{"code": "ar", "level": "native"}])
    answer = login_as(person).get("/account/data.json")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="taawun-account.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    found = json.loads(answer.data)
    assert found["account"]["display_name"] == "Amal"
    assert found["account"]["email"] == person.email
    assert len(found["sign_ins"]) == 1
    assert "password" not in answer.get_data(as_text=True)
    assert "token" not in answer.get_data(as_text=True)


def test_closing_takes_the_person_out_and_leaves_the_records(app, browser, enter, outbox):
    person = make_person("Amal Haddad", with_password=True, biography={"en": "Water."}, visibility="public")
    old = person.email
    here, there = browser(), browser()
    enter(here, old)
    enter(there, old)
    page = Page.get(here, "/account/close").submit({"email": "wrong@people.example"}, button="close-now")
    assert page.errors == ["Your e-mail address: Enter the address of your account, to be sure"]
    page = page.submit({"email": old.upper()}, button="close-now")
    assert (page.path, "Your account is closed." in page.text) == ("/", True)
    now = _again(person)
    assert (now.display_name, now.email, now.password_hash, now.biography) == (
        "Former member",
        None,
        None,
        {},
    )
    assert now.is_closed
    assert [_count(kind) for kind in (SignIn, KnownDevice, Ticket)] == [0, 0, 0]
    assert there.get("/account").status_code == 303
    assert here.get(f"/people/{person.id}").status_code == 404
    assert enter(browser(), old).status == 422
    assert (outbox()[-1].kind, outbox()[-1].address) == ("accounts.account_closed", old)
    assert index.matching("person", "Amal") is not None
    assert db.session.scalars(index.matching("person", "Amal")).all() == []
    assert "accounts.close_account" in db.session.scalars(select(AuditEntry.action)).all()


def test_the_inbox_and_the_log_of_mails_forget_who_left(app, client, enter, outbox):
    person, other = make_person(with_password=True), make_person()
    with transaction(system="test"):
        tell([person.id, other.id], "accounts.welcome", path="/", reason="own_account", facts={"x": "y"})
        tell([person.id], "accounts.welcome", path="/", reason="own_account")
        sent = db.session.scalars(select(Mail).where(Mail.person_id == person.id)).first()
        sent.state, sent.sent_at, sent.subject = "sent", clock.now(), "Hello"
    enter(client, person.email)
    services.close_account(_acting(client), typed_email=person.email)
    db.session.expire_all()
    kept = [mail for mail in outbox() if mail.person_id == person.id]
    assert [(mail.address, mail.facts, mail.subject, mail.state) for mail in kept] == [("", {}, "", "sent")]
    assert db.session.scalars(select(Notice.person_id)).all() == [other.id]
    assert [mail.address for mail in outbox() if mail.person_id == other.id] == [other.email]


def test_duties_hold_and_are_named_with_their_pages(app, client, enter, monkeypatch):
    person = make_person(with_password=True)
    ties = [leaving.Tie("You lead the team T-0001", "/teams/1")]
    monkeypatch.setattr(leaving, "_ties", [lambda person_id: ties if person_id == person.id else []])
    enter(client, person.email)
    page = Page.get(client, "/account/close")
    assert page.links()["You lead the team T-0001"] == "/teams/1"
    assert "close-now" not in page.html
    with pytest.raises(RuleBroken) as refusal:
        services.close_account(_acting(client), typed_email=person.email)
    assert refusal.value.facts["next_steps"] == [("You lead the team T-0001", "/teams/1")]
    assert not _again(person).is_closed


def test_what_features_end_is_ended_in_the_same_transaction(app, client, enter, monkeypatch):
    person = make_person(with_password=True)
    ended = []

    def fails(_actor, person_id):
        ended.append(person_id)
        raise RuntimeError

    monkeypatch.setattr(leaving, "_releases", [fails])
    enter(client, person.email)
    with pytest.raises(RuntimeError):
        services.close_account(_acting(client), typed_email=person.email)
    assert ended == [person.id]
    assert not _again(person).is_closed
    assert _count(SignIn) == 1


def test_the_last_administrator_stays(app):
    admin = make_admin()
    assert len(leaving.ties_of(admin.id)) == 1
    make_admin("Second")
    assert leaving.ties_of(admin.id) == []


# ---- the pages -------------------------------------------------------------------------------------------

PAGES = (
    "/account",
    "/account/languages",
    "/account/security",
    "/account/sign-ins",
    "/account/data",
    "/account/data.json",
    "/account/password",
    "/account/address",
    "/account/close",
    "/account/prove",
    "/account/sign-ins/end-others",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_led_to_the_door_and_back(app, client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?next={path}")


@pytest.mark.parametrize("path", PAGES)
def test_quality_2_14_own_pages_are_not_stored(app, login_as, path):
    answer = login_as(make_person()).get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "most"), [("/account", 5), ("/account/sign-ins", 5), ("/account/security", 5)]
)
def test_statements_are_few_and_fixed(app, login_as, statements, path, most):
    client = login_as(make_person())
    client.get(path)
    statements.clear()
    client.get(path)
    assert len(statements) <= most
    assert PASSWORD not in " ".join(statements)

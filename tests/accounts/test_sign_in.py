"""Coming in and going out."""

import time
from datetime import timedelta

import argon2
import pytest
from sqlalchemy import func, select

from app.accounts import queries, services
from app.accounts.models import KnownDevice, Person, SignIn
from app.accounts.services import entering
from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import NotAllowed, NotFound
from app.web.guards import IDLE_SECONDS
from tests.factories import PASSWORD, make_admin, make_person
from tests.factories.accounts import actor
from tests.support.pages import Page


def _rows(kind):
    return db.session.scalar(select(func.count()).select_from(kind))


def _update(kind, key, **values):
    with transaction(system="test"):
        record = db.session.get(kind, key)
        for name, value in values.items():
            setattr(record, name, value)


def _who(client):
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


def test_the_right_password_opens_the_door(app, client, enter):
    person = make_person("Amal Haddad", with_password=True)
    page = enter(client, person.email.upper(), path="/sign-in?next=/account")
    assert (page.path, page.status) == ("/account", 200)
    assert "Amal Haddad" in page.text
    assert db.session.scalars(select(AuditEntry.action)).all() == ["accounts.sign_in"]


# ---- quality 2, point 6: known and unknown ---------------------------------------------------------------


@pytest.mark.parametrize("kind", ["unknown", "wrong", "unconfirmed", "without a password", "closed"])
def test_quality_2_6_one_answer_after_the_same_work(app, client, enter, hashing, kind):
    values = {
        "unconfirmed": {"with_password": True, "email_confirmed_at": None},
        "without a password": {},
        "wrong": {"with_password": True},
    }.get(kind, {})
    email = make_person(**values).email if kind in {"wrong", "unconfirmed", "without a password"} else None
    if kind == "closed":
        make_person(email=None, closed_at=clock.now(), password_hash=None)
    hashing.clear()
    password = "a wrong one for sure" if kind == "wrong" else PASSWORD
    page = enter(client, email or "nobody@people.example", password)
    assert page.status == 422
    assert page.errors == [f"Password: {entering.WRONG}"]
    assert hashing == ["verify"]
    assert _rows(SignIn) == 0


def test_what_was_typed_stays_but_for_the_password(app, client, enter):
    page = enter(client, "somebody@people.example", "my secret attempt", path="/sign-in?next=/people")
    assert "somebody@people.example" in page.html
    assert "my secret attempt" not in page.html
    assert dict(page.values(page.form_with("sign-in")[0]))["next"] == "/people"
    assert page.title.startswith("Error: ")


def test_empty_fields_are_named(app, client):
    page = Page.get(client, "/sign-in").submit({"email": "", "password": ""}, button="sign-in")
    assert page.errors == ["E-mail address: Enter your e-mail address", "Password: Enter your password"]


def test_quality_2_5_a_password_kept_with_weaker_parameters_is_kept_anew(app, client, enter):
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    person = make_person(password_hash=weak)
    assert enter(client, person.email).status == 200
    db.session.expire_all()
    assert "m=19456,t=2" in db.session.get(Person, person.id).password_hash
    assert enter(app.test_client(), person.email).status == 200


def test_a_password_changed_while_it_was_checked_does_not_open(app, client, enter, monkeypatch):
    person = make_person(with_password=True)
    right = entering.passwords.is_right

    def slow(kept, typed):
        found = right(kept, typed)
        _update(Person, person.id, password_hash="changed")
        return found

    monkeypatch.setattr(entering.passwords, "is_right", slow)
    assert enter(client, person.email).status == 422


# ---- quality 2, point 9: sessions ------------------------------------------------------------------------


def test_quality_2_9_the_session_is_new_at_sign_in_and_nothing_goes_over(app, client, enter):
    person = make_person(with_password=True)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted-by-somebody-else"
        cookie["planted"] = "value"
    enter(client, person.email)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted-by-somebody-else"
        assert "planted" not in cookie
        token = cookie["_user_id"]
    assert len(token) >= 43, "256 bits"
    assert db.session.scalars(select(SignIn.token_hash)).one() == queries.token_hash(token)


def test_quality_2_9_each_sign_in_has_its_own_token(app, browser, enter):
    person = make_person(with_password=True)
    one, two = browser(), browser()
    enter(one, person.email)
    enter(two, person.email)
    assert _who(one) != _who(two)


def test_quality_2_9_the_cookie_is_only_for_us(app, client):
    person = make_person(with_password=True)
    page = Page.get(client, "/sign-in")
    values = {
        **dict(page.values(page.form_with("sign-in")[0])),
        "email": person.email,
        "password": PASSWORD,
    }
    cookies = client.post("/sign-in", data=values).headers.getlist("Set-Cookie")
    for name in ("taawun=", "device="):
        cookie = next(line for line in cookies if line.startswith(name))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert PASSWORD not in cookie


@pytest.mark.parametrize("path", ["/", "/sign-in", "/sign-up", "/people", "/reset", "/healthz"])
def test_quality_2_9_no_row_for_who_only_looks(app, client, statements, path):
    client.get(path)
    assert not [line for line in statements if line.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_quality_2_9_absolute_and_idle_limits(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    sign_in = db.session.scalars(select(SignIn)).one()
    assert timedelta(days=29) < sign_in.expires_at - clock.now() <= timedelta(days=30)
    assert client.get("/account").status_code == 200
    with client.session_transaction() as cookie:
        cookie["seen"] = int(time.time()) - IDLE_SECONDS - 5
    assert client.get("/account").status_code == 303
    enter(client, person.email)
    newest = db.session.scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    assert client.get("/account").status_code == 200
    _update(SignIn, newest, expires_at=clock.now() - timedelta(seconds=1))
    assert client.get("/account").status_code == 303


def test_quality_2_9_signing_out_kills_the_token_on_the_server(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    stolen = _who(client)
    page = Page.get(client, "/sign-out")
    assert page.h1 == "Sign out"
    assert _rows(SignIn) == 1, "opening the page changes nothing"
    page = page.submit(button="sign-out-now")
    assert (page.path, "You are signed out." in page.text) == ("/", True)
    assert _rows(SignIn) == 0
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["seen"] = stolen, int(time.time())
    assert client.get("/account").status_code == 303


def test_signing_out_as_a_visitor_leads_home(app, client):
    assert Page.get(client, "/sign-out").path == "/"
    services.sign_out(queries.actor_for(make_person()))


def test_who_is_signed_in_needs_no_sign_in(app, login_as):
    client = login_as(make_person())
    assert Page.get(client, "/sign-in?next=/people").path == "/people"
    assert Page.get(client, "/sign-up").path == "/"


def test_quality_2_9_own_sign_ins_are_listed_and_ended(app, browser, enter):
    person = make_person(with_password=True)
    here, there = browser(), browser()
    there.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
    )
    enter(here, person.email)
    enter(there, person.email)
    page = Page.get(here, "/account/sign-ins")
    assert "Edge, Windows" in page.text
    assert "This device" in page.text
    other = max(db.session.scalars(select(SignIn.id)))
    page = page.submit(button=f"end-{other}")
    assert "That device is signed out." in page.text
    assert there.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_ending_this_very_sign_in_is_signing_out(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    page = Page.get(client, "/account/sign-ins").submit(
        button=f"end-{db.session.scalars(select(SignIn.id)).one()}"
    )
    assert page.path == "/"
    assert client.get("/account").status_code == 303


def test_nobody_ends_the_sign_in_of_another(app, browser, enter):
    person, other = make_person(with_password=True), make_person(with_password=True)
    here, there = browser(), browser()
    enter(here, person.email)
    enter(there, other.email)
    theirs = max(db.session.scalars(select(SignIn.id)))
    page = Page.get(here, "/account/sign-ins")
    token = dict(page.values(page.form_with(f"end-{theirs - 1}")[0]))
    assert here.post(f"/account/sign-ins/{theirs}/end", data=token).status_code == 404
    assert there.get("/account").status_code == 200
    with pytest.raises(NotFound):
        services.end_sign_in(queries.actor_of_token(_who(here)), theirs)


def test_quality_2_9_all_others_are_ended_at_once_but_only_after_the_password(app, browser, enter):
    person = make_person(with_password=True)
    here, there, third = browser(), browser(), browser()
    for one in (here, there, third):
        enter(one, person.email)
    own = queries.actor_of_token(_who(here)).session_id
    _update(SignIn, own, proved_at=clock.now() - timedelta(minutes=11))
    with pytest.raises(NotAllowed) as refusal:
        services.end_other_sign_ins(queries.actor_of_token(_who(here)))
    assert refusal.value.code == "prove_first"
    page = Page.get(here, "/account/sign-ins").follow("Sign out everywhere else")
    assert page.h1 == "Your password again"
    page = page.submit({"password": PASSWORD}, button="prove")
    assert page.path == "/account/sign-ins/end-others"
    page = page.submit(button="end-others-now")
    assert "2 other devices are signed out." in page.text
    assert [one.get("/account").status_code for one in (here, there, third)] == [200, 303, 303]


# ---- proving oneself again -------------------------------------------------------------------------------


def test_quality_2_9_proving_gives_a_new_token_and_the_old_one_dies(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    before = _who(client)
    page = Page.get(client, "/account/prove?next=/account/data").submit(
        {"password": PASSWORD}, button="prove"
    )
    assert page.path == "/account/data"
    assert _who(client) != before
    assert queries.actor_of_token(before) is None
    assert _rows(SignIn) == 1


def test_a_wrong_password_proves_nothing(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    own = queries.actor_of_token(_who(client)).session_id
    _update(SignIn, own, proved_at=clock.now() - timedelta(hours=1))
    page = Page.get(client, "/account/close")
    assert page.path == "/account/prove?next=/account/close"
    page = page.submit({"password": "something else entirely"}, button="prove")
    assert (page.status, page.errors) == (422, ["Password: This is not your password. Try again."])
    assert Page.get(client, "/account/close").h1 == "Your password again"


@pytest.mark.parametrize(
    "path", ["/account/close", "/account/password", "/account/address", "/account/sign-ins/end-others"]
)
def test_quality_2_8_what_could_take_the_account_asks_again(app, client, enter, path):
    person = make_person(with_password=True)
    enter(client, person.email)
    assert client.get(path).status_code == 200
    own = queries.actor_of_token(_who(client)).session_id
    _update(SignIn, own, proved_at=clock.now() - timedelta(minutes=11))
    for answer in (client.get(path), client.post(path, data=_token(client))):
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"/account/prove?next={path}"


def _token(client):
    page = Page.get(client, "/account/languages")
    return {"csrf_token": dict(page.values(page.form_with("save-languages")[0]))["csrf_token"]}


# ---- quality 2, points 3, 12: roles, forms, redirects ----------------------------------------------------


@pytest.mark.parametrize("token", ["", "x", "7", "99999999999999999999.x", "-1.x", "٧.x"])
def test_what_is_no_token_is_nobody(app, token):
    assert queries.actor_of_token(token) is None


def test_a_token_that_names_somebody_else_is_nobodys(app):
    mine, theirs = make_person(), make_person()
    token = queries.sign_in_token(theirs.id)
    with transaction(system="test"):
        later = clock.now() + timedelta(days=1)
        db.session.add(SignIn(token_hash=queries.token_hash(token), person_id=mine.id, expires_at=later))
    assert queries.actor_of_token(token) is None


def test_quality_2_3_a_lost_role_is_lost_at_the_next_request(app, login_as):
    admin = make_admin()
    client = login_as(admin)
    token = _who(client)
    assert queries.actor_of_token(token).is_admin
    _update(Person, admin.id, is_admin=False)
    assert not queries.actor_of_token(token).is_admin
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%0d%0aLocation:https://evil.example",
        "/ok\r\nLocation: https://evil.example",
        "evil.example",
        "/\t/evil.example",
    ],
)
def test_quality_2_12_only_own_paths_are_gone_on_to(app, client, enter, target):
    person = make_person(with_password=True)
    page = Page.get(client, "/sign-in")
    values = {
        **dict(page.values(page.form_with("sign-in")[0])),
        "email": person.email,
        "password": PASSWORD,
        "next": target,
    }
    answer = client.post("/sign-in", data=values)
    location = answer.headers["Location"]
    assert answer.status_code == 303
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-up", "/reset", "/account/prove"])
def test_quality_2_12_a_change_needs_the_forms_token_and_our_own_page(app, login_as, client, path):
    browser = login_as(make_person()) if path == "/account/prove" else client
    assert browser.post(path, data={"email": "a@people.example"}).status_code == 400
    foreign = browser.post(path, data={}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert browser.post(path, data={}, headers={"Origin": "https://evil.example"}).status_code == 403


# ---- devices ---------------------------------------------------------------------------------------------


def test_a_new_device_is_told_but_not_the_first(app, browser, enter, outbox):
    person = make_person(with_password=True)
    first, second = browser(), browser()
    enter(first, person.email)
    assert outbox() == []
    enter(second, person.email)
    assert [mail.kind for mail in outbox()] == ["accounts.new_device"]
    Page.get(second, "/sign-out").submit(button="sign-out-now")
    enter(second, person.email)
    assert len(outbox()) == 1
    assert _rows(KnownDevice) == 2


def test_no_more_than_twenty_devices_are_kept(app):
    person = make_person()
    for number in range(entering.MOST_DEVICES + 3):
        with transaction(system="test"):
            entering.begin(person, f"Device {number}", None)
    assert _rows(KnownDevice) == entering.MOST_DEVICES


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36", "Samsung Internet, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0 Safari/537.36 OPR/120.0", "Opera, macOS"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_named_as_people_know_it(agent, name):
    assert services.device_name(agent) == name


def test_an_unknown_device_has_a_word_on_the_page(app, login_as):
    assert "Unknown device" in Page.get(login_as(make_person()), "/account/sign-ins").text


def test_the_audit_holds_no_secret_and_no_address(app, client, enter):
    person = make_person(with_password=True)
    enter(client, person.email)
    entry = db.session.scalars(select(AuditEntry)).one()
    everything = " ".join(str(getattr(entry, column.name)) for column in AuditEntry.__table__.columns)
    assert person.email not in everything
    assert PASSWORD not in everything
    assert _who(client) not in everything
    assert entry.actor_id == person.id
    assert actor(person).session_id is None


def test_statements_of_coming_in_are_few_and_fixed(app, statements):
    """Account with device, throttle, person with devices, sign-in, device, throttle, chain: 9; two more tell of a new device."""
    person = make_person(with_password=True)

    def come_in(device_token: str | None) -> tuple[str, int]:
        statements.clear()
        entered = services.sign_in(
            email=person.email, password=PASSWORD, network="192.0.2.1", device_token=device_token
        )
        return entered.device_token, len(statements)

    known, _number = come_in(None)
    for _time in range(3):
        assert come_in(known)[1] == 9, statements
        assert come_in(None)[1] == 11, statements

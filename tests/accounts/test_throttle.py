"""One throttle for all doors (quality 2, point 7)."""

import json
import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts import services
from app.accounts.models import KnownDevice, Person, SignIn, ThrottleCount, Ticket
from app.accounts.queries import token_hash
from app.accounts.services import throttle
from app.core import clock
from app.core.db import db, transaction
from app.core.errors import TooMany
from tests.factories import PASSWORD, make_person
from tests.support.pages import Page


def _limit(kind):
    return throttle.LIMITS[kind][0]


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The clock stands in the middle of a window, so that no test straddles two."""
    now = clock.now().replace(minute=7, second=0, microsecond=0)
    monkeypatch.setattr(throttle.clock, "now", lambda: now)
    return now


def _tries(kind, times, value="x"):
    answers = Counter()
    for _time in range(times):
        try:
            throttle.count((kind, value))
            answers["passed"] += 1
        except TooMany:
            answers["refused"] += 1
    return answers


def test_quality_2_7_the_limit_is_exact_and_others_are_not_touched(app):
    assert _tries("account", _limit("account") + 3) == {"passed": _limit("account"), "refused": 3}
    assert _tries("account", 1, "y") == {"passed": 1}
    assert _tries("device", 1) == {"passed": 1}


def test_quality_2_7_threads_share_the_count(app):
    def work(_number):
        with app.app_context():
            return _tries("account", 5, "shared")

    with ThreadPoolExecutor(4) as pool:
        found = sum(pool.map(work, range(6)), Counter())
    assert found == {"passed": _limit("account"), "refused": 30 - _limit("account")}


PROCESS = """
import json, sys
from app import config, create_app
from app.accounts.services import throttle
from app.core import clock
from app.core.errors import TooMany
from datetime import datetime
throttle.clock.now = lambda: datetime.fromisoformat(sys.argv[1])
answers = []
with create_app(config.load()).app_context():
    for _ in range(12):
        try:
            throttle.count(("account", "processes"), ("network", "192.0.2.1"))
            answers.append("passed")
        except TooMany:
            answers.append("refused")
print(json.dumps(answers))
"""


def test_quality_2_7_processes_share_the_count(app, one_window, tmp_path):
    db.session.remove()
    env = {
        **os.environ,
        "TAAWUN_ENV": "testing",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": "x" * 40,
        "INSTANCE": str(tmp_path),
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, one_window.isoformat()], env=env, stdout=subprocess.PIPE
        )
        for _number in range(2)
    ]
    answers = Counter(answer for process in running for answer in json.loads(process.communicate()[0]))
    assert answers == {"passed": _limit("account"), "refused": 24 - _limit("account")}


def test_a_new_window_begins_at_zero(app, one_window, monkeypatch):
    _tries("account", _limit("account"))
    with pytest.raises(TooMany) as refusal:
        throttle.count(("account", "x"))
    assert refusal.value.retry_after == 8 * 60 + 1
    monkeypatch.setattr(throttle.clock, "now", lambda: one_window + timedelta(minutes=8))
    throttle.count(("account", "x"))


def test_what_was_right_is_taken_back(app):
    _tries("account", _limit("account"))
    with transaction(system="test"):
        throttle.forgive(("account", "x"))
    assert _tries("account", 2) == {"passed": 1, "refused": 1}


def test_a_try_is_never_counted_in_what_may_fail(app):
    with pytest.raises(RuntimeError), transaction(system="test"):
        throttle.count(("account", "x"))


def test_no_address_is_kept(app):
    throttle.count(("account", "secret@people.example"))
    assert "secret" not in db.session.scalars(select(ThrottleCount.key)).one()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", "unknown"),
        (None, "unknown"),
    ],
)
def test_quality_2_7_a_network_is_an_address_or_a_64(address, network):
    assert throttle.network_of(address) == network


# ---- at the doors ---------------------------------------------------------------------------------------


def test_quality_2_7_sign_in_is_refused_with_the_time_to_wait_for_known_and_unknown_alike(
    app, browser, enter
):
    person = make_person(with_password=True)
    for email in (person.email, "nobody@people.example"):
        client = browser()
        for _time in range(_limit("account")):
            assert enter(client, email, "wrong").status == 422
        page = enter(client, email)
        assert page.status == 429, "even with the right password, from a device that is not known"
        assert int(page.headers["Retry-After"]) == 8 * 60 + 1


def test_quality_2_7_one_count_for_sign_in_and_proving(app, browser, enter):
    person = make_person(with_password=True)
    client = browser()
    enter(client, person.email)
    client.delete_cookie("device")
    for _time in range(_limit("account")):
        enter(browser(), person.email, "wrong")
    page = Page.get(client, "/account/prove").submit({"password": PASSWORD}, button="prove")
    assert page.status == 429


def test_quality_2_7_a_known_device_gets_in_during_an_attack(app, browser, enter):
    person = make_person(with_password=True)
    known = browser()
    assert enter(known, person.email).status == 200
    Page.get(known, "/sign-out").submit(button="sign-out-now")
    for _time in range(_limit("account") + 2):
        enter(browser(), person.email, "wrong")
    assert enter(browser(), person.email).status == 429
    page = enter(known, person.email, path="/sign-in?next=/account")
    assert (page.status, page.path) == (200, "/account")


def test_a_known_device_has_a_limit_too(app, browser, enter):
    person = make_person(with_password=True)
    known = browser()
    enter(known, person.email)
    Page.get(known, "/sign-out").submit(button="sign-out-now")
    for _time in range(_limit("device")):
        assert enter(known, person.email, "wrong").status == 422
    assert enter(known, person.email).status == 429


def test_quality_2_7_a_forged_forwarding_header_changes_nothing(app, browser, monkeypatch):
    monkeypatch.setitem(throttle.LIMITS, "network", (3, timedelta(minutes=15)))
    client = browser()
    token = Page.get(client, "/sign-in").values(Page.get(client, "/sign-in").form_with("sign-in")[0])
    statuses = [
        client.post(
            "/sign-in",
            data={**dict(token), "email": f"n{number}@people.example", "password": "wrong"},
            headers={
                "X-Forwarded-For": f"198.51.100.{number}",
                "Forwarded": f"for=198.51.100.{number}",
                "X-Real-IP": f"198.51.100.{number}",
            },
        ).status_code
        for number in range(5)
    ]
    assert statuses == [422, 422, 422, 429, 429]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/reset", {"email": "n@people.example"}),
        ("/sign-up", {"email": "n@people.example", "display_name": "N", "password": PASSWORD}),
    ],
)
def test_quality_2_7_mails_to_an_address_are_limited_at_every_door(app, browser, path, data):
    statuses = [Page.get(browser(), path).submit(data).status for _time in range(_limit("mail") + 1)]
    assert statuses == [200] * _limit("mail") + [429]


def test_old_counts_links_sign_ins_and_devices_are_forgotten(app, monkeypatch, one_window):
    person = make_person()
    old = one_window - timedelta(days=200)
    stale = make_person("Never came", email_confirmed_at=None, created_at=old)
    fresh = make_person("Just asked", email_confirmed_at=None)
    with transaction(system="test"):
        for at, name in ((old, "old"), (one_window, "new")):
            later = at + timedelta(days=1)
            db.session.add_all(
                [
                    ThrottleCount(key=name, window_start=at, tries=1),
                    SignIn(token_hash=token_hash(name), person_id=person.id, expires_at=later),
                    KnownDevice(person_id=person.id, token_hash=token_hash(name), seen_at=at),
                    Ticket(
                        secret_hash=token_hash(name),
                        purpose="reset",
                        person_id=person.id,
                        email=person.email,
                        expires_at=later,
                    ),
                ]
            )
    assert services.tidy() == 5
    for kind in (ThrottleCount, SignIn, KnownDevice, Ticket):
        assert db.session.scalar(select(func.count()).select_from(kind)) == 1
    assert db.session.get(Person, stale.id).is_closed
    assert not db.session.get(Person, fresh.id).is_closed
    assert services.tidy() == 0

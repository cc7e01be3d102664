"""The first page for visitors and for people, the pages about the portal, health, and the administrators' pages."""

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import schema, worldmap
from app.core.db import db, transaction
from app.home import queries
from app.home.queries import pages
from app.notifications import cli as mails
from app.notifications.models import Mail
from app.notifications.services import MAIL_FAILED, tell, write_to
from tests.factories import (
    affiliate,
    make_admin,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
    make_team,
)

PAGES = ["/about", "/help", "/accessibility", "/privacy", "/contact", "/status"]
SUBJECT = "Mail: some could not be delivered"


@pytest.fixture(autouse=True)
def count_anew(monkeypatch) -> None:
    """Numbers are kept for a minute in each process; each test counts its own."""
    monkeypatch.setattr(pages, "_kept", {})


# ---- visitors --------------------------------------------------------------------------------------------------


def test_an_empty_portal_still_has_a_first_page(page) -> None:
    shown = page("/")
    assert shown.status == 200
    assert shown.h1 == "A partnership goes both ways."
    assert "No problem is open to teams yet." in shown.text
    assert "One partnership, both ways" not in shown.text


def test_two_doors_lead_on(page) -> None:
    links = page("/").links()
    assert "/problems/new" in links.values()
    assert "/teams" in links.values()


@pytest.fixture
def busy(app):
    """Institutions on three continents, a draft, an open problem, a team at work and one that hides."""
    cairo = make_institution("Cairo University", country="EG", latitude=30.0, longitude=31.2)
    nairobi = make_institution("University of Nairobi", country="KE", latitude=-1.3, longitude=36.8)
    make_institution("UNAM", country="MX")
    make_institution("Unknown yet", state="listed", country="JP")
    problem = make_problem("Salty wells", institution=cairo)
    make_problem("A secret draft", state="draft", institution=cairo)
    team = make_team("Open Wells", state="approved", problem=problem, institution=nairobi, complete=True)
    make_team("Hidden Team", state="approved", problem=problem, visibility="consortium", complete=True)
    return team


def test_the_first_page_shows_what_goes_on(page, busy) -> None:
    shown = page("/")
    for piece in ("Salty wells", "Cairo University", "Open Wells", "Wells to test in", "Electrodes"):
        assert piece in shown.text
    for piece in ("A secret draft", "Hidden Team", "Unknown yet"):
        assert piece not in shown.text
    assert shown.links()["Salty wells"] == f"/problems/{busy.problem_id}"


def test_partners_are_counted_by_region_and_country(app, busy) -> None:
    found = queries.partners()
    verified = {country.code: country.number for country in found.countries}
    assert "JP" not in verified
    assert verified["MX"] == 1
    assert found.total == sum(verified.values())
    assert sum(number for _name, number, _countries in found.regions) == found.total
    assert sum(countries for _name, _number, countries in found.regions) == len(verified)


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [(0, 0, (421, 226)), (30, 31.2, (499, 145)), (-41.3, 174.8, (858, 338)), (65, -170, (896, 51))],
)
def test_dots_stand_where_the_coast_lines_put_them(app, latitude, longitude, place) -> None:
    make_institution(country="EG", latitude=latitude, longitude=longitude)
    (dot,) = worldmap.dots(queries.partners().countries)
    assert (int(dot.x), int(dot.y)) == place
    assert (float(dot.radius), dot.number) == (5.5, 1)


def test_a_country_without_a_place_has_no_dot(app) -> None:
    make_institution(country="EG")
    assert worldmap.dots(queries.partners().countries) == []


def test_visitors_cost_the_same_whatever_there_is(client, busy, statements) -> None:
    statements.clear()
    assert client.get("/").status_code == 200
    assert len(statements) == 9


def test_numbers_are_counted_once_a_minute(client, busy, statements, monkeypatch) -> None:
    client.get("/")
    statements.clear()
    make_institution("Brand new", country="NZ")
    statements.clear()
    fresh = client.get("/").get_data(as_text=True)
    assert len(statements) == 4
    assert "Oceania" not in fresh
    monkeypatch.setattr(pages, "FRESH_SECONDS", -1.0)
    assert "Oceania" in client.get("/").get_data(as_text=True)


# ---- people ----------------------------------------------------------------------------------------------------


def test_nothing_waiting_gives_three_next_steps(page, login_as) -> None:
    shown = page("/", login_as(make_person()))
    assert shown.h1 == "Waiting for you"
    assert "Nothing waits for you." in shown.text
    for path in ("/problems", "/teams", "/problems/new"):
        assert path in shown.links().values()
    assert "You administer the portal" not in shown.text
    assert "You lead" not in shown.text


def test_a_lead_sees_what_waits_and_where_they_take_part(page, login_as, app) -> None:
    lead = make_person("Layla")
    institution = make_institution("KAUST")
    affiliate(lead, institution, "representative")
    consortium = make_consortium("Drylands", leads=[lead], members=[institution])
    make_problem("To be read", state="submitted", institution=institution, consortium=consortium)
    make_problem("Half written", state="draft", author=lead, institution=institution, consortium=consortium)
    make_team("Open Wells", lead=lead, institution=institution)
    with transaction(system="x"):
        tell([lead.id], MAIL_FAILED, path="/x", reason="administrator", mail=False)
    shown = page("/", login_as(lead))
    for piece in (
        "One thing waits for your answer.",
        "To be read",
        "Half written",
        "Drylands",
        "KAUST",
        "Open Wells",
        SUBJECT,
    ):
        assert piece in shown.text
    others = page("/", login_as(make_person()))
    for piece in ("To be read", "Half written", "Drylands", SUBJECT):
        assert piece not in others.text


@pytest.mark.parametrize("number", [1, 8])
def test_the_first_page_costs_the_same_for_much_and_little(app, login_as, statements, number) -> None:
    lead, institution = make_admin(), make_institution()
    affiliate(lead, institution, "representative")
    consortium = make_consortium(leads=[lead], members=[institution])
    for _time in range(number):
        make_problem(state="submitted", institution=institution, consortium=consortium)
        make_problem(state="draft", author=lead, institution=institution, consortium=consortium)
        make_team(lead=lead, institution=institution)
    browser = login_as(lead)
    browser.get("/")
    statements.clear()
    assert browser.get("/").status_code == 200
    assert len(statements) <= 10  # of somebody who administers, leads and represents; nine for everybody else


# ---- about the portal ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_about_the_portal_are_for_everybody(page, login_as, path, lang) -> None:
    for browser in (None, login_as(make_person())):
        shown = page(f"{path}?lang={lang}", browser)
        assert shown.status == 200
        assert shown.h1


@pytest.mark.parametrize("path", [*PAGES, "/"])
def test_no_link_of_these_pages_leads_nowhere(page, client, path) -> None:
    for target in set(page(path).links().values()):
        if target.startswith("/"):
            assert client.get(target.split("#")[0], buffered=True).status_code in {200, 303}, target


def test_a_process_is_alive_without_a_database(client, statements) -> None:
    statements.clear()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})
    assert statements == []


def test_ready_means_the_database_answers_and_is_up_to_date(client, monkeypatch) -> None:
    assert client.get("/readyz").json == {"status": "ready"}
    monkeypatch.setattr(schema, "newest", lambda: "0099")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "reason": "schema"})


def test_without_a_database_it_is_not_ready_and_says_no_more(client, monkeypatch) -> None:
    from sqlalchemy.exc import OperationalError

    def gone() -> None:
        raise OperationalError("SELECT secret", {}, Exception("password"))

    monkeypatch.setattr(schema, "current", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "reason": "database"})


def test_robots_and_the_mark(client) -> None:
    assert "Disallow: /audit" in client.get("/robots.txt").get_data(as_text=True)
    mark = client.get("/favicon.ico", buffered=True)
    assert (mark.status_code, mark.mimetype) == (200, "image/svg+xml")


def test_the_status_says_when_background_work_stands_still(page, app) -> None:
    assert "It stands still" in page("/status").text
    app.test_cli_runner().invoke(args=["worker", "--once"])
    db.session.rollback()  # the tests' pages share one session
    assert "Everything works." in page("/status").text


# ---- administrators --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin", "/admin/mail", "/admin/mail/1"])
def test_the_administrators_pages_are_theirs(client, login_as, path) -> None:
    assert client.get(path).status_code == 303
    assert login_as(make_person()).get(path).status_code == 403
    assert login_as(make_admin()).get(path).status_code == (404 if path.endswith("1") else 200)


def test_the_overview_counts(page, login_as) -> None:
    admin = make_admin()
    make_institution("To be checked", state="pending")
    shown = page("/admin", login_as(admin))
    for piece in ("Institutions being checked1", "Verified institutions0", "People1", "Administrators1"):
        assert piece in shown.text


def kept(person, **values) -> Mail:
    with transaction(system="x"):
        tell([person.id], MAIL_FAILED, path="/x", reason="administrator")
        for name, value in values.items():
            setattr(db.session.scalars(select(Mail)).one(), name, value)
    return db.session.scalars(select(Mail)).one()


def test_the_log_shows_every_mail_with_its_state(page, login_as) -> None:
    admin, reader = make_admin(), make_person(email="reader@people.example")
    mail = kept(reader)
    browser = login_as(admin)
    assert "Waiting" in page("/admin/mail", browser).text
    mails.deliver()
    log = page("/admin/mail?state=sent", browser)
    assert "reader@people.example" in log.text
    assert SUBJECT not in page("/admin/mail?state=failed", browser).text
    one = log.follow(SUBJECT)
    assert one.path == f"/admin/mail/{mail.id}"
    assert "http://localhost/x" in one.text


def test_a_kept_link_is_shown_in_development_and_hidden_in_production(
    app, page, login_as, monkeypatch
) -> None:
    with transaction(system="x"):
        write_to("a@people.example", MAIL_FAILED, path="/confirm/secret-token", locale="en")
    mails.deliver()
    number = db.session.scalars(select(Mail.id)).one()
    browser = login_as(make_admin())
    assert "http://localhost/confirm/secret-token" in page(f"/admin/mail/{number}", browser).text
    settings = app.config["SETTINGS"]
    monkeypatch.setitem(
        app.config, "SETTINGS", type(settings)(**{**vars(settings), "environment": "production"})
    )
    hidden = page(f"/admin/mail/{number}", browser)
    assert "secret-token" not in hidden.html
    assert "It is shown to nobody." in hidden.text


def test_a_failed_mail_is_sent_again(page, login_as) -> None:
    admin = make_admin()
    mail = kept(make_person(), state="failed", attempts=6, error="gone", subject=SUBJECT)
    shown = page(f"/admin/mail/{mail.id}", login_as(admin)).submit(button="again")
    assert "The mail will be sent again" in shown.text
    db.session.rollback()
    db.session.refresh(mail)
    assert (mail.state, mail.attempts) == ("waiting", 0)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_id, entry.thing_id) == ("home.send_mail_again", admin.id, mail.id)


def test_a_mail_that_was_sent_has_no_such_button_and_refuses(page, login_as) -> None:
    mail = kept(make_person(), state="sent")
    browser = login_as(make_admin())
    shown = page(f"/admin/mail/{mail.id}", browser)
    assert "Send it again" not in shown.text
    token = shown.html.split('name="csrf_token" value="')[1].split('"')[0]
    assert browser.post(f"/admin/mail/{mail.id}/again", data={"csrf_token": token}).status_code == 409
    other = login_as(make_person())
    token = page("/", other).html.split('name="csrf_token" value="')[1].split('"')[0]
    assert other.post(f"/admin/mail/{mail.id}/again", data={"csrf_token": token}).status_code == 403
    assert db.session.scalars(select(AuditEntry)).all() == []

"""People from the command line."""

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.core.db import db
from tests.factories import PASSWORD, make_admin, make_person
from tests.support.pages import Page


@pytest.fixture
def run(app):
    return lambda *args: app.test_cli_runner().invoke(args=["person", *args])


def _person(email):
    db.session.expire_all()
    return db.session.scalars(select(Person).where(Person.email == email)).first()


def test_the_first_administrator_gets_a_link_to_choose_a_password(app, run, client, enter):
    result = run("create", "Root@people.example", "Rana Root", "--admin")
    assert result.exit_code == 0, result.output
    person = _person("root@people.example")
    assert (person.display_name, person.is_admin) == ("Rana Root", True)
    link = result.output.strip().splitlines()[-1]
    assert link.startswith("http://localhost/reset/")
    page = Page.get(client, link.removeprefix("http://localhost"))
    page.submit({"password": PASSWORD}, button="new-password")
    assert enter(client, "root@people.example").status == 200


@pytest.mark.parametrize("args", [("no address", "Name"), ("a@people.example", "  ")])
def test_what_cannot_be_is_refused(app, run, args):
    assert run("create", *args).exit_code != 0
    assert _person("a@people.example") is None


def test_an_address_is_there_once(app, run):
    person = make_person()
    result = run("create", person.email, "Again")
    assert "has an account already" in result.output
    assert result.exit_code == 1


def test_administrators_are_named_and_unnamed_but_one_stays(app, run):
    person = make_person()
    assert run("make-admin", person.email).exit_code == 0
    assert _person(person.email).is_admin
    assert "only administrator" in run("remove-admin", person.email).output
    assert _person(person.email).is_admin
    make_admin()
    assert run("remove-admin", person.email).exit_code == 0
    assert not _person(person.email).is_admin
    assert "nobody has" in run("make-admin", "nobody@people.example").output


def test_a_reset_link_on_demand(app, run, client):
    person = make_person(with_password=True)
    result = run("reset-link", person.email)
    link = result.output.strip().splitlines()[-1].removeprefix("http://localhost")
    assert Page.get(client, link).h1 == "Choose a new password"
    assert run("reset-link", "nobody@people.example").exit_code == 1

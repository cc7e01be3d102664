"""People as others see them."""

import pytest

from app.accounts import queries, services
from app.core.access import VISITOR
from app.core.db import db, transaction
from app.core.errors import NotFound
from tests.factories import affiliate, make_institution, make_person
from tests.factories.accounts import actor


def _known(*people):
    """As if they had been confirmed by the page: found by their names."""
    with transaction(system="test"):
        for person in people:
            services.index_person(db.session.merge(person))


def test_visitors_see_public_profiles_only(app, page):
    make_person("Public Amal", visibility="public")
    make_person("Quiet Basma", visibility="signed_in")
    make_person("Hidden Camil", visibility="hidden")
    text = page("/people").text
    assert "Public Amal" in text
    assert "Quiet Basma" not in text
    assert "Hidden Camil" not in text
    assert "Sign in to see more" in text


def test_people_are_found_by_name_in_any_form(app, page, login_as):
    _known(
        make_person("أمل حدّاد", romanised_name="Amal Haddad"),
        make_person("Åsa Öberg"),
        make_person("Hidden Amal", visibility="hidden"),
    )
    client = login_as(make_person("Reader"))
    for words, found in (("امل", "أمل حدّاد"), ("haddad", "أمل حدّاد"), ("asa oberg", "Åsa Öberg")):
        text = page(f"/people?q={words}", client).text
        assert found in text
        assert "Reader" not in text.split("found")[-1]
    assert "Hidden Amal" not in page("/people?q=amal", client).text
    assert "Nothing fits" in page("/people?q=nobody", client).text
    assert page("/people?q=%21%21", client).status == 200


def test_the_list_is_in_order_and_pages(app, login_as, page):
    for number in range(30):
        make_person(f"Person {number:02}", sort_name=f"{number:02}")
    client = login_as(make_person("Reader", sort_name="zz"))
    first = page("/people", client)
    assert first.text.index("Person 00") < first.text.index("Person 24")
    assert "Person 25" not in first.text
    second = first.follow("Older" if "Older" in first.links() else "Next")
    assert "Person 25" in second.text
    assert "Person 24" not in second.text


@pytest.mark.parametrize("cursor", ["x", "e30", "WyJuIiwxLDJd"])
def test_a_cursor_that_is_not_ours_is_refused(app, page, cursor):
    assert page(f"/people?page={cursor}").status == 400


def test_a_profile_with_who_vouches(app, page, login_as):
    person = affiliate("Amal Haddad", make_institution("Water Institute"))
    with transaction(system="test"):
        person = db.session.merge(person)
        person.romanised_name = "Amal H."
        person.biography = {"en": "I *measure* <b>water</b>.", "ar": "أقيس الماء."}
        person.skills, person.fields = ["chemistry"], ["f23"]
        person.languages = [{"code": "ar", "level": "native"}]
        person.links, person.hours_month = ["https://amal.example/"], 8
    shown = page(f"/people/{person.id}", login_as(make_person()))
    for words in (
        "Water Institute",
        "E-mail address confirmed",
        "chemistry",
        "Arabic: first language",
        "8 hours a month",
    ):
        assert words in shown.text
    assert "<em>measure</em>" in shown.html
    assert "<b>water" not in shown.html
    assert 'lang="ar" dir="rtl"' in shown.html


def test_no_address_is_shown_to_anybody_but_its_owner(app, page, login_as):
    person = make_person("Amal", visibility="public", email="marker@people.example")
    _known(person)
    reader = login_as(make_person())
    for path in ("/people", "/people?q=Amal", "/people?q=marker", f"/people/{person.id}"):
        for client in (None, reader):
            found = page(path, client)
            assert "marker@people" not in found.html
    assert "Amal" not in page("/people?q=marker", reader).text
    assert "marker@people.example" in page("/account/security", login_as(person)).html


def test_who_is_not_seen_does_not_exist(app, page, login_as):
    hidden = make_person("Hidden", visibility="hidden")
    reader = make_person()
    assert page(f"/people/{hidden.id}", login_as(reader)).status == 404
    assert page("/people/4000000").status == 404
    assert page("/people/99999999999999999999").status == 404
    assert page(f"/people/{hidden.id}", login_as(hidden)).status == 200
    with pytest.raises(NotFound):
        queries.get(actor(reader), hidden.id)
    with pytest.raises(NotFound):
        queries.own(VISITOR)


@pytest.mark.parametrize("many", [1, 25])
def test_statements_are_fixed(app, login_as, statements, many):
    people = [affiliate(f"Person {number}", make_institution()) for number in range(many)]
    client = login_as(make_person())
    client.get("/people")
    statements.clear()
    client.get("/people")
    assert len(statements) == 5, statements
    statements.clear()
    client.get(f"/people/{people[0].id}")
    assert len(statements) <= 7, statements

"""What the database refuses about people."""

import pytest

from app.core import clock
from app.core.db import db, transaction
from app.core.errors import Conflict
from tests.factories import make_person


def _set(person, **values):
    with transaction(system="test"):
        person = db.session.merge(person)
        for name, value in values.items():
            setattr(person, name, value)


@pytest.mark.parametrize(
    "values",
    [
        {"closed_at": clock.now()},
        {"email": None},
        {"visibility": "friends"},
    ],
)
def test_what_cannot_be_is_refused(app, values):
    person = make_person()
    with pytest.raises(Conflict):
        _set(person, **values)


def test_an_address_is_there_once(app):
    make_person(email="one@people.example")
    with pytest.raises(Conflict):
        make_person(email="one@people.example")


def test_closed_means_no_address_and_closed(app):
    person = make_person()
    _set(person, closed_at=clock.now(), email=None)
    assert person.is_closed


def test_initials(app):
    assert make_person("Amal Haddad").initials == "A\u200cH"

"""People."""

import itertools

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.core import clock, index
from app.core.access import Actor
from app.core.db import db, transaction

PASSWORD = "harbour lantern seventeen"
_numbers = itertools.count(1)


def make_person(name: str | None = None, **values) -> Person:
    """A person with a confirmed address and the password PASSWORD (hashed only when `with_password=True`)."""
    number = next(_numbers)
    if values.pop("with_password", False):
        from app.core.passwords import hash_password

        values["password_hash"] = hash_password(PASSWORD)
    name = name or f"Person {number}"
    person = Person(
        **{
            "display_name": name,
            "sort_name": name,
            "email": f"person{number}@people.example",
            "email_confirmed_at": clock.now(),
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(person)
        db.session.flush()
        index.put("person", person.id, person.display_name, person.romanised_name, " ".join(person.skills))
    return person


def make_admin(name: str = "Ada Admin", **values) -> Person:
    """An administrator of the portal."""
    return make_person(name, is_admin=True, **values)


def actor(person: Person) -> Actor:
    """The person as somebody who asks, with all they hold now."""
    return actor_for(person)

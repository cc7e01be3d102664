"""Institutions and affiliations."""

import itertools

from app.accounts.models import Person
from app.core import clock
from app.core.db import db, transaction
from app.core.index import fold
from app.institutions.models import Affiliation, Institution, InstitutionDomain, InstitutionName
from tests.factories.accounts import make_person

_numbers = itertools.count(1)


def make_institution(
    name: str | None = None, *, state: str = "verified", domain: str | None = None, **values
) -> Institution:
    """An institution with its name (and domain) on record; verified unless said otherwise."""
    number = next(_numbers)
    name = name or f"Institute {number}"
    institution = Institution(
        **{
            "name": name,
            "sort_name": fold(name)[:120],
            "state": state,
            "country": "EG",
            "city": "Cairo",
            "types": ["education"],
            "verified_at": clock.now() if state == "verified" else None,
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(institution)
        db.session.flush()
        db.session.add(
            InstitutionName(institution_id=institution.id, name=name, folded=fold(name), kind="label")
        )
        if domain:
            db.session.add(InstitutionDomain(institution_id=institution.id, domain=domain))
    return institution


def affiliate(
    person: Person | str | None, institution: Institution, role: str = "member", **values
) -> Person:
    """Give the person (made when a name or nothing is given) a confirmed affiliation; returns the person."""
    if not isinstance(person, Person):
        person = make_person(person)
    state = values.pop("state", "active")
    affiliation = Affiliation(
        **{
            "person_id": person.id,
            "institution_id": institution.id,
            "role": role,
            "state": state,
            "asked_by_id": person.id,
            "asked_at": clock.now(),
            **values,
        }
    )
    if state == "active":
        affiliation.decided_at, affiliation.decision_code = clock.now(), "automatic"
        affiliation.begin("domain")
    with transaction(system="factory"):
        db.session.add(affiliation)
    return person

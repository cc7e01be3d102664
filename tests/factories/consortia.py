"""Consortia with their leads and members."""

import itertools
from collections.abc import Iterable

from app.accounts.models import Person
from app.consortia.models import Admission, Consortium, Leadership
from app.core import clock
from app.core.db import db, transaction
from app.institutions.models import Institution
from tests.factories.accounts import make_person

_numbers = itertools.count(1)


def make_consortium(
    name: str | None = None,
    *,
    leads: Iterable[Person] | None = None,
    members: Iterable[Institution] = (),
    **values,
) -> Consortium:
    """A consortium with these leads (one is made when none is given) and member institutions."""
    number = next(_numbers)
    name = name or f"Consortium {number}"
    values.setdefault("groundwork_asked", False)  # most tests are about something else
    values.setdefault("projects_need_agreement", False)
    consortium = Consortium(
        **{"slug": f"consortium-{number}", "names": {"en": name}, "sort_name": name.casefold(), **values}
    )
    people = [make_person(f"Lead of {name}")] if leads is None else list(leads)
    with transaction(system="factory"):
        db.session.add(consortium)
        db.session.flush()
        for person in people:
            db.session.add(Leadership(consortium_id=consortium.id, person_id=person.id))
        for institution in members:
            db.session.add(
                Admission(
                    consortium_id=consortium.id,
                    institution_id=institution.id,
                    side="institution",
                    state="member",
                    asked_at=clock.now(),
                    decided_at=clock.now(),
                    decision_code="automatic",
                    member_since=clock.now(),
                )
            )
    return consortium


def make_open_consortium(**values) -> Consortium:
    """The consortium to which every verified institution may post."""
    return make_consortium("Open consortium", is_open=True, **values)

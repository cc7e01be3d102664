"""Agreements brought to each state by the real actions."""

import dataclasses
import itertools
import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person, SignIn
from app.agreements import queries, services
from app.agreements.models import LINE_FIELDS, Agreement, AgreementCommitment, AgreementParty
from app.core import clock
from app.core.access import Actor
from app.core.db import db, transaction
from app.institutions.models import Affiliation, Institution
from tests.factories.accounts import actor
from tests.factories.institutions import affiliate, make_institution

_numbers = itertools.count(1)
TEXT = "## Purpose\n\nWe work together on sensors for salty wells.\n\n## Results\n\nResults belong to those who made them."


def line(giver: int, receiver: int, text: str = "Training of technicians", **values: Any) -> dict[str, Any]:
    """A commitment as `services.save` takes it: 16 hours of training unless said otherwise."""
    return {
        "id": None,
        "giver_id": giver,
        "receiver_id": receiver,
        "kind": "training",
        "text": text,
        "quantity": Decimal(16),
        "unit": "hour",
        "due_on": clock.today() + timedelta(days=90),
        "repeats": "",
        "repeats_from": None,
        "repeats_until": None,
        "condition": "",
        "is_public": True,
        **values,
    }


def rows_of(agreement: Agreement) -> list[dict[str, Any]]:
    """The commitments as they stand, as `services.revise` takes them."""
    names = ("id", *LINE_FIELDS)
    return [{name: getattr(row, name) for name in names} for row in queries.commitments_of(agreement.id)]


def make_signatory(institution: Institution, name: str | None = None) -> Person:
    """A representative who may sign for the institution."""
    return affiliate(name, institution, "representative", is_signatory=True)


def signatory_of(institution_id: int) -> Person:
    """The first signatory of an institution, made where there is none."""
    found = db.session.scalars(
        select(Person)
        .join(Affiliation, Affiliation.person_id == Person.id)
        .where(
            Affiliation.institution_id == institution_id,
            Affiliation.is_signatory,
            Affiliation.state == "active",
        )
        .order_by(Affiliation.id)
    ).first()
    return found or make_signatory(db.session.get_one(Institution, institution_id))


def proved(person: Person) -> Actor:
    """The person in a sign-in that gave its password just now."""
    with transaction(system="factory"):
        signed_in = SignIn(
            token_hash=secrets.token_hex(32), person_id=person.id, expires_at=clock.now() + timedelta(days=1)
        )
        db.session.add(signed_in)
    return dataclasses.replace(actor(person), session_id=signed_in.id)


def fresh(agreement: Agreement) -> Agreement:
    """The record as the database has it now."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Agreement, agreement.id)


def make_agreement(
    title: str | None = None,
    *,
    state: str = "negotiation",
    institutions: list[Institution] | None = None,
    kind: str = "joint_work",
    lines: list[dict[str, Any]] | None = None,
    project: Any = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    text: str = TEXT,
) -> Agreement:
    """An agreement of two institutions (or those given, each with a signatory) in which each gives and gains.

    `state` is draft, withdrawn, negotiation, ready, partly_signed, in_force or declined.
    """
    number = next(_numbers)
    institutions = institutions or [make_institution(), make_institution(country="KE", city="Nairobi")]
    people = {home.id: signatory_of(home.id) for home in institutions}
    ids = [home.id for home in institutions]
    first = actor(people[ids[0]])
    agreement = services.create(
        first,
        kind=kind,
        title=title or f"Agreement {number}",
        institution_id=ids[0],
        party_ids=ids[1:],
    )
    if project is not None:
        with transaction(system="factory"):
            agreement.project_id, agreement.consortium_id = project.id, project.consortium_id
    for key in ids:
        services.name_signatory(first, agreement, institution_id=key, person_id=people[key].id)
    services.save(first, agreement, "text", texts={"en": text})
    around = zip(ids, [*ids[1:], ids[0]], strict=True)
    services.save(
        first,
        agreement,
        "commitments",
        commitments=[line(*pair) for pair in around] if lines is None else lines,
    )
    services.save(first, agreement, "dates", starts_on=starts_on, ends_on=ends_on, notice_days=30)
    _bring(agreement, state, people)
    return fresh(agreement)


def _bring(agreement: Agreement, state: str, people: dict[int, Person]) -> None:
    """Go on by the real actions until it has the state."""
    first, *others = people.items()
    if state == "draft":
        return
    if state == "withdrawn":
        services.withdraw(actor(first[1]), agreement)
        return
    services.send(actor(first[1]), agreement)
    if state == "declined":
        services.decline(actor(others[0][1]), agreement, code="timing", institution_id=others[0][0])
    if state not in {"ready", "partly_signed", "in_force"}:
        return
    for key, person in others:
        services.say_content(actor(person), agreement, number=1, institution_id=key)
    signing = {"ready": 0, "partly_signed": 1, "in_force": len(people)}[state]
    for key, person in list(people.items())[:signing]:
        sign(agreement, key, person)


def sign(agreement: Agreement, institution_id: int, person: Person) -> None:
    """Let a signatory sign the newest version for a party."""
    from app.agreements.services import signing

    now = fresh(agreement)
    signing.sign(
        proved(person),
        now,
        institution_id=institution_id,
        number=now.number,
        sha256=queries.version(now.id, now.number).sha256,
        capacity="Vice-rector for research",
        accepted=True,
    )


def party_rows(agreement: Agreement) -> list[AgreementParty]:
    """The parties, in their order."""
    return queries.parties_of(agreement.id)


def lines_of(agreement: Agreement) -> list[AgreementCommitment]:
    """The commitments, in their order."""
    return queries.commitments_of(agreement.id)

"""Somebody asks, somebody answers, once."""

from datetime import UTC, datetime, timedelta

import pytest

from app.consortia.models import Admission
from app.core import clock
from app.core.asks import ANSWER_WITHIN, BY_NOBODY
from app.core.db import db, transaction
from app.core.errors import Conflict, RuleBroken
from tests.factories import make_consortium, make_institution, make_person

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def asked(**values) -> Admission:
    admission = Admission(side="institution", state="asked", **values)
    admission.ask(1, at=NOON)
    return admission


def test_asking_sets_who_since_when_and_until_when() -> None:
    admission = asked()
    assert (admission.asked_by_id, admission.asked_at, admission.due_at) == (1, NOON, NOON + ANSWER_WITHIN)
    assert admission.is_open


def test_another_time_to_answer_may_be_given() -> None:
    admission = Admission()
    admission.ask(1, due=NOON + timedelta(days=2), at=NOON)
    assert admission.due_at == NOON + timedelta(days=2)


def test_what_was_never_asked_is_not_open() -> None:
    assert not Admission().is_open


def test_an_answer_closes_the_question() -> None:
    admission = asked()
    with clock.at(NOON + timedelta(hours=1)):
        admission.decide(2, "accepted", "Welcome")
    assert not admission.is_open
    assert admission.decided_at == NOON + timedelta(hours=1)
    assert (admission.decided_by_id, admission.decision_code, admission.decision_note) == (
        2,
        "accepted",
        "Welcome",
    )


def test_the_second_answer_is_refused_and_changes_nothing() -> None:
    admission = asked()
    admission.decide(2, "accepted")
    with pytest.raises(RuleBroken) as refusal:
        admission.decide(3, "declined")
    assert refusal.value.code == "already_decided"
    assert (admission.decided_by_id, admission.decision_code) == (2, "accepted")


@pytest.mark.parametrize("code", BY_NOBODY)
def test_some_answers_come_by_themselves(code) -> None:
    admission = asked()
    admission.decide(None, code)
    assert admission.decided_by_id is None


def test_any_other_answer_needs_somebody() -> None:
    with pytest.raises(ValueError, match="accepted"):
        asked().decide(None, "accepted")


def test_asking_again_clears_the_answer() -> None:
    admission = asked()
    admission.decide(2, "declined", "Not now")
    admission.reminded_at = NOON
    admission.ask(1)
    assert admission.is_open
    assert admission.decision_code is None
    assert admission.decision_note is None
    assert admission.decided_by_id is None
    assert admission.reminded_at is None


def test_an_empty_note_is_no_note() -> None:
    admission = asked()
    admission.decide(2, "accepted", "")
    assert admission.decision_note is None


@pytest.mark.parametrize(
    "broken",
    [
        {"decided_at": NOON, "decision_code": None},
        {"decided_at": None, "decision_code": "accepted"},
        {"decided_at": NOON, "decision_code": "accepted", "decided_by_id": None},
        {"decided_at": None, "decision_code": None, "decided_by_id": 1},
    ],
)
def test_the_database_refuses_half_an_answer(app, broken) -> None:
    person = make_person()
    consortium, institution = make_consortium(leads=[person]), make_institution()

    def half_answer() -> None:
        with transaction(system="x"):
            admission = asked(consortium_id=consortium.id, institution_id=institution.id)
            admission.asked_by_id = person.id
            db.session.add(admission)
            db.session.flush()
            for name, value in broken.items():
                setattr(admission, name, person.id if name == "decided_by_id" and value else value)

    with pytest.raises(Conflict):
        half_answer()


def test_the_database_takes_a_whole_answer(app) -> None:
    person = make_person()
    consortium, institution = make_consortium(leads=[person]), make_institution()
    with transaction(system="x"):
        admission = asked(consortium_id=consortium.id, institution_id=institution.id)
        admission.asked_by_id = person.id
        admission.decide(person.id, "declined")
        admission.state = "declined"
        db.session.add(admission)
    assert db.session.get_one(Admission, admission.id).decision_code == "declined"

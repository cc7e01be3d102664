"""A form sent twice acts once; one that came back with errors can be sent again."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from app.accounts import policies
from app.core import clock, once
from app.core.access import authorize
from app.core.db import db, transaction
from app.core.errors import Conflict
from app.problems.models import Problem
from tests.factories import (
    add_member,
    affiliate,
    make_institution,
    make_open_consortium,
    make_person,
    make_team,
)
from tests.factories.accounts import actor


def _send(person, key: str, skill: str, fails: bool = False) -> None:
    """A request whose form carries the key, and whose action writes a skill."""
    once.form_key.set(key)
    with transaction():
        authorize(policies.manage_own, actor(person), person)
        person.skills = [*person.skills, skill]
        if fails:
            raise ValueError("something typed was wrong")


def _keys() -> int:
    return db.session.scalar(select(func.count()).select_from(once.UsedForm))


def test_the_second_sending_of_a_form_changes_nothing(app):
    person = make_person()
    _send(person, "a-key", "first")
    with pytest.raises(Conflict) as refused:
        _send(person, "a-key", "second")
    assert refused.value.code == "already_there"
    db.session.refresh(person)
    assert person.skills == ["first"]


def test_a_form_that_was_refused_can_be_sent_again(app):
    person = make_person()
    with pytest.raises(ValueError, match="wrong"):
        _send(person, "a-key", "first", fails=True)
    _send(person, "a-key", "first")
    assert person.skills == ["first"]


def test_what_nobody_asked_for_claims_no_key(app):
    once.form_key.set("a-key")
    with transaction(system="a job"):
        pass
    assert _keys() == 0
    assert once.form_key.get() == "a-key"
    once.form_key.set(None)


def test_old_keys_are_forgotten_and_young_ones_kept(app):
    _send(make_person(), "a-key", "first")
    assert once.forget() == 0
    with time_machine.travel(clock.now() + once.KEPT_FOR + timedelta(minutes=1), tick=False):
        assert (once.forget(), once.forget()) == (1, 0)


def test_a_double_click_on_a_new_problem_makes_one_draft(page, login_as):
    consortium = make_open_consortium()
    writer = affiliate("Writer", make_institution())
    form = page("/problems/new", login_as(writer))
    typed = {"title": "Salt in the wells", "consortium": str(consortium.id), "language": "en"}
    assert form.submit(typed, button="save").status == 200
    again = form.submit(typed, button="save")
    assert again.status == 409
    assert "It was done once" in again.text
    assert db.session.scalar(select(func.count()).select_from(Problem)) == 1


def test_a_form_refused_for_what_it_has_done_itself_is_told_so(page, login_as):
    team = make_team(lead=affiliate("Lead", make_institution()))
    home = make_institution(country="KE")
    person = affiliate("Goer", home)
    add_member(team, person, home)
    form = page(f"/teams/{team.id}/leave", login_as(person))
    assert form.submit({}).status == 200
    again = form.submit({})
    assert again.status == 409
    assert "It was done once" in again.text
    assert (
        again.follow("See how it stands now").path == f"/teams/{team.id}"
    )  # not the form, which refuses again
    assert page(f"/teams/{team.id}/leave", login_as(person)).status in {
        403,
        404,
    }  # a new try is no double click

"""The same form sent several times at once acts once; two who write the same thing do not overwrite each other."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import Person
from app.core import jobs
from app.core.db import db, transaction
from app.notifications.models import Mail, Notice
from app.problems.models import Endorsement, Problem
from app.teams.models import Membership, Proposal, Team
from tests.factories import add_member, affiliate, make_consortium, make_institution, make_problem, make_team
from tests.races.crowd import SIZE, filled
from tests.races.test_deciding import acts, assert_one_winner, fresh
from tests.support.pages import Page

QUIET = {303, 409}  # sent on, or told that it was done already


def sent_on(answers) -> int:
    """How many were sent on; nobody got anything but that or an explanation."""
    assert {answer.status for answer in answers} <= QUIET, [
        (answer.status, answer.h1, answer.text[:200]) for answer in answers
    ]
    return sum(answer.status == 303 for answer in answers)


def count(kind, **where) -> int:
    """How many rows there are."""
    fresh()
    return db.session.scalar(select(func.count()).select_from(kind).filter_by(**where))


def test_signing_up_twice(app, client, together):
    page = Page.get(client, "/sign-up")
    form, _button = page.form_with(None)
    fitting = {"name": "Nadia New", "email": "nadia@new.example", "password": "harbour lantern seventeen"}
    given = {}
    for name, _value in page.values(form):
        for part, value in fitting.items():
            if part in name:
                given[name] = value
    for node in form.iter("input"):
        if node.get("type") == "checkbox":
            given[node.get("name")] = "y"
    order = filled(page, given)
    answers = together.at_once([order] * SIZE)
    assert all(answer.status in {200, *QUIET} for answer in answers), [
        (one.status, one.text) for one in answers
    ]
    assert count(Person, email="nadia@new.example") == 1
    assert count(Mail, address="nadia@new.example") == 1


@pytest.mark.parametrize("same_form", [True, False])
def test_asking_to_join_twice(app, login_as, together, same_form):
    home, partner = make_institution(), make_institution(country="KE")
    team = make_team(lead=affiliate("Lead", home), institution=home)
    person = affiliate("Asker", partner)
    with transaction(system="in the consortium"):
        from app.consortia.models import Admission
        from app.core import clock

        db.session.add(Admission(consortium_id=team.consortium_id, institution_id=partner.id, side="institution", state="member",
                                 asked_at=clock.now(), decided_at=clock.now(), decision_code="automatic",
                                 member_since=clock.now()))  # fmt: skip
    browser = login_as(person)
    wanted = {"message": "I have measured this.", "institution_id": str(partner.id)}
    orders = [filled(Page.get(browser, f"/teams/{team.id}/join"), wanted) for _number in range(SIZE)]
    answers = together.at_once([orders[0]] * SIZE if same_form else orders)
    assert sent_on(answers) == 1
    assert count(Membership, person_id=person.id, team_id=team.id) == 1
    assert count(Notice, person_id=team.lead_id) == 1


def test_proposing_twice(app, login_as, together):
    team = make_team(complete=True)
    lead = db.session.get(Person, team.lead_id)
    browser = login_as(lead)
    orders = [filled(Page.get(browser, f"/teams/{team.id}/propose"), {}) for _number in range(SIZE)]
    answers = together.at_once(orders)
    assert sent_on(answers) == 1
    assert count(Proposal, team_id=team.id) == 1
    assert db.session.get(Team, team.id).state == "proposed"
    assert acts("teams.propose", team.id) == 1


def test_endorsing_twice(app, login_as, together):
    other = make_institution(country="KE")
    problem = make_problem()
    speaker, second = (
        affiliate("Speaker", other, "representative"),
        affiliate("Second", other, "representative"),
    )
    orders = []
    for browser in [login_as(speaker), login_as(second)] * 2:
        page = Page.get(browser, f"/problems/{problem.id}/endorse")
        if page.status == 404:
            page = Page.get(browser, f"/problems/{problem.id}")
        form = next(form for form in page.forms() if "endorse" in (form.get("action") or page.path))
        page.form_with = lambda _button, form=form: (form, None)  # type: ignore[method-assign]
        names = {name for name, _value in page.values(form)}
        orders.append(filled(page, {"institution_id": str(other.id)} if "institution_id" in names else {}))
    answers = together.at_once(orders)
    assert sent_on(answers) >= 1
    assert count(Endorsement, problem_id=problem.id) == 1
    assert db.session.get(Problem, problem.id).endorsements == 1


def test_two_editors_of_one_problem(app, login_as, together):
    """The author in two windows: the second is told, and nothing of the first is lost."""
    home = make_institution()
    author = affiliate("Author", home)
    problem = make_problem(state="draft", author=author, institution=home)
    browsers = [login_as(author), login_as(author)]
    start = Page.get(browsers[0], f"/problems/{problem.id}/edit")
    path = next(
        (href for href in start.links().values() if f"/problems/{problem.id}/edit/" in href),
        f"/problems/{problem.id}/edit",
    )
    orders = []
    for number, browser in enumerate(browsers * 2):
        page = Page.get(browser, path)
        form = next(
            form
            for form in page.tree.iter("form")
            if any(node.get("name") == "version" for node in form.iter("input"))
        )
        page.form_with = lambda _button, form=form: (form, None)  # type: ignore[method-assign]
        field = next(
            name
            for name, _value in page.values(form)
            if name in {"title", "statement", "affected_who", "tried"}
        )
        orders.append(filled(page, {field: f"Words of window {number}"}))
    answers = together.at_once(orders)
    fresh()
    assert_one_winner(answers)
    winner = next(at for at, answer in enumerate(answers) if answer.status == 303)
    kept = db.session.get(Problem, problem.id)
    assert f"Words of window {winner}" in {kept.title, kept.statement, kept.affected_who, kept.tried}


def test_two_workers_do_what_is_due_once(app, together):
    """Everything that lapses is overdue; several workers run at once, with their leases and without."""
    from datetime import timedelta

    from app.core import clock

    home, partner = make_institution(), make_institution(country="KE")
    lead = affiliate("Lead", home)
    team = make_team(lead=lead, institution=home)
    asked = [add_member(team, affiliate(None, partner), partner, "requested") for _number in range(5)]
    make_consortium(members=[home])
    problem = make_problem(institution=home)
    with transaction(system="time passes"):
        for one in asked:
            db.session.get_one(Membership, one.id).due_at = clock.now() - timedelta(days=1)
        db.session.get_one(Problem, problem.id).closes_on = (clock.now() - timedelta(days=2)).date()
    # A team's life needs its problem, so another problem expires.
    together.at_once([{"job": "due"}] * SIZE)
    together.at_once([{"job": name} for name in sorted(jobs.JOBS) for _worker in range(SIZE)])
    fresh()
    states = [db.session.get(Membership, one.id).state for one in asked]
    assert set(states) == {"lapsed"}
    for one in asked:
        assert count(Notice, person_id=one.person_id) <= 1
    assert db.session.get(Problem, problem.id).state == "expired"
    assert count(Notice, person_id=problem.author_id) == 1

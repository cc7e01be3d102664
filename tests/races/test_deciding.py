"""Several people at the same moment, in processes of their own: one decision an item, no seat oversold."""

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.notifications.models import Notice
from app.problems.models import Problem
from app.teams.models import Membership, Proposal, Team
from tests.factories import (
    add_member,
    affiliate,
    make_consortium,
    make_institution,
    make_person,
    make_problem,
    make_team,
)
from tests.races.crowd import filled
from tests.support.pages import Page

ROUNDS = 4


def acts(action: str, thing_id: int | None = None) -> int:
    """How many lines of the audit say that this was done."""
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
    return db.session.execute(
        query if thing_id is None else query.where(AuditEntry.thing_id == thing_id)
    ).scalar_one()


def fresh() -> None:
    """Forget what was read before the others wrote."""
    db.session.rollback()
    db.session.expire_all()


def consortium_of_two() -> tuple[Institution, Institution, Problem]:
    """Two institutions in one consortium, and a problem in it."""
    home, partner = make_institution(), make_institution(country="KE")
    consortium = make_consortium(members=[home, partner])
    return home, partner, make_problem(institution=home, consortium=consortium)


def assert_one_winner(answers, others: int = 409) -> None:
    """Exactly one is sent on; everybody else gets a page that explains."""
    won = [answer for answer in answers if answer.status == 303]
    lost = [answer for answer in answers if answer.status != 303]
    assert len(won) == 1, [(answer.status, answer.h1) for answer in answers]
    assert {answer.status for answer in lost} <= {others}
    assert all(answer.h1 and len(answer.text) > 60 for answer in lost)


def test_two_leads_decide_one_team(app, login_as, together):
    institution = make_institution()
    leads = [make_person("First lead"), make_person("Second lead")]
    consortium = make_consortium(leads=leads, members=[institution])
    browsers = [login_as(lead) for lead in leads]
    for _round in range(ROUNDS):
        problem = make_problem(institution=institution, consortium=consortium)
        team = make_team(problem=problem, state="proposed", complete=True)
        pages = [Page.get(browser, f"/teams/{team.id}/decide") for browser in browsers for _again in range(2)]
        orders = [
            filled(page, {"note": "Because.", "reason": "one_sided"}, button)
            for page, button in zip(pages, ["approve", "reject", "return", "approve"], strict=True)
        ]
        answers = together.at_once(orders)
        fresh()
        assert_one_winner(answers)
        proposal = db.session.query(Proposal).filter_by(team_id=team.id).one()
        assert proposal.decided_by_id in {lead.id for lead in leads}
        assert sum(acts(f"teams.{verb}", team.id) for verb in ("approve", "reject", "return")) == 1
        decided = {"approved": "approve", "rejected": "reject", "needs_changes": "return"}
        assert acts(f"teams.{decided[db.session.get(Team, team.id).state]}", team.id) == 1


def test_forty_requests_for_the_last_seat(app, login_as, together):
    home, partner, problem = consortium_of_two()
    lead = affiliate("Lead", home)
    team = make_team(lead=lead, institution=home, problem=problem, seats=2)
    asked = [add_member(team, affiliate(None, partner), partner, "requested") for _number in range(40)]
    browser = login_as(lead)
    orders = [filled(Page.get(browser, f"/teams/{team.id}/requests/{one.id}"), {}, "accept") for one in asked]
    answers = together.at_once(orders)
    fresh()
    assert_one_winner(answers)
    kept = db.session.get(Team, team.id)
    assert (kept.seats, kept.seats_taken) == (2, 2)
    states = [state for (state,) in db.session.query(Membership.state).filter_by(team_id=team.id)]
    assert (states.count("active"), states.count("requested")) == (2, 39)


def test_one_person_is_let_in_once(app, login_as, together):
    """Lead and deputy accept the same request."""
    home, partner, problem = consortium_of_two()
    lead, deputy = affiliate("Lead", home), affiliate("Deputy", partner)
    team = make_team(lead=lead, institution=home, problem=problem)
    add_member(team, deputy, partner)
    with transaction(system="a deputy is named"):
        db.session.get_one(Team, team.id).deputy_id = deputy.id
    asked = add_member(team, affiliate("Asker", partner), partner, "requested")
    browsers = [login_as(lead), login_as(deputy)] * 2
    orders = [
        filled(Page.get(browser, f"/teams/{team.id}/requests/{asked.id}"), {}, "accept")
        for browser in browsers
    ]
    answers = together.at_once(orders)
    fresh()
    assert_one_winner(answers)
    assert db.session.get(Team, team.id).seats_taken == 3
    assert db.session.query(Notice).filter_by(person_id=asked.person_id).count() == 1


@pytest.mark.parametrize("again", range(2))
def test_asked_and_withdrawn_at_once(app, login_as, together, again):
    """The lead accepts while the person takes the request back: one of both, and seats agree with people."""
    home, partner, problem = consortium_of_two()
    lead, person = affiliate("Lead", home), affiliate("Asker", partner)
    team = make_team(lead=lead, institution=home, problem=problem)
    asked = add_member(team, person, partner, "requested")
    accepting = filled(Page.get(login_as(lead), f"/teams/{team.id}/requests/{asked.id}"), {}, "accept")
    own = login_as(person)
    page = Page.get(own, f"/teams/{team.id}")
    withdrawing = next(
        {**filled(page_with(page, form)), "path": form.get("action")}
        for form in page.forms()
        if (form.get("action") or "").endswith(f"/requests/{asked.id}/withdraw")
    )
    answers = together.at_once([accepting, withdrawing])
    fresh()
    assert sorted(answer.status for answer in answers) == [303, 409]
    state = db.session.get(Membership, asked.id).state
    seated = db.session.query(Membership).filter_by(team_id=team.id, state="active").count()
    assert (state, db.session.get(Team, team.id).seats_taken) in {("active", 2), ("withdrawn", 1)}
    assert seated == db.session.get(Team, team.id).seats_taken


def page_with(page: Page, form) -> Page:
    """The page as if it had this form alone."""
    copy = Page(page.client, page.path, page.status, page.headers, page.html)
    copy.form_with = lambda button: (form, None)  # type: ignore[method-assign]
    return copy

"""Teams with members and exchange lines."""

import itertools

from app.accounts.models import Person
from app.core import clock
from app.core.db import db, transaction
from app.institutions.models import Institution
from app.problems.models import Problem
from app.teams.models import ExchangeLine, Membership, Proposal, Team
from tests.factories.institutions import affiliate, make_institution
from tests.factories.problems import make_problem

_numbers = itertools.count(1)


def add_member(
    team: Team, person: Person, institution: Institution, state: str = "active", **values
) -> Membership:
    """Put the person into the team (or leave a request or invitation, by `state`)."""
    membership = Membership(
        **{
            "team_id": team.id,
            "person_id": person.id,
            "institution_id": institution.id,
            "side": "team" if state == "invited" else "person",
            "state": state,
            **values,
        }
    )
    membership.ask(person.id)
    if state == "active":
        membership.decided_by_id, membership.decided_at, membership.decision_code = (
            team.lead_id,
            clock.now(),
            "accepted",
        )
        membership.started_at = clock.now()
    with transaction(system="factory"):
        db.session.add(membership)
        if state in {"active", "confirming"}:
            db.session.get_one(Team, team.id).seats_taken += 1
    return membership


def add_line(team: Team, institution: Institution, direction: str, text: str, **values) -> ExchangeLine:
    """Let an institution bring or hope to gain something."""
    line = ExchangeLine(
        **{
            "team_id": team.id,
            "institution_id": institution.id,
            "direction": direction,
            "kind": "data_set",
            "text": text,
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(line)
    return line


def make_team(
    name: str | None = None,
    *,
    state: str = "recruiting",
    problem: Problem | None = None,
    lead: Person | None = None,
    institution: Institution | None = None,
    complete: bool = False,
    **values,
) -> Team:
    """A team with its lead as first member. `complete` adds a deputy of a second institution and both ways' lines."""
    number = next(_numbers)
    problem = problem or make_problem()
    institution = institution or make_institution()
    lead = lead or affiliate(f"Lead of team {number}", institution)
    team = Team(
        **{
            "name": name or f"Team {number}",
            "purpose": f"Purpose of team {number}.",
            "problem_id": problem.id,
            "consortium_id": problem.consortium_id,
            "lead_id": lead.id,
            "state": state,
            "decision_rule": "consent",
            "credit_rule": "credit_before",
            "benefit_rule": "Shared equally.",
            "approved_at": clock.now() if state in {"approved", "paused", "completed"} else None,
            **values,
        }
    )
    with transaction(system="factory"):
        db.session.add(team)
    add_member(team, lead, institution)
    if complete:
        other = make_institution(country="KE", city="Nairobi")
        deputy = affiliate(f"Deputy of team {number}", other)
        add_member(team, deputy, other)
        with transaction(system="factory"):
            db.session.get_one(Team, team.id).deputy_id = deputy.id
        first = add_line(team, institution, "brings", "Wells to test in")
        second = add_line(team, other, "brings", "Printed electrodes")
        add_line(team, institution, "gains", "Electrodes", from_line_id=second.id)
        add_line(team, other, "gains", "A field site", from_line_id=first.id)
    if state == "proposed":
        proposal = Proposal(team_id=team.id)
        proposal.ask(lead.id)
        with transaction(system="factory"):
            db.session.add(proposal)
    return team

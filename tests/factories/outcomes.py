"""Outcomes in any state, brought there by the actions themselves."""

import itertools
from datetime import timedelta

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.core import clock
from app.core.access import Actor
from app.core.db import db
from app.institutions.models import Institution
from app.institutions.queries import representatives_of
from app.outcomes import queries, services
from app.outcomes.models import Outcome
from app.outcomes.queries.detail import _visible  # the whole record, as pages read it
from app.problems.models import Problem
from app.projects.models import Project
from app.teams.models import Team
from tests.factories.institutions import affiliate
from tests.factories.projects import make_project

_numbers = itertools.count(1)
STATES = ("claimed", "evidenced", "confirmed", "disputed", "published", "retracted")


def actor(person: Person | int) -> Actor:
    """Who asks, with all they hold now."""
    key = person if isinstance(person, int) else person.id
    return actor_for(db.session.get_one(Person, key))


def again(outcome: Outcome) -> Outcome:
    """The outcome as it stands now, with all that pages read of it."""
    db.session.expire_all()
    admin = Actor(id=outcome.claimer_id)
    return db.session.scalars(_visible(admin, outcome.id)).one()


def confirmer_of(outcome: Outcome) -> Person:
    """A representative of the institution that is asked, who does not belong to the one that claims it."""
    for key in representatives_of(outcome.confirmer_id):
        if not actor(key).holds("member", outcome.institution_id):
            return db.session.get_one(Person, key)
    return affiliate(None, db.session.get_one(Institution, outcome.confirmer_id), "representative")


def fill(outcome: Outcome, claimer: Person, **values) -> Outcome:
    """All parts, complete enough to be sent; the claimer is named as lead."""
    who = actor(claimer)
    parts = {
        "about": {
            "kind": "prototype", "title": outcome.title, "summary": f"Summary of {outcome.title}.",
            "description": "A sensor that **stays true** in salty water.", "is_negative": False,
            "produced_on": clock.today() - timedelta(days=3), "problem_id": outcome.problem_id,
        },
        "change": {
            "measures": [
                {"what": "Drift", "unit": "%", "baseline": "35", "target": "10", "reached": "8", "how": "Samples"}
            ],
            "benefits_who": "Families on shallow wells", "benefits_where": ["EG"], "origins": [],
        },
        "identifiers": {"identifiers": [{"scheme": "doi", "value": "10.5281/zenodo.123"}], "licence": "CC-BY-4.0"},
        "evidence": {"links": [{"label": "Measurements", "url": "https://data.example.org/drift"}]},
    }  # fmt: skip
    for part, fields in parts.items():
        given = {name: values.pop(name) for name in list(values) if name in fields}
        services.save(who, again(outcome), part, **{**fields, **given})
    assert not values, f"no such fields: {sorted(values)}"
    services.name(who, again(outcome), person_id=claimer.id, role="conceptualization", degree="lead")
    return again(outcome)


def make_outcome(
    title: str | None = None,
    *,
    state: str = "published",
    project: Project | None = None,
    team: Team | None = None,
    problem: Problem | None = None,
    claimer: Person | None = None,
    institution: Institution | None = None,
    confirmer: Institution | None = None,
    complete: bool = True,
    **values,
) -> Outcome:
    """An outcome of a running project (or of a team), claimed by its lead; whatever is not given is made.

    The confirming institution is a partner of the project. `complete=False` leaves a claimed one without its parts.
    """
    number = next(_numbers)
    if project is None and team is None:
        project = make_project(state="active", problem=problem)
    lead_id = project.lead_id if project is not None else team.lead_id
    claimer = claimer or db.session.get_one(Person, lead_id)
    home = institution.id if institution else min(actor(claimer).ids("member"))
    claim = {"institution_id": home, "title": title or f"Outcome {number}", "kind": "prototype"}
    if project is not None:
        outcome = services.claim_for_project(actor(claimer), project, **claim)
        if problem is not None:
            values.setdefault("problem_id", problem.id)
    else:
        outcome = services.claim_for_team(actor(claimer), team, **claim)
    if not complete:
        return again(outcome)
    outcome = fill(outcome, claimer, **values)
    if state == "claimed":
        return outcome
    chosen = confirmer.id if confirmer else queries.may_confirm(outcome)[0][0]
    services.send(actor(claimer), outcome, confirmer_id=chosen)
    return bring(again(outcome), state)


def bring(outcome: Outcome, state: str) -> Outcome:
    """One that waits for confirmation, on to a further state."""
    if state == "evidenced":
        return outcome
    if state == "retracted":
        outcome = bring(outcome, "published")
        services.retract(actor(outcome.claimer_id), outcome, reason="The sensor was read wrongly.")
        return again(outcome)
    services.confirm(actor(confirmer_of(outcome)), outcome, note="We saw it in our own wells.")
    outcome = again(outcome)
    if state == "disputed":
        partner = db.session.get_one(Institution, outcome.confirmer_id)
        objector = affiliate(None, partner, "representative")
        services.object_to(actor(objector), outcome, reason="The baseline is another one.")
    if state == "published":
        publish(outcome)
    return again(outcome)


def publish(outcome: Outcome) -> None:
    """Let the days for objections pass."""
    with clock.at(again(outcome).window_ends_at + timedelta(minutes=1)):
        services.publish_due()

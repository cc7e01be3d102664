"""The pages of outcomes, as people without scripts use them: the story, each refusal, statement counts."""

from datetime import timedelta

import pytest

from app.core import clock
from app.outcomes import services
from tests.factories import make_person, make_problem, make_project
from tests.factories.outcomes import STATES, again, confirmer_of, make_outcome


def test_from_claim_to_showcase(app, page, login_as):
    """A lead claims what came of a project, a partner confirms it, the days pass, everybody reads it."""
    from app.accounts.models import Person
    from app.core.db import db

    problem = make_problem()
    project = make_project(state="active", problem=problem)
    lead = login_as(db.session.get_one(Person, project.lead_id))
    found = page(f"/outcomes/of-project/{project.id}", lead).follow("Record an outcome")
    found = found.submit({"kind": "prototype", "title": "A sensor that holds"})
    assert "Parts of the outcome" in found.h1
    found = found.follow("What came of it").submit(
        {
            "summary": "It holds for two years.",
            "description": "Built **and** tried.",
            "produced_on": (clock.today() - timedelta(days=2)).isoformat(),
            "problem": str(problem.id),
        },
        button="save",
    )
    assert "What changed" in found.h1, found.errors
    found = found.submit(
        {
            "measures-0-baseline": "35",
            "measures-0-target": "10",
            "measures-0-reached": "8.5",
            "measures-0-unit": "%",
            "benefits_who": "Families",
            "country_more": "EG",
        },
        button="save",
    )
    assert "Identifiers" in found.h1, found.errors
    found = found.submit(
        {
            "identifiers-0-scheme": "doi",
            "identifiers-0-value": "https://doi.org/10.5281/zenodo.77",
            "licence": "CC-BY-4.0",
        },
        button="save",
    )
    assert found.h1 == "Evidence", found.errors
    found = found.submit(
        {"links-0-label": "Data", "links-0-url": "https://data.example.org/1"}, button="save"
    )
    assert found.h1 == "Credit", found.errors
    found = page(f"{found.path}?person={project.lead_id}", lead)
    found = found.submit({"role": "investigation", "degree": "lead"}, button="name")
    assert "Accepted" in found.text
    found = found.follow("Go on").follow("Check and send")
    found = found.submit({"confirmer": found_options(found, "confirmer")[1]}, button="send")
    assert "has been sent" in found.h1
    outcome_id = int(found.path.split("/")[2])
    outcome = db.session.get_one(services.claim_for_project.__globals__["Outcome"], outcome_id)
    confirmer = login_as(confirmer_of(outcome))
    found = page(f"/outcomes/{outcome_id}/confirm", confirmer)
    found = found.submit({"note": "We saw it."}, button="confirm")
    assert "not yet published" in found.text
    assert page(f"/outcomes/{outcome_id}").status == 404
    with clock.at(again(outcome).window_ends_at + timedelta(minutes=1)):
        assert services.publish_due() == 1
        assert services.publish_due() == 0
    found = page(f"/outcomes/{outcome_id}")
    assert found.status == 200
    assert "1 of 1 targets reached." in found.text
    assert "8.5 %" in found.text
    assert "A sensor that holds" in page("/outcomes?q=sensor").text
    assert "A sensor that holds" in page(f"/problems/{problem.id}").text


def found_options(found, name):
    """The values of a select."""
    select = next(node for node in found.tree.iter("select") if node.get("name") == name)
    return [node.get("value") for node in select.iter("option")]


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_page_for_its_people(app, page, login_as, state):
    """Claimer, confirmer, lead: each sees it where they may."""
    from app.accounts.models import Person
    from app.core.db import db

    outcome = make_outcome(state=state)
    assert (
        page(f"/outcomes/{outcome.id}", login_as(db.session.get_one(Person, outcome.claimer_id))).status
        == 200
    )
    outsider = page(f"/outcomes/{outcome.id}", login_as(make_person()))
    assert outsider.status == (200 if state in {"published", "retracted"} else 404)
    assert outcome.state == state


def test_statements_are_few(app, page, login_as, statements):
    """The showcase and an outcome read a fixed number of statements, with one row as with three."""
    first = make_outcome()
    client = login_as(make_person())

    def count(path, as_client=None):
        page(path, as_client)
        del statements[:]
        assert page(path, as_client).status == 200
        return len(statements)

    before = count("/outcomes"), count(f"/outcomes/{first.id}", client), count("/outcomes", client)
    for _more in range(2):
        make_outcome()
    assert before == (count("/outcomes"), count(f"/outcomes/{first.id}", client), count("/outcomes", client))
    assert before[0] <= 3
    assert before[2] <= 5
    assert before[1] <= 9

"""The pages of outcomes, as people without scripts use them: the story, each refusal, statement counts."""

from datetime import timedelta

import pytest

from app.accounts.models import Person
from app.core import clock
from app.core.db import db, transaction
from app.core.waiting import waiting_for
from app.outcomes import services
from app.outcomes.models import Outcome
from tests.factories import affiliate, make_person, make_problem, make_project
from tests.factories.outcomes import STATES, actor, again, confirmer_of, make_outcome, publish
from tests.outcomes.support import make_world, outcome_of


def test_from_claim_to_showcase(app, page, login_as):
    """A lead claims what came of a project, a partner confirms it, the days pass, everybody reads it."""
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
    outcome = db.session.get_one(Outcome, outcome_id)
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


@pytest.fixture
def world(app):
    return make_world()


def test_refusals_of_pages(world, page, login_as):
    """Not seen 404, seen and not allowed 403, not now 409, badly typed 422."""
    evidenced, confirmed = outcome_of(world, "evidenced"), outcome_of(world, "confirmed")
    claimed, published = outcome_of(world, "claimed"), outcome_of(world, "published")
    lead, rep, boss = (login_as(world[name]) for name in ("lead", "rep", "boss"))
    stranger, author = login_as(world["stranger"]), login_as(world["author"])
    for path, client, status in (
        (f"/outcomes/{evidenced.id}", stranger, 404),
        (f"/outcomes/{claimed.id}", boss, 404),
        (f"/outcomes/{evidenced.id}/confirm", lead, 403),
        (f"/outcomes/{evidenced.id}/confirm", stranger, 404),
        (f"/outcomes/{confirmed.id}/confirm", rep, 409),
        (f"/outcomes/{evidenced.id}/edit", lead, 409),
        (f"/outcomes/{claimed.id}/edit", rep, 403),
        (f"/outcomes/{claimed.id}/edit/nothing", lead, 404),
        (f"/outcomes/{claimed.id}/recall", lead, 409),
        (f"/outcomes/{published.id}/object", rep, 403),
        (f"/outcomes/{published.id}/object", login_as(world["other_rep"]), 409),
        (f"/outcomes/{published.id}/settle", boss, 409),
        (f"/outcomes/{published.id}/settle", lead, 403),
        (f"/outcomes/{published.id}/retract", stranger, 403),
        (f"/outcomes/{published.id}/credit", stranger, 403),
        (f"/outcomes/{published.id}/answer", stranger, 403),
        (f"/outcomes/{evidenced.id}/answer", rep, 404),
        (f"/outcomes/{published.id}/answer", author, 200),
        (f"/outcomes/{published.id}/people", rep, 403),
        ("/outcomes/new", lead, 404),
        (f"/outcomes/new?project={world['project'].id}", stranger, 403),
        (f"/outcomes/new?project={world['project'].id}", lead, 200),
        ("/outcomes/999999", lead, 404),
        ("/outcomes?page=rubbish", lead, 400),
    ):
        assert page(path, client).status == status, (path, status)


def test_badly_typed_keeps_what_was_typed(world, page, login_as):
    outcome = outcome_of(world, "claimed")
    lead = login_as(world["lead"])
    found = page(f"/outcomes/{outcome.id}/edit/identifiers", lead).submit(
        {"identifiers-0-scheme": "doi", "identifiers-0-value": "zenodo.77"}, button="save"
    )
    assert found.status == 422
    assert 'value="zenodo.77"' in found.html
    assert again(outcome).identifiers == [{"scheme": "doi", "value": "10.5281/zenodo.123"}]
    found = page(f"/outcomes/{outcome.id}/edit/evidence", lead).submit(
        {"links-0-label": "Data", "links-0-url": "javascript:alert(1)"}, button="save"
    )
    assert found.status == 422
    found = page(f"/outcomes/{outcome.id}/edit/change", lead).submit(
        {"measures-0-reached": "much"}, button="save"
    )
    assert found.status == 422
    assert 'value="much"' in found.html
    found = page(f"/outcomes/{outcome.id}/check", lead).submit({"confirmer": ""}, button="send")
    assert found.status == 422
    assert again(outcome).state == "claimed"


def test_return_object_settle_retract_by_pages(world, page, login_as):
    """Each decision by its page, with the empty form refused first."""
    outcome = outcome_of(world, "evidenced")
    path = f"/outcomes/{outcome.id}"
    lead, rep, boss = (login_as(world[name]) for name in ("lead", "rep", "boss"))
    assert page(f"{path}/confirm", rep).submit({"note": ""}, button="confirm").status == 422
    found = page(f"{path}/confirm", rep).submit(
        {"return-code": "credit", "return-note": "Name the technician"}, button="return"
    )
    assert "Name the technician" in page(f"{path}/edit", lead).text, found.errors
    found = page(f"{path}/check", lead).submit({"confirmer": str(world["partner"].id)}, button="send")
    assert "has been sent" in found.h1
    page(f"{path}/confirm", rep).submit({"note": "We saw it."}, button="confirm")
    other = login_as(world["other_rep"])
    assert page(f"{path}/object", other).submit({"reason": ""}, button="object").status == 422
    page(f"{path}/object", other).submit({"reason": "The baseline is another one."}, button="object")
    assert "The baseline is another one." in page(f"{path}/settle", boss).text
    assert page(f"{path}/settle", boss).submit({"code": "stands", "note": ""}, button="settle").status == 422
    page(f"{path}/settle", boss).submit({"code": "stands", "note": "As agreed."}, button="settle")
    assert again(outcome).state == "confirmed"
    publish(outcome)
    found = page(f"{path}/answer", boss).submit({"note": ""}, button="no")
    assert found.status == 422
    page(f"{path}/answer", boss).submit({}, button="yes")
    found = page(f"{path}/answer", login_as(world["author"])).submit({}, button="yes")
    assert "is answered" in found.text
    assert page(f"{path}/retract", lead).submit({"reason": ""}, button="retract").status == 422
    page(f"{path}/retract", lead).submit({"reason": "Read wrongly."}, button="retract")
    gone = page(path)
    assert "Read wrongly." in gone.text
    assert outcome.summary not in gone.text
    assert outcome.title not in page("/outcomes").text


def test_credit_by_pages(world, page, login_as):
    outcome = outcome_of(world, "published")
    lead, colleague = login_as(world["lead"]), login_as(world["colleague"])
    found = page(f"/outcomes/{outcome.id}/people?person={world['colleague'].id}", lead)
    found = found.submit({"role": "community-knowledge", "degree": "equal"}, button="name")
    assert "Asked" in found.text
    assert "Colleague" not in page(f"/outcomes/{outcome.id}").text
    waiting = page("/", colleague)
    assert "wishes to name you" in waiting.text
    page(f"/outcomes/{outcome.id}/credit", colleague).submit({}, button="accept")
    assert "Community knowledge (Equal part)" in page(f"/outcomes/{outcome.id}").text
    assert outcome.title in page("/outcomes/mine", colleague).text
    page(f"/outcomes/{outcome.id}/credit", colleague).submit({"note": "I ask you to"}, button="withdraw")
    assert "Colleague" not in page(f"/outcomes/{outcome.id}").text


def test_none_by_pages(world, page, login_as):
    path, lead = f"/outcomes/of-project/{world['project'].id}", login_as(world["lead"])
    assert page(path, lead).submit({"reason": ""}, button="say-none").status == 422
    found = page(path, lead).submit({"reason": "The money ended."}, button="say-none")
    assert "The money ended." in page(path).text
    found.submit({}, button="take-back")
    assert "The money ended." not in page(path).text
    assert page(path, login_as(world["stranger"])).status == 200


def test_what_waits_is_for_whom_it_waits(world):
    """Each source: the people who may act, and nobody else."""
    outcome_of(world, "evidenced")
    outcome_of(world, "disputed")
    outcome_of(world, "published")
    kinds = {
        name: sorted({row.kind for row in waiting_for(actor(world[name])) if row.feature == "outcomes"})
        for name in ("lead", "rep", "member", "host_rep", "boss", "author", "colleague", "stranger")
    }
    assert kinds == {
        "lead": [],
        "rep": ["outcomes.confirm"],
        "member": ["outcomes.confirm"],
        "host_rep": [],
        "boss": ["outcomes.answer", "outcomes.settle"],
        "author": ["outcomes.answer"],
        "colleague": [],
        "stranger": [],
    }


def test_nothing_waits_for_who_may_not_do_it(world):
    """Named in what their institution is asked to confirm; lead of the consortium and of the side that objects."""
    evidenced = outcome_of(world, "evidenced")
    services.name(
        actor(world["lead"]), evidenced, person_id=world["rep"].id, role="hosting", degree="supporting"
    )
    confirmed = outcome_of(world, "confirmed")
    with transaction(system="test"):
        for who in ("boss", "second"):
            affiliate(world[who], world["partner"], "representative")
    services.object_to(actor(world["boss"]), confirmed, reason="The baseline is another one.")
    kinds = {
        name: {(row.kind, row.thing_id) for row in waiting_for(actor(world[name]))}
        for name in ("rep", "other_rep", "boss", "second")
    }
    assert kinds["rep"] == {("outcomes.credit", evidenced.id)}
    assert kinds["other_rep"] == {("outcomes.confirm", evidenced.id)}
    assert kinds["boss"] == {("outcomes.confirm", evidenced.id)}
    assert kinds["second"] == {("outcomes.confirm", evidenced.id), ("outcomes.settle", confirmed.id)}


def test_before_publication_it_is_found_by_no_road(world, page, login_as):
    outcome = outcome_of(world, "confirmed", summary="marker-summary", description="marker-text")
    stranger = login_as(world["stranger"])
    for client in (None, stranger):
        for road in (
            "/outcomes", "/outcomes?q=marker", "/outcomes/export.csv", f"/outcomes/{outcome.id}",
            f"/outcomes/{outcome.id}/citation.bib", f"/outcomes/{outcome.id}/discussion",
            f"/outcomes/of-project/{world['project'].id}", f"/projects/{world['project'].id}",
            f"/problems/{world['problem'].id}", f"/institutions/{world['host'].id}", f"/people/{world['lead'].id}",
        ):  # fmt: skip
            found = page(road, client)
            assert "marker" not in found.html.replace("q=marker", "").replace('value="marker"', "").replace(
                "“marker”", ""
            ), road
            assert outcome.title not in found.html, road

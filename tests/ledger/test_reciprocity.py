"""A project's reciprocity is the least of its partners', in lines that were due, came, and were worth it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.ledger import queries
from tests.factories.institutions import affiliate, make_institution
from tests.factories.ledger import make_line, make_sides
from tests.factories.projects import make_project

PAST = timedelta(days=-5)


@pytest.fixture
def partners(app):
    """A project and four institutions as (sides) that give to one another."""
    project = make_project()
    giver = make_institution("Giver")
    from_giver = affiliate("Gamal Giver", giver, "representative")
    found = []
    for name in ("First", "Second", "Third"):
        receiver = make_institution(name)
        sides = make_sides(giver=giver, receiver=receiver)
        sides.from_giver = from_giver
        found.append(sides)
    return project, found


def due(sides, project, state="received", **values):
    """A line that was due five days ago."""
    return make_line(sides, state=state, project_id=project.id, **{"due_on": clock.today() + PAST, **values})


def test_the_least_partner_is_shown(partners):
    project, (first, second, third) = partners
    for sides in (first, second):
        due(sides, project)
        due(sides, project, "rated")
    due(third, project)
    for _ in range(3):
        due(third, project, "pledged")
    found = queries.reciprocity(project.id)
    assert found.value == Decimal("0.25")
    assert [(due_, worth) for _partner, due_, worth in found.by_partner] == [(2, 2), (2, 2), (4, 1)]


def test_nothing_is_due(partners):
    project, (first, *_rest) = partners
    assert queries.reciprocity(project.id).value is None
    due(first, project, "pledged", due_on=clock.today() + timedelta(days=1))
    due(first, project, "received", due_on=None)
    due(first, project, "waived")
    due(first, project, "reversed")
    assert queries.reciprocity(project.id).value is None


def test_the_pool_is_no_partner(partners):
    project, (first, *_rest) = partners
    due(first, project)
    due(first, project, "pledged", to_pool=True)
    found = queries.reciprocity(project.id)
    assert (found.value, found.by_partner) == (1, ((first.receiver.id, 1, 1),))


@pytest.mark.parametrize(
    ("state", "value"), [("pledged", "0.00"), ("delivered", "0.00"), ("disputed", "0.00"), ("received", "1.00"), ("rated", "1.00")]
)  # fmt: skip
def test_what_counts(partners, state, value):
    project, (first, *_rest) = partners
    due(first, project, state, due_on=clock.today())
    assert queries.reciprocity(project.id).value == Decimal(value)


def test_what_was_not_worth_it_does_not_count(partners):
    from app.ledger import services
    from tests.factories.accounts import actor

    project, (first, *_rest) = partners
    for rating in (-1, 0, 2):
        line = due(first, project)
        services.rate(actor(first.from_receiver), line, rating=rating, note="So it was")
    assert queries.reciprocity(project.id).value == Decimal("0.66")  # two of three, and never more than it is


def test_many_projects_cost_one_statement(partners, statements):
    project, (first, second, _third) = partners
    other = make_project()
    due(first, project)
    due(second, other, "pledged")
    keys = [project.id, other.id]
    statements.clear()
    found = queries.reciprocity_of(keys)
    assert [found[key].value for key in keys] == [1, 0]
    assert len(statements) == 1
    assert queries.reciprocity_of([]) == {}


def test_what_holds_up_the_closing(partners):
    project, (first, *_rest) = partners
    for state in ("pledged", "delivered", "received", "rated", "waived", "disputed", "reversed"):
        due(first, project, state)
    assert queries.open_of_project(project.id) == 1

"""What has come so far: the least share on the pages of project, consortium and institution; promises hold up the closing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.core.db import db
from app.ledger import queries as ledger
from app.ledger import services as lines
from app.ledger.models import LedgerLine
from app.projects.queries import gates
from tests.factories import add_partner, make_institution, make_project
from tests.factories.accounts import actor
from tests.factories.ledger import make_line, make_sides
from tests.projects.support import fresh, make_world

TODAY = timedelta(0)
EXPLAINED = "counted for the partner that fares worst"


@pytest.fixture
def world(app):
    return make_world()


@pytest.fixture
def project(world):
    """An active project with its host, a partner, and a third one."""
    project = make_project(
        state="active",
        lead=world["lead"],
        institution=world["host"],
        consortium=world["consortium"],
        complete=False,
    )
    third = make_institution("Amman Works", country="JO")
    add_partner(project, world["partner"])
    add_partner(project, third)
    world["third"] = third
    return project


def give(world, project, giver, receiver, state, *, due=TODAY):
    sides = make_sides(giver=giver, receiver=receiver, consortium=world["consortium"])
    return make_line(sides, state=state, project_id=project.id, due_on=clock.today() + due), sides


def test_three_partners_at_one_one_and_a_quarter_show_a_quarter(world, project, page, login_as):
    host, partner, third = world["host"], world["partner"], world["third"]
    give(world, project, partner, host, "rated")
    give(world, project, host, partner, "received")
    give(world, project, host, third, "received")
    for state in ("pledged", "delivered", "disputed"):
        give(world, project, host, third, state)
    give(world, project, partner, third, "pledged", due=timedelta(days=3))  # not due yet
    found = ledger.reciprocity(project.id)
    assert found.value == Decimal("0.25")
    assert set(found.by_partner) == {(host.id, 1, 1), (partner.id, 1, 1), (third.id, 4, 1)}
    shown = page(f"/projects/{project.id}")
    assert "Reciprocity so far: 0.25" in shown.text
    assert "Amman Works" in shown.text
    assert EXPLAINED in shown.text
    for path in (f"/institutions/{host.id}", f"/consortia/{world['consortium'].id}"):
        listed = page(path)
        assert "reciprocity 0.25" in listed.text, path
        assert EXPLAINED in listed.text


def test_what_was_not_worth_it_does_not_count(world, project):
    line, sides = give(world, project, world["host"], world["partner"], "received")
    assert ledger.reciprocity(project.id).value == 1
    lines.rate(actor(sides.from_receiver), db.session.get_one(LedgerLine, line.id), rating=-2, note="Broken")
    assert ledger.reciprocity(project.id).value == 0


def test_no_figure_before_anything_is_due(world, project, page):
    give(world, project, world["host"], world["partner"], "pledged", due=timedelta(days=1))
    shown = page(f"/projects/{project.id}")
    assert "there is no figure" in shown.text
    assert EXPLAINED not in shown.text
    for path in (f"/institutions/{world['host'].id}", f"/consortia/{world['consortium'].id}"):
        assert "reciprocity" not in page(path).text.casefold()


@pytest.mark.parametrize(
    ("state", "holds"),
    [("pledged", True), ("delivered", False), ("received", False), ("waived", False), ("disputed", False)],
)
def test_a_promise_holds_up_the_closing_until_it_is_delivered_waived_or_disputed(
    world, project, state, holds
):
    give(world, project, world["host"], world["partner"], state)
    codes = [thing.code for thing in gates.missing_to_close(fresh(project))]
    assert ("gives_open" in codes) is holds

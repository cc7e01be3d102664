"""The statement: sums, paging, who sees what, CSV, and what it costs."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.core.access import VISITOR
from app.core.errors import DomainError
from app.ledger import queries
from tests.factories.accounts import actor, make_admin, make_person
from tests.factories.institutions import affiliate, make_institution
from tests.factories.ledger import Sides, bring, make_line, make_sides

START = datetime(2026, 3, 15, 12, tzinfo=UTC)


def other_way(sides):
    """The same two, the other way round."""
    return make_sides_of(sides.receiver, sides.giver, sides)


def make_sides_of(giver, receiver, sides):
    return Sides(giver, receiver, sides.consortium, sides.from_receiver, sides.from_giver, sides.lead)


def test_give_and_gain_stand_side_by_side_and_units_are_never_added(app):
    sides = make_sides()
    back = other_way(sides)
    make_line(sides, state="received")
    make_line(sides, state="rated", quantity=Decimal("0.125"))
    make_line(sides, state="received", unit="day", quantity=Decimal(3))
    make_line(sides, state="received", kind="training")
    make_line(back, state="received", quantity=Decimal(7))
    make_line(back, state="delivered", quantity=Decimal(999))
    found = queries.statement(actor(sides.from_giver), sides.giver.id)
    assert [(row.kind, row.unit, row.gave, row.gained) for row in found.totals] == [
        ("facility_time", "day", 3, 0),
        ("facility_time", "hour", Decimal("80.125"), 7),
        ("training", "hour", 80, 0),
    ]
    assert (found.gave_lines, found.gained_lines) == (4, 1)
    mirrored = queries.statement(actor(sides.from_receiver), sides.receiver.id)
    assert [(row.gave, row.gained) for row in mirrored.totals] == [
        (row.gained, row.gave) for row in found.totals
    ]


def walk(who, institution_id, view, size=3):
    """All lines, page by page, forwards; and the same backwards from the end."""
    forward, cursor = [], None
    pages = []
    while True:
        page = queries.statement(who, institution_id, view=view, cursor=cursor, size=size).page
        forward += [row.id for row in page.rows]
        pages.append(page)
        if page.older is None:
            break
        cursor = page.older
    backward = [row.id for row in pages[-1].rows]
    page = pages[-1]
    while page.newer is not None:
        page = queries.statement(who, institution_id, view=view, cursor=page.newer, size=size).page
        if not page.rows:
            break
        backward = [row.id for row in page.rows] + backward
    return forward, backward


@pytest.mark.parametrize("view", queries.VIEWS)
def test_pages_show_each_line_once_in_order(app, view):
    sides = make_sides()
    back = other_way(sides)
    made = []
    for number in range(11):
        with clock.at(START + timedelta(days=number // 2)):  # pairs at the same instant
            way = sides if number % 3 else back
            made.append(make_line(way, state="delivered" if number % 4 == 0 else "received"))
    wanted = {
        "received": [line for line in made if line.state == "received"],
        "open": [line for line in made if line.state == "delivered"],
        "all": made,
    }[view]
    key = (lambda line: (line.received_at, line.id)) if view == "received" else (lambda line: line.id)
    ids = [line.id for line in sorted(wanted, key=key, reverse=True)]
    forward, backward = walk(actor(sides.from_giver), sides.giver.id, view)
    assert forward == ids
    assert backward == ids


def test_the_pool_stands_as_partner(app):
    sides = make_sides()
    make_line(sides, state="received", to_pool=True)
    row = queries.statement(actor(sides.from_giver), sides.giver.id).page.rows[0]
    assert (row.side, row.receiver) == ("giver", None)
    assert "Pool" in str(queries.pool_name(row.consortium_names))


def test_a_cursor_that_is_not_ours(app):
    sides = make_sides()
    with pytest.raises(DomainError) as refused:
        queries.statement(VISITOR, sides.giver.id, cursor="x")
    assert refused.value.code == "bad_cursor"


def test_everybody_sees_what_they_may_and_sums_of_just_that(app):
    sides = make_sides()
    make_line(sides, state="received", visibility="public", quantity=Decimal(1))
    make_line(sides, state="received", quantity=Decimal(10))
    make_line(sides, state="delivered", visibility="public", quantity=Decimal(100))
    elsewhere = affiliate("Otto Outsider", make_institution("Elsewhere"), "representative")
    wanted = {
        VISITOR: (1, 1, 0),
        actor(make_person("Newcomer")): (1, 1, 0),
        actor(elsewhere): (1, 1, 0),
        actor(sides.from_giver): (11, 2, 1),
        actor(sides.from_receiver): (11, 2, 1),
        actor(sides.lead): (11, 2, 1),
        actor(make_admin()): (11, 2, 1),
    }
    for who, (total, received, still_open) in wanted.items():
        found = queries.statement(who, sides.giver.id)
        assert [row.gave for row in found.totals] == [total]
        assert len(found.page.rows) == received
        assert len(queries.statement(who, sides.giver.id, view="open").page.rows) == still_open


def test_a_partner_sees_what_is_between_them_alone(app):
    sides = make_sides()
    third = make_sides_of(sides.giver, make_institution("Third"), sides)
    third.from_giver = sides.from_giver
    third.from_receiver = affiliate("Tara Third", third.receiver, "representative")
    make_line(sides, state="received", quantity=Decimal(5))
    make_line(third, state="received", quantity=Decimal(9))
    found = queries.statement(actor(third.from_receiver), sides.giver.id)
    assert [(row.gave, row.gave_lines) for row in found.totals] == [(9, 1)]
    assert [row.receiver for row in found.page.rows] == ["Third"]


def test_a_lead_of_the_partner_counts_each_line_once(app):
    sides = make_sides()
    make_line(sides, state="received", quantity=Decimal(5))
    make_line(sides, state="received", quantity=Decimal(7), visibility="public")
    lead = affiliate(sides.lead, sides.receiver)
    found = queries.statement(actor(lead), sides.giver.id)
    assert [(row.gave, row.gave_lines) for row in found.totals] == [(12, 2)]
    assert len(found.page.rows) == 2


def test_a_period_is_whole_months(app):
    sides = make_sides()
    for month, number in ((1, 1), (2, 2), (3, 4)):
        with clock.at(datetime(2026, month, 28, 12, tzinfo=UTC)):
            bring(make_line(sides, quantity=Decimal(number)), "received", sides)
    who = actor(sides.from_giver)

    def gave(since, until):
        found = queries.statement(who, sides.giver.id, since, until)
        assert sum(row.amount for row in found.page.rows) == sum(row.gave for row in found.totals)
        return sum(row.gave for row in found.totals)

    assert gave(None, None) == 7
    assert gave(date(2026, 2, 1), None) == 6
    assert gave(date(2026, 2, 20), date(2026, 2, 21)) == 2
    assert gave(None, date(2026, 2, 1)) == 3
    assert gave(date(2027, 1, 1), date(2027, 12, 1)) == 0


@pytest.mark.parametrize(
    "query", ["", "?since=2026-01&until=2025-01", "?since=9999-99&until=x", "?view=nothing", "?view=open", "?since=2200-12"]
)  # fmt: skip
def test_whatever_the_address_holds(app, page, query):
    sides = make_sides()
    make_line(sides, state="received", visibility="public")
    assert page(f"/impact/institutions/{sides.giver.id}{query}").status == 200
    assert page("/impact/institutions/99999").status == 404


def test_the_file_holds_the_lines_of_the_page(app, login_as):
    sides = make_sides()
    make_line(sides, state="rated", text="=SUM(A1)", visibility="public")
    make_line(other_way(sides), state="received")
    path = f"/impact/institutions/{sides.giver.id}.csv"
    own = login_as(sides.from_giver).get(path)
    rows = list(csv.DictReader(io.StringIO(own.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [(row["side"], row["partner"], row["amount"], row["unit"], row["rating"]) for row in rows] == [
        ("gained", "Bosphorus Institute", "80", "hour", ""),
        ("gave", "Bosphorus Institute", "80", "hour", "1"),
    ]
    assert rows[1]["text"] == "'=SUM(A1)"
    public = app.test_client().get(path).get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(public.removeprefix("\ufeff"))))
    assert [(row["side"], row["rating"]) for row in rows] == [("gave", "")]


@pytest.mark.parametrize("kind", ["visitor", "giver"])
def test_what_the_pages_cost(app, login_as, statements, kind):
    sides = make_sides()
    browser = app.test_client() if kind == "visitor" else login_as(sides.from_giver)
    costs = []
    for number in range(26):
        line = make_line(sides if number % 2 else other_way(sides), state="received", visibility="public")
        if number in {0, 25}:
            found = []
            for path in (f"/impact/institutions/{sides.giver.id}", f"/impact/lines/{line.id}"):
                browser.get(path)
                statements.clear()
                assert browser.get(path).status_code == 200
                found.append(len(statements))
            costs.append(found)
    assert costs[0] == costs[1]
    statement, line_page = costs[0]
    assert statement <= (3 if kind == "visitor" else 6)
    assert line_page <= 9

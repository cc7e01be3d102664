"""Impact pages: figures as pictures, tables and files; who sees what; nobody is ranked; small and cheap."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import render_template_string

from app.core import clock
from app.ledger import queries
from app.ledger.queries import Flow, Measure, drawn, flows
from app.web import pictures
from tests.factories.accounts import make_person
from tests.factories.institutions import affiliate, make_institution
from tests.factories.ledger import Sides, make_line, make_sides
from tests.factories.projects import make_project

SVG = re.compile(r"<svg class=\"ta-chart.*?</svg>", re.DOTALL)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def pictures_of(shown) -> list[str]:
    return SVG.findall(shown.html)


def both_ways() -> Sides:
    """80 hours one way, 20 back, both received in public; 5 hours received between the parties alone."""
    sides = make_sides()
    make_line(sides, state="received", visibility="public")
    back = Sides(
        sides.receiver, sides.giver, sides.consortium, sides.from_receiver, sides.from_giver, sides.lead
    )
    make_line(back, state="rated", visibility="public", quantity=Decimal(20))
    make_line(sides, state="received", quantity=Decimal(5))
    return sides


def test_the_picture_the_table_and_the_file_say_the_same(app, page, client) -> None:
    sides = both_ways()
    shown = page("/impact")
    assert shown.status == 200
    drawn = pictures_of(shown)
    assert len(drawn) == 2
    for part in (drawn[0], drawn[1]):
        assert {"80 hours", "20 hours"} <= {text.strip() for text in re.findall(r">([^<>]+)<", part)}
        assert "Nile Institute" in part
    assert "Instrument or facility time: 100 hours went between 2 institutions." in shown.text
    assert "2 institutions both gave and gained" in shown.text
    found = rows_of(client.get("/impact/flows.csv").get_data(as_text=True))
    assert [(row["giver"], row["receiver"], row["amount"], row["lines"]) for row in found] == [
        ("Nile Institute", "Bosphorus Institute", "80", "1"),
        ("Bosphorus Institute", "Nile Institute", "20", "1"),
    ]
    assert {row["giver_id"] for row in found} == {str(sides.giver.id), str(sides.receiver.id)}


def test_what_is_between_the_parties_is_in_no_public_picture(app, page, login_as, client) -> None:
    sides = both_ways()
    where = f"/impact/consortia/{sides.consortium.id}"
    stranger = make_person("Sam Stranger")
    for who in (None, stranger, sides.from_giver):
        reader = login_as(who) if who else client
        assert "85 hours" not in page(where, reader).text
        assert "80" in {row["amount"] for row in rows_of(reader.get(f"{where}.csv").get_data(as_text=True))}
        assert "85 hours" not in page("/impact", reader).text
    lead = login_as(sides.lead)
    assert "85 hours" in page(where, lead).text
    assert "85" in {row["amount"] for row in rows_of(lead.get(f"{where}.csv").get_data(as_text=True))}
    # The lead's picture is remembered for leads alone.
    assert "85 hours" not in page(where, client).text
    assert "85 hours" not in page("/impact", lead).text


def test_only_what_was_received_counts_and_a_reversal_takes_it_out(app, page) -> None:
    sides = make_sides()
    for state in ("pledged", "delivered", "waived", "disputed", "reversed"):
        make_line(sides, state=state, visibility="public")
    assert pictures_of(page("/impact")) == []
    assert "Nothing was received in public" in page("/impact").text
    make_line(sides, state="received", visibility="public")
    assert "80 hours" in page("/impact").text


def test_one_unit_at_a_time_chosen_in_the_address(app, page) -> None:
    sides = make_sides()
    make_line(sides, state="received", visibility="public")
    make_line(sides, state="received", visibility="public", unit="day", quantity=Decimal(3))
    make_line(sides, state="received", visibility="public", kind="introduction", unit="", quantity=None)
    days = page("/impact?of=facility_time.day")
    assert "3 days" in days.text
    assert "80 hours" not in days.text
    assert "1 line" in page("/impact?of=introduction.").text
    for odd in ("facility_time.tonne", "nothing", "facility_time"):
        assert page(f"/impact?of={odd}").status == 200


def test_the_period_decides_and_any_address_is_understood(app, page) -> None:
    sides = make_sides()
    make_line(sides, state="received", visibility="public")
    this = clock.today().strftime("%Y-%m")
    assert "80 hours" in page(f"/impact?since={this}&until={this}").text
    assert "80 hours" not in page("/impact?since=2001-01&until=2001-12").text
    assert page("/impact?since=x&until=2026-13").status == 200


def test_eight_by_name_from_a_to_z_and_the_others_as_one(app, page, client) -> None:
    names = [
        "Quince",
        "Apple",
        "Mango",
        "Cherry",
        "Banana",
        "Date",
        "Elder",
        "Fig",
        "Grape",
        "Hazel",
        "Iris",
        "Jade",
    ]
    first = make_sides()
    for number, name in enumerate(names):
        giver = make_institution(name)
        sides = Sides(
            giver, first.receiver, first.consortium, affiliate(f"{name} Person", giver, "representative"),
            first.from_receiver, first.lead,
        )  # fmt: skip
        make_line(sides, state="received", visibility="public", quantity=Decimal(100 - number))
    picture = pictures_of(page("/impact"))[0]
    given = re.findall(r">\u2068([A-Z][a-z]+)\u2069<tspan", picture)
    assert given == [*sorted(names[:8]), "Others"]
    assert f"{92 + 91 + 90 + 89} hours" in picture
    assert len(rows_of(client.get("/impact/flows.csv").get_data(as_text=True))) == len(names)


def test_arabic_mirrors_the_picture(app, page) -> None:
    both_ways()

    def places(path: str) -> list[int]:
        return [int(x) for x in re.findall(r'<rect class="f\d" x="(\d+)"', pictures_of(page(path))[0])]

    left, right = places("/impact"), places("/impact?lang=ar")
    assert max(left) < 430 < min(right)
    assert [860 - 10 - x for x in left] == right


def test_a_project_shows_its_flows_and_what_is_late(app, page, login_as) -> None:
    sides = make_sides()
    project = make_project(state="active", consortium=sides.consortium)
    values = {"project_id": project.id, "visibility": "public"}
    make_line(sides, state="received", **values)
    make_line(sides, due_on=clock.today() - timedelta(days=60), **values)
    make_line(sides, due_on=clock.today() - timedelta(days=10), **values)
    where = f"/impact/projects/{project.id}"
    shown = page(where)
    assert "80 hours" in shown.text
    assert "Very late" not in shown.text
    inside = page(where, login_as(sides.from_giver))
    for part in ("Very late", "Late", "Reciprocity so far: 0"):
        assert part in inside.text
    assert rows_of(login_as(sides.from_giver).get(f"{where}.csv").get_data(as_text=True))[0]["amount"] == "80"


def test_the_lights_of_a_consortium_are_for_its_leads(app, page, login_as) -> None:
    sides = make_sides()
    make_line(sides, state="disputed")
    make_line(sides, state="delivered")
    make_line(sides)
    make_line(sides, due_on=None)
    make_line(sides, due_on=clock.today() - timedelta(days=10))
    make_line(sides, due_on=clock.today() - timedelta(days=60))
    where = f"/impact/consortia/{sides.consortium.id}"
    assert "Very late" in page(where, login_as(sides.lead)).text
    assert queries.lights(sides.consortium.id) == (2, 1, 1, 1, 1)
    for who in (sides.from_giver, make_person("Sam Stranger")):
        assert "Very late" not in page(where, login_as(who)).text
    assert "Very late" not in page(where).text


@pytest.mark.parametrize("path", ["/impact/consortia/999999", "/impact/consortia/999999.csv",
                                  "/impact/projects/999999", "/impact/projects/999999.csv"])  # fmt: skip
def test_what_is_not_there_is_not_found(app, client, path) -> None:
    assert client.get(path).status_code == 404


def test_statements_are_few_and_do_not_grow(app, client, statements) -> None:
    first = make_sides()

    def cost(path: str) -> int:
        statements.clear()
        assert client.get(path).status_code == 200
        return len(statements)

    def more(number: int) -> None:
        for index in range(number):
            giver = make_institution(f"Giver {number} {index}")
            person = affiliate(f"Person {number} {index}", giver, "representative")
            sides = Sides(giver, first.receiver, first.consortium, person, first.from_receiver, first.lead)
            make_line(sides, state="received", visibility="public")

    where = f"/impact/consortia/{first.consortium.id}"
    more(1)
    few = [cost("/impact"), cost(where)]
    more(12)
    assert [cost("/impact"), cost(where)] == few
    assert max(few) <= 7
    # Until the next receipt, the sums are not read again.
    assert cost("/impact") == few[0] - 3


def test_a_picture_stays_small(app) -> None:
    names = {key: f"Institution of higher learning number {key}" for key in range(1, 41)} | {-1: "Others"}
    pairs = {(a, b): Decimal(a * b) for a in range(1, 21) for b in range(21, 41)}
    measure = Measure("facility_time", "hour", 400)
    shown = drawn([Flow(*pair, 1, much) for pair, much in pairs.items()], measure)
    picture = pictures.bands(shown.pairs, names, rtl=False)
    assert (len(picture.givers), len(picture.receivers), len(picture.bands)) == (9, 9, 81)
    assert sum(node.much for node in picture.givers) == sum(pairs.values()) == shown.total
    assert sum(node.much for node in picture.receivers) == sum(pairs.values())
    assert (sum(side[1] for side in shown.sides), sum(side[2] for side in shown.sides)) == (shown.total,) * 2
    assert (shown.gave, shown.gained, shown.both) == (20, 20, 0)
    with app.test_request_context():
        made = render_template_string(
            '{% from "components/bands.html" import bands, sides %}{{ bands(picture, "x", names, much) }}',
            picture=picture, names=names, much=lambda number: f"{number} hours",
        )  # fmt: skip
    assert len(made.encode()) < 12 * 1024


def test_a_large_ledger_is_added_up_at_most_every_ten_minutes(app, page, monkeypatch) -> None:
    monkeypatch.setattr(flows, "LARGE", 0)
    monkeypatch.setattr(flows, "_large", {})
    sides = make_sides()
    make_line(sides, state="received", visibility="public")
    assert "80 hours" in page("/impact").text
    make_line(sides, state="received", visibility="public", quantity=Decimal(7))
    assert "80 hours" in page("/impact").text
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert "87 hours" in page("/impact").text

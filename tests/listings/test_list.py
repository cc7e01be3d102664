"""The two lists: filters and their numbers, words, pages, map, files; and what they cost."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.core.access import VISITOR
from app.listings import queries
from app.listings.models.loading_columns import COLUMNS
from app.listings.queries.exporting import EXPORTED
from tests.factories import affiliate, make_consortium, make_institution
from tests.listings.support import make_home, of
from tests.support.pages import Page


@pytest.fixture
def home(app):
    return make_home()


def find(catalogue="resources", actor=VISITOR, q="", **chosen):
    return queries.find(actor, queries.Wanted(catalogue, q, chosen), None)


def titles(*args, **kwargs):
    return [row.title for row in find(*args, **kwargs).page.rows]


@pytest.fixture
def some(home):
    """Six listings that differ in what the filters ask."""
    atlas = {
        **home,
        "institution": home["other"],
        "rep": affiliate("Aziz", home["other"], role="representative"),
    }
    of(home, title="Hours", cost_basis="at_cost", languages=["ar", "en"], sdg_goals=["6", "13"])
    of(home, title="Course", kind="training", country="TN", fields=["f25"])
    of(
        atlas,
        title="Land",
        kind="field_site",
        direction="need",
        country="MA",
        quantity=Decimal(2),
        unit="hectare",
    )
    of(home, title="Later", free_from=clock.today() + timedelta(days=100))
    of(home, title="Pump", kind="technology", readiness=6)
    of(atlas, title="Markets", kind="market_access", direction="need", readiness=None)
    return home


def test_each_list_has_its_groups(some) -> None:
    assert set(titles()) == {"Hours", "Course", "Land", "Later"}
    assert set(titles("exchange")) == {"Pump", "Markets"}


@pytest.mark.parametrize(
    ("catalogue", "chosen", "expected"),
    [
        ("resources", {"direction": ["need"]}, {"Land"}),
        ("resources", {"group": ["skills"]}, {"Course"}),
        ("resources", {"kind": ["training", "field_site"]}, {"Course", "Land"}),
        ("resources", {"cost": ["at_cost"]}, {"Hours"}),
        ("resources", {"country": ["MA"]}, {"Land"}),
        ("resources", {"country": ["MA", "TN"]}, {"Land", "Course"}),
        ("resources", {"sdg": ["13"]}, {"Hours"}),
        ("resources", {"field": ["f25"]}, {"Course"}),
        ("resources", {"language": ["ar"]}, {"Hours"}),
        ("resources", {"country": ["EG"], "cost": ["free"]}, {"Later"}),
        ("exchange", {"readiness": ["6"]}, {"Pump"}),
        ("exchange", {"readiness": ["5"]}, set()),
        ("exchange", {"direction": ["offer", "need"]}, {"Pump", "Markets"}),
    ],
)
def test_filters(some, catalogue, chosen, expected) -> None:
    assert set(titles(catalogue, **chosen)) == expected


def test_filters_for_institution_and_consortium(some) -> None:
    assert titles(institution=[str(some["other"].id)]) == ["Land"]
    assert len(titles(consortium=[str(some["consortium"].id)])) == 4
    assert titles(consortium=["999"]) == []


def test_free_in_a_month(app, home) -> None:
    with clock.at(clock.now().replace(year=2027, month=1, day=15)):
        of(home, title="Always")
        of(home, title="Spring", free_from=date(2027, 3, 1), free_until=date(2027, 4, 1))
        of(home, title="Over", free_until=date(2027, 1, 20))
        assert set(titles(free=["2027-01"])) == {"Always", "Over"}
        assert set(titles(free=["2027-02"])) == {"Always"}
        assert set(titles(free=["2027-03"])) == {"Always", "Spring"}
        counts = find().counts["free"]
        assert [counts[f"2027-{month:02d}"] for month in range(1, 6)] == [2, 1, 2, 1, 1]
        assert len(counts) == 12


def test_the_numbers_beside_the_filters(some) -> None:
    found = find()
    assert found.total == (4, False)
    assert found.counts["direction"] == {"offer": 3, "need": 1}
    assert found.counts["group"] == {"skills": 1, "resources": 3}
    assert found.counts["kind"] == {"facility_time": 2, "training": 1, "field_site": 1}
    assert found.counts["country"] == {"EG": 2, "TN": 1, "MA": 1}
    assert found.counts["cost"] == {"free": 3, "at_cost": 1}
    assert found.counts["field"] == {"f23": 3, "f25": 1}
    assert found.counts["language"] == {"en": 4, "ar": 1}
    delta, atlas = str(some["institution"].id), str(some["other"].id)
    assert found.names["institution"] == [(delta, "Delta Institute"), (atlas, "Atlas Institute")]
    assert found.counts["institution"] == {delta: 3, atlas: 1}
    assert [name for _key, name in found.names["consortium"]] == ["Drylands"]


def test_a_filter_counts_as_if_it_were_not_set_and_others_within_it(some) -> None:
    found = find(kind=["training"])
    assert found.total == (1, False)
    assert found.counts["kind"] == {"facility_time": 2, "training": 1, "field_site": 1}
    assert found.counts["country"] == {"TN": 1}


def test_words_find_title_lines_and_place_but_no_protected_detail(home) -> None:
    of(home, title="Open one", detail="Xylophone key")
    of(home, title="Closed one", detail="Zeppelin key", detail_visibility="signed_in")
    of(home, title="Other list", kind="technology", detail="Xylophone")
    assert titles(q="xylophone") == ["Open one"]
    assert titles(q="zeppelin") == []
    assert len(titles(q="summer school")) == 2
    assert titles(q="giza", direction=["need"]) == []


def test_what_a_reader_may_not_see_is_in_no_number(home) -> None:
    of(home, title="Members only", visibility="consortium", country="OM", sdg_goals=["14"])
    found = find()
    assert found.total == (0, False)
    assert not any(numbers for name, numbers in found.counts.items() if name != "free")
    assert found.names == {"institution": [], "consortium": []}
    assert queries.places(VISITOR, queries.Wanted("resources")) == []


def test_pages_follow_each_other_without_gap_or_repeat(home) -> None:
    start = clock.now()
    for number in range(7):
        with clock.at(start + timedelta(minutes=number)):
            of(home, title=f"L{number}")
    seen, cursor = [], None
    while True:
        page = queries.find(VISITOR, queries.Wanted("resources"), cursor, size=3).page
        seen += [row.title for row in page.rows]
        cursor = page.older
        if cursor is None:
            break
    assert seen == [f"L{number}" for number in reversed(range(7))]


def test_those_that_end_soonest_first(home) -> None:
    for days in (30, 10, 20):
        of(home, title=str(days), valid_until=clock.today() + timedelta(days=days))
    rows = queries.find(VISITOR, queries.Wanted("resources", sort="ending"), None).page.rows
    assert [row.title for row in rows] == ["10", "20", "30"]


# ---- on the page -------------------------------------------------------------------------------------------


def test_the_list_shows_offers_and_needs_with_their_facts(some, client) -> None:
    page = Page.get(client, "/resources")
    assert page.h1 == "Resources"
    assert "4 found" in page.text
    assert "2 hectares" in page.text
    page = Page.get(client, "/exchange?readiness=6")
    assert "Pump" in page.text
    assert "Markets" not in page.text
    assert Page.get(client, "/resources?kind=nonsense&free=1999-01&institution=x").status == 200


def test_the_map_says_what_the_list_says(some, client) -> None:
    of(some, title="Anywhere", country="", is_remote=True)
    page = Page.get(client, "/resources?view=map&cost=free")
    table = next(page.tree.iter("table"))
    cells = [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")]
    said = {row[0]: row[1] for row in cells}
    assert {name: said[name] for name in ("Egypt", "Morocco", "Tunisia")} == {
        "Egypt": "1",
        "Morocco": "1",
        "Tunisia": "1",
    }
    assert "1 more names no country" in page.text
    assert Page.get(client, page.links()["Morocco"]).text.count("Land")
    assert "cost=free" in page.links()["Morocco"]


def test_dots_lie_where_the_places_are_and_the_table_leads_to_their_lists(home, client) -> None:
    of(home, country="TN", latitude=36.8, longitude=10.2)
    page = Page.get(client, "/resources?view=map")
    (dot,) = page.tree.iter("circle")
    assert (dot.get("cx"), dot.get("cy")) == ("446", "127")
    assert page.links()["Tunisia"] == "/resources?country=TN"
    narrowed = Page.get(client, "/resources?view=map&cost=free&country=EG").links()
    assert "Tunisia" not in narrowed


def test_files_hold_what_is_filtered_in_columns_that_can_be_loaded(some, client) -> None:
    answer = client.get("/resources/export.csv?direction=need")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0][: len(EXPORTED)] == [str(COLUMNS[name].label) for name in EXPORTED]
    (row,) = rows[1:]
    by_name = dict(zip(EXPORTED, row, strict=False))
    assert (by_name["title"], by_name["quantity"], by_name["unit"], by_name["kind"]) == (
        "Land",
        "2",
        "hectare",
        "field_site",
    )
    assert by_name["wants"] == "training: Two places in your summer school"
    assert "contact" not in EXPORTED
    (found,) = json.loads(client.get("/resources/export.json?direction=need").data)
    assert (found["title"], found["quantity"], found["institution"]) == ("Land", 2, "Atlas Institute")
    assert found["url"].endswith(f"/resources/{found['number'].removeprefix('N-').lstrip('0')}")


def test_the_own_identifier_is_for_its_representatives(home, client, login_as) -> None:
    of(home, external_id="SECRET-42")
    assert b"SECRET-42" not in client.get("/resources/export.csv").data
    assert b"SECRET-42" in login_as(home["rep"]).get("/resources/export.csv").data


@pytest.mark.parametrize(
    "path", ["/resources", "/exchange", "/resources?kind=training&country=EG", "/resources?view=map"]
)
def test_the_list_costs_the_same_for_one_and_for_many(home, client, login_as, statements, path) -> None:
    def cost(browser):
        browser.get(path)
        statements.clear()
        browser.get(path)
        return len(statements)

    of(home, kind="training")
    of(home, kind="technology")
    visitor, rep = client, login_as(home["rep"])
    one = (cost(visitor), cost(rep))
    for number in range(12):
        institution = make_institution()
        of({**home, "institution": institution, "consortium": make_consortium(members=[institution])},
           kind=("training", "technology")[number % 2], country=("EG", "TN", "MA")[number % 3])  # fmt: skip
    assert (cost(visitor), cost(rep)) == one
    most = 6 if "map" in path else 5
    assert one[0] <= most - 3
    assert one[1] <= most

"""Lists with their filters in the address."""

import pytest

from app.core import worldmap
from app.core.paging import Page
from app.core.worldmap import Place
from app.web import lists
from app.web.lists import Facet

FACETS = [
    Facet("sdg", "Goal", [("1", "No poverty"), ("2", "Zero hunger")]),
    Facet("country", "Country", [("EG", "Egypt"), ("KE", "Kenya")], "select"),
]
SORTS = [("newest", "Newest first"), ("name", "Name")]


def asked(app, address: str):
    with app.test_request_context(address):
        return lists.read(FACETS, [name for name, _label in SORTS])


def built(app, address: str, page: Page | None = None, total=(2, False), **more):
    with app.test_request_context(address):
        found = lists.read(FACETS, [name for name, _label in SORTS])
        return lists.build(found, FACETS, SORTS, page or Page([1, 2]), total, title="Things", **more)


@pytest.mark.parametrize(
    ("address", "chosen", "sort"),
    [
        ("/x", {"sdg": [], "country": []}, "newest"),
        ("/x?sdg=1&sdg=2&country=EG&sort=name", {"sdg": ["1", "2"], "country": ["EG"]}, "name"),
        ("/x?sdg=1&sdg=1", {"sdg": ["1"], "country": []}, "newest"),
        ("/x?sdg=99&country=&other=1&sort=drop", {"sdg": [], "country": []}, "newest"),
    ],
)
def test_only_listed_values_are_read(app, address, chosen, sort) -> None:
    found = asked(app, address)
    assert (found.chosen, found.sort) == (chosen, sort)


def test_words_are_cleaned_and_cut(app) -> None:
    assert asked(app, "/x?q=%20a%20%20b%E2%80%AE").q == "a b"
    assert len(asked(app, "/x?q=" + "a" * 500).q) == lists.MOST_WORDS


@pytest.mark.parametrize(
    ("address", "narrowed"), [("/x", False), ("/x?sort=name", False), ("/x?q=a", True), ("/x?sdg=1", True)]
)
def test_whether_anything_narrows(app, address, narrowed) -> None:
    assert asked(app, address).has_filters is narrowed
    assert built(app, address).has_filters is narrowed


def test_a_chip_takes_its_filter_away_and_keeps_the_others(app) -> None:
    listing = built(app, "/x?q=wells&sdg=1&country=EG&sort=name&page=abc")
    assert {chip["label"]: chip["url"] for chip in listing.chips} == {
        "“wells”": "/x?sdg=1&country=EG&sort=name",
        "No poverty": "/x?q=wells&country=EG&sort=name",
        "Egypt": "/x?q=wells&sdg=1&sort=name",
    }
    assert listing.clear_url == "/x"


def test_options_without_rows_are_left_out_unless_chosen(app) -> None:
    counts = {"sdg": {"1": 3}, "country": {}}
    listing = built(app, "/x?country=KE", counts=counts)
    shown = {facet.name: [option.value for option in facet.options] for facet in listing.facets}
    assert shown == {"sdg": ["1"], "country": ["KE"]}
    assert [option.number for option in listing.facets[0].options] == [3]
    listing = built(app, "/x", counts=counts, hide_empty=False)
    assert [option.number for option in listing.facets[0].options] == [3, 0]


def test_neighbours_keep_the_filters(app) -> None:
    listing = built(app, "/x?sdg=1&page=old", Page([1], newer="N", older="O"), csv_path="/x.csv")
    assert listing.newer_url == "/x?sdg=1&page=N"
    assert listing.older_url == "/x?sdg=1&page=O"
    assert listing.csv_url == "/x.csv?sdg=1"
    listing = built(app, "/x")
    assert (listing.newer_url, listing.older_url, listing.csv_url) == (None, None, None)


def test_totals_and_sorts_are_shown(app) -> None:
    listing = built(app, "/x?sort=name", total=(1000, True))
    assert (listing.total, listing.capped) == (1000, True)
    assert [sort["selected"] for sort in listing.sorts] == [False, True]


@pytest.mark.parametrize("counts", [None, {"country": {"EG": 2}}])
def test_a_label_in_a_long_filter_is_text(app, counts) -> None:
    facet = lists.Facet("country", "Country", [("EG", '<b>"Egypt"</b>')], "select")
    with app.test_request_context("/x"):
        asked = lists.read([facet], ["newest"])
        found = lists.build(
            asked, [facet], [("newest", "Newest")], Page([1]), (1, False), title="X", counts=counts
        )
    assert "<b>" not in found.facets[0].in_select
    assert "&lt;b&gt;&#34;Egypt&#34;&lt;/b&gt;" in found.facets[0].in_select


def test_what_stands_on_a_map_and_in_its_table_is_text(app) -> None:
    place = Place("EG", "<b>Egypt</b>", 2, 26.0, 30.0)
    with app.test_request_context("/x"):
        rows = lists.map_rows([place], '/x?q="<i>&country=', "<u>")
        dots = lists.map_dots(worldmap.dots([place]))
    assert 'href="/x?q=&#34;&lt;i&gt;&amp;country=EG"' in rows
    assert 'data-label="&lt;u&gt;"' in rows
    for made in (rows, dots):
        assert "&lt;b&gt;Egypt&lt;/b&gt;" in made
        assert "<b>" not in made

"""The list: filters, counts, order, paging by key, export."""

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access import VISITOR
from app.core.db import db
from app.core.paging import COUNT_CAP
from app.problems import queries
from app.problems.models import ProblemFacet
from app.problems.queries import listing
from tests.factories.accounts import actor
from tests.problems.support import make_home, of


@pytest.fixture
def home(app):
    return make_home()


# ---- the list -----------------------------------------------------------------------------------------------


def test_the_list_filters_counts_and_sorts(home, page):
    of(home, title="Salt in wells", endorsements=3, closes_on=clock.today() + timedelta(days=40))
    of(home, title="Dust on roofs", state="answered", closes_on=clock.today() + timedelta(days=10))
    of(home, title="A draft", state="draft")
    of(home, title="Inside", visibility="consortium")
    found = page("/problems")
    assert "2 found" in found.text
    assert "A draft" not in found.text
    assert "Inside" not in found.text
    assert "Drylands" in found.text
    assert "1 found" in page("/problems?state=answered").text
    assert "1 found" in page("/problems?q=dust").text
    assert "2 found" in page("/problems?sdg=6&field=f23&country=EG&need=method").text
    assert "0 found" in page("/problems?sdg=1").text
    assert "1 found" in page("/problems?until=90").text
    assert "1 found" in page("/problems?until=30&until=90").text
    assert "2 found" in page(f"/problems?consortium={home['consortium'].id}").text
    assert "0 found" in page("/problems?consortium=4711").text
    assert "2 found" in page("/problems?sdg=nonsense&consortium=x&sort=none&until=7").text
    by_support = page("/problems?sort=endorsed").html
    assert by_support.index("Salt in wells") < by_support.index("Dust on roofs")
    by_day = page("/problems?sort=deadline").html
    assert by_day.index("Dust on roofs") < by_day.index("Salt in wells")


def test_other_values_of_a_chosen_facet_stay_on_offer(home, page):
    of(home)
    of(home, state="answered")
    text = page("/problems?state=published").html
    assert 'value="answered"' in text
    assert 'value="closed"' not in text


def test_counts_are_left_out_when_too_many_match(home, monkeypatch):
    for _ in range(3):
        of(home)
    monkeypatch.setattr("app.problems.queries.listing.COUNT_CAP", 2)
    found = queries.find(actor(home["lead"]), queries.Wanted(), None)
    assert found.total == (2, True)
    assert found.counts == {}
    narrowed = queries.find(actor(home["lead"]), queries.Wanted(chosen={"country": ["NO"]}), None)
    assert narrowed.total == (0, False)
    assert "country" not in narrowed.counts
    assert narrowed.counts["sdg"] == {}
    assert COUNT_CAP == 1000


def test_too_many_entries_of_the_one_filter_left_leave_its_counts_out(home, monkeypatch):
    soon = clock.today() + timedelta(days=40)
    for visibility in ("public", "public", "consortium"):
        of(home, visibility=visibility, closes_on=soon)
    goal, country = (
        db.session.scalars(select(ProblemFacet.value).where(ProblemFacet.facet == facet)).first()
        for facet in ("sdg", "country")
    )

    def counts(sort):
        listing._counting.cache_clear()  # the cap stands in the statement
        wanted = queries.Wanted(chosen={"sdg": [goal], "country": [country]}, sort=sort)
        return queries.find(VISITOR, wanted, None).counts

    assert counts("newest")["country"][country] == 2
    monkeypatch.setattr("app.core.paging.COUNT_CAP", 2)
    monkeypatch.setattr("app.problems.queries.listing.COUNT_CAP", 2)
    assert "country" not in counts("newest")  # three entries, of which a visitor sees two
    assert counts("deadline")["country"][country] == 2  # this order leaves out more than the filter does
    monkeypatch.undo()
    listing._counting.cache_clear()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"sdg": ["6"]},
        {"sdg": ["6", "7"]},
        {"country": ["EG", "TN"]},
        {"country": ["EG"], "need": ["method"]},
        {"state": ["published", "answered"]},
    ],
)
@pytest.mark.parametrize("sort", ["newest", "deadline", "endorsed"])
def test_pages_by_key_give_every_row_once(home, asked, sort):
    ids = [of(home, endorsements=number % 3).id for number in range(7)]
    seen, cursor = [], None
    for _ in range(5):
        found = queries.find(actor(home["lead"]), queries.Wanted("", asked, sort), cursor, size=2)
        seen += [row.id for row in found.page.rows]
        cursor = found.page.older
        if cursor is None:
            break
    assert sorted(seen) == ids


def test_export_holds_what_is_filtered(home, client):
    of(home, title='=cmd("x")')
    of(home, title="Answered", state="answered")
    of(home, title="Hidden", visibility="signed_in")
    answer = client.get("/problems/export.csv?state=published")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert [row[1] for row in rows] == ["Title", '\'=cmd("x")']
    assert rows[1][rows[0].index("Consortium")] == "Drylands"


def test_bad_addresses_are_refused_and_nothing_breaks(home, client):
    of(home)
    for path, status in {
        "/problems?page=nonsense": 400,
        "/problems?page=eyJ4IjoxfQ": 400,
        f"/problems?q={'x' * 3000}": 200,
        "/problems?q=%22%27%29+OR+1%3D1": 200,
        "/problems?consortium=99999999999999999999": 200,
        "/problems/999999": 404,
        "/problems/0": 404,
    }.items():
        assert client.get(path).status_code == status, path


def test_an_arabic_page(home, page):
    of(home, title="ملوحة الآبار", language="ar")
    found = page("/problems?lang=ar")
    assert found.status == 200
    assert 'lang="ar"' in found.html

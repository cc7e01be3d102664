"""Pages by key: every row once, whatever way one walks, and cursors that are not ours."""

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from sqlalchemy import select

from app.accounts.models import Person
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.paging import Sort, capped_count, page_by_key

BY_NAME = Sort("name", Person.sort_name, Person.id, descending=False)
BY_TIME = Sort("newest", Person.created_at, Person.id)
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def people(app) -> list[int]:
    """Eleven people; every two share a name and every three an instant, so that the key has to decide."""
    with transaction(system="x"):
        rows = [
            Person(
                display_name=f"P{number}",
                sort_name=f"name {number // 2}",
                email=f"p{number}@people.example",
                created_at=START + timedelta(hours=number // 3),
            )
            for number in range(11)
        ]
        db.session.add_all(rows)
    return [row.id for row in rows]


def walk(sort: Sort, size: int = 4) -> list[list[int]]:
    query, cursor, pages = select(Person.id), None, []
    while True:
        page = page_by_key(query, sort, cursor, size)
        pages.append([row.id for row in page.rows])
        if page.older is None:
            return pages
        cursor = page.older


@pytest.mark.parametrize("size", [1, 3, 4, 5, 11, 12])
def test_walking_on_meets_everybody_once_in_order(people, size) -> None:
    assert list(chain(*walk(BY_NAME, size))) == people
    assert list(chain(*walk(BY_TIME, size))) == people[::-1]


@pytest.mark.parametrize("sort", [BY_NAME, BY_TIME])
def test_walking_back_meets_the_same_pages(people, sort) -> None:
    query = select(Person.id)
    first = page_by_key(query, sort, None, 4)
    second = page_by_key(query, sort, first.older, 4)
    third = page_by_key(query, sort, second.older, 4)
    assert third.older is None
    back = page_by_key(query, sort, third.newer, 4)
    assert [row.id for row in back.rows] == [row.id for row in second.rows]
    front = page_by_key(query, sort, back.newer, 4)
    assert [row.id for row in front.rows] == [row.id for row in first.rows]
    assert front.newer is None
    assert front.older is not None


def test_a_single_page_has_no_neighbours(people) -> None:
    page = page_by_key(select(Person.id), BY_NAME, None, 50)
    assert (page.newer, page.older) == (None, None)


def test_an_empty_list_is_an_empty_page(app) -> None:
    page = page_by_key(select(Person.id), BY_NAME, None)
    assert (page.rows, page.newer, page.older) == ([], None, None)


def test_a_page_is_one_statement(people, statements) -> None:
    cursor = page_by_key(select(Person.id), BY_TIME, None, 4).older
    statements.clear()
    page_by_key(select(Person.id), BY_TIME, cursor, 4)
    assert len(statements) == 1
    assert "OFFSET" not in statements[0].upper().replace("LIMIT +? OFFSET +?", "")


def sealed(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "ä",
        "%%%%",
        "A" * 2000,
        sealed([]),
        sealed(["o", "2026-01-01T00:00:00+00:00"]),
        sealed(["x", "2026-01-01T00:00:00+00:00", 1]),
        sealed(["o", "yesterday", 1]),
        sealed(["o", "2026-01-01T00:00:00", 1]),
        sealed(["o", 5, 1]),
        sealed(["o", "2026-01-01T00:00:00+00:00", "1"]),
        sealed(["o", "2026-01-01T00:00:00+00:00", 2**60]),
        sealed(["o", None, 1]),
        sealed({"o": 1}),
        sealed([["o"], {}, 1]),
        sealed("[" * 5000),
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(people, cursor) -> None:
    with pytest.raises(DomainError) as refusal:
        page_by_key(select(Person.id), BY_TIME, cursor)
    assert refusal.value.code == "bad_cursor"


@pytest.mark.parametrize("value", [sealed(["o", "a\x00b", 1]), sealed(["o", 7, 1])])
def test_a_text_cursor_must_be_text_that_can_be_kept(people, value) -> None:
    with pytest.raises(DomainError):
        page_by_key(select(Person.id), BY_NAME, value)


def test_counting_stops_at_the_cap(people) -> None:
    assert capped_count(select(Person.id)) == (11, False)
    assert capped_count(select(Person.id), cap=11) == (11, False)
    assert capped_count(select(Person.id), cap=10) == (10, True)


def test_counting_follows_filters_joins_and_ignores_order(people) -> None:
    query = (
        select(Person.id, Person.display_name).where(Person.sort_name == "name 1").order_by(Person.sort_name)
    )
    assert capped_count(query) == (2, False)
    assert capped_count(select(Person.id).where(Person.id < 0)) == (0, False)

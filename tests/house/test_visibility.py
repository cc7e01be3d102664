"""Markers planted in everything private are found by nobody else, by any road: pages, lists, searches, files, refusals."""

from collections.abc import Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import Base, db
from tests.house.world import KINDS, Marker, World, rules_of
from tests.support.crawler import Answer, crawl, fetch

# Words of things that could stand in an index; the others stand in no list's words.
INDEXED = ("zqp", "zqt", "zqhidden")


def everything(
    client: FlaskClient, seeds: Iterable[str], searches: Iterable[str], markers: Iterable[Marker]
) -> list[Answer]:
    """All that one person can open, and what every list gives them for each marker's word."""
    answers = list(crawl(client, seeds).values())
    for path in searches:
        for marker in markers:
            answer = fetch(client, f"{path}?q={marker.word}")
            # A search says its words back in its field and its chips; what counts is what it finds.
            answer.body = _without_echo(answer, marker.word)
            answers.append(answer)
    return answers


def _without_echo(answer: Answer, word: str) -> str:
    if not answer.is_page:
        return answer.body
    for node in answer.reading.all("input", "a", "title", "option", "link", "form"):
        for value in node.attributes.values():
            if word in value:
                answer.body = answer.body.replace(value, "").replace(value.replace("&", "&amp;"), "")
    return answer.body.replace(f"“{word}”", "")


def table_state() -> dict[str, tuple]:
    """Every row of every table, as something to compare."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: tuple(sorted(repr(tuple(row)) for row in connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture(scope="module")
def searches(world_app: Flask) -> list[str]:
    """Lists and their files: addresses without arguments whose page has a field for words, and files."""
    return [
        rule.rule
        for rule in rules_of(world_app, "GET")
        if not rule.arguments
        and rule.endpoint.rpartition(".")[2] in {"index", "suggest", "people", "search", "join"}
    ]


@pytest.fixture(scope="module")
def read_by(world_app: Flask, world: World, seeds, browsers, searches) -> dict[str, list[Answer]]:
    """Kind → all that they were answered."""
    private = [
        marker for marker in world.markers if marker.word.startswith(INDEXED) and "note" not in marker.word
    ]
    before = table_state()
    found = {
        kind: everything(
            browsers[kind], seeds, searches, [marker for marker in private if kind not in marker.readers]
        )
        for kind in KINDS
    }
    after = table_state()
    changed = [name for name in before if before[name] != after[name]]
    found["changed tables"] = changed  # type: ignore[assignment]
    return found


def test_reading_changes_nothing(read_by):
    """No GET writes a row, whoever asks for whatever there is."""
    assert read_by["changed tables"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_reads_what_is_not_for_them(world: World, read_by, kind):
    leaks = {}
    for marker in world.markers:
        if kind in marker.readers:
            continue
        places = [answer.path for answer in read_by[kind] if marker.word in answer.body]
        if places:
            leaks[marker.about] = places[:4]
    assert leaks == {}


def test_the_markers_can_be_found_by_those_for_whom_they_are(world: World, read_by):
    """Otherwise this file would show nothing."""
    unseen = [
        marker.about
        for marker in world.markers
        if marker.shown_somewhere
        and not any(
            marker.word in answer.body for kind in KINDS if kind in marker.readers for answer in read_by[kind]
        )
    ]
    assert unseen == []


def test_headers_give_nothing_away(world: World, read_by):
    for kind in KINDS:
        for answer in read_by[kind]:
            text = " ".join(answer.headers.values())
            assert not [
                marker.about for marker in world.markers if kind not in marker.readers and marker.word in text
            ]

"""Markers planted in everything private are found by nobody else, by any road: pages, lists, searches, files, refusals."""

import pytest

from tests.house.conftest import Read
from tests.house.world import KINDS
from tests.support.crawler import Answer

# Links with a secret: whoever has one has had it by mail, and is greeted with what the mail was about.
BY_POSSESSION = "secret-"


def _without_echo(answer: Answer) -> str:
    """A search says its words back in its field, its chips and its title; what counts is what it finds."""
    _path, _question, word = answer.path.partition("?q=")
    if answer.status in range(300, 400):
        return ""  # the way to the sign-in says where one wanted to go
    if not word or not answer.is_page:
        return answer.body
    body = answer.body
    for node in answer.reading.all("input", "a", "title", "option", "link", "form"):
        for value in (*node.attributes.values(), node.text if node.name == "title" else ""):
            if word in value:
                body = body.replace(value, "").replace(value.replace("&", "&amp;"), "")
    answer.forget()
    return body.replace(f"“{word}”", "")


@pytest.fixture(scope="module")
def bodies(read: Read) -> dict[str, list[tuple[str, str]]]:
    """Kind → (address, what was answered)."""
    found: dict[str, list[tuple[str, str]]] = {kind: [] for kind in KINDS}
    for (kind, _language, path), answer in read.answers.items():
        if BY_POSSESSION not in path:
            found[kind].append((path, _without_echo(answer)))
    return found


def test_reading_changes_nothing(read: Read):
    """No GET writes a row, whoever asks for whatever there is."""
    assert read.changed == []


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_reads_what_is_not_for_them(read: Read, bodies, kind):
    leaks = {}
    for marker in read.world.markers:
        if kind in marker.readers:
            continue
        places = [path for path, body in bodies[kind] if marker.word in body]
        if places:
            leaks[marker.about] = places[:4]
    assert leaks == {}


def test_the_markers_can_be_found_by_those_for_whom_they_are(read: Read, bodies):
    """Otherwise this file would show nothing."""
    unseen = [
        marker.about
        for marker in read.world.markers
        if marker.shown_somewhere
        and not any(
            marker.word in body for kind in KINDS if kind in marker.readers for _path, body in bodies[kind]
        )
    ]
    assert unseen == []


def test_headers_give_nothing_away(read: Read):
    for (kind, _language, path), answer in read.answers.items():
        if "?q=" not in path and BY_POSSESSION not in path:
            text = " ".join(answer.headers.values())
            assert not [
                one.about for one in read.world.markers if kind not in one.readers and one.word in text
            ], path

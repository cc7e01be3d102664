"""Ordered documents: made once by the worker, the same order is the same row, what fails says so, what is old goes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app.core import clock, documents, files
from app.core.db import db, transaction
from app.core.documents import Ordered
from app.core.errors import NotFound
from app.core.files import StoredFile
from app.core.i18n import get_locale
from tests.support import uploads

KIND = "tests.paper"


@pytest.fixture
def made(app, monkeypatch) -> list[tuple[int, str, str, str]]:
    """A kind of documents of the tests' own; what it was asked for, and in which language it spoke."""
    calls: list[tuple[int, str, str, str]] = []

    def paper(thing_id: int, key: str, language: str) -> tuple[str, bytes]:
        calls.append((thing_id, key, language, get_locale()))
        if key == "broken":
            raise ValueError("no such thing")
        if key == "refused":
            return "page.pdf", uploads.HTML
        return "paper.pdf", uploads.PDF

    monkeypatch.setattr(documents, "MAKERS", {KIND: paper})
    return calls


def order(key: str = "a", language: str = "en", **kwargs) -> Ordered:
    with transaction(system="test"):
        return documents.order(KIND, 7, key, language, by=None, **kwargs)


def stored() -> int:
    return db.session.scalar(select(func.count(StoredFile.id)))


def again(ordered: Ordered) -> Ordered:
    db.session.rollback()
    db.session.expire_all()
    return documents.find(ordered.kind, ordered.thing_id, ordered.key, ordered.language)


def test_the_worker_makes_what_waits_once_and_in_its_language(made) -> None:
    ordered = order(language="ar")
    assert (ordered.state, ordered.file) == ("waiting", None)
    assert documents.make_waiting() == 1
    assert documents.make_waiting() == 0
    done = again(ordered)
    assert (done.state, done.file.name, done.file.media_type) == ("made", "paper.pdf", "application/pdf")
    with files.open_(done.file) as content:
        assert content.read() == uploads.PDF
    assert made == [(7, "a", "ar", "ar")]


def test_the_same_order_is_the_same_document_another_key_or_language_is_not(made) -> None:
    assert order().id == order().id == documents.find(KIND, 7, "a", "en").id
    assert len({order().id, order("b").id, order(language="ar").id}) == 3
    assert documents.find(KIND, 8, "a", "en") is None
    assert documents.make_waiting() == 3
    assert order().state == "made"


def test_one_that_holds_for_a_time_is_made_anew_after_it_and_the_old_file_goes(made) -> None:
    order(good_for=timedelta(minutes=10))
    documents.make_waiting()
    with clock.at(clock.now() + timedelta(minutes=9)):
        assert order(good_for=timedelta(minutes=10)).state == "made"
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert order().state == "made"
        assert order(good_for=timedelta(minutes=10)).state == "waiting"
        assert stored() == 0
        assert documents.make_waiting() == 1
    assert stored() == 1


@pytest.mark.parametrize("key", ["broken", "refused"])
def test_what_cannot_be_made_is_tried_three_times_then_said_and_can_be_ordered_again(made, key) -> None:
    ordered, fine = order(key), order()
    assert [documents.make_waiting() for _ in range(4)] == [1, 0, 0, 0]
    assert (again(ordered).state, again(ordered).tries, again(fine).state) == ("failed", 3, "made")
    assert len(made) == 4
    assert order(key).state == "waiting"


def test_old_documents_go_with_their_files(made) -> None:
    order()
    documents.make_waiting()
    with clock.at(clock.now() + timedelta(days=6)):
        assert documents.forget_old() == 0
    with clock.at(clock.now() + timedelta(days=8)):
        order("b")
        assert documents.forget_old() == 1
        assert documents.forget_old() == 0
    assert stored() == 0
    assert documents.find(KIND, 7, "b", "en") is not None


def test_a_kind_that_nobody_makes_cannot_be_ordered(made) -> None:
    with pytest.raises(NotFound), transaction(system="test"):
        documents.order("tests.other", 7, "a", "en", by=None)


def test_a_failed_keeping_leaves_no_bytes_behind(made, monkeypatch) -> None:
    monkeypatch.setattr(documents, "MOST_BYTES", 10)
    order()
    assert [documents.make_waiting() for _ in range(3)] == [0, 0, 0]
    assert (stored(), documents.find(KIND, 7, "a", "en").state) == (0, "failed")


@pytest.mark.parametrize(
    "change", ["state = 'lost'", "state = 'waiting'", "file_id = NULL", "made_at = NULL"]
)
def test_the_database_refuses_a_document_that_is_made_and_is_not(made, change) -> None:
    order()
    documents.make_waiting()
    with pytest.raises(DatabaseError, match=r"(?i)constraint"), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE document SET {change}"))

"""Files: what is kept is what was sent and nothing that can act; what fails leaves nothing; the store agrees with the rows."""

import hashlib
import io
import os
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from app.core import files
from app.core.db import db, transaction
from app.core.errors import DomainError, Invalid
from app.core.files import MEGABYTE, StoredFile, storage
from tests.support import uploads

EVERYTHING = files.DOCUMENTS | files.PICTURES
GOOD = {
    "plan.pdf": uploads.PDF,
    "photo.jpg": uploads.picture("JPEG"),
    "photo.JPEG": uploads.picture("JPEG"),
    "photo.png": uploads.picture("PNG"),
    "photo.webp": uploads.picture("WEBP"),
    "moving.gif": uploads.picture("GIF"),
    "scan.tif": uploads.picture("TIFF"),
    "text.docx": uploads.docx(),
    "table.xlsx": uploads.xlsx(),
    "text.odt": uploads.odt(),
    "data.zip": uploads.zipped({"a/b.csv": b"1;2"}),
    "notes.txt": "خطة العمل".encode(),
    "table.csv": "Name;Größe\r\n".encode("cp1252"),
    "wide.csv": "Name;Größe\r\n".encode("utf-16"),
    "readme.md": b"# Plan\n\nSee <b>below</b>",
    "places.geojson": b'{"type": "FeatureCollection"}',
}
# name: (what is sent, the code of the refusal)
BAD = {
    "drawing.svg": (uploads.SVG, "kind_not_taken"),
    "page.html": (uploads.HTML, "kind_not_taken"),
    "feed.xml": (b"<?xml version='1.0'?><a/>", "kind_not_taken"),
    "run.exe": (b"MZ\x90\x00", "kind_not_taken"),
    "run.sh": (b"#!/bin/sh\n", "kind_not_taken"),
    "macro.docm": (uploads.docx(), "kind_not_taken"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "kind_not_taken"),
    "noending": (b"text", "kind_not_taken"),
    "plan.pdf.exe": (uploads.PDF, "kind_not_taken"),
    "drawing.png": (uploads.SVG, "content_differs"),
    "page.txt": (uploads.HTML, "content_differs"),
    "page.csv": (b"\xef\xbb\xbf \n<svg onload=alert(1)>", "content_differs"),
    "wide.txt": ("<html><script>".encode("utf-16"), "content_differs"),
    "script.txt": (b"#!/bin/sh\nrm -r /\n", "content_differs"),
    "photo.jpg": (uploads.picture("PNG"), "content_differs"),
    "photo.webp": (b"RIFF\x00\x00\x00\x00WAVEfmt ", "content_differs"),
    "program.txt": (b"MZ\x90\x00\x03", "content_differs"),
    "page.pdf": (uploads.HTML + uploads.PDF, "content_differs"),
    "cut.pdf": (uploads.PDF[:20], "content_differs"),
    "script.gif": (b"GIF89a/*" + uploads.SCRIPT + b"*/=1", "content_differs"),
    "text.docx": (uploads.xlsx(), "content_differs"),
    "text.odt": (uploads.docx(), "content_differs"),
    "spread.xlsx": (uploads.zipped({"a.txt": b"a"}), "content_differs"),
    "macros.docx": (uploads.docx(word__vbaProject_dot_bin=b"x"), "macros"),
    "bomb.zip": (uploads.bomb(), "archive_unsafe"),
    "bomb.docx": (
        uploads.bomb("word/document.xml", **{"[Content_Types].xml": b"<Types/>"}),
        "archive_unsafe",
    ),
    "many.zip": (uploads.zipped({f"{n}.txt": b"" for n in range(10_000)}), "archive_unsafe"),
    "nested.zip": (uploads.zipped({"inner.zip": uploads.bomb()}), "archive_unsafe"),
    "twice.zip": (uploads.overlapping(), "archive_unsafe"),
    "slip.zip": (uploads.zipped({"../../etc/cron.d/x": b"x"}), "archive_unsafe"),
    "rooted.zip": (uploads.zipped({"/etc/passwd": b"x"}), "archive_unsafe"),
    "before.zip": (b"MZ" + uploads.zipped({"a": b"a"}), "archive_unsafe"),
    "hidden.zip": (b"PK\x03\x04" + uploads.HTML + uploads.zipped({"a": b"a"}), "archive_unsafe"),
    "after.zip": (uploads.zipped({"a": b"a"}) + uploads.HTML, "archive_unsafe"),
    "broken.zip": (b"PK\x03\x04" + bytes(100), "archive_unsafe"),
    "eicar.txt": (uploads.EICAR, "dangerous"),
    "eicar-late.txt": (b"a" * (65_536 - 30) + uploads.EICAR, "dangerous"),
    "eicar.zip": (uploads.zipped({"a.txt": uploads.EICAR}), "dangerous"),
    "empty.txt": (b"", "empty"),
    "large.txt": (b"a" * (MEGABYTE + 1), "too_large"),
}


@pytest.fixture
def store(app, tmp_path, monkeypatch) -> storage.Folder:
    """A folder of this test's own."""
    folder = storage.Folder(tmp_path / "files")
    monkeypatch.setitem(storage._stores, db.engine, folder)
    return folder


def keep(name: str | None, content: bytes, **values) -> StoredFile:
    with transaction(system="test"):
        return files.keep(
            io.BytesIO(content),
            name,
            **{"purpose": "test", "most_bytes": MEGABYTE, "allowed": EVERYTHING, **values},
        )


def on_disk(folder: storage.Folder) -> list[Path]:
    return [file for file in folder.root.parent.rglob("*") if file.is_file()]


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(StoredFile))


@pytest.mark.parametrize("name", GOOD)
def test_what_is_taken_comes_back_unchanged(store, name) -> None:
    stored = keep(name, GOOD[name])
    with files.open_(stored) as file:
        assert file.read() == GOOD[name]
    assert stored.sha256 == hashlib.sha256(GOOD[name]).hexdigest()
    assert (stored.size, stored.name) == (len(GOOD[name]), name)
    assert [path.name for path in on_disk(store)] == [stored.key]


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_says_why_and_leaves_nothing(store, name) -> None:
    content, code = BAD[name]
    with pytest.raises(Invalid) as refused:
        keep(name, content)
    assert refused.value.code == code
    assert list(refused.value.fields) == ["file"]
    assert on_disk(store) == []
    assert rows() == 0


def test_only_listed_kinds_are_taken(store) -> None:
    with pytest.raises(Invalid) as refused:
        keep("plan.pdf", uploads.PDF, allowed=files.SPREADSHEETS, field="table")
    assert refused.value.code == "kind_not_taken"
    assert list(refused.value.fields) == ["table"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\amal\\plan.txt", "plan.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("plan\u202etxt.exe.txt", "plantxt.exe.txt"),
        ("a\u200fb\u200b.txt", "ab.txt"),
        ("  many   blanks .txt", "many blanks .txt"),
        ("line\r\nSet-Cookie: a.txt", "line Set-Cookie a.txt"),
        ("..txt", "txt"),
        ("con.txt", "_con.txt"),
        ("خطة العمل.txt", "خطة العمل.txt"),
        ("\ud800.txt", "?.txt"),
        (None, "file"),
        ("///", "file"),
    ],
)
@pytest.mark.pure
def test_a_name_is_a_name_only(given, kept) -> None:
    assert files.clean_name(given) == kept.replace("?.txt", "txt") if "?" in kept else kept


@pytest.mark.pure
def test_a_long_name_keeps_its_ending() -> None:
    name = files.clean_name("ب" * 400 + ".geojson")
    assert len(name) == 120
    assert name.endswith("ب.geojson")


def test_a_large_stream_is_refused_early_and_fills_no_memory(store) -> None:
    stream = uploads.Endless(200 * MEGABYTE)
    tracemalloc.start()
    with pytest.raises(Invalid) as refused, transaction(system="test"):
        files.keep(stream, "big.txt", purpose="test", most_bytes=20 * MEGABYTE, allowed=EVERYTHING)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code == "too_large"
    assert stream.taken <= 20 * MEGABYTE + 65_536
    assert peak < 2 * MEGABYTE
    assert on_disk(store) == []


def test_a_file_that_is_kept_fills_no_memory(store) -> None:
    stream = uploads.Endless(20 * MEGABYTE)
    tracemalloc.start()
    with transaction(system="test"):
        files.keep(stream, "big.txt", purpose="test", most_bytes=20 * MEGABYTE, allowed=EVERYTHING)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * MEGABYTE


def test_a_file_is_nobody_elses_to_read_on_the_machine(store) -> None:
    stored = keep("notes.txt", b"secret")
    assert store._path(stored.key).parent.stat().st_mode & 0o077 == 0


def test_a_picture_is_made_anew_within_its_sizes(store) -> None:
    with transaction(system="test"):
        large, small = files.keep_pictures(
            io.BytesIO(uploads.picture("PNG", (900, 300))),
            "photo.png",
            purpose="test",
            most_bytes=MEGABYTE,
            sides=(600, 90),
        )
    assert [(one.width, one.height) for one in (large, small)] == [(600, 200), (90, 30)]
    with files.open_(small) as file, Image.open(file) as opened:
        assert (opened.format, opened.size) == ("PNG", (90, 30))


def test_a_square_picture_shows_the_middle(store) -> None:
    with transaction(system="test"):
        (one,) = files.keep_pictures(
            io.BytesIO(uploads.picture("JPEG", (300, 100))),
            "me.jpg",
            purpose="test",
            most_bytes=MEGABYTE,
            sides=(256,),
            square=True,
        )
    assert (one.width, one.height) == (100, 100)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("located.jpg", uploads.located_jpeg()),
        ("script.jpg", uploads.picture("JPEG") + uploads.SCRIPT),
        ("script.png", uploads.picture("PNG") + uploads.HTML),
        ("zipped.jpg", uploads.picture("JPEG") + uploads.zipped({"a.txt": b"Hidden Camera Maker"})),
        ("comment.jpg", uploads.picture("JPEG", comment=uploads.SCRIPT)),
    ],
)
def test_nothing_but_the_picture_is_left_of_a_picture(store, name, content) -> None:
    with transaction(system="test"):
        (one,) = files.keep_pictures(
            io.BytesIO(content), name, purpose="test", most_bytes=MEGABYTE, sides=(100,)
        )
    with files.open_(one) as file:
        kept = file.read()
    assert Image.open(io.BytesIO(kept)).size == (60, 40)
    for hidden in (b"script", b"Hidden", b"Exif", b"PK\x03\x04"):
        assert hidden not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("huge.png", uploads.huge_png(), "picture_too_large"),
        ("broken.png", uploads.picture("PNG")[:60], "picture_unreadable"),
        ("noise.jpg", b"\xff\xd8\xff" + os.urandom(2000), "picture_unreadable"),
        ("plan.pdf", uploads.PDF, "kind_not_taken"),
        ("moving.gif", uploads.picture("GIF"), "kind_not_taken"),
    ],
)
def test_what_is_no_good_picture_is_refused(store, name, content, code) -> None:
    with pytest.raises(Invalid) as refused, transaction(system="test"):
        files.keep_pictures(
            io.BytesIO(content), name, purpose="test", most_bytes=MEGABYTE, sides=(100,), field="photo"
        )
    assert refused.value.code == code
    assert list(refused.value.fields) == ["photo"]
    assert on_disk(store) == []


def test_what_a_failed_transaction_left_is_swept_after_a_day(store) -> None:
    kept = keep("notes.txt", b"stays")

    def fails() -> None:
        with transaction(system="test"):
            files.keep(io.BytesIO(b"goes"), "notes.txt", purpose="t", most_bytes=99, allowed=EVERYTHING)
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    half_received = store.coming / "0123"
    half_received.write_bytes(b"half")
    assert files.sweep() == 0  # somebody may be at work on it
    yesterday = time.time() - 25 * 3600
    for file in on_disk(store):
        os.utime(file, (yesterday, yesterday))
    assert files.sweep() == 2
    assert [file.name for file in on_disk(store)] == [kept.key]
    assert files.sweep() == 0


def test_a_forgotten_file_is_gone_when_the_transaction_has_succeeded(store) -> None:
    stored = keep("notes.txt", b"goes")

    def fails() -> None:
        with transaction(system="test"):
            files.forget(stored)
            raise LookupError

    with pytest.raises(LookupError):
        fails()
    assert len(on_disk(store)) == rows() == 1
    with transaction(system="test"):
        files.forget(db.session.get_one(StoredFile, stored.id))
    assert on_disk(store) == []
    assert rows() == 0


def test_the_check_finds_what_is_missing_changed_or_stray(store) -> None:
    fine, missing, changed = (keep(f"{name}.txt", name.encode()) for name in ("fine", "missing", "changed"))
    assert list(files.faults(time.time() + 9999)) == []
    store.delete(missing.key)
    store._path(changed.key).write_bytes(b"Changed")
    stray = "ab" * 16
    store._path(stray).parent.mkdir(parents=True)
    store._path(stray).write_bytes(b"x")
    found = {(fault.what, fault.key) for fault in files.faults(time.time() + 9999)}
    assert found == {("missing", missing.key), ("changed", changed.key), ("stray", stray)}
    with files.open_(fine) as file:
        assert file.read() == b"fine"
    with pytest.raises(DomainError) as gone:
        files.open_(missing)
    assert gone.value.status == 410


def test_a_file_is_kept_inside_a_transaction_only(store) -> None:
    with pytest.raises(RuntimeError):
        files.keep(io.BytesIO(b"a"), "a.txt", purpose="t", most_bytes=9, allowed=EVERYTHING)
    assert on_disk(store) == []

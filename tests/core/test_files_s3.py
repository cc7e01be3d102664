"""Files in S3-compatible storage: the real client against a small storage of the test's own."""

import io
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest

from app import config
from app.core import files
from app.core.db import db, transaction
from app.core.errors import DomainError
from app.core.files import storage

CHUNK = re.compile(rb"([0-9a-fA-F]+)[^\r\n]*\r\n")


class Fake(BaseHTTPRequestHandler):
    """As much of S3 as the portal uses: put, get, delete, list."""

    protocol_version = "HTTP/1.1"
    kept: dict[str, bytes] = {}

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).removeprefix("/files").strip("/")

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _sent(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "") and "aws-chunked" not in (
            self.headers.get("Content-Encoding", "")
        ):
            return self.rfile.read(int(self.headers["Content-Length"]))
        whole = b""
        while (size := int(CHUNK.match(self.rfile.readline())[1], 16)) > 0:
            whole += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # checksums after the last chunk
            pass
        return whole

    def do_PUT(self) -> None:
        assert "Credential=the-key/" in self.headers["Authorization"]
        self.kept[self._key()] = self._sent()
        self._answer(200)

    def do_GET(self) -> None:
        if not self._key():
            entries = "".join(
                f"<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>"
                for key in self.kept
            )
            self._answer(200, f"<ListBucketResult>{entries}</ListBucketResult>".encode())
        elif self._key() in self.kept:
            self._answer(200, self.kept[self._key()])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    def do_DELETE(self) -> None:
        self.kept.pop(self._key(), None)
        self._answer(204)

    def log_message(self, *_what: object) -> None:
        pass


@pytest.fixture
def bucket(app, tmp_path, monkeypatch) -> Iterator[dict[str, bytes]]:
    """A storage of this test's own, and the portal set to it; gives what the storage holds."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fake)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(Fake, "kept", {})
    settings = config.load(
        {
            "TAAWUN_ENV": "testing",
            "FILES_S3_BUCKET": "files",
            "FILES_S3_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
            "FILES_S3_REGION": "us-east-1",
            "FILES_S3_KEY": "the-key",
            "FILES_S3_SECRET": "the-secret",
        },
        tmp_path,
    )
    store = storage.make(tmp_path / "files", settings.files_s3)
    monkeypatch.setitem(storage._stores, db.engine, store)
    yield Fake.kept
    store.client.close()
    server.shutdown()
    server.server_close()
    thread.join()


def keep(content: bytes) -> files.StoredFile:
    with transaction(system="test"):
        return files.keep(
            io.BytesIO(content),
            "notes.txt",
            purpose="test",
            most_bytes=files.MEGABYTE,
            allowed=files.DOCUMENTS,
        )


def test_a_file_goes_there_and_comes_back(bucket) -> None:
    stored = keep(b"far away")
    assert bucket == {stored.key: b"far away"}
    with files.open_(stored) as body:
        assert body.read() == b"far away"
    with transaction(system="test"):
        files.forget(db.session.get_one(files.StoredFile, stored.id))
    assert bucket == {}


def test_missing_changed_and_stray_ones_are_found_and_swept(bucket) -> None:
    lost, changed, fine = keep(b"lost"), keep(b"changed"), keep(b"fine")
    del bucket[lost.key]
    bucket[changed.key] = b"Changed"
    bucket["stray"] = b"nobody's"
    found = {(fault.what, fault.key) for fault in files.faults(time.time())}
    assert found == {("missing", lost.key), ("changed", changed.key), ("stray", "stray")}
    with pytest.raises(DomainError) as gone:
        files.open_(lost)
    assert gone.value.status == 410
    assert files.sweep() == 1
    assert set(bucket) == {changed.key, fine.key}


@pytest.mark.pure
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"FILES_S3_ENDPOINT": "https://s3.example"}, "FILES_S3_BUCKET"),
        ({"FILES_S3_BUCKET": "files", "FILES_S3_KEY": "k"}, "FILES_S3_SECRET"),
    ],
)
def test_half_a_setting_is_refused(tmp_path, given, named) -> None:
    with pytest.raises(config.Misconfigured, match=named):
        config.load({"TAAWUN_ENV": "testing", **given}, tmp_path)


@pytest.mark.pure
def test_without_its_library_the_portal_says_what_to_install(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(config.Misconfigured, match=r"requirements-s3\.txt"):
        config.load({"TAAWUN_ENV": "testing", "FILES_S3_BUCKET": "files"}, tmp_path)

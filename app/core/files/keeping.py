"""Receiving, keeping, opening and forgetting files, and tidying up after what failed half-way."""

import hashlib
import logging
import secrets
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import select

from app.core import jobs
from app.core.db import db, require_scope
from app.core.errors import DomainError, Invalid
from app.core.files import kinds, pictures, storage
from app.core.files.records import StoredFile
from app.core.files.refusal import Refused, apart
from app.core.i18n import _l

MEGABYTE = 1024 * 1024
BLOCK = 1 << 16
SWEPT_TOGETHER = 500
HALF_WAY = timedelta(days=1)  # older than any transaction: what no row names by then is nobody's
# The test text that every virus scanner knows.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Received:
    """A file that passed all checks. It lies among the coming files until it is kept, or the block ends."""

    path: Path
    name: str
    kind: str
    purpose: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None

    @property
    def is_picture(self) -> bool:
        """Whether it is of a kind that `receive_pictures` makes anew."""
        return self.kind in kinds.PICTURES


@contextmanager
def _coming() -> Iterator[Path]:
    """A fresh path among the coming files; what is left there at the end is removed."""
    folder = storage.current().coming
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(16)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def _as_invalid(field: str) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise Invalid({field: refused.text}, refused.code) from refused


def _write(stream: IO[bytes], path: Path, name: str, most_bytes: int) -> tuple[int, str]:
    """Write block by block; returns the size and the SHA-256. Raises Refused."""
    sha256, size, end = hashlib.sha256(), 0, b""
    with path.open("xb") as file:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > most_bytes:
                raise Refused(
                    "too_large",
                    _l(
                        "“%(name)s” is larger than %(size)s MB.",
                        name=apart(name),
                        size=most_bytes // MEGABYTE,
                    ),
                )
            if EICAR in end + block:
                raise Refused("dangerous", _l("This file looks like a virus and was not kept."))
            end = block[-len(EICAR) :]
            sha256.update(block)
            file.write(block)
    if not size:
        raise Refused("empty", _l("“%(name)s” is empty.", name=apart(name)))
    return size, sha256.hexdigest()


@contextmanager
def receive(
    stream: IO[bytes],
    name: str | None,
    *,
    purpose: str,
    most_bytes: int,
    allowed: Collection[str],
    field: str = "file",
) -> Iterator[Received]:
    """Take a file in and look at it, before any transaction. `allowed` are names of `KINDS`.

    Raises Invalid for the form's `field`; the codes stand in the docstring of `app.core.files`.
    """
    with _coming() as path:
        with _as_invalid(field):
            cleaned = kinds.clean_name(name)
            size, sha256 = _write(stream, path, cleaned, most_bytes)
            kind = kinds.find(path, cleaned, frozenset(allowed))
        yield Received(path, cleaned, kind, purpose, size, sha256)


@contextmanager
def made_anew(
    received: Received, *, sides: Sequence[int], square: bool = False, field: str = "file"
) -> Iterator[tuple[Received, ...]]:
    """The picture as new ones, each at most so many pixels wide and high, in the order of `sides`. Raises Invalid."""
    with ExitStack() as stack:
        made = []
        for side in sides:
            path = stack.enter_context(_coming())
            with _as_invalid(field):
                width, height = pictures.make_anew(
                    received.path, received.kind, received.name, side=side, target=path, square=square
                )
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            made.append(
                Received(
                    path=path,
                    name=received.name,
                    kind=received.kind,
                    purpose=received.purpose,
                    size=path.stat().st_size,
                    sha256=sha256,
                    width=width,
                    height=height,
                )
            )
        yield tuple(made)


@contextmanager
def receive_pictures(
    stream: IO[bytes],
    name: str | None,
    *,
    purpose: str,
    most_bytes: int,
    sides: Sequence[int],
    square: bool = False,
    field: str = "file",
) -> Iterator[tuple[Received, ...]]:
    """Take a picture in and make it anew in these sizes, before any transaction. Raises Invalid."""
    with (
        receive(
            stream, name, purpose=purpose, most_bytes=most_bytes, allowed=kinds.PICTURES, field=field
        ) as received,
        made_anew(received, sides=sides, square=square, field=field) as pictures_made,
    ):
        yield pictures_made


def keep_received(received: Received, *, by: int | None = None) -> StoredFile:
    """Keep a received file, inside the transaction of its cause. If that fails, `sweep` removes the bytes."""
    require_scope()
    key = secrets.token_hex(16)
    storage.current().put(received.path, key)
    stored = StoredFile(
        key=key,
        sha256=received.sha256,
        size=received.size,
        media_type=kinds.KINDS[received.kind].media_type,
        name=received.name,
        purpose=received.purpose,
        width=received.width,
        height=received.height,
        kept_by_id=by,
    )
    db.session.add(stored)
    db.session.flush()
    return stored


def keep(
    stream: IO[bytes],
    name: str | None,
    *,
    purpose: str,
    most_bytes: int,
    allowed: Collection[str],
    by: int | None = None,
    field: str = "file",
) -> StoredFile:
    """Receive and keep in one step, inside `transaction()`: for small files. Raises Invalid for the form's `field`."""
    require_scope()
    with receive(
        stream, name, purpose=purpose, most_bytes=most_bytes, allowed=allowed, field=field
    ) as received:
        return keep_received(received, by=by)


def keep_pictures(
    stream: IO[bytes],
    name: str | None,
    *,
    purpose: str,
    most_bytes: int,
    sides: Sequence[int],
    square: bool = False,
    by: int | None = None,
    field: str = "file",
) -> tuple[StoredFile, ...]:
    """Make a picture anew and keep it in these sizes, inside `transaction()`. Raises Invalid for the form's `field`."""
    require_scope()
    with receive_pictures(
        stream, name, purpose=purpose, most_bytes=most_bytes, sides=sides, square=square, field=field
    ) as received:
        return tuple(keep_received(one, by=by) for one in received)


def open_(stored: StoredFile) -> IO[bytes]:
    """Its bytes, to be read in blocks and closed. Raises DomainError (410, `file_missing`) when the store has lost them."""
    try:
        return storage.current().open(stored.key)
    except FileNotFoundError:
        log.error("file %s is missing from the store", stored.id)  # noqa: TRY400 - the place says nothing more
        missing = DomainError("file_missing", _l("This file is missing from the store."))
        missing.status = 410
        raise missing from None


def forget(stored: StoredFile) -> None:
    """Forget a file that nothing refers to any more: its row now, its bytes when the transaction has succeeded."""
    scope = require_scope()
    store, key = storage.current(), stored.key
    db.session.delete(stored)
    scope.after_commit.append(lambda: store.delete(key))


def _without_row(keys: list[str]) -> list[str]:
    known = set(db.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(keys))))
    return [key for key in keys if key not in known]


@jobs.periodic("core.sweep_files", every=timedelta(hours=24))
def sweep() -> int:
    """Remove bytes that no row names, a day after they came: their transaction failed, or was killed. Returns how many."""
    store, age = storage.current(), HALF_WAY.total_seconds()
    done, waiting = storage.clear_coming(age), []
    for key in store.keys(time.time() - age):
        waiting.append(key)
        if len(waiting) == SWEPT_TOGETHER:
            done += _remove(store, waiting)
            waiting = []
    done += _remove(store, waiting)
    db.session.rollback()
    return done


def _remove(store: storage.Store, keys: list[str]) -> int:
    stray = _without_row(keys) if keys else []
    for key in stray:
        store.delete(key)
    return len(stray)

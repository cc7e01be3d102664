"""Whether rows and store agree: each file is there, with the size and the SHA-256 that its row says."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.core.files import storage
from app.core.files.records import StoredFile

_TOGETHER, _BLOCK = 200, 1 << 16


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file: `missing`, `changed`, or `stray` (bytes without a row; `file_id` is None)."""

    what: str
    key: str
    file_id: int | None = None


def faults(now: float, settled_seconds: float = 3600) -> Iterator[Fault]:
    """Every file that is not as its row says, and what no row names although it came `settled_seconds` before `now`.

    Reads all files, block by block.
    """
    store, last = storage.current(), 0
    while rows := db.session.execute(
        select(StoredFile.id, StoredFile.key, StoredFile.size, StoredFile.sha256)
        .where(StoredFile.id > last)
        .order_by(StoredFile.id)
        .limit(_TOGETHER)
    ).all():
        for file_id, key, size, sha256 in rows:
            try:
                found = _measure(store, key)
            except FileNotFoundError:
                yield Fault("missing", key, file_id)
                continue
            if found != (size, sha256):
                yield Fault("changed", key, file_id)
        last = rows[-1].id
    for key in store.keys(now - settled_seconds):
        if db.session.scalar(select(StoredFile.id).where(StoredFile.key == key)) is None:
            yield Fault("stray", key)


def _measure(store: storage.Store, key: str) -> tuple[int, str]:
    size, sha256 = 0, hashlib.sha256()
    with store.open(key) as file:
        while block := file.read(_BLOCK):
            size += len(block)
            sha256.update(block)
    return size, sha256.hexdigest()

"""Where the bytes are: a folder of this machine, or S3-compatible storage when there are several machines.

Each database has one store: the factory says which by `use(engine, store)`, and `current()` finds it again.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from app.core.db import db


class Store(Protocol):
    """What keeps files by key. A key is 32 hexadecimal digits, chosen at random by us, never by who sends a file."""

    coming: Path  # the folder of files that are being received

    def put(self, path: Path, key: str) -> None:
        """Keep the file at `path` (which may be moved away) under `key`; when this returns it outlives a power cut."""

    def open(self, key: str) -> IO[bytes]:
        """Its bytes, to be closed by the caller. Raises FileNotFoundError."""

    def delete(self, key: str) -> None:
        """Forget it; nothing happens when it is not there."""

    def keys(self, before: float) -> Iterator[str]:
        """The keys of all files kept before an instant (seconds since 1970)."""


class Folder:
    """Files of this machine, in folders of two digits each."""

    def __init__(self, root: Path) -> None:
        self.root, self.coming = root / "kept", root / "coming"

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / key[2:4] / key

    def put(self, path: Path, key: str) -> None:
        """Synced, moved into place, its folder synced: only then may a row name it."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync(path)
        path.replace(target)
        for folder in (target.parent, target.parent.parent, self.root):
            _sync(folder)

    def open(self, key: str) -> IO[bytes]:
        """The file, open for reading."""
        return self._path(key).open("rb")

    def delete(self, key: str) -> None:
        """Remove the file; its folder stays."""
        self._path(key).unlink(missing_ok=True)

    def keys(self, before: float) -> Iterator[str]:
        """Folder by folder, so that a million files are no list in memory."""
        for first in _below(self.root):
            for second in _below(first):
                for file in _below(second):
                    if file.stat().st_mtime < before:
                        yield file.name


def _below(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


_stores: WeakKeyDictionary[Engine, Store] = WeakKeyDictionary()


def use(engine: Engine, store: Store) -> None:
    """Say where the files of a database are."""
    _stores[engine] = store


def current() -> Store:
    """The store of the database at hand."""
    return _stores[db.engine]


def clear_coming(older_than: float) -> int:
    """Remove what was being received when a process died; returns how many files."""
    left = [file for file in _below(current().coming) if file.stat().st_mtime < time.time() - older_than]
    for file in left:
        file.unlink(missing_ok=True)
    return len(left)


def make(root: Path, s3: dict[str, Any] | None) -> Store:
    """The store that the settings name: `s3` as `config.Settings.files_s3` holds it, or the folder `root`."""
    if s3 is None:
        return Folder(root)
    from app.core.files.s3 import Bucket  # its library is an extra

    return Bucket(root / "coming", **s3)

"""Looking into zip archives (office files are such) without unpacking them: what would be a bomb or a trap is refused."""

import struct
import zipfile
from pathlib import Path

from app.core.files.refusal import Refused
from app.core.i18n import _l

MOST_ENTRIES = 5_000
MOST_DIRECTORY = 2 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
SMALL = 16 * 1024 * 1024  # below this no ratio is a danger
MOST_RATIO = 100
_END, _LOCATOR, _FIRST = b"PK\x05\x06", b"PK\x06\x07", b"PK\x03\x04"
_END_SIZE, _LOCATOR_SIZE, _LOCAL_SIZE = 22, 20, 30
_NESTED = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".jar")
# The test text that every virus scanner knows, by its checksum and size: it is seen without unpacking.
EICAR_CRC, EICAR_SIZE = 0x6851CF3C, 68


def _unsafe() -> Refused:
    return Refused(
        "archive_unsafe",
        _l(
            "This archive is damaged, locked, holds other archives, or would grow too large when it is opened."
        ),
    )


def _read_end(path: Path) -> None:
    """Refuse what does not begin and end as a plain archive does, before any library reads its directory."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != _FIRST or size < _END_SIZE:
            raise _unsafe()
        file.seek(max(0, size - _END_SIZE - 0xFFFF - _LOCATOR_SIZE))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise _unsafe()
    _disk, _first_disk, _here, entries, length, start, comment = struct.unpack_from("<HHHHIIH", tail, at + 4)
    ends_there = at + _END_SIZE + comment == len(tail)
    begins_there = start + length == size - (len(tail) - at)  # nothing stands before or between
    is_large = tail[max(0, at - _LOCATOR_SIZE) : at].startswith(_LOCATOR)
    if not ends_there or not begins_there or is_large or entries > MOST_ENTRIES or length > MOST_DIRECTORY:
        raise _unsafe()


def inside(path: Path) -> tuple[frozenset[str], str]:
    """The names in an archive, and what an Open Document says it is (empty for others). Raises Refused."""
    _read_end(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_traps(path, entries)
            names = frozenset(entry.filename for entry in entries)
            declared = ""
            if entries and entries[0].filename == "mimetype" and entries[0].file_size < 100:
                declared = archive.read(entries[0]).decode("ascii", "replace")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise _unsafe() from error
    return names, declared


def _refuse_traps(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = path.stat().st_size
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or not entries:
        raise _unsafe()
    if unpacked > SMALL and unpacked > packed * MOST_RATIO:
        raise _unsafe()
    after = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        # Entries that share their bytes are how a small archive claims to hold much.
        if entry.header_offset < after or entry.flag_bits & 1:
            raise _unsafe()
        after = entry.header_offset + _LOCAL_SIZE + entry.compress_size
        parts = entry.filename.replace("\\", "/").split("/")
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise _unsafe()
        if entry.filename.lower().endswith(_NESTED):
            raise _unsafe()
        if (entry.CRC, entry.file_size) == (EICAR_CRC, EICAR_SIZE):
            raise Refused("dangerous", _l("This file looks like a virus and was not kept."))
    if after > packed:
        raise _unsafe()

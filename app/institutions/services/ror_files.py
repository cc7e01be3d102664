"""The files that ROR comes in: the part that is shipped, and ROR's own dump."""

import gzip
import io
import json
import pathlib
import zipfile
from collections.abc import Iterator
from typing import Any

from app.core.ror import from_schema_2

SHIPPED = pathlib.Path(__file__).parents[2] / "data"
SHIPPED_RELEASE = "v2.9"


def shipped_records() -> Iterator[dict[str, Any]]:
    """The records that come with the portal: the active ones, then those that ROR has closed."""
    for name in ("ror.jsonl.gz", "ror_closed.jsonl.gz"):
        with gzip.open(SHIPPED / name, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def dump_records(file: pathlib.Path) -> Iterator[dict[str, Any]]:
    """The records of ROR's own dump (schema 2.0 or 2.1), a JSON file or the zip it comes in, in the short form.

    Raises ValueError when the file cannot be read or holds no such list.
    """
    try:
        raw = _json_of(file)
    except zipfile.BadZipFile as error:
        raise ValueError(f"{file.name} is a broken zip file") from error
    if not isinstance(raw, list):
        raise ValueError(f"{file.name} holds no list of ROR records")  # noqa: TRY004 - it is the content that is wrong
    return map(from_schema_2, raw)


def _json_of(file: pathlib.Path) -> Any:
    if not zipfile.is_zipfile(file):
        return json.loads(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        # The zip carries schema 1 beside schema 2 in some releases.
        wanted = [name for name in names if "schema_v2" in name] or names
        if not wanted:
            raise ValueError(f"{file.name} holds no JSON file")
        with archive.open(wanted[0]) as entry:
            return json.load(io.TextIOWrapper(entry, encoding="utf-8"))

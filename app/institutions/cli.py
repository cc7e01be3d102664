"""Commands: loading ROR."""

import gzip
import io
import json
import pathlib
import time
import zipfile
from collections.abc import Iterator
from typing import Any

import click
from flask.cli import AppGroup

from app.core.ror import from_schema_2
from app.institutions import services

cli = AppGroup("institutions", help="The registry of institutions.")
SHIPPED = pathlib.Path(__file__).parents[1] / "data"
SHIPPED_RELEASE = "v2.9"


def shipped_records() -> Iterator[dict[str, Any]]:
    """The records that come with the portal: the active ones, then those that ROR has closed."""
    for name in ("ror.jsonl.gz", "ror_closed.jsonl.gz"):
        with gzip.open(SHIPPED / name, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def dump_records(file: pathlib.Path) -> Iterator[dict[str, Any]]:
    """The records of ROR's own dump (schema 2.0 or 2.1), a JSON file or the zip it comes in, in the short form.

    Raises click.ClickException when the file holds no such list.
    """
    try:
        raw = _json_of(file)
    except (ValueError, zipfile.BadZipFile) as error:
        raise click.ClickException(f"{file.name} cannot be read: {error}") from error
    if not isinstance(raw, list):
        raise click.ClickException(f"{file.name} holds no list of ROR records")
    return map(from_schema_2, raw)


def _json_of(file: pathlib.Path) -> Any:
    if not zipfile.is_zipfile(file):
        return json.loads(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")]
        # The zip carries schema 1 beside schema 2 in some releases.
        wanted = [name for name in names if "schema_v2" in name] or names
        if not wanted:
            raise click.ClickException(f"{file.name} holds no JSON file")
        with archive.open(wanted[0]) as entry:
            return json.load(io.TextIOWrapper(entry, encoding="utf-8"))


@cli.command("load-ror")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
def load_ror(file: pathlib.Path | None) -> None:
    """Load institutions from ROR: the shipped part, or FILE, ROR's own full dump (JSON, or the zip of it)."""
    began = time.monotonic()
    records = dump_records(file) if file else shipped_records()
    try:
        done = services.load_ror(records, file.stem.split("-")[0][:10] if file else SHIPPED_RELEASE)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise click.ClickException(f"A record is not as ROR's schema 2 has it: {error!r}") from error
    click.echo(
        f"{done.added} added, {done.renewed} renewed, {done.closed} closed, {done.merged} merged, "
        f"{done.kept} left to the administrators, {done.skipped} without a country, "
        f"in {time.monotonic() - began:.1f} s"
    )

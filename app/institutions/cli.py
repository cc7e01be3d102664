"""Commands: loading ROR."""

import pathlib
import time

import click
from flask.cli import AppGroup

from app.institutions import services
from app.institutions.services import SHIPPED_RELEASE, dump_records, shipped_records

cli = AppGroup("institutions", help="The registry of institutions.")


@cli.command("load-ror")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=pathlib.Path))
def load_ror(file: pathlib.Path | None) -> None:
    """Load institutions from ROR: the shipped part, or FILE, ROR's own full dump (JSON, or the zip of it)."""
    began = time.monotonic()
    try:
        records = dump_records(file) if file else shipped_records()
        done = services.load_ror(records, file.stem.split("-")[0][:10] if file else SHIPPED_RELEASE)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise click.ClickException(f"This is not as ROR's schema 2 has it: {error!r}") from error
    click.echo(
        f"{done.added} added, {done.renewed} renewed, {done.closed} closed, {done.merged} merged, "
        f"{done.kept} left to the administrators, {done.skipped} without a country, "
        f"in {time.monotonic() - began:.1f} s"
    )

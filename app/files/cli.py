"""Files from the command line: `flask files check`, `flask files sweep`."""

import time

import click
from flask.cli import AppGroup

from app.core import files

cli = AppGroup("files", help="Files that people sent.")
WORDS = {
    "missing": "the store has lost it",
    "changed": "its content is not what was kept",
    "stray": "no record names it (flask files sweep removes it a day after it came)",
}


@cli.command("check")
def check() -> None:
    """Compare every record with the store, by size and SHA-256; the exit status is 1 when anything differs."""
    count = 0
    for fault in files.faults(time.time()):
        count += 1
        which = f"file {fault.file_id}" if fault.file_id else "bytes"
        click.echo(f"{which} ({fault.key}): {WORDS[fault.what]}")
    if count:
        raise click.ClickException(f"{count} files are not as they should be")
    click.echo("Records and store agree.")


@cli.command("sweep")
def sweep() -> None:
    """Remove what no record names, a day after it came. The worker does this daily."""
    click.echo(f"{files.sweep()} files removed")

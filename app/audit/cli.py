"""The audit from the command line."""

import click
from flask.cli import AppGroup

from app.audit import queries

cli = AppGroup("audit", help="The audit: check that nothing was changed in it.")


@cli.command("verify")
def verify() -> None:
    """Walk along the chain of entries; ends with status 1 when it is broken."""
    verdict = queries.verify()
    if verdict.is_whole:
        click.echo(f"{verdict.entries} entries, the chain is whole")
        return
    where = f"entry {verdict.entry_id} " if verdict.entry_id else ""
    raise click.ClickException(f"after {verdict.entries} sound entries: {where}{verdict.fault}")

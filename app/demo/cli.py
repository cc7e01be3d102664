"""`flask setup` prepares a portal, as often as one likes; `flask seed` fills one for measuring."""

import contextlib
import os
import time
from collections.abc import Callable

import click
from flask import current_app
from flask.cli import with_appcontext

from app.config import Settings
from app.consortia.services import ensure_open_consortium
from app.core import dialects, schema
from app.core.catalogues import compile_all
from app.core.db import db
from app.demo import services

LARGEST_SCALE = 1_000_000


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _say(line: str) -> None:
    click.echo(f"setup: {line}")


def _step(begin: str, act: Callable[[], str]) -> None:
    """Do what takes a while, saying before what and after how long."""
    click.echo(f"setup: {begin} ... ", nl=False)
    began = time.monotonic()
    done = act()
    click.echo(f"{done} ({time.monotonic() - began:.1f} s)")


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Prepare the portal: database, translations, institutions; on the first start in development a demonstration.

    Whatever is there already is left as it is. DEMO=0 leaves the demonstration out; production never has one.
    """
    settings = _settings()
    with dialects.one_at_a_time(db.engine, settings.instance / "setup.lock"):
        _compile()
        _migrate()
        if settings.is_production and services.is_demonstration():
            raise click.ClickException(
                "This database holds a demonstration: its people are invented and their passwords known. "
                "Production needs an empty database and an empty instance folder."
            )
        wanted = settings.environment == "development" and os.environ.get("DEMO", "1") != "0"
        is_first = wanted and not services.has_people()
        with services.beginning() if is_first else contextlib.nullcontext():
            _load_institutions()
            ensure_open_consortium()
        if is_first:
            _load_demonstration()
        if settings.environment == "development" and services.has_accounts():
            _show_accounts()
    _say("ready")


def _compile() -> None:
    done = compile_all()
    _say(f"translations compiled: {', '.join(done)}" if done else "translations are up to date")


def _migrate() -> None:
    before, newest = schema.current(), schema.newest()
    if before == newest:
        _say(f"database is up to date (revision {newest})")
        return
    _step(f"bringing the database from {before or 'nothing'} to revision {newest}", _upgraded)


def _upgraded() -> str:
    schema.upgrade()
    return "done"


def _load_institutions() -> None:
    if services.has_registry():
        _say("institutions are there")
        return

    def load() -> str:
        done = services.load_registry()
        return f"{done.added} institutions"

    _step("loading institutions from ROR", load)


def _load_demonstration() -> None:
    def load() -> str:
        there = services.load()
        return (
            f"{there['people']} people, {there['problems']} problems, {there['teams']} teams, "
            f"{there['projects']} projects, {there['listings']} listings"
        )

    _step("telling the demonstration (DEMO=0 leaves it out)", load)


def _show_accounts() -> None:
    file = _settings().instance / "demo-accounts.json"
    accounts = services.read_accounts(file) or services.give_accounts(file)
    _say(f"this is a demonstration; its accounts, all with the password {accounts[0]['password']}")
    wide = max(len(account["email"]) for account in accounts)
    for account in accounts:
        click.echo(f"  {account['role']:<15} {account['email']:<{wide}}  {account['locale']}")
    _say(f"the same in {file}")


@click.command("seed")
@click.option(
    "--scale",
    type=click.IntRange(1, LARGEST_SCALE),
    default=1000,
    show_default=True,
    help="how many problems, teams, projects, listings and institutions",
)
@with_appcontext
def seed(scale: int) -> None:
    """Fill the portal with made-up problems, teams, projects, listings and institutions, for measuring. Refused in production."""
    if _settings().is_production:
        raise click.ClickException("This is for measuring; production holds no made-up things.")
    began = time.monotonic()
    done = services.fill(scale, lambda line: click.echo(f"seed: {time.monotonic() - began:5.1f} s: {line}"))
    shown = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in done.items())
    click.echo(f"seed: {shown} rows in {time.monotonic() - began:.1f} s")


cli = (setup, seed)

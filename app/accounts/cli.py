"""People from the command line: `flask person create`, `make-admin`, `reset-link`."""

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts import services
from app.core.errors import Conflict, NotFound
from app.core.text import canonical_email, clean_line

cli = AppGroup("person", help="People and administrators.")


def _address(text: str) -> str:
    address = canonical_email(text)
    if address is None:
        raise click.BadParameter(f"{text} is no e-mail address")
    return address


def _show(secret: str) -> None:
    base = current_app.config["SETTINGS"].base_url
    click.echo("Open this link within an hour to choose the password; it works once:")
    click.echo(f"{base}/reset/{secret}")


@cli.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--admin", is_flag=True, help="Make this person an administrator of the portal.")
@click.option("--locale", type=click.Choice(["en", "ar"]), default="en", show_default=True)
def create(email: str, name: str, admin: bool, locale: str) -> None:
    """Make an account for EMAIL with the name NAME and print a link to choose its password."""
    display_name = clean_line(name)[:120]
    if not display_name:
        raise click.BadParameter("the name is empty")
    try:
        secret = services.create_person(
            email=_address(email), display_name=display_name, admin=admin, locale=locale
        )
    except Conflict:
        raise click.ClickException(f"{email} has an account already; see `flask person make-admin`") from None
    _show(secret)


@cli.command("make-admin")
@click.argument("email")
def make_admin(email: str) -> None:
    """Let the person with the address EMAIL administer the portal."""
    _set(email, True)
    click.echo(f"{email} administers the portal.")


@cli.command("remove-admin")
@click.argument("email")
def remove_admin(email: str) -> None:
    """Take the administration from the person with the address EMAIL; it takes effect with their next request."""
    _set(email, False)
    click.echo(f"{email} no longer administers the portal.")


def _set(email: str, admin: bool) -> None:
    try:
        services.set_administrator(email=_address(email), admin=admin)
    except NotFound:
        raise click.ClickException(f"nobody has the address {email}") from None
    except Conflict:
        raise click.ClickException("this is the only administrator; name another one first") from None


@cli.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a link with which the person with the address EMAIL can choose a new password."""
    try:
        secret = services.make_reset_secret(email=_address(email))
    except NotFound:
        raise click.ClickException(f"nobody has the address {email}") from None
    _show(secret)

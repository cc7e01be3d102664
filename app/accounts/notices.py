"""What we tell people about their account. All of these are required: nobody can switch them off."""

from urllib.parse import quote

from app.accounts.models import Person
from app.notifications.services import tell, write_to

LONGEST_PATH = 300


def _with_next(path: str, then: str | None) -> str:
    longer = f"{path}?next={quote(then, safe='/')}" if then else path
    return longer if len(longer) <= LONGEST_PATH else path


def _write(person: Person, what: str, path: str, address: str | None = None) -> None:
    """A mail without an inbox line: it holds a secret, or goes to an address that is not theirs (yet, or any more)."""
    write_to(
        address or person.email or "",
        f"accounts.{what}",
        path=path,
        locale=person.locale,
        reason="address_given" if address and address != person.email else "own_account",
        person_id=None if address else person.id,
    )


def confirm(person: Person, secret: str, then: str | None) -> None:
    """Please confirm this address. No word of the sign-up goes into it: a stranger may have written it."""
    _write(person, "confirm", _with_next(f"/sign-up/{secret}", then))


def already_registered(person: Person) -> None:
    """Somebody signed up with, or changed to, an address that has an account."""
    _write(person, "already_registered", "/reset")


def welcome(person: Person) -> None:
    """The account works; three first steps."""
    tell([person.id], "accounts.welcome", path="/institutions/join", reason="own_account", about=person)


def reset(person: Person, secret: str) -> None:
    """A link to choose a new password."""
    _write(person, "reset", f"/reset/{secret}")


def password_changed(person: Person) -> None:
    """The password is a new one; other devices were signed out."""
    tell([person.id], "accounts.password_changed", path="/reset", reason="own_account", about=person)


def new_device(person: Person, device: str) -> None:
    """A sign-in from a device that was not seen before."""
    tell(
        [person.id],
        "accounts.new_device",
        path="/account/sign-ins",
        reason="own_account",
        about=person,
        facts={"device": device},
    )


def address_change(person: Person, address: str, secret: str) -> None:
    """To the new address: please confirm it."""
    _write(person, "address_change", f"/account/address/{secret}", address=address)


def address_changed(person: Person, old_address: str) -> None:
    """To the old address: mail goes elsewhere from now on."""
    _write(person, "address_changed", "/reset", address=old_address)


def account_closed(person: Person, old_address: str) -> None:
    """To the last address: the account is closed."""
    _write(person, "account_closed", "/", address=old_address)

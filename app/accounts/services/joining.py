"""Joining: sign-up and the confirmation of its address.

Everybody gets the same answer in the same time, whether the address has an account or not; what differs is the mail.
A link alone does not sign in who did not sign up: elsewhere than in the browser that signed up, the password is asked
for too. So nobody can prepare an account with a stranger's address and wait for them to confirm it.
"""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from app.accounts import notices, queries
from app.accounts.models import KnownDevice, Person, Ticket
from app.accounts.services import throttle
from app.accounts.services.entering import Entered, begin, new_ticket
from app.audit import services as audit
from app.core import clock, index, once, passwords
from app.core.db import db, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import DEFAULT_LOCALE, LOCALES, _l

CONFIRM_WITHIN = timedelta(days=3)


def marker_of(secret: str) -> str:
    """What the signing-up browser keeps of a link: enough to know it again, nothing to make it from."""
    return hashlib.sha256(f"signing up: {secret}".encode("utf-8", "replace")).hexdigest()


def index_person(person: Person) -> None:
    """Inner step: keep (or, for a closed account, drop) the words by which people find a person."""
    if person.closed_at is not None:
        index.drop("person", person.id)
    else:
        if person.id is None:
            db.session.flush()
        index.put("person", person.id, person.display_name, person.romanised_name, " ".join(person.skills))


def check_password(password: str, *own: str, email: str = "", field: str = "password") -> None:
    """Refuse a new password that is too weak. Raises Invalid on the field, with how strong it is among the facts."""
    fault = passwords.fault_of(password, [*own, email.partition("@")[0]])
    if fault is not None:
        raise Invalid({field: fault})


def sign_up(
    *,
    email: str,
    password: str,
    display_name: str,
    network: str,
    locale: str = DEFAULT_LOCALE,
    zone: str = "UTC",
    then: str | None = None,
) -> str:
    """Ask for an account; a mail goes to the address. `then` is the own path to go on to after the confirmation.

    Returns the marker by which the browser that signed up is known again; it says nothing about the address.
    Raises Invalid on `password`, TooMany.
    """
    throttle.count(("network", network), ("mail", email))
    check_password(password, display_name, email=email)
    kept = passwords.hash_password(password)
    unused = secrets.token_urlsafe(32)
    with transaction(system="sign-up"):
        once.claim(
            db.session()
        )  # nobody asks here, so the form's key is claimed by hand: one mail for a form sent twice
        person = db.session.scalars(select(Person).where(Person.email == email).with_for_update()).first()
        if person is not None and person.email_confirmed_at is not None:
            notices.already_registered(person)
            audit.record(None, "accounts.sign_up_again", person)
            return marker_of(unused)
        if person is None:
            person = Person(email=email, display_name=display_name)
            db.session.add(person)
        # Not confirmed: whoever signed up last counts, so that a lost mail or a stranger's try is mended by trying again.
        person.password_hash, person.display_name = kept, display_name
        person.sort_name = display_name
        person.locale = locale if locale in LOCALES else DEFAULT_LOCALE
        person.zone = zone
        db.session.flush()
        secret = new_ticket(person, "confirm", email, CONFIRM_WITHIN)
        notices.confirm(person, secret, then)
        audit.record(None, "accounts.sign_up", person)
    return marker_of(secret)


def link_over() -> RuleBroken:
    """The refusal of a link that leads nowhere any more."""
    return RuleBroken(
        "link_over",
        _l("This link has been used, or is too old, or a newer one was sent."),
        next_steps=[(str(_l("Sign in")), "/sign-in"), (str(_l("Choose a new password")), "/reset")],
    )


def use_ticket(secret: str, purpose: str) -> tuple[Ticket, Person]:
    """Inner step: take a link, once. Raises RuleBroken(`link_over`) when it was used, is too old or replaced."""
    ticket = db.session.scalars(queries.open_ticket(secret, purpose).with_for_update(of=Ticket)).first()
    if ticket is None:
        raise link_over()
    person = db.session.get_one(Person, ticket.person_id)
    ticket.used_at = clock.now()
    return ticket, person


def confirm(
    *,
    secret: str,
    network: str,
    is_same_browser: bool,
    password: str = "",
    device: str = "",
    device_token: str | None = None,
) -> Entered:
    """Confirm the address of a sign-up, and sign in. Elsewhere than in the browser of the sign-up with the password.

    Raises RuleBroken(`link_over`), Invalid on `password`, TooMany.
    """
    owner = queries.ticket_owner(secret, "confirm")
    checked = owner.password_hash if owner is not None else None
    if owner is not None and not is_same_browser:
        throttle.count(("account", owner.email or ""), ("network", network))
        if not passwords.is_right(checked, password):
            raise Invalid({"password": _l("This is not the password that you chose when you signed up.")})
    with transaction(system="opened the link sent to the address"):
        _ticket, person = use_ticket(secret, "confirm")
        if person.password_hash != checked:  # signed up again while we looked
            raise link_over()
        person.email_confirmed_at = clock.now()
        index_person(person)
        notices.welcome(person)
        entered = begin(person, device, device_token)
        audit.record(entered.actor, "accounts.confirm", person)
    return entered


def forget_devices(person: Person, but: str | None = None) -> None:
    """Inner step: no device is known any more, except the one with this token."""
    gone = delete(KnownDevice).where(KnownDevice.person_id == person.id)
    if but:
        gone = gone.where(KnownDevice.token_hash != queries.token_hash(but))
    db.session.execute(gone.execution_options(synchronize_session=False))

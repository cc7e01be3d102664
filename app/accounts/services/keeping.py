"""Keeping an account safe: reset, change of password, change of address, closing."""

from datetime import timedelta

from sqlalchemy import delete, select

from app.accounts import notices, policies, queries
from app.accounts.models import Person, SignIn, Ticket
from app.accounts.services import throttle
from app.accounts.services.entering import end_sign_ins, new_ticket, require_proved
from app.accounts.services.joining import check_password, forget_devices, index_person, link_over, use_ticket
from app.accounts.services.picture import forget_picture
from app.audit import services as audit
from app.core import clock, leaving, once, passwords
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l

RESET_WITHIN = timedelta(hours=1)
CHANGE_WITHIN = timedelta(days=1)
FORMER = "Former member"


def ask_reset(*, email: str, network: str) -> None:
    """Send a link to choose a new password, if the address has an account. Raises TooMany."""
    throttle.count(("network", network), ("mail", email))
    with transaction(system="a new password was asked for"):
        once.claim(db.session())
        person = db.session.scalars(select(Person).where(Person.email == email)).first()
        if person is not None:
            notices.reset(person, new_ticket(person, "reset", email, RESET_WITHIN))
        # Written for unknown addresses as well: it should be known, and takes the same time.
        audit.record(None, "accounts.ask_reset", person)


def reset_password(*, secret: str, password: str, network: str) -> None:
    """Choose a new password by a link. It confirms the address too, ends all sign-ins and forgets all devices.

    Raises RuleBroken(`link_over`), Invalid on `password`, TooMany.
    """
    throttle.count(("network", network))
    owner = queries.ticket_owner(secret, "reset")
    if owner is None:
        raise link_over()
    check_password(password, owner.display_name, owner.romanised_name, email=owner.email or "")
    kept = passwords.hash_password(password)
    with transaction(system="opened the link sent to the address"):
        _ticket, person = use_ticket(secret, "reset")
        first = person.email_confirmed_at is None
        person.password_hash = kept
        person.email_confirmed_at = person.email_confirmed_at or clock.now()
        end_sign_ins(SignIn.person_id == person.id)
        forget_devices(person)
        _drop_tickets(person)
        index_person(person)
        (notices.welcome if first else notices.password_changed)(person)
        audit.record(Actor(person.id), "accounts.reset_password", person)


def change_password(actor: Actor, *, password: str, device_token: str | None = None) -> None:
    """Choose a new password. Ends the other sign-ins, forgets the other devices.

    Raises NotAllowed when the old one was not given lately, Invalid on `password`.
    """
    own = queries.own(actor)
    check_password(password, own.display_name, own.romanised_name, email=actor.email)
    kept = passwords.hash_password(password)
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        current = require_proved(actor)
        person.password_hash = kept
        end_sign_ins(SignIn.person_id == person.id, SignIn.id != current.id)
        forget_devices(person, but=device_token)
        _drop_tickets(person)
        notices.password_changed(person)
        audit.record(actor, "accounts.change_password", person)


def _drop_tickets(person: Person) -> None:
    db.session.execute(
        delete(Ticket)
        .where(Ticket.person_id == person.id, Ticket.used_at.is_(None))
        .execution_options(synchronize_session=False)
    )


def ask_change_of_address(actor: Actor, *, email: str, network: str) -> None:
    """Send a link to the new address; the old one stays until it is opened. The answer is the same for a taken one.

    Raises NotAllowed when the password was not given lately, Invalid on `email`, TooMany.
    """
    if email == actor.email:
        raise Invalid({"email": _l("This is your address already")})
    throttle.count(("network", network), ("mail", email))
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        require_proved(actor)
        other = db.session.scalars(select(Person).where(Person.email == email)).first()
        if other is not None and other.email_confirmed_at is not None:
            notices.already_registered(other)
        else:
            notices.address_change(person, email, new_ticket(person, "change", email, CHANGE_WITHIN))
        audit.record(actor, "accounts.ask_change_of_address", person)


def change_address(actor: Actor, *, secret: str) -> None:
    """Take the new address, by the link sent to it. The old one is told. Raises RuleBroken(`link_over`)."""
    with transaction():
        ticket, person = use_ticket(secret, "change")
        if person.id != actor.id:
            raise link_over()
        authorize(policies.manage_own, actor, person)
        other = db.session.scalars(
            select(Person).where(Person.email == ticket.email, Person.id != person.id).with_for_update()
        ).first()
        if other is not None:
            if other.email_confirmed_at is not None:
                raise link_over()
            anonymise(other)  # somebody signed up with it and never confirmed: here is who reads its mail
            db.session.flush()
        old = person.email or ""
        person.email, person.email_confirmed_at = ticket.email, clock.now()
        _drop_tickets(person)
        notices.address_changed(person, old)
        audit.record(actor, "accounts.change_address", person)


def anonymise(person: Person) -> None:
    """Inner step: take out who it was; what they wrote and did stays, under "Former member"."""
    person.display_name = person.sort_name = FORMER
    person.romanised_name = ""
    person.email = person.password_hash = person.email_confirmed_at = None
    person.languages, person.fields, person.skills, person.biography, person.links = [], [], [], {}, []
    person.hours_month = person.available_until = None
    person.visibility, person.is_admin, person.closed_at = "hidden", False, clock.now()
    end_sign_ins(SignIn.person_id == person.id)
    forget_devices(person)
    forget_picture(person)
    _drop_tickets(person)
    index_person(person)


@leaving.ties
def last_administrator(person_id: int) -> list[leaving.Tie]:
    """The portal needs somebody who runs it."""
    admins = db.session.scalars(select(Person.id).where(Person.is_admin).limit(2)).all()
    if list(admins) != [person_id]:
        return []
    return [
        leaving.Tie(_l("You are the only administrator of the portal. Name another one first."), "/people")
    ]


def close_account(actor: Actor, *, typed_email: str) -> None:
    """Close the actor's account for good: they become a former member, their records stay.

    Raises NotAllowed when the password was not given lately, Invalid on `email` when the own address was not typed,
    RuleBroken(`ties`) while duties have to be handed over.
    """
    if typed_email != actor.email:
        raise Invalid({"email": _l("Enter the address of your account, to be sure")})
    with transaction():
        person = lock_id(Person, actor.id or 0)
        authorize(policies.manage_own, actor, person)
        require_proved(actor)
        ties = leaving.ties_of(person.id)
        if ties:
            raise RuleBroken(
                "ties",
                _l("Some of what you do here has to be handed over before you can close your account."),
                next_steps=[(str(tie.text), tie.path) for tie in ties],
            )
        leaving.release_all(actor, person.id)
        notices.account_closed(person, person.email or "")
        anonymise(person)
        audit.record(actor, "accounts.close_account", person)

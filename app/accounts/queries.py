"""Reads of people, sign-ins and tickets."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, literal, select, true

from app.accounts.models import KnownDevice, Person, PersonPicture, SignIn, Ticket
from app.accounts.policies import FRESH, view_person, visible_people
from app.core import clock, index, leaving
from app.core.access import Actor, grants_of, load_grants
from app.core.db import db
from app.core.errors import NotFound
from app.core.files import StoredFile
from app.core.kept import kept_rows, written_out
from app.core.paging import Page, Sort, capped_count, page_by_key
from app.core.text import key_of

BY_NAME = Sort("name", Person.sort_name, Person.id, descending=False)
NEWEST = Sort("newest", Person.created_at, Person.id)
SORTS = {sort.name: sort for sort in (BY_NAME, NEWEST)}


def token_hash(token: str) -> str:
    """What is kept of a secret: its SHA-256, hex. Enough, because our tokens are random and long."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def sign_in_token(person_id: int) -> str:
    """A new secret for a person's browser: 256 random bits behind whose it is, so that one statement finds both."""
    return f"{person_id}.{secrets.token_urlsafe(32)}"


@kept_rows
def _signed_in(kept_hash: Any, person_id: Any, now: Any) -> Any:
    here = (
        select(
            SignIn.id,
            Person.id.label("person_id"),
            Person.display_name,
            Person.email,
            Person.locale,
            Person.zone,
        )
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.token_hash == kept_hash,
            SignIn.person_id == person_id,
            SignIn.expires_at > now,
            Person.closed_at.is_(None),
        )
        .subquery("here")
    )
    # Whose roles is a value and not asked of `here` again in each of some dozens of parts, which would take as long as they.
    grants = written_out(grants_of(person_id)).subquery("grants")
    return select(here, grants).select_from(here).outerjoin(grants, true())


def actor_of_token(token: str) -> Actor | None:
    """Who is signed in with this token, with all they hold now; None for an unknown or ended sign-in. One statement."""
    whose = key_of(token.partition(".")[0])
    if whose is None:
        return None
    rows = _signed_in(kept_hash=token_hash(token), person_id=whose, now=clock.now())
    if not rows:
        return None
    sign_in_id, person_id, name, email, locale, zone = rows[0][:6]
    grants = frozenset((role, int(thing)) for *_person, role, thing in rows if role is not None)
    return Actor(person_id, name, email or "", locale, zone, sign_in_id, grants)


def actor_for(person: Person) -> Actor:
    """A person as somebody who asks, with all they hold now (for commands, jobs and demonstration data)."""
    return Actor(
        person.id,
        person.display_name,
        person.email or "",
        person.locale,
        person.zone,
        None,
        load_grants(person.id),
    )


@dataclass(frozen=True)
class Candidate:
    """What is known of an address at the door: nothing (`id` None), or whose it is and whether the device is known."""

    id: int | None = None
    password_hash: str | None = None
    is_confirmed: bool = False
    knows_device: bool = False


def candidate(email: str, device_token: str | None) -> Candidate:
    """Who may be at the door with this address, from this device. One statement."""
    known: Any = literal(False)
    if device_token:
        known = exists().where(
            KnownDevice.person_id == Person.id, KnownDevice.token_hash == token_hash(device_token)
        )
    row = db.session.execute(
        select(Person.id, Person.password_hash, Person.email_confirmed_at, known).where(Person.email == email)
    ).first()
    return Candidate() if row is None else Candidate(row[0], row[1], row[2] is not None, bool(row[3]))


def devices_of(person_id: int) -> list[KnownDevice]:
    """The devices that a person signed in from, the one not seen for longest first."""
    return list(
        db.session.scalars(
            select(KnownDevice).where(KnownDevice.person_id == person_id).order_by(KnownDevice.seen_at)
        )
    )


def lock_with_devices(person_id: int) -> tuple[Person | None, list[KnownDevice]]:
    """The person, their row held until the transaction ends, and their devices as in `devices_of`. One statement."""
    rows = db.session.execute(
        select(Person, KnownDevice)
        .outerjoin(KnownDevice, KnownDevice.person_id == Person.id)
        .where(Person.id == person_id)
        .order_by(KnownDevice.seen_at)
        .with_for_update(of=Person)
    ).all()
    person = rows[0][0] if rows else None
    return person, [device for _person, device in rows if device is not None]


def open_ticket(secret: str, purpose: str) -> Select[Any]:
    """A select of the ticket with this secret while it may still be used: unused, in time, the address unchanged."""
    query = (
        select(Ticket)
        .join(Person, Person.id == Ticket.person_id)
        .where(
            Ticket.secret_hash == token_hash(secret),
            Ticket.purpose == purpose,
            Ticket.used_at.is_(None),
            Ticket.expires_at > clock.now(),
            Person.closed_at.is_(None),
        )
    )
    return query if purpose == "change" else query.where(Person.email == Ticket.email)


def ticket_owner(secret: str, purpose: str) -> Person | None:
    """Whose ticket this is, if it may still be used."""
    ticket = db.session.scalars(open_ticket(secret, purpose)).first()
    return None if ticket is None else db.session.get(Person, ticket.person_id)


def ticket_address(secret: str, purpose: str, person_id: int | None) -> str | None:
    """The address that a person's ticket would prove, if it may still be used by them."""
    ticket = db.session.scalars(open_ticket(secret, purpose)).first()
    return ticket.email if ticket is not None and ticket.person_id == person_id else None


def is_fresh(actor: Actor) -> bool:
    """Whether this sign-in gave its password within the last ten minutes."""
    proved = db.session.scalar(select(SignIn.proved_at).where(SignIn.id == actor.session_id))
    return proved is not None and proved > clock.now() - FRESH


def get(actor: Actor, person_id: int) -> Person:
    """A person whose profile the reader may see. Raises NotFound."""
    person = db.session.get(Person, person_id)
    if person is None or not view_person(actor, person):
        raise NotFound
    return person


def own(actor: Actor) -> Person:
    """The reader's own record. Raises NotFound for a visitor."""
    person = db.session.get(Person, actor.id) if actor.id is not None else None
    if person is None:
        raise NotFound
    return person


def picture_of(person_id: int) -> StoredFile | None:
    """The picture of a person whose profile the reader may see."""
    return db.session.scalars(
        select(StoredFile)
        .join(PersonPicture, PersonPicture.file_id == StoredFile.id)
        .where(PersonPicture.person_id == person_id)
    ).first()


@dataclass(frozen=True)
class Device:
    """One of the reader's own sign-ins."""

    id: int
    device: str
    created_at: datetime
    expires_at: datetime
    is_this: bool


def devices(actor: Actor) -> list[Device]:
    """Where the reader is signed in, this device first, then the newest."""
    rows = db.session.execute(
        select(SignIn.id, SignIn.device, SignIn.created_at, SignIn.expires_at)
        .where(SignIn.person_id == actor.id, SignIn.expires_at > clock.now())
        .order_by(SignIn.created_at.desc(), SignIn.id.desc())
        .limit(100)
    )
    found = [Device(*row, is_this=row.id == actor.session_id) for row in rows]
    return sorted(found, key=lambda device: not device.is_this)


def people(actor: Actor, words: str, sort: str, cursor: str | None) -> tuple[Page, tuple[int, bool]]:
    """One page of the people whom the reader may see, and how many there are (capped). Two statements.

    Rows have id, display_name, romanised_name, languages, fields, hours_month, available_until; never an address.
    """
    query = select(
        Person.id,
        Person.display_name,
        Person.romanised_name,
        Person.languages,
        Person.fields,
        Person.hours_month,
        Person.available_until,
    ).where(visible_people(actor))
    if words:
        hits = index.matching("person", words)
        query = query.where(Person.id.in_(hits)) if hits is not None else query.where(literal(False))
    return page_by_key(query, SORTS[sort], cursor), capped_count(query)


def export(actor: Actor) -> dict[str, Any]:
    """What the portal keeps of the reader: the account, and what they wrote, as plain values for a JSON file."""
    person = own(actor)
    names = (
        "display_name",
        "sort_name",
        "romanised_name",
        "email",
        "locale",
        "zone",
        "languages",
        "fields",
        "skills",
        "biography",
        "links",
        "hours_month",
        "visibility",
    )
    days = ("email_confirmed_at", "created_at", "available_until")
    picture = picture_of(person.id)
    return {
        "account": {
            **{name: getattr(person, name) for name in names},
            "picture": f"/people/{person.id}/picture" if picture else None,
            **{name: value.isoformat() if (value := getattr(person, name)) else None for name in days},
            "administrator": person.is_admin,
        },
        "sign_ins": [
            {
                "device": device.device,
                "since": device.created_at.isoformat(),
                "until": device.expires_at.isoformat(),
            }
            for device in devices(actor)
        ],
        "roles": [{"role": role, "in": thing} for role, thing in sorted(actor.grants)],
        **leaving.belongings_of(person.id),
    }

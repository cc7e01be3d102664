"""Reads of people and sign-ins."""

import hashlib

from sqlalchemy import select

from app.accounts.models import Person, SignIn
from app.core import clock
from app.core.access import Actor, load_grants
from app.core.db import db


def token_hash(token: str) -> str:
    """What is kept of a secret: its SHA-256, hex. Enough, because our tokens are random and long."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def actor_of_token(token: str) -> Actor | None:
    """Who is signed in with this token, with all they hold now; None for an unknown or ended sign-in. Two statements."""
    row = db.session.execute(
        select(SignIn.id, Person.id, Person.display_name, Person.email, Person.locale, Person.zone)
        .join(Person, Person.id == SignIn.person_id)
        .where(
            SignIn.token_hash == token_hash(token),
            SignIn.expires_at > clock.now(),
            Person.closed_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    sign_in_id, person_id, name, email, locale, zone = row
    return Actor(person_id, name, email or "", locale, zone, sign_in_id, load_grants(person_id))


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

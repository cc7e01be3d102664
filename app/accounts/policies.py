"""Who may see a person, and who administers the portal."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, literal, or_, select
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Person, SignIn
from app.core import clock
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, grant_source, permission
from app.core.i18n import _l

FRESH = timedelta(minutes=10)


@grant_source
def administrator(person_id: int) -> Select[Any]:
    """The portal itself is thing 0."""
    found: Any = select(literal("administrator"), literal(0))
    return found.where(Person.id == person_id, Person.is_admin)  # type: ignore[no-any-return]  # a select


@permission("accounts.view_person")
def view_person(actor: Actor, person: Person) -> Answer:
    """A profile is for everybody, for people who are signed in, or for its owner alone, as the owner chose."""
    if person.closed_at is not None:
        return False
    if actor.id == person.id:
        return True
    if person.email_confirmed_at is None:
        return False
    if person.visibility == "public":
        return True
    return actor.is_signed_in and person.visibility == "signed_in"


def visible_people(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view_person`."""
    shown = ["public", "signed_in"] if actor.is_signed_in else ["public"]
    others = and_(Person.email_confirmed_at.is_not(None), Person.visibility.in_(shown))
    return and_(
        Person.closed_at.is_(None), or_(others, Person.id == actor.id) if actor.is_signed_in else others
    )


@permission("accounts.manage_own")
def manage_own(actor: Actor, person: Person) -> Answer:
    """Everybody changes their own account, and nobody else's."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.id == person.id or No("not_yours", _l("This account belongs to somebody else."))


@permission("accounts.administer")
def administer(actor: Actor, _thing: Any = None) -> Answer:
    """Administrators run the portal."""
    return actor.is_admin or No("administrators_only", _l("Only administrators of the portal may do this."))


@permission("accounts.proved_lately")
def proved_lately(actor: Actor, sign_in: SignIn | None) -> Answer:
    """What could take an account away asks for the password again, unless it was given within ten minutes."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if sign_in is None or sign_in.person_id != actor.id or sign_in.proved_at <= clock.now() - FRESH:
        return No("prove_first", _l("Give your password again first, then do this."))
    return True

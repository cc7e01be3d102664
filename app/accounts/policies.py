"""Who may see a person, and who administers the portal."""

from typing import Any

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.sql import ColumnElement

from app.accounts.models import Person
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, grant_source, permission
from app.core.i18n import _l


@grant_source
def administrator(person_id: int) -> Select[Any]:
    """The portal itself is thing 0."""
    return select(literal("administrator"), literal(0)).where(Person.id == person_id, Person.is_admin)


@permission("accounts.view_person")
def view_person(actor: Actor, person: Person) -> Answer:
    """A profile is for everybody, for people who are signed in, or for its owner alone, as the owner chose."""
    if person.closed_at is not None:
        return False
    if actor.id == person.id or person.visibility == "public":
        return True
    return actor.is_signed_in and person.visibility == "signed_in"


def visible_people(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view_person`."""
    if not actor.is_signed_in:
        return (Person.closed_at.is_(None)) & (Person.visibility == "public")
    return (Person.closed_at.is_(None)) & or_(
        Person.visibility.in_(["public", "signed_in"]), Person.id == actor.id
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

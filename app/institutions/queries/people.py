"""Who belongs to what: affiliations and claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select, union
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Person
from app.accounts.policies import visible_people
from app.core import paging
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound, Words
from app.core.i18n import _l
from app.core.kept import kept
from app.core.text import initials
from app.institutions import policies
from app.institutions.models import Affiliation, Institution, InstitutionClaim

MOST_SHOWN = 60
TRUST = {
    "domain": _l("confirmed by an address at its domain"),
    "person": _l("confirmed by the institution"),
    "portal": _l("confirmed by the portal"),
}


def trust_label(confirmed_how: str) -> Words:
    """Who vouches for an affiliation, in words; empty for nobody yet."""
    return TRUST.get(confirmed_how, "")


@dataclass(frozen=True)
class AffiliationRow:
    """An affiliation of a person as pages show it."""

    id: int
    institution_id: int
    name: str
    country: str
    state: str
    role: str
    is_signatory: bool
    is_deputy: bool
    position: str
    confirmed_how: str
    institution_state: str
    started_on: datetime | None
    due_at: datetime | None
    version: int

    @property
    def trust(self) -> Words:
        """Who vouches for it."""
        return trust_label(self.confirmed_how)


def _rows_of(person_id: int, *conditions: Any) -> list[AffiliationRow]:
    rows = db.session.execute(
        select(
            Affiliation.id,
            Affiliation.institution_id,
            Institution.name,
            Institution.country,
            Affiliation.state,
            Affiliation.role,
            Affiliation.is_signatory,
            Affiliation.is_deputy,
            Affiliation.position,
            Affiliation.confirmed_how,
            Institution.state,
            Affiliation.started_on,
            Affiliation.due_at,
            Affiliation.version,
        )
        .join(Institution, Institution.id == Affiliation.institution_id)
        .join(Person, Person.id == Affiliation.person_id)
        .where(Affiliation.person_id == person_id, *conditions)
        .order_by(Affiliation.state, Affiliation.id)
    )
    return [AffiliationRow(*tuple(row)) for row in rows]


def homes_of(person_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Person → (name, country) of the institution that confirmed them first, of those who have one. One statement.

    For people whom the reader may see.
    """
    rows = db.session.execute(
        select(Affiliation.person_id, Institution.name, Institution.country)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id.in_(list(person_ids)), Affiliation.state == "active")
        .order_by(Affiliation.id.desc())
    )
    return {person_id: (name, country) for person_id, name, country in rows}


def affiliations_of(actor: Actor, person_id: int) -> list[AffiliationRow]:
    """The confirmed affiliations of a person whom the actor may see; their own also while they wait."""
    if actor.id == person_id:
        return own_affiliations(actor)
    return _rows_of(person_id, Affiliation.state == "active", visible_people(actor))


def own_affiliations(actor: Actor) -> list[AffiliationRow]:
    """The actor's affiliations, confirmed and waiting ones."""
    return _rows_of(actor.id, Affiliation.state.in_(["active", "requested"])) if actor.id else []


def affiliation(actor: Actor, institution_id: int, affiliation_id: int) -> Affiliation:
    """An affiliation within its institution, person and institution loaded, for the person or a representative.

    Raises NotFound.
    """
    found = db.session.scalars(
        select(Affiliation)
        .options(joinedload(Affiliation.person), joinedload(Affiliation.institution))
        .where(Affiliation.id == affiliation_id, Affiliation.institution_id == institution_id)
    ).first()
    if found is None or not policies.view_affiliation(actor, found):
        raise NotFound
    return found


def claim(actor: Actor, institution_id: int, claim_id: int) -> InstitutionClaim:
    """A claim within its institution, for administrators and who asked. Raises NotFound."""
    found = db.session.scalars(
        select(InstitutionClaim)
        .options(joinedload(InstitutionClaim.institution))
        .where(InstitutionClaim.id == claim_id, InstitutionClaim.institution_id == institution_id)
    ).first()
    if found is None or not (actor.is_admin or (actor.id and found.asked_by_id == actor.id)):
        raise NotFound
    return found


def asker(asked: InstitutionClaim) -> Person:
    """Who asks to represent an institution."""
    return db.session.get_one(Person, asked.asked_by_id)


@dataclass(frozen=True)
class Member:
    """A person at an institution, as its page shows them."""

    id: int
    person_id: int
    display_name: str
    romanised_name: str
    state: str
    role: str
    is_signatory: bool
    is_deputy: bool
    position: str
    confirmed_how: str
    started_on: datetime | None
    asked_at: datetime | None
    due_at: datetime | None
    version: int

    @property
    def initials(self) -> str:
        """At most two letters for the square beside the name."""
        return initials(self.display_name)

    @property
    def trust(self) -> Words:
        """Who vouches for it."""
        return trust_label(self.confirmed_how)


_MEMBER: tuple[Any, ...] = (
    Affiliation.id, Affiliation.person_id, Person.display_name, Person.romanised_name, Affiliation.state,
    Affiliation.role, Affiliation.is_signatory, Affiliation.is_deputy, Affiliation.position,
    Affiliation.confirmed_how, Affiliation.started_on, Affiliation.asked_at, Affiliation.due_at, Affiliation.version,
)  # fmt: skip


@kept
def _people_of(reader: Actor, institution_id: Any) -> Any:
    return (
        select(*_MEMBER)
        .join(Person, Person.id == Affiliation.person_id)
        .where(
            Affiliation.institution_id == institution_id,
            or_(
                and_(Affiliation.state == "active", visible_people(reader)),
                and_(
                    Affiliation.person_id == func.coalesce(reader.id, 0),
                    Affiliation.state.in_(["requested", "active"]),
                ),
            ),
        )
        .order_by(
            case(
                (Affiliation.person_id == func.coalesce(reader.id, 0), 0),
                (Affiliation.role == "representative", 1),
                else_=2,
            ),
            Person.sort_name,
            Affiliation.id,
        )
        .limit(MOST_SHOWN + 1)
    )


def people_of(actor: Actor, institution_id: int) -> list[Member]:
    """Confirmed people whom the actor may see, representatives first, and the actor's own affiliation in any live state."""
    rows = db.session.execute(*_people_of(actor, institution_id=institution_id))
    return [Member(*tuple(row)) for row in rows]


def people_page(actor: Actor, institution_id: int, cursor: str | None) -> paging.Page:
    """All live affiliations for a representative, requests among them, the newest first; nothing for others."""
    query: Select[Any] = (
        select(*_MEMBER)
        .join(Person, Person.id == Affiliation.person_id)
        .where(
            Affiliation.institution_id == institution_id,
            Affiliation.institution_id.in_(actor.ids("representative")),
            Affiliation.state.in_(["requested", "active"]),
        )
    )
    page = paging.page_by_key(
        query, paging.Sort("newest", Affiliation.id, Affiliation.id, descending=True), cursor
    )
    return paging.Page([Member(*row[: len(_MEMBER)]) for row in page.rows], page.newer, page.older)


def representatives_of(institution_id: int) -> list[int]:
    """The person ids of an institution's representatives."""
    return list(
        db.session.scalars(
            select(Affiliation.person_id)
            .where(
                Affiliation.institution_id == institution_id,
                Affiliation.state == "active",
                Affiliation.role == "representative",
            )
            .order_by(Affiliation.id)
        )
    )


def roles_held_by(person_id: int) -> list[Affiliation]:
    """The live affiliations of a person, with their institutions, for handing over when they leave."""
    return list(
        db.session.scalars(
            select(Affiliation)
            .join(Affiliation.institution)
            .options(contains_eager(Affiliation.institution))
            .where(Affiliation.person_id == person_id, Affiliation.state.in_(["requested", "active"]))
            .order_by(Affiliation.id)
        )
    )


def tied_ids(actor: Actor) -> frozenset[int]:
    """Institutions in which the actor holds or asks something: an administrator does not decide about those."""
    if actor.id is None:
        return frozenset()
    return frozenset(
        db.session.scalars(
            union(
                select(Affiliation.institution_id).where(
                    Affiliation.person_id == actor.id, Affiliation.state.in_(["requested", "active"])
                ),
                select(InstitutionClaim.institution_id).where(
                    InstitutionClaim.asked_by_id == actor.id, InstitutionClaim.state == "asked"
                ),
            )
        )
    )


def administrators(but_tied_to: int) -> list[int]:
    """Person ids of the administrators who may decide about an institution."""
    return list(
        db.session.scalars(
            select(Person.id)
            .where(
                Person.is_admin,
                Person.closed_at.is_(None),
                ~policies.is_tied(Person.id, but_tied_to),
            )
            .order_by(Person.id)
        )
    )

"""Who may see and do what with institutions and affiliations.

Everybody sees an institution, whatever its state; its people are seen as each of them chose (`accounts.policies`).
`tied` is the set of institutions in which the actor holds or asks something (`queries.tied_ids`): administrators
never decide about those.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select

from app.core.access import SIGN_IN_FIRST, Actor, Already, Answer, No, grant_source, permission
from app.core.i18n import _l
from app.institutions.models import Affiliation, Institution, InstitutionClaim

NOT_REPRESENTATIVE = No("representatives_only", _l("Only representatives of this institution may do this."))
NOT_ADMIN = No("administrators_only", _l("Only administrators of the portal may do this."))
OWN_ITEM = No("own_item", _l("Nobody decides about themselves. Another representative can."))
OWN_INSTITUTION = No(
    "own_institution", _l("You belong to this institution, or ask to. Another administrator decides.")
)


def _role(name: str) -> list[Any]:
    return [literal(name), Affiliation.institution_id]


def _active(person_id: int) -> Select[Any]:
    return (
        select(*_role("member"))
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(
            Affiliation.person_id == person_id, Affiliation.state == "active", Institution.state == "verified"
        )
    )


@grant_source
def members(person_id: int) -> Select[Any]:
    """("member", institution): a confirmed affiliation at a verified institution."""
    return _active(person_id)


@grant_source
def representatives(person_id: int) -> Select[Any]:
    """("representative", institution)."""
    return (
        _active(person_id)
        .where(Affiliation.role == "representative")
        .with_only_columns(*_role("representative"))
    )


@grant_source
def signatories(person_id: int) -> Select[Any]:
    """("signatory", institution)."""
    return _active(person_id).where(Affiliation.is_signatory).with_only_columns(*_role("signatory"))


@permission("institutions.view")
def view(_actor: Actor, _institution: Institution) -> Answer:
    """The registry is public."""
    return True


@permission("institutions.add")
def add(actor: Actor, _thing: Any = None) -> Answer:
    """Everybody who is signed in may add an institution that ROR does not have."""
    return actor.is_signed_in or SIGN_IN_FIRST


@permission("institutions.join")
def join(actor: Actor, institution: Institution) -> Answer:
    """Ask for an affiliation, where somebody is there to answer."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if actor.holds("member", institution.id):
        return Already("already_member", _l("You belong to this institution already."))
    if institution.state == "verified":
        return True
    if institution.state in {"listed", "pending"}:
        return No(
            "nobody_there", _l("Nobody represents this institution here yet, so nobody could confirm you.")
        )
    return No("not_open", _l("This institution does not take part at present."))


@permission("institutions.claim")
def claim(actor: Actor, institution: Institution) -> Answer:
    """Ask to represent an institution that nobody represents yet."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if institution.state in {"listed", "pending"}:
        return True
    if institution.state == "verified":
        return No(
            "has_representatives",
            _l("This institution has representatives already. Ask for an affiliation instead."),
        )
    return No("not_open", _l("This institution does not take part at present."))


@permission("institutions.withdraw_claim")
def withdraw_claim(actor: Actor, asked: InstitutionClaim) -> Answer:
    """Who asked may take it back."""
    return (actor.is_signed_in and asked.asked_by_id == actor.id) or No(
        "not_yours", _l("Somebody else asked for this.")
    )


@permission("institutions.decide_claim")
def decide_claim(actor: Actor, asked: InstitutionClaim, tied: Collection[int]) -> Answer:
    """Administrators, but never about their own claim or institution."""
    if not actor.is_admin:
        return NOT_ADMIN
    if asked.asked_by_id == actor.id:
        return No("own_item", _l("Nobody decides about themselves. Another administrator can."))
    return OWN_INSTITUTION if asked.institution_id in tied else True


def claims_to_decide(actor: Actor) -> ColumnElement[bool]:
    """The list form of `decide_claim`, over InstitutionClaim."""
    if not actor.is_admin:
        return literal(False)
    return and_(InstitutionClaim.asked_by_id != actor.id, ~is_tied(actor.id, InstitutionClaim.institution_id))


def is_tied(person_id: Any, institution_id: Any) -> ColumnElement[bool]:
    """Whether the person holds or asks something in the institution; the tables under names of their own."""
    affiliation, claimed = Affiliation.__table__.alias(), InstitutionClaim.__table__.alias()
    return or_(
        exists().where(
            affiliation.c.institution_id == institution_id,
            affiliation.c.person_id == person_id,
            affiliation.c.state.in_(["requested", "active"]),
        ),
        exists().where(
            claimed.c.institution_id == institution_id,
            claimed.c.asked_by_id == person_id,
            claimed.c.state == "asked",
        ),
    )


@permission("institutions.administer")
def administer(actor: Actor, institution: Institution, tied: Collection[int]) -> Answer:
    """Verify, suspend, restore, close, say which domains prove an affiliation: administrators, never of their own."""
    if not actor.is_admin:
        return NOT_ADMIN
    return OWN_INSTITUTION if institution.id in tied else True


@permission("institutions.manage")
def manage(actor: Actor, institution: Institution) -> Answer:
    """Settings and people: its representatives."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("representative", institution.id) or NOT_REPRESENTATIVE


@permission("institutions.view_affiliation")
def view_affiliation(actor: Actor, affiliation: Affiliation) -> Answer:
    """Who is affiliated, and the institution's representatives."""
    return actor.is_signed_in and (
        affiliation.person_id == actor.id or actor.holds("representative", affiliation.institution_id)
    )


@permission("institutions.decide_affiliation")
def decide_affiliation(actor: Actor, affiliation: Affiliation) -> Answer:
    """Confirm, decline, end, give roles: representatives, never about themselves."""
    if not actor.holds("representative", affiliation.institution_id):
        return NOT_REPRESENTATIVE
    return affiliation.person_id != actor.id or OWN_ITEM


def affiliations_to_decide(actor: Actor) -> ColumnElement[bool]:
    """The list form of `decide_affiliation`, over Affiliation."""
    return and_(
        Affiliation.institution_id.in_(actor.ids("representative")), Affiliation.person_id != actor.id
    )


@permission("institutions.own_affiliation")
def own_affiliation(actor: Actor, affiliation: Affiliation) -> Answer:
    """Take back, leave, step back: each for themselves."""
    return (actor.is_signed_in and affiliation.person_id == actor.id) or No(
        "not_yours", _l("This is somebody else’s affiliation.")
    )

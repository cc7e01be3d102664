"""Who may see and do what with consortia."""

from typing import Any

from sqlalchemy import ColumnElement, Select, literal, or_, select, true

from app.consortia.models import Admission, Consortium, Leadership
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, grant_source, permission
from app.core.i18n import _l
from app.institutions.models import Affiliation, Institution


@grant_source
def leads(person_id: int) -> Select[str, int]:
    """("lead", consortium)."""
    return (
        select(literal("lead"), Leadership.consortium_id)
        .join(Consortium, Consortium.id == Leadership.consortium_id)
        .where(Leadership.person_id == person_id, Leadership.until.is_(None), Consortium.state == "active")
    )


@grant_source
def consortium_members(person_id: int) -> Select[str, int]:
    """("consortium_member", consortium): through a confirmed affiliation at a member institution."""
    return (
        select(literal("consortium_member"), Admission.consortium_id)
        .join(Affiliation, Affiliation.institution_id == Admission.institution_id)
        .join(Institution, Institution.id == Admission.institution_id)
        .where(
            Admission.state == "member",
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Institution.state == "verified",
        )
    )


@grant_source
def open_consortium_members(person_id: int) -> Select[str, int]:
    """Everybody with a confirmed affiliation belongs to the open consortium."""
    return (
        select(literal("consortium_member"), Consortium.id)
        .join(Affiliation, Affiliation.person_id == person_id)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Consortium.is_open, Affiliation.state == "active", Institution.state == "verified")
    )


# ---- who may -------------------------------------------------------------------------------------------

NOT_LEAD = No("leads_only", _l("Only a lead of this consortium may do this."))
NOT_REPRESENTATIVE = No("representatives_only", _l("Only a representative of the institution may do this."))
OWN_INSTITUTION = No("own_institution", _l("You belong to this institution, so another lead has to decide."))


@permission("consortia.create")
def create(actor: Actor, _thing: Any = None) -> Answer:
    """Administrators create a consortium."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.is_admin or No("administrators_only", _l("Only administrators of the portal may do this."))


@permission("consortia.name_first_lead")
def name_first_lead(actor: Actor, person_id: int) -> Answer:
    """An administrator names the first lead, never themselves."""
    may = create(actor)
    if not may:
        return may
    return person_id != actor.id or No(
        "own_matter", _l("You cannot name yourself. Another administrator can.")
    )


@permission("consortia.lead")
def lead(actor: Actor, consortium: Consortium) -> Answer:
    """Leads change texts and settings, invite institutions, name further leads and see the dashboard."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("lead", consortium.id) or NOT_LEAD


@permission("consortia.ask_admission")
def ask_admission(actor: Actor, consortium: Consortium, institution_id: int | None = None) -> Answer:
    """A representative asks for their institution; the open consortium needs no admission."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if consortium.is_open:
        return No("open_to_all", _l("Every verified institution may post here without being admitted."))
    if consortium.state != "active":
        return No("consortium_closed", _l("This consortium is closed."))
    if institution_id is None:
        return bool(actor.ids("representative")) or NOT_REPRESENTATIVE
    return actor.holds("representative", institution_id) or NOT_REPRESENTATIVE


@permission("consortia.decide_admission")
def decide_admission(actor: Actor, admission: Admission, other_leads: bool = True) -> Answer:
    """The side that did not ask accepts or declines, never for an institution of one's own on the leads' side.

    `other_leads` says whether a lead who has nothing to do with the institution exists; where none does, an
    administrator decides with a reason.
    """
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if admission.side == "consortium":
        return _answer_invitation(actor, admission)
    if admission.institution_id in actor.ids("member", "representative") or admission.asked_by_id == actor.id:
        return OWN_INSTITUTION
    if actor.holds("lead", admission.consortium_id) or (actor.is_admin and not other_leads):
        return True
    return NOT_LEAD


def _answer_invitation(actor: Actor, admission: Admission) -> Answer:
    if admission.asked_by_id == actor.id:
        return No("own_matter", _l("You invited them yourself, so another representative has to answer."))
    return actor.holds("representative", admission.institution_id) or NOT_REPRESENTATIVE


@permission("consortia.withdraw_admission")
def withdraw_admission(actor: Actor, admission: Admission) -> Answer:
    """The side that asked takes its question back."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if admission.side == "institution":
        return actor.holds("representative", admission.institution_id) or NOT_REPRESENTATIVE
    return actor.holds("lead", admission.consortium_id) or NOT_LEAD


@permission("consortia.leave")
def leave(actor: Actor, admission: Admission) -> Answer:
    """A representative takes their institution out."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return actor.holds("representative", admission.institution_id) or NOT_REPRESENTATIVE


@permission("consortia.view_admission")
def view_admission(actor: Actor, admission: Admission) -> Answer:
    """Members are public; what is asked or was declined is for both sides alone (and administrators)."""
    if admission.state == "member":
        return True
    return (
        actor.holds("lead", admission.consortium_id)
        or actor.holds("representative", admission.institution_id)
        or actor.is_admin
    )


def visible_admissions(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view_admission`."""
    if actor.is_admin:
        return true()
    return or_(
        Admission.state == "member",
        Admission.consortium_id.in_(actor.ids("lead")),
        Admission.institution_id.in_(actor.ids("representative")),
    )

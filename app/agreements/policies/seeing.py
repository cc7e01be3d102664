"""Who sees an agreement, and how much of it.

Inside are the representatives of its parties (of a draft: of the institution that drafts), who drafted it, and, once it was
sent, the lead of its project: they read everything. From the first sending on the leads of its consortium see its *outline*:
that it is, its kind, title, parties, state and dates, and with whom the ball is; once it is in force everybody does, with
the commitments that the parties made public. The text, its versions and what was said about it stay inside.
"""

from typing import Any

from sqlalchemy import Select, false, literal, or_, select
from sqlalchemy.sql import ColumnElement

from app.agreements.models import PUBLIC_STATES, Agreement, AgreementParty
from app.core.access import Actor, Answer, grant_source, permission
from app.institutions.models import Affiliation, Institution
from app.projects.models import Project

INSIDE = ("agreement_party", "agreement_drafter", "agreement_reader")


@grant_source
def parties(person_id: int) -> Select[str, int]:
    """("agreement_party", agreement) for representatives of a party; of a draft, of the institution that drafts."""
    return (
        select(literal("agreement_party"), AgreementParty.agreement_id)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .join(Affiliation, Affiliation.institution_id == AgreementParty.institution_id)
        .join(Institution, Institution.id == AgreementParty.institution_id)
        .where(
            or_(Agreement.number > 0, Agreement.institution_id == AgreementParty.institution_id),
            Affiliation.person_id == person_id,
            Affiliation.role == "representative",
            Affiliation.state == "active",
            Institution.state == "verified",
        )
    )


@grant_source
def drafters(person_id: int) -> Select[str, int]:
    """("agreement_drafter", agreement), while they belong to the institution for which they drafted it."""
    return (
        select(literal("agreement_drafter"), Agreement.id)
        .join(Affiliation, Affiliation.institution_id == Agreement.institution_id)
        .where(
            Agreement.drafted_by_id == person_id,
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
        )
    )


@grant_source
def readers(person_id: int) -> Select[str, int]:
    """("agreement_reader", agreement) for the lead of its project, once it was sent."""
    return (
        select(literal("agreement_reader"), Agreement.id)
        .join(Project, Project.id == Agreement.project_id)
        .where(Project.lead_id == person_id, Agreement.number > 0)
    )


def is_inside(actor: Actor, agreement: Agreement) -> bool:
    """Whether the person reads everything."""
    return any(actor.holds(role, agreement.id) for role in INSIDE)


def is_party(actor: Actor, agreement: Agreement) -> bool:
    """Whether the person represents a party."""
    return actor.holds("agreement_party", agreement.id)


@permission("agreements.view")
def view(actor: Actor, agreement: Agreement) -> Answer:
    """Inside; its consortium's leads once it was sent; everybody once it is, or was, in force."""
    if agreement.state in PUBLIC_STATES or is_inside(actor, agreement):
        return True
    return agreement.number > 0 and actor.holds("lead", agreement.consortium_id)


@permission("agreements.read")
def read(actor: Actor, agreement: Agreement) -> Answer:
    """The text, its versions, comments and all commitments."""
    return is_inside(actor, agreement)


def _held(actor: Actor, column: Any, *roles: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.in_(actor.ids(*roles)) if actor.holds_any(*roles) else false()
    return found


def inside(actor: Actor) -> ColumnElement[bool]:
    """The list form of `is_inside`."""
    return _held(actor, Agreement.id, *INSIDE)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`."""
    in_public = Agreement.state.in_(PUBLIC_STATES)
    if not actor.holds_any("lead", *INSIDE):
        return in_public
    led = _held(actor, Agreement.consortium_id, "lead") & (Agreement.number > 0)
    return or_(in_public, inside(actor), led)

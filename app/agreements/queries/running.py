"""Reads of what is signed and runs: who signed, whom it covers, until when, what became of its commitments."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from app.agreements.models import (
    SIGNING_STATES,
    Agreement,
    AgreementCommitment,
    AgreementParty,
    AgreementSignature,
)
from app.consortia.models import Consortium
from app.core import waiting
from app.core.access import Actor
from app.core.db import alias, db
from app.core.i18n import _, fmt_list
from app.institutions.models import Affiliation, Institution
from app.ledger.models import LedgerLine
from app.projects.models import Project, ProjectPartner
from app.projects.queries import gates
from app.projects.queries.gates import Missing

RUNNING = "in_force"


def signed(agreement_id: int, number: int) -> list[AgreementSignature]:
    """The signatures of one version, with who signed, in the order in which they came."""
    return list(
        db.session.scalars(
            select(AgreementSignature)
            .where(AgreementSignature.agreement_id == agreement_id, AgreementSignature.number == number)
            .options(joinedload(AgreementSignature.person))
            .order_by(AgreementSignature.id)
        )
    )


def party_ids(agreement_id: int) -> list[int]:
    """The institutions that are its parties, in their order."""
    return list(
        db.session.scalars(
            select(AgreementParty.institution_id)
            .where(AgreementParty.agreement_id == agreement_id)
            .order_by(AgreementParty.position, AgreementParty.id)
        )
    )


def people_of(agreement_id: int) -> set[int]:
    """The representatives of its parties and the signatories who are named."""
    representing = (
        select(Affiliation.person_id)
        .join(AgreementParty, AgreementParty.institution_id == Affiliation.institution_id)
        .where(
            AgreementParty.agreement_id == agreement_id,
            Affiliation.role == "representative",
            Affiliation.state == "active",
        )
    )
    signing = select(AgreementParty.signatory_id).where(
        AgreementParty.agreement_id == agreement_id, AgreementParty.signatory_id.is_not(None)
    )
    return {person for person in db.session.scalars(representing.union(signing)) if person is not None}


def signatories_left(agreement: Agreement) -> set[int]:
    """The named signatories of the parties that have not signed its newest version."""
    done = select(AgreementSignature.institution_id).where(
        AgreementSignature.agreement_id == agreement.id, AgreementSignature.number == agreement.number
    )
    query = select(AgreementParty.signatory_id).where(
        AgreementParty.agreement_id == agreement.id, AgreementParty.institution_id.not_in(done)
    )
    return {person for person in db.session.scalars(query) if person is not None}


def project_lead(agreement: Agreement) -> set[int]:
    """The lead of its project, if it has one."""
    return set(db.session.scalars(select(Project.lead_id).where(Project.id == agreement.project_id)))


def amendments(agreement_id: int, states: Iterable[str] = ()) -> list[Row[Any]]:
    """The agreements that amend it, the oldest first: id, code, title, language, state, starts_on, in_force_at, number."""
    query = select(
        Agreement.id,
        Agreement.code,
        Agreement.title,
        Agreement.language,
        Agreement.state,
        Agreement.starts_on,
        Agreement.in_force_at,
        Agreement.number,
    ).where(Agreement.amends_id == agreement_id)
    if states:
        query = query.where(Agreement.state.in_(list(states)))
    return list(db.session.execute(query.order_by(Agreement.id)))


def replaced_from(agreement: Agreement) -> date | None:
    """The day from which an amendment's commitments stand in place of its own: the first one of those in force."""
    days = [
        row.starts_on or row.in_force_at.date()
        for row in amendments(agreement.id, ("in_force", "ended", "terminated"))
    ]
    return min(days, default=None)


def last_day(agreement: Agreement) -> date | None:
    """Its last day, notice counted; None while it has none."""
    days = [day for day in (agreement.ends_on, agreement.notice_ends_on) if day is not None]
    return min(days, default=None)


def pledged_parts(agreement_id: int) -> set[tuple[int, int]]:
    """(commitment, part) of what is a ledger line already."""
    rows = db.session.execute(
        select(LedgerLine.source_id, LedgerLine.source_part)
        .join(AgreementCommitment, AgreementCommitment.id == LedgerLine.source_id)
        .where(LedgerLine.source_kind == "commitment", AgreementCommitment.agreement_id == agreement_id)
    )
    return {(int(row.source_id or 0), row.source_part) for row in rows}


def no_longer_owed(agreement_id: int) -> set[int]:
    """The commitments given once whose line goes on without them: it came or is on its way, is disputed, or was waived."""
    return set(
        db.session.scalars(
            select(AgreementCommitment.id)
            .join(LedgerLine, LedgerLine.source_id == AgreementCommitment.id)
            .where(
                AgreementCommitment.agreement_id == agreement_id,
                LedgerLine.source_kind == "commitment",
                LedgerLine.source_part == 0,
                LedgerLine.state.in_(["delivered", "disputed", "received", "rated", "waived"]),
            )
        )
    )


def open_lines(agreement_id: int) -> int:
    """How many of its ledger lines are neither received, waived nor reversed."""
    found = db.session.scalar(
        select(func.count())
        .select_from(LedgerLine)
        .join(AgreementCommitment, AgreementCommitment.id == LedgerLine.source_id)
        .where(
            LedgerLine.source_kind == "commitment",
            AgreementCommitment.agreement_id == agreement_id,
            LedgerLine.state.in_(["pledged", "delivered", "disputed"]),
        )
    )
    return found or 0


def in_force_for(project_id: int) -> list[Row[Any]]:
    """The agreements in force for a project, the oldest first: id, code, title, language, amends_id, ends_on."""
    return list(
        db.session.execute(
            select(
                Agreement.id,
                Agreement.code,
                Agreement.title,
                Agreement.language,
                Agreement.amends_id,
                Agreement.ends_on,
            )
            .where(Agreement.project_id == project_id, Agreement.state == RUNNING)
            .order_by(Agreement.id)
        )
    )


def covering(project_id: int) -> set[int]:
    """The institutions that one agreement in force for the project covers, amendments counted with what they amend.

    Of several agreements the one that covers most of its partners counts: two that cover half each bind nobody to all.
    """
    return _covering(project_id, {row.id for row in _partners(project_id)})


def _covering(project_id: int, partners: set[int]) -> set[int]:
    rows = db.session.execute(
        select(func.coalesce(Agreement.amends_id, Agreement.id).label("root"), AgreementParty.institution_id)
        .join(AgreementParty, AgreementParty.agreement_id == Agreement.id)
        .where(Agreement.project_id == project_id, Agreement.state == RUNNING)
    )
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.root, set()).add(row.institution_id)
    return max(found.values(), key=lambda parties: len(parties & partners), default=set())


def _partners(project_id: int) -> list[Row[Any]]:
    host = select(Project.institution_id).where(Project.id == project_id)
    accepted = select(ProjectPartner.institution_id).where(
        ProjectPartner.project_id == project_id, ProjectPartner.state == "accepted"
    )
    return list(
        db.session.execute(
            select(Institution.id, Institution.name)
            .where(or_(Institution.id.in_(host), Institution.id.in_(accepted)))
            .order_by(Institution.id)
        )
    )


def not_covered(project_id: int) -> list[Row[Any]]:
    """The partners of a project that no agreement in force covers, the host among them: id, name. None where it has one."""
    partners = _partners(project_id)
    if len(partners) < 2:
        return []
    covered = _covering(project_id, {row.id for row in partners})
    return [row for row in partners if row.id not in covered]


@gates.gate("begin")
def agreement_gate(project: Project) -> list[Missing]:
    """A consortium may ask that work starts only under an agreement in force that covers all partners."""
    asked = db.session.scalar(
        select(Consortium.projects_need_agreement).where(Consortium.id == project.consortium_id)
    )
    lacking = not_covered(project.id) if asked else []
    if not lacking:
        return []
    sentence = _(
        "No agreement in force covers all partners. Not covered yet: %(names)s.",
        names=fmt_list([f"\u2068{row.name}\u2069" for row in lacking]),
    )
    return [Missing("no_agreement", sentence, f"/agreements?project={project.id}")]


_signing_party = alias(Institution)


@waiting.source
def to_sign(actor: Actor) -> Select[Any] | None:
    """Agreements that wait for the person's signature."""
    if not actor.holds_any("signatory"):
        return None
    signed_already = exists().where(
        AgreementSignature.agreement_id == Agreement.id,
        AgreementSignature.number == Agreement.number,
        AgreementSignature.institution_id == AgreementParty.institution_id,
    )
    return (
        waiting.item(
            "agreements.sign",
            thing_id=Agreement.id,
            item_id=AgreementParty.institution_id,
            title=Agreement.title,
            who=_signing_party.name,
            since=Agreement.moved_at,
            due=Agreement.ball_due_at,
            consortium_id=Agreement.consortium_id,
        )
        .select_from(AgreementParty)
        .join(Agreement, Agreement.id == AgreementParty.agreement_id)
        .join(_signing_party, _signing_party.id == AgreementParty.institution_id)
        .where(
            AgreementParty.signatory_id == actor.id,
            AgreementParty.institution_id.in_(actor.ids("signatory")),
            Agreement.state.in_(SIGNING_STATES),
            ~signed_already,
        )
    )

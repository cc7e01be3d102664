"""Reads of one agreement: its parts, each in one statement."""

from typing import Any

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.agreements.models import (
    PUBLIC_STATES,
    Agreement,
    AgreementComment,
    AgreementCommitment,
    AgreementParty,
    AgreementSignature,
    AgreementVersion,
    only_sides,
)
from app.agreements.policies import visible
from app.consortia.models import Consortium
from app.consortia.queries import name_column
from app.core.access import Actor
from app.core.db import alias, db
from app.core.errors import NotFound
from app.institutions.models import Institution
from app.projects.models import Project
from app.projects.policies import visible as projects_visible

_resolver = alias(Person)


def get(actor: Actor, agreement_id: int) -> Agreement:
    """An agreement that the actor may see, with its drafting institution and the one that has the ball. Raises NotFound."""
    found = db.session.scalars(
        select(Agreement)
        .where(Agreement.id == agreement_id, visible(actor))
        .options(joinedload(Agreement.institution), joinedload(Agreement.ball_institution))
    ).first()
    if found is None:
        raise NotFound
    return found


def around(actor: Actor, agreement: Agreement) -> Any:
    """What it belongs to, as far as the reader sees it: project (id, code, title, language), consortium (id, name), the
    agreement that it amends (id, code); None where there is none; and the `amendments` that everybody may know of, a line
    each: id, code, state. One statement.
    """
    amended, amending = aliased(Agreement), aliased(Agreement)
    facts = cast(amending.id, String) + " " + amending.code + " " + amending.state
    amendments = (
        select(func.aggregate_strings(facts, "\n"))
        .where(amending.amends_id == Agreement.id, amending.state.in_(PUBLIC_STATES))
        .correlate(Agreement)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            Project.id.label("project_id"),
            Project.code.label("project_code"),
            Project.title.label("project_title"),
            Project.language.label("project_language"),
            Consortium.id.label("consortium_id"),
            name_column().label("consortium"),
            amended.id.label("amends_id"),
            amended.code.label("amends_code"),
            amendments.label("amendments"),
        )
        .select_from(Agreement)
        .outerjoin(Project, (Project.id == Agreement.project_id) & projects_visible(actor))
        .outerjoin(Consortium, Consortium.id == Agreement.consortium_id)
        .outerjoin(amended, amended.id == Agreement.amends_id)
        .where(Agreement.id == agreement.id)
    ).one()


def parties_of(agreement_id: int) -> list[AgreementParty]:
    """Its parties in their order, with institution, signatory and who marked a gift."""
    return list(
        db.session.scalars(
            select(AgreementParty)
            .where(AgreementParty.agreement_id == agreement_id)
            .options(
                joinedload(AgreementParty.institution),
                joinedload(AgreementParty.signatory),
                joinedload(AgreementParty.gift_by),
            )
            .order_by(AgreementParty.position, AgreementParty.id)
        )
    )


def party(agreement_id: int, institution_id: int) -> AgreementParty:
    """One party, with its institution. Raises NotFound."""
    found = db.session.scalars(
        select(AgreementParty)
        .where(AgreementParty.agreement_id == agreement_id, AgreementParty.institution_id == institution_id)
        .options(joinedload(AgreementParty.institution))
    ).first()
    if found is None:
        raise NotFound
    return found


def commitments_of(agreement_id: int, only_public: bool = False) -> list[AgreementCommitment]:
    """Its commitments in their order; those that everybody may see, if asked."""
    query = select(AgreementCommitment).where(AgreementCommitment.agreement_id == agreement_id)
    if only_public:
        query = query.where(AgreementCommitment.is_public)
    return list(db.session.scalars(query.order_by(AgreementCommitment.position, AgreementCommitment.id)))


def versions_of(agreement_id: int) -> list[Any]:
    """Its versions without their texts, the newest first: number, sha256, at, changed, note, who, institution."""
    return list(
        db.session.execute(
            select(
                AgreementVersion.number,
                AgreementVersion.sha256,
                AgreementVersion.at,
                AgreementVersion.changed,
                AgreementVersion.note,
                Person.display_name.label("who"),
                Institution.name.label("institution"),
            )
            .join(Person, Person.id == AgreementVersion.by_id)
            .join(Institution, Institution.id == AgreementVersion.institution_id)
            .where(AgreementVersion.agreement_id == agreement_id)
            .order_by(AgreementVersion.number.desc())
            .limit(200)
        )
    )


def version(agreement_id: int, number: int) -> AgreementVersion:
    """One version with its text and who wrote it. Raises NotFound."""
    found = db.session.scalars(
        select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement_id, AgreementVersion.number == number)
        .options(joinedload(AgreementVersion.by))
    ).first()
    if found is None:
        raise NotFound
    return found


def comments_of(agreement_id: int) -> list[Any]:
    """What was said about its lines, the oldest first, with names."""
    return list(
        db.session.execute(
            select(
                AgreementComment.id,
                AgreementComment.number,
                AgreementComment.anchor,
                AgreementComment.quote,
                AgreementComment.text,
                AgreementComment.at,
                AgreementComment.resolved_at,
                Person.display_name.label("who"),
                Institution.name.label("institution"),
                _resolver.display_name.label("resolved_by"),
            )
            .join(Person, Person.id == AgreementComment.by_id)
            .join(Institution, Institution.id == AgreementComment.institution_id)
            .outerjoin(_resolver, _resolver.id == AgreementComment.resolved_by_id)
            .where(AgreementComment.agreement_id == agreement_id)
            .order_by(AgreementComment.id)
            .limit(500)
        )
    )


def comment(agreement_id: int, comment_id: int) -> AgreementComment:
    """One comment of this agreement. Raises NotFound."""
    found = db.session.get(AgreementComment, comment_id)
    if found is None or found.agreement_id != agreement_id:
        raise NotFound
    return found


def signatures_of(agreement_id: int) -> list[AgreementSignature]:
    """All signatures, also of versions that were replaced, the oldest first, with who signed."""
    return list(
        db.session.scalars(
            select(AgreementSignature)
            .where(AgreementSignature.agreement_id == agreement_id)
            .options(joinedload(AgreementSignature.person))
            .order_by(AgreementSignature.number, AgreementSignature.id)
        )
    )


def one_sided(agreement_id: int) -> dict[int, str]:
    """The parties that break the two-way rule now: {institution id: "gives", "gains" or "neither"}."""
    gifts = {
        row.institution_id: row.gift_at is not None
        for row in db.session.execute(
            select(AgreementParty.institution_id, AgreementParty.gift_at).where(
                AgreementParty.agreement_id == agreement_id
            )
        )
    }
    lines = db.session.execute(
        select(AgreementCommitment.giver_id, AgreementCommitment.receiver_id).where(
            AgreementCommitment.agreement_id == agreement_id
        )
    )
    return only_sides(gifts, [(row.giver_id, row.receiver_id) for row in lines])

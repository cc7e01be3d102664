"""What we tell whom about consortia."""

from typing import Any

from sqlalchemy import select

from app.consortia import queries
from app.consortia.models import Admission, Consortium
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LOCALES
from app.institutions.models import Affiliation, Institution
from app.notifications.services import tell


def _representatives(institution_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Affiliation.person_id).where(
                Affiliation.institution_id == institution_id,
                Affiliation.state == "active",
                Affiliation.role == "representative",
            )
        )
    )


def _facts(admission: Admission) -> dict[str, Any]:
    institution = db.session.get_one(Institution, admission.institution_id)
    consortium = db.session.get_one(Consortium, admission.consortium_id)
    return {
        "institution": institution.name,
        "consortium": {code: consortium.name_in(code) for code in LOCALES},
        "note": admission.decision_note or "",
        "message": admission.message,
    }


def _path(admission: Admission) -> str:
    return f"/consortia/{admission.consortium_id}/admissions/{admission.id}"


def admission_asked(actor: Actor, admission: Admission) -> None:
    """To the side that has to answer."""
    if admission.side == "institution":
        people, reason, what = queries.lead_ids(admission.consortium_id), "consortium_lead", "admission_asked"
    else:
        people, reason, what = (
            _representatives(admission.institution_id),
            "representative",
            "admission_invited",
        )
    tell(
        people,
        f"consortia.{what}",
        about=admission,
        path=_path(admission),
        reason=reason,
        facts=_facts(admission),
        actor=actor,
    )


def admission_decided(actor: Actor | None, admission: Admission, outcome: str) -> None:
    """To the side that asked: `outcome` is accepted, declined, lapsed or withdrawn. A lapse is told to both sides."""
    leads, representatives = (
        queries.lead_ids(admission.consortium_id),
        _representatives(admission.institution_id),
    )
    kind = f"consortia.admission_{outcome}"
    facts = _facts(admission)
    asked_by_institution = admission.side == "institution"
    if outcome == "lapsed" or (asked_by_institution == (outcome != "withdrawn")):
        tell(
            representatives,
            kind,
            about=admission,
            path=_path(admission),
            reason="representative",
            facts=facts,
            actor=actor,
        )
    if outcome == "lapsed" or (asked_by_institution == (outcome == "withdrawn")):
        tell(
            leads,
            kind,
            about=admission,
            path=_path(admission),
            reason="consortium_lead",
            facts=facts,
            actor=actor,
        )


def admission_reminder(admission: Admission) -> None:
    """To the side that has to answer, at half time."""
    people = (
        queries.lead_ids(admission.consortium_id)
        if admission.side == "institution"
        else _representatives(admission.institution_id)
    )
    reason = "consortium_lead" if admission.side == "institution" else "representative"
    tell(
        people,
        "consortia.admission_reminder",
        about=admission,
        path=_path(admission),
        reason=reason,
        facts=_facts(admission),
    )


def institution_left(actor: Actor, admission: Admission) -> None:
    """To the leads."""
    tell(
        queries.lead_ids(admission.consortium_id),
        "consortia.institution_left",
        about=admission,
        path=f"/consortia/{admission.consortium_id}",
        reason="consortium_lead",
        facts=_facts(admission),
        actor=actor,
    )


def lead_named(actor: Actor, consortium: Consortium, person_id: int) -> None:
    """To the new lead."""
    tell(
        [person_id],
        "consortia.lead_named",
        about=consortium,
        path=f"/consortia/{consortium.id}/dashboard",
        reason="consortium_lead",
        facts={"consortium": {code: consortium.name_in(code) for code in LOCALES}},
        actor=actor,
    )


def lead_ended(actor: Actor, consortium: Consortium, person_id: int) -> None:
    """To somebody who leads no longer."""
    tell(
        [person_id],
        "consortia.lead_ended",
        about=consortium,
        path=f"/consortia/{consortium.id}",
        reason="led_consortium",
        facts={"consortium": {code: consortium.name_in(code) for code in LOCALES}},
        actor=actor,
    )

"""Representing an institution that nobody represents yet: asked by a person, answered by an administrator."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.audit import services as audit
from app.core import clock, jobs
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import Conflict, Invalid, RuleBroken
from app.core.i18n import _l
from app.institutions import notices, policies, queries
from app.institutions.models import (
    CLAIM_DECLINE_CODES,
    CLAIM_STATES,
    INSTITUTION_STATES,
    Affiliation,
    Institution,
    InstitutionClaim,
)
from app.institutions.services.affiliations import BATCH, refusal
from app.institutions.services.registry import open_up

EVIDENCE_KINDS = ("domain", "letter")


def ask_claim(
    actor: Actor, institution: Institution, *, evidence_kind: str, evidence: str, position: str
) -> InstitutionClaim:
    """Ask to represent an institution; it is `pending` until an administrator has answered.

    Raises Invalid where the evidence is missing, or the address shows nothing; RuleBroken(`already_asked`).
    """
    with transaction():
        authorize(policies.claim, actor, institution)
        if evidence_kind not in EVIDENCE_KINDS:
            raise Invalid({"evidence_kind": _l("Choose what shows it")})
        if evidence_kind == "letter" and not evidence:
            raise Invalid({"evidence": _l("Say who signed the letter, its date, and where it can be read")})
        if evidence_kind == "domain" and institution.id not in {
            row.id for row in queries.at_domain_of(_confirmed_address(actor))
        }:
            raise Invalid({"evidence_kind": _l("Your confirmed address is not at one of its domains")})
        lock_id(Institution, institution.id)
        if _open_claims(institution.id, by=actor.id):
            raise RuleBroken("already_asked", _l("You have asked already."))
        before = institution.state
        if institution.state == "listed":
            INSTITUTION_STATES.move(institution, "claim")
        asked = InstitutionClaim(
            institution_id=institution.id, evidence_kind=evidence_kind, evidence=evidence, position=position
        )
        asked.ask(by=actor.id)
        db.session.add(asked)
        db.session.flush()
        _record(actor, "institutions.claim", asked, institution, before={"institution": before})
        notices.claim_asked(asked, actor)
    return asked


def _confirmed_address(actor: Actor) -> str:
    person = db.session.get_one(Person, actor.id)
    return person.email if person.email and person.email_confirmed_at else ""


def _open_claims(institution_id: int, by: int | None = None) -> list[InstitutionClaim]:
    query = select(InstitutionClaim).where(
        InstitutionClaim.institution_id == institution_id, InstitutionClaim.state == "asked"
    )
    if by is not None:
        query = query.where(InstitutionClaim.asked_by_id == by)
    return list(db.session.scalars(query.order_by(InstitutionClaim.id)))


def _record(
    actor: Actor | None,
    action: str,
    asked: InstitutionClaim,
    institution: Institution,
    note: str = "",
    **facts: Any,
) -> None:
    audit.record(
        actor,
        action,
        asked,
        label=institution.name,
        note=note or None,
        institution_id=institution.id,
        after={"claim": asked.state, "institution": institution.state, "person_id": asked.asked_by_id},
        **facts,
    )


def withdraw_claim(actor: Actor, asked: InstitutionClaim) -> None:
    """Take one's claim back."""
    with transaction():
        authorize(policies.withdraw_claim, actor, asked)
        take_back(actor, asked)


def take_back(actor: Actor, asked: InstitutionClaim) -> None:
    """End a claim for who asked, inside an open transaction."""
    institution = lock_id(Institution, asked.institution_id)
    CLAIM_STATES.move(asked, "withdraw")
    asked.decide(actor.id or asked.asked_by_id, "withdrawn")
    _back_to_listed(institution)
    _record(actor, "institutions.withdraw_claim", asked, institution)


def _back_to_listed(institution: Institution) -> None:
    """With no claim left, an institution that was being checked is listed again."""
    db.session.flush()
    if institution.state == "pending" and not _open_claims(institution.id):
        INSTITUTION_STATES.move(institution, "unclaim")


def accept_claim(
    actor: Actor, asked: InstitutionClaim, *, note: str = "", version: int | None = None
) -> None:
    """An administrator verifies the institution; who asked becomes its first representative.

    Other open claims to it are answered with "superseded": the first representative appoints further ones.
    """
    with transaction():
        authorize(policies.decide_claim, actor, asked, queries.tied_ids(actor))
        asked.expect_version(version)
        institution = lock_id(Institution, asked.institution_id)
        CLAIM_STATES.move(asked, "accept")
        asked.decide(actor.id, "accepted", note)
        open_up(institution)
        make_representative(institution, asked.asked_by_id, actor, position=asked.position)
        _record(actor, "institutions.accept_claim", asked, institution, note)
        notices.claim_accepted(asked, actor)
        _supersede(actor, institution)


def _supersede(actor: Actor, institution: Institution) -> None:
    """Answer the other claims to an institution that has a representative now."""
    db.session.flush()
    for other in _open_claims(institution.id):
        CLAIM_STATES.move(other, "decline")
        other.decide(None, "superseded")
        _record(actor, "institutions.decline_claim", other, institution)
        notices.claim_declined(
            other, actor, _l("It has a representative now. Ask that person for an affiliation."), ""
        )


def make_representative(
    institution: Institution, person_id: int | None, actor: Actor, position: str = ""
) -> Affiliation:
    """Give an institution its first representative and signatory, inside an open transaction."""
    affiliation = db.session.scalars(
        select(Affiliation).where(
            Affiliation.person_id == person_id,
            Affiliation.institution_id == institution.id,
            Affiliation.state.in_(["requested", "active"]),
        )
    ).first()
    if affiliation is None:
        affiliation = Affiliation(person_id=person_id, institution_id=institution.id, position=position)
        affiliation.ask(by=person_id)
        db.session.add(affiliation)
    if affiliation.state != "active":
        affiliation.state = "active"
        affiliation.decide(actor.id, "confirmed")
        affiliation.begin("portal")
    affiliation.role, affiliation.is_signatory = "representative", True
    institution.touch()
    db.session.flush()
    return affiliation


def decline_claim(
    actor: Actor, asked: InstitutionClaim, *, reason: str, note: str = "", version: int | None = None
) -> None:
    """An administrator says no, with a reason."""
    with transaction():
        authorize(policies.decide_claim, actor, asked, queries.tied_ids(actor))
        refusal(reason, note, CLAIM_DECLINE_CODES)
        asked.expect_version(version)
        institution = lock_id(Institution, asked.institution_id)
        CLAIM_STATES.move(asked, "decline")
        asked.decide(actor.id, reason, note)
        _back_to_listed(institution)
        _record(actor, "institutions.decline_claim", asked, institution, note, before={"reason": reason})
        notices.claim_declined(asked, actor, CLAIM_DECLINE_CODES[reason], note)


def verify_directly(
    actor: Actor, institution: Institution, *, email: str, note: str, version: int | None = None
) -> None:
    """An administrator verifies an institution and names its first representative by their address.

    Also names one where an institution has lost its last representative. Raises Invalid for an unknown address, for
    the administrator's own, and without a note on what shows it; RuleBroken(`has_representatives`).
    """
    with transaction():
        authorize(policies.administer, actor, institution, queries.tied_ids(actor))
        institution.expect_version(version)
        if not note:
            raise Invalid({"note": _l("Say what shows that this person represents it")})
        person = db.session.scalars(
            select(Person).where(Person.email == email.strip().lower(), Person.closed_at.is_(None))
        ).first()
        if person is None or person.email_confirmed_at is None:
            raise Invalid({"email": _l("Nobody here has confirmed this address")})
        if person.id == actor.id:
            raise Invalid({"email": _l("Nobody names themselves. Another administrator can.")})
        lock_id(Institution, institution.id)
        before = institution.state
        if queries.representatives_of(institution.id):
            raise RuleBroken(
                "has_representatives",
                _l("This institution has a representative already, who can appoint others."),
            )
        if before != "verified":
            open_up(institution)
        affiliation = make_representative(institution, person.id, actor)
        audit.record(
            actor,
            "institutions.verify",
            institution,
            label=institution.name,
            note=note,
            institution_id=institution.id,
            before={"state": before},
            after={"state": institution.state, "person_id": person.id},
        )
        notices.role_changed(affiliation, actor, was_representative=False)
        _supersede(actor, institution)


@jobs.periodic("institutions.lapse_claims", every=timedelta(minutes=10))
def lapse_claims() -> int:
    """End claims that no administrator answered in time; both sides are told. Returns how many."""
    return _one_by_one(reminder=False)


@jobs.periodic("institutions.remind_claims", every=timedelta(minutes=30))
def remind_claims() -> int:
    """Remind the administrators once, at half time. Returns how many claims."""
    return _one_by_one(reminder=True)


def _one_by_one(reminder: bool) -> int:
    now = clock.now()
    waiting = select(InstitutionClaim.id).where(InstitutionClaim.state == "asked")
    if reminder:
        waiting = waiting.where(InstitutionClaim.reminded_at.is_(None), InstitutionClaim.due_at > now)
    else:
        waiting = waiting.where(InstitutionClaim.due_at <= now)
    done = 0
    for key in db.session.scalars(waiting.order_by(InstitutionClaim.due_at).limit(BATCH)).all():
        try:
            with transaction(system="half of the time is over" if reminder else "nobody answered in time"):
                asked = lock_id(InstitutionClaim, key)
                done += _remind(asked) if reminder else _lapse(asked)
        except Conflict:
            continue
    return done


def _lapse(asked: InstitutionClaim) -> int:
    if asked.state != "asked" or asked.due_at is None or asked.due_at > clock.now():
        return 0
    institution = lock_id(Institution, asked.institution_id)
    CLAIM_STATES.move(asked, "lapse")
    asked.decide(None, "lapsed")
    _back_to_listed(institution)
    _record(None, "institutions.lapse_claim", asked, institution)
    notices.claim_lapsed(asked)
    return 1


def _remind(asked: InstitutionClaim) -> int:
    now = clock.now()
    if asked.state != "asked" or asked.reminded_at is not None or asked.asked_at is None:
        return 0
    if asked.due_at is None or clock.halfway(asked.asked_at, asked.due_at) > now:
        return 0
    asked.reminded_at = now
    notices.claim_reminder(asked)
    return 1

"""Belonging to an institution: asking, confirming, declining, lapsing, leaving, ending."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.audit import services as audit
from app.core import clock, jobs
from app.core.access import Actor, authorize
from app.core.db import db, lock_id, transaction
from app.core.errors import Conflict, Invalid, RuleBroken, Words
from app.core.i18n import _l
from app.institutions import notices, policies, queries
from app.institutions.models import (
    AFFILIATION_STATES,
    DECLINE_CODES,
    END_CODES,
    Affiliation,
    Institution,
    InstitutionDomain,
    domains_of,
)

BATCH = 200


def refusal(code: str, note: str, codes: Mapping[str, Words]) -> None:
    """Raise Invalid unless a refusal has a known reason, and words where the reason is "another"."""
    if code not in codes:
        raise Invalid({"reason": _l("Choose a reason")})
    if code == "other" and not note:
        raise Invalid({"note": _l("Say the reason in a sentence")})


def join(actor: Actor, institution: Institution, *, position: str = "", message: str = "") -> Affiliation:
    """Ask to belong. Confirmed at once when the confirmed address lies at one of its domains; else representatives answer.

    Raises RuleBroken(`already_asked`) while a request or a confirmed affiliation of the same person stands.
    """
    with transaction():
        authorize(policies.join, actor, institution)
        person = db.session.get_one(Person, actor.id)
        standing = db.session.scalar(
            select(Affiliation.id).where(
                Affiliation.person_id == person.id,
                Affiliation.institution_id == institution.id,
                Affiliation.state.in_(["requested", "active"]),
            )
        )
        if standing is not None:
            raise RuleBroken("already_asked", _l("You have asked already."))
        asked = Affiliation(
            person_id=person.id, institution_id=institution.id, position=position, message=message
        )
        asked.ask(by=person.id)
        db.session.add(asked)
        if _proved_by_address(person, institution.id):
            AFFILIATION_STATES.move(asked, "confirm")
            asked.decide(None, "automatic")
            asked.begin("domain")
        else:
            db.session.flush()
            notices.affiliation_asked(asked, actor)
        _record(actor, "institutions.join", asked, institution.name, after={"state": asked.state})
    return asked


def _proved_by_address(person: Person, institution_id: int) -> bool:
    if person.email is None or person.email_confirmed_at is None:
        return False
    return (
        db.session.scalar(
            select(InstitutionDomain.id).where(
                InstitutionDomain.institution_id == institution_id,
                InstitutionDomain.domain.in_(domains_of(person.email)),
            )
        )
        is not None
    )


def _record(
    actor: Actor | None, action: str, what: Affiliation, label: str, note: str = "", **facts: Any
) -> None:
    audit.record(
        actor, action, what, label=label, note=note or None, institution_id=what.institution_id, **facts
    )


def withdraw_affiliation(actor: Actor, asked: Affiliation) -> None:
    """Take a request back."""
    with transaction():
        authorize(policies.own_affiliation, actor, asked)
        if not asked.is_open:
            raise RuleBroken("already_decided", _l("This has already been decided."), record=asked)
        before = AFFILIATION_STATES.move(asked, "end")
        asked.decide(actor.id, "withdrawn")
        asked.ended_on = clock.now()
        _record(actor, "institutions.withdraw_affiliation", asked, _name(asked), before={"state": before})


def _name(affiliation: Affiliation) -> str:
    return db.session.get_one(Institution, affiliation.institution_id).name


def confirm_affiliation(
    actor: Actor, asked: Affiliation, *, note: str = "", version: int | None = None
) -> None:
    """A representative confirms that the person works there."""
    with transaction():
        authorize(policies.decide_affiliation, actor, asked)
        asked.expect_version(version)
        before = AFFILIATION_STATES.move(asked, "confirm")
        asked.decide(actor.id, "confirmed", note)
        asked.begin("person")
        _record(
            actor, "institutions.confirm_affiliation", asked, _name(asked), note,
            before={"state": before}, after={"state": asked.state, "person_id": asked.person_id},
        )  # fmt: skip
        notices.affiliation_confirmed(asked, actor)


def decline_affiliation(
    actor: Actor, asked: Affiliation, *, reason: str, note: str = "", version: int | None = None
) -> None:
    """A representative says no, with a reason. Raises Invalid for an unknown reason or one without words."""
    with transaction():
        authorize(policies.decide_affiliation, actor, asked)
        refusal(reason, note, DECLINE_CODES)
        asked.expect_version(version)
        before = AFFILIATION_STATES.move(asked, "decline")
        asked.decide(actor.id, reason, note)
        _record(
            actor, "institutions.decline_affiliation", asked, _name(asked), note,
            before={"state": before}, after={"state": asked.state, "reason": reason},
        )  # fmt: skip
        notices.affiliation_declined(asked, actor, DECLINE_CODES[reason], note)


def end_affiliation(
    actor: Actor, ended: Affiliation, *, reason: str, note: str = "", version: int | None = None
) -> None:
    """A representative ends somebody's affiliation, with a reason."""
    with transaction():
        authorize(policies.decide_affiliation, actor, ended)
        refusal(reason, note, END_CODES)
        ended.expect_version(version)
        _need_active(ended)
        keep_one_representative(ended)
        end_live(actor, "institutions.end_affiliation", ended, note, reason)
        notices.affiliation_ended(ended, actor, END_CODES[reason], note)


def leave(actor: Actor, left: Affiliation, *, version: int | None = None) -> None:
    """End one's own affiliation. Raises RuleBroken(`last_representative`) before handing over."""
    with transaction():
        authorize(policies.own_affiliation, actor, left)
        left.expect_version(version)
        _need_active(left)
        keep_one_representative(left)
        was_representative = left.role == "representative"
        end_live(actor, "institutions.leave", left, "", "left")
        if was_representative:
            notices.representative_left(left, actor)


def _need_active(affiliation: Affiliation) -> None:
    if affiliation.state != "active":
        raise RuleBroken("wrong_state", _l("This affiliation is not confirmed at present."))


def keep_one_representative(affiliation: Affiliation) -> None:
    """Hold the institution's row, and refuse to take its last representative away.

    The row serialises all changes of representatives; a stale affiliation is refused by its version.
    """
    institution = lock_id(Institution, affiliation.institution_id)
    if affiliation.role != "representative":
        return
    if set(queries.representatives_of(institution.id)) <= {affiliation.person_id}:
        raise RuleBroken(
            "last_representative",
            _l("An institution needs a representative. Appoint another one first."),
            next_steps=[(str(_l("See the people")), f"/institutions/{institution.id}/people")],
        )
    institution.touch()


def end_live(actor: Actor, action: str, affiliation: Affiliation, note: str, reason: str) -> None:
    """End an affiliation and the part it carried, inside an open transaction."""
    before = {"state": affiliation.state, "role": affiliation.role}
    AFFILIATION_STATES.move(affiliation, "end")
    affiliation.ended_on = clock.now()
    affiliation.role, affiliation.is_signatory, affiliation.is_deputy = "member", False, False
    db.session.flush()
    _record(
        actor, action, affiliation, _name(affiliation), note,
        before=before, after={"state": affiliation.state, "reason": reason},
    )  # fmt: skip


@jobs.periodic("institutions.lapse_affiliations", every=timedelta(minutes=10))
def lapse_affiliations() -> int:
    """End requests that nobody answered in time; both sides are told. Returns how many."""
    return _one_by_one("requested", reminder=False)


@jobs.periodic("institutions.remind_affiliations", every=timedelta(minutes=30))
def remind_affiliations() -> int:
    """Remind the representatives once, at half time. Returns how many requests."""
    return _one_by_one("requested", reminder=True)


def _one_by_one(state: str, reminder: bool) -> int:
    """Each in a transaction of its own, looked at again there, so that one that is decided meanwhile stays decided."""
    now = clock.now()
    waiting = select(Affiliation.id).where(Affiliation.state == state)
    if reminder:
        waiting = waiting.where(Affiliation.reminded_at.is_(None), Affiliation.due_at > now)
    else:
        waiting = waiting.where(Affiliation.due_at <= now)
    done = 0
    for key in db.session.scalars(waiting.order_by(Affiliation.due_at).limit(BATCH)).all():
        try:
            with transaction(
                system="nobody answered in time" if not reminder else "half of the time is over"
            ):
                done += _remind(lock_id(Affiliation, key)) if reminder else _lapse(lock_id(Affiliation, key))
        except Conflict:
            continue
    return done


def _lapse(asked: Affiliation) -> int:
    if asked.state != "requested" or asked.due_at is None or asked.due_at > clock.now():
        return 0
    AFFILIATION_STATES.move(asked, "lapse")
    asked.decide(None, "lapsed")
    _record(None, "institutions.lapse_affiliation", asked, _name(asked), after={"state": asked.state})
    notices.affiliation_lapsed(asked)
    return 1


def _remind(asked: Affiliation) -> int:
    now = clock.now()
    if asked.state != "requested" or asked.reminded_at is not None or asked.asked_at is None:
        return 0
    if asked.due_at is None or clock.halfway(asked.asked_at, asked.due_at) > now:
        return 0
    asked.reminded_at = now
    notices.affiliation_reminder(asked)
    return 1

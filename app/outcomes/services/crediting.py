"""Credit: whoever keeps an outcome names people, each answers for themselves, and only they take their names out."""

from sqlalchemy import select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.outcomes import notices, policies, queries
from app.outcomes.models import CREDIT_STATES, DEGREES, MOST_NAMED, ROLES, Outcome, OutcomeCredit
from app.outcomes.services.steps import note_in_audit, require_state, show


def name(actor: Actor, outcome: Outcome, *, person_id: int, role: str, degree: str) -> OutcomeCredit:
    """Ask a person whether to be named with a role. Naming oneself needs no further answer.

    Raises NotAllowed, RuleBroken (`already_named`, `too_many`), Invalid.
    """
    with transaction():
        outcome = lock(outcome)
        authorize(policies.name, actor, outcome)
        require_state(outcome, "name")
        if role not in ROLES:
            raise Invalid({"role": _l("Choose a role")})
        if degree not in DEGREES:
            raise Invalid({"degree": _l("Choose a degree")})
        person = queries.can_be_named(actor, outcome, person_id)
        if person is None:
            raise Invalid({"person": _l("Choose a person whom you can see")})
        if outcome.confirmed_by_id == person.id:
            raise RuleBroken(
                "confirmed_it", _l("This person confirmed the outcome, so they cannot be named in it.")
            )
        rows = queries.credits_of(outcome.id)
        if any(
            row.person_id == person.id and row.role == role and row.state in {"asked", "accepted"}
            for row in rows
        ):
            raise RuleBroken("already_named", _l("This person is named with this role already."))
        if len({row.person_id for row in rows} | {person.id}) > MOST_NAMED:
            raise RuleBroken("too_many", _l("No more people can be named in one outcome."))
        credit = OutcomeCredit(
            outcome_id=outcome.id,
            person_id=person.id,
            institution_id=queries.home_of(outcome, person.id),
            role=role,
            degree=degree,
        )
        credit.ask(actor.id)
        db.session.add(credit)
        outcome.touch()
        db.session.flush()
        note_in_audit(
            actor, outcome, "name", after={"person_id": person.id, "credit_roles": [role], "degree": degree}
        )
        if person.id == actor.id:
            _accept(actor, outcome, [credit])
        else:
            notices.named(actor, outcome, credit)
    return credit


def take_name_back(actor: Actor, outcome: Outcome, *, credit_id: int) -> None:
    """Ask no longer; what was answered stays. Raises NotAllowed, RuleBroken."""
    with transaction():
        outcome = lock(outcome)
        authorize(policies.name, actor, outcome)
        credit = db.session.scalars(
            select(OutcomeCredit)
            .where(OutcomeCredit.id == credit_id, OutcomeCredit.outcome_id == outcome.id)
            .with_for_update()
        ).first()
        if credit is None or credit.state != "asked":
            raise RuleBroken(
                "already_decided", _l("This person has answered, so only they can take their name out.")
            )
        CREDIT_STATES.move(credit, "take_back")
        credit.decide(actor.id, "taken_back")
        note_in_audit(
            actor,
            outcome,
            "take_name_back",
            after={"person_id": credit.person_id, "credit_roles": [credit.role]},
        )
        notices.name_taken_back(actor, outcome, credit)


def answer_credit(actor: Actor, outcome: Outcome, *, accept: bool, note: str = "") -> int:
    """Say yes or no to all roles with which one is asked to be named; returns how many. Raises NotAllowed, RuleBroken."""
    with transaction():
        outcome = lock(outcome)
        authorize(policies.answer_credit, actor, outcome)
        asked = queries.own_credits(actor, outcome.id, "asked")
        if not asked:
            raise RuleBroken("already_decided", _l("This has already been answered, or its time has passed."))
        if accept:
            _accept(actor, outcome, asked)
        else:
            for credit in asked:
                CREDIT_STATES.move(credit, "decline")
                credit.decide(actor.id, "declined", note)
            roles = [credit.role for credit in asked]
            note_in_audit(actor, outcome, "decline_credit", after={"credit_roles": roles}, note=note)
        notices.credit_answered(actor, outcome, accept, note)
    return len(asked)


def _accept(actor: Actor, outcome: Outcome, asked: list[OutcomeCredit]) -> None:
    for credit in asked:
        CREDIT_STATES.move(credit, "accept")
        credit.decide(actor.id, "accepted")
    note_in_audit(actor, outcome, "accept_credit", after={"credit_roles": [credit.role for credit in asked]})
    db.session.flush()
    show(outcome)


def withdraw_credit(actor: Actor, outcome: Outcome, *, note: str = "") -> int:
    """Take one's own name out; returns from how many roles. Raises NotAllowed, RuleBroken (`not_named`)."""
    with transaction():
        outcome = lock(outcome)
        authorize(policies.answer_credit, actor, outcome)
        held = queries.own_credits(actor, outcome.id, "accepted")
        if not held:
            raise RuleBroken("not_named", _l("You are not named in this outcome."))
        for credit in held:
            CREDIT_STATES.move(credit, "withdraw")
            credit.withdrawn_at, credit.withdrawn_by_id = clock.now(), actor.id
        roles = [credit.role for credit in held]
        note_in_audit(actor, outcome, "withdraw_credit", after={"credit_roles": roles}, note=note)
        db.session.flush()
        show(outcome)
        notices.credit_withdrawn(actor, outcome, note)
    return len(held)

"""Deciding about an outcome: confirm, return, object, settle, retract."""

from app.core import clock
from app.core.access import Actor, authorize, insist
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.institutions.models import Institution
from app.outcomes import notices, policies, queries
from app.outcomes.models import RETURN_CODES, SETTLE_CODES, WINDOW_DAYS, Objection, Outcome
from app.outcomes.services.answering import take_answer_back
from app.outcomes.services.steps import (
    due_by,
    end_objection,
    end_round,
    follow_keys,
    hide,
    move,
    require_state,
    window_end,
)

SETTLE_WITHIN = 10  # working days
SETTLE_MOVES = {"stands": "settle_on", "mend": "settle_back", "retract": "retract"}


def confirm(actor: Actor, outcome: Outcome, *, note: str, version: int | None = None) -> None:
    """Say for another institution that it is so; partners and named people may object from now on.

    Raises NotAllowed, RuleBroken, Conflict, Invalid.
    """
    with transaction():
        outcome = lock(outcome)
        authorize(policies.confirm, actor, outcome)
        # Whoever was named a moment ago holds that since their request began.
        insist(policies.OWN_OUTCOME if actor.id in queries.credited_ids(outcome.id) else True)
        outcome.expect_version(version)
        require_state(outcome, "confirm")
        if not note:
            raise Invalid({"note": _l("Say how you know")})
        outcome.confirmed_by_id, outcome.confirmed_at = actor.id, clock.now()
        outcome.confirm_note = note
        outcome.window_ends_at = window_end(outcome, WINDOW_DAYS)
        move(actor, outcome, "confirm", "confirm", note, window_ends_at=outcome.window_ends_at)
        end_round(outcome, actor.id, "confirmed", note)
        follow_keys(outcome, "confirmed_by")
        notices.confirmed(actor, outcome, note)


def return_for_changes(
    actor: Actor, outcome: Outcome, *, code: str, note: str = "", version: int | None = None
) -> None:
    """Give it back to who claimed it, with a reason. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        outcome = lock(outcome)
        authorize(policies.return_for_changes, actor, outcome)
        outcome.expect_version(version)
        require_state(outcome, "return_for_changes")
        if code not in RETURN_CODES:
            raise Invalid({"code": _l("Choose a reason")})
        move(actor, outcome, "return_for_changes", "return", note, reason=code)
        end_round(outcome, actor.id, code, note)
        notices.returned(actor, outcome, RETURN_CODES[code], note)


def object_to(actor: Actor, outcome: Outcome, *, reason: str, version: int | None = None) -> Objection:
    """Say that a confirmed outcome is not right. Raises NotAllowed, RuleBroken (`window_over`), Conflict, Invalid."""
    with transaction():
        outcome = lock(outcome)
        partners = queries.partner_ids(outcome)
        authorize(policies.object_to, actor, outcome, partners)
        outcome.expect_version(version)
        require_state(outcome, "object")
        if not reason:
            raise Invalid({"reason": _l("Say what is not right")})
        objection = Objection(
            outcome_id=outcome.id,
            institution_id=min(actor.ids("representative") & partners, default=None),
            reason=reason,
        )
        claiming = db.session.get_one(Institution, outcome.institution_id)
        objection.ask(actor.id, due_by(claiming, SETTLE_WITHIN))
        db.session.add(objection)
        move(actor, outcome, "object", "object", reason)
        db.session.flush()
        notices.objected(actor, outcome, objection)
    return objection


def settle(actor: Actor, outcome: Outcome, *, code: str, note: str, version: int | None = None) -> None:
    """Settle an objection: it stands, goes back to be mended, or is retracted. Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        outcome = lock(outcome)
        objection = queries.open_objection(outcome.id)
        authorize(policies.settle, actor, outcome, objection.asked_by_id if objection else None)
        outcome.expect_version(version)
        require_state(outcome, "settle")
        if code not in SETTLE_CODES:
            raise Invalid({"code": _l("Choose what follows")})
        if not note:
            raise Invalid({"note": _l("Say why, so that both sides understand")})
        settled = end_objection(outcome, actor.id, code, note)
        if code == "retract":
            _close(actor, outcome, note)
        if code == "mend":
            _forget_confirmation(outcome)
        if code == "stands":
            outcome.window_ends_at = max(outcome.window_ends_at or clock.now(), clock.now())
        move(actor, outcome, SETTLE_MOVES[code], "settle", note, reason=code)
        follow_keys(outcome, "confirmed_by")
        notices.settled(actor, outcome, settled, SETTLE_CODES[code], note)


def _forget_confirmation(outcome: Outcome) -> None:
    """What is mended is confirmed anew; the rounds keep who confirmed it before."""
    outcome.confirmed_by_id = outcome.confirmed_at = outcome.window_ends_at = None
    outcome.confirm_note = ""


def _close(actor: Actor, outcome: Outcome, reason: str) -> None:
    outcome.retracted_at, outcome.retracted_by_id, outcome.retraction = clock.now(), actor.id, reason


def retract(actor: Actor, outcome: Outcome, *, reason: str, version: int | None = None) -> None:
    """Take it back for good; of what was published its number, title and the reason stay to be read.

    Raises NotAllowed, RuleBroken, Conflict, Invalid.
    """
    with transaction():
        outcome = lock(outcome)
        authorize(policies.retract, actor, outcome)
        outcome.expect_version(version)
        require_state(outcome, "retract")
        if not reason:
            raise Invalid({"reason": _l("Say why, so that whoever used it understands")})
        if outcome.state == "disputed" and actor.id is not None and not policies.keeps(actor, outcome):
            raise RuleBroken(
                "settle_first", _l("An objection is open. Settle it; retracting is one of the answers.")
            )
        _close(actor, outcome, reason)
        before = move(actor, outcome, "retract", "retract", reason)
        end_round(outcome, None, "superseded")
        end_objection(outcome, None, "superseded")
        db.session.flush()
        hide(outcome)
        take_answer_back(actor, outcome, reason)
        notices.retracted(actor, outcome, before, reason)

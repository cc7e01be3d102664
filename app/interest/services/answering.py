"""The owner's side answers: talks first, says yes, says no. A yes opens both sides to each other."""

from app.core.access import Actor, authorize
from app.core.db import db, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.core.text import clean_text
from app.interest import notices, policies
from app.interest.models import CONTACT, DECLINE_CODES, DETAIL, INTEREST_STATES, Interest
from app.interest.queries import records
from app.interest.services import steps


def talk(actor: Actor, interest: Interest, *, version: int | None = None) -> None:
    """Open the conversation before a yes or no; there are ten working days again. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        interest = steps.fresh(interest, version)
        authorize(policies.talk, actor, interest)
        steps.still_open(interest)
        steps.still_there(interest)
        INTEREST_STATES.move(interest, "talk")
        interest.reply()
        interest.due_at, interest.reminded_at = steps.due(interest.owner_institution), None
        _record(actor, "talk", interest)
        notices.to_sender("talking", interest, actor)


def accept(
    actor: Actor,
    interest: Interest,
    *,
    brings: steps.Lines,
    gains: steps.Lines,
    language: str = "en",
    note: str = "",
    version: int | None = None,
) -> None:
    """Say yes, with what one's side brings and hopes for: names and addresses open for both.

    Raises NotAllowed, RuleBroken(`thing_gone`, `affiliation_ended`), Invalid(brings, gains, language), Conflict.
    """
    with transaction():
        interest = steps.fresh(interest, version)
        authorize(policies.accept, actor, interest)
        steps.still_open(interest)
        steps.still_there(interest)
        if not records.belongs(interest.sender_id, interest.institution_id):
            raise RuleBroken(
                "affiliation_ended",
                _l("Who sent this does not belong to the institution any more, so there is nobody to say yes to."),
            )  # fmt: skip
        interest.owner_brings, interest.owner_gains = steps.checked_lines(brings, gains, language)
        interest.owner_language = language
        INTEREST_STATES.move(interest, "accept")
        interest.reply()
        interest.decide(actor.id, "accepted", clean_text(note))
        db.session.flush()
        for institution_id in (interest.institution_id, interest.owner_institution_id):
            steps.note_opening(actor, interest, CONTACT, institution_id)
        if interest.listing is not None and interest.listing.detail_visibility == "mutual":
            steps.note_opening(actor, interest, DETAIL, interest.institution_id)
        _record(actor, "accept", interest)
        notices.to_sender("accepted", interest, actor)


def decline(
    actor: Actor, interest: Interest, *, reason: str, note: str = "", version: int | None = None
) -> None:
    """Say no, with a reason. Raises NotAllowed, Invalid(reason, note), Conflict."""
    with transaction():
        interest = steps.fresh(interest, version)
        authorize(policies.decline, actor, interest)
        steps.still_open(interest)
        note = clean_text(note)
        if reason not in DECLINE_CODES:
            raise Invalid({"reason": _l("Choose a reason for the no")})
        if reason == "other" and not note:
            raise Invalid({"note": _l("Say the reason in your own words")})
        INTEREST_STATES.move(interest, "decline")
        interest.reply()
        interest.decide(actor.id, reason, note)
        _record(actor, "decline", interest, code=reason)
        why = DECLINE_CODES[reason] if reason != "other" else ""
        notices.to_sender("declined", interest, actor, why=why, note=note)


def _record(actor: Actor, action: str, interest: Interest, **after: str) -> None:
    steps.record(
        actor, action, interest, interest.owner_institution_id, after={"state": interest.state, **after}
    )

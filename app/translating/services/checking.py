"""Checking a translation: accept, return, reject; and afterwards take down, open again."""

from sqlalchemy import delete, select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, transaction
from app.core.errors import Invalid
from app.core.i18n import _l
from app.translating import notices, policies
from app.translating.models import REJECTION_CODES, Translation, TranslationAsk
from app.translating.queries import Thing
from app.translating.services.steps import (
    accepted,
    held,
    keep_to_fields,
    move,
    public_thing,
    renew_wanted,
    replaced,
    require_none_in_work,
)


def accept(actor: Actor, translation: Translation, *, note: str = "", version: int | None = None) -> None:
    """Show it to readers; one that was shown before is superseded, and keeps its credit.

    Raises NotFound, NotAllowed, RuleBroken, Conflict.
    """
    with transaction():
        translation, found = held(actor, translation)
        authorize(policies.accept, actor, translation, found.standing)
        translation.expect_version(version)
        before = _supersede(actor, translation)
        move(actor, translation, "accept", note)
        translation.decide(actor.id, "accepted", note)
        keep_to_fields(translation, found.fields)
        _show(translation, found)
        notices.accepted(actor, translation, found, note, before)
        _answer_asks(actor, translation, found)


def _supersede(actor: Actor, translation: Translation) -> Translation | None:
    before = accepted(translation.kind, translation.thing_id, translation.language)
    if before is not None:
        move(actor, before, "supersede", by=translation.id)
        db.session.flush()  # of two accepted ones at a time the database refuses one
    return before


def _show(translation: Translation, found: Thing) -> None:
    """Let lists and the search know the texts, and take it off what is wanted."""
    db.session.flush()
    if found.kind.localise is not None:
        texts = translation.texts if translation.state == "accepted" else None
        found.kind.localise(found.about.id, translation.language, texts)
    is_public = public_thing(found.kind, found.about.id) is not None
    renew_wanted(translation.kind, found.about, is_public)


def _answer_asks(actor: Actor, translation: Translation, found: Thing) -> None:
    """Tell those who asked for it that it is there."""
    asked = (
        TranslationAsk.kind == translation.kind,
        TranslationAsk.thing_id == translation.thing_id,
        TranslationAsk.language == translation.language,
    )
    people = set(db.session.scalars(select(TranslationAsk.person_id).where(*asked)))
    if people:
        db.session.execute(delete(TranslationAsk).where(*asked))
        notices.arrived(actor, translation, found, people)


def return_for_changes(
    actor: Actor, translation: Translation, *, note: str, version: int | None = None
) -> None:
    """Give it back to its translator with what should change. Raises NotFound, NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        translation, found = held(actor, translation)
        authorize(policies.return_for_changes, actor, translation, found.standing)
        translation.expect_version(version)
        if not note:
            raise Invalid({"note": _l("Say what should change")})
        move(actor, translation, "return_for_changes", note)
        translation.decide(actor.id, "returned", note)
        notices.returned(actor, translation, found, note)


def reject(
    actor: Actor, translation: Translation, *, code: str, note: str, version: int | None = None
) -> None:
    """Do not accept it, for a reason of REJECTION_CODES and in words. Raises NotFound, NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        translation, found = held(actor, translation)
        authorize(policies.reject, actor, translation, found.standing)
        translation.expect_version(version)
        if code not in REJECTION_CODES:
            raise Invalid({"reason": _l("Choose a reason")})
        if not note:
            raise Invalid({"note": _l("Say in your own words why, so that the translator understands")})
        move(actor, translation, "reject", note, code=code)
        translation.decide(actor.id, code, note)
        notices.rejected(actor, translation, found, REJECTION_CODES[code], note)


def take_down(actor: Actor, translation: Translation, *, note: str, version: int | None = None) -> None:
    """Show it no more, with a reason; the one that it had replaced is shown again.

    Raises NotFound, NotAllowed, RuleBroken, Conflict, Invalid.
    """
    with transaction():
        translation, found = held(actor, translation)
        authorize(policies.take_down, actor, translation, found.standing)
        translation.expect_version(version)
        if not note:
            raise Invalid({"note": _l("Say why, so that the translator understands")})
        checker = translation.decided_by_id
        move(actor, translation, "take_down", note)
        translation.decided_at = clock.now()
        translation.decided_by_id, translation.decision_code = actor.id, "taken_down"
        translation.decision_note = note
        db.session.flush()
        _show(_restore(actor, translation, found) or translation, found)
        notices.taken_down(actor, translation, found, note, checker)


def _restore(actor: Actor, translation: Translation, found: Thing) -> Translation | None:
    before = replaced(translation)
    if before is None:
        return None
    keep_to_fields(before, found.fields)
    move(actor, before, "restore")
    db.session.flush()
    return before


def reopen(actor: Actor, translation: Translation, *, note: str, version: int | None = None) -> None:
    """Give back what one has rejected or taken down, to be changed. Raises NotFound, NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        translation, found = held(actor, translation)
        authorize(policies.reopen, actor, translation)
        translation.expect_version(version)
        if not note:
            raise Invalid({"note": _l("Say what should change")})
        require_none_in_work(translation)
        move(actor, translation, "reopen", note)
        translation.decided_at, translation.decision_code = clock.now(), "returned"
        translation.decision_note = note
        notices.returned(actor, translation, found, note)

"""Translations as what is reported: hidden from readers by a moderator, and shown again."""

from app.core import reporting, things
from app.core.db import db, lock_id
from app.core.i18n import _l
from app.translating.models import TRANSLATION_STATES, Translation
from app.translating.queries.detail import fields_of, find_content, look_at_content
from app.translating.services.keeping import source_changed
from app.translating.services.steps import accepted, keep_to_fields, move, public_thing, replaced


def _hide(translation_id: int, _reason: str) -> None:
    """Readers see the original then, or the translation that it had replaced."""
    translation = lock_id(Translation, translation_id)
    was_shown = translation.state == "accepted"
    TRANSLATION_STATES.move(translation, "hide")
    db.session.flush()
    if was_shown:
        before = replaced(translation)
        if before is not None:
            _show(before)
        _renew(translation, before)


def _restore(translation_id: int) -> None:
    """Show it again, where no newer one is shown by now; then it keeps its place among those that were replaced."""
    translation = lock_id(Translation, translation_id)
    TRANSLATION_STATES.move(translation, "unhide")
    now = accepted(translation.kind, translation.thing_id, translation.language)
    if now is not None:
        if _when(now) > _when(translation):
            return
        move(None, now, "supersede", by=translation.id)
    db.session.flush()  # of two accepted ones at a time the database refuses one
    _show(translation)
    _renew(translation, translation)


def _when(translation: Translation) -> tuple[float, int]:
    at = translation.decided_at
    return at.timestamp() if at else 0.0, translation.id


def _show(translation: Translation) -> None:
    of = things.KINDS[translation.kind]
    record = public_thing(of, translation.thing_id)
    if record is not None:
        keep_to_fields(translation, fields_of(of, record))
    move(None, translation, "restore")
    db.session.flush()


def _renew(translation: Translation, shown: Translation | None) -> None:
    """Let lists, the search and the queue of what is wanted know what is shown now."""
    of = things.KINDS[translation.kind]
    if of.localise is not None:
        of.localise(translation.thing_id, translation.language, shown.texts if shown is not None else None)
    source_changed(translation.kind, translation.thing_id)


TRANSLATIONS = reporting.reportable(
    reporting.Reportable("translation", _l("Translation"), find_content, look_at_content, _hide, _restore)
)

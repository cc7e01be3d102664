"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.audit import services as audit
from app.core import things
from app.core.access import VISITOR, Actor
from app.core.db import db, lock
from app.core.errors import NotFound, RuleBroken
from app.core.i18n import LOCALES, _l
from app.core.text import clean_line, clean_text
from app.translating import policies, queries
from app.translating.models import (
    TRANSLATION_STATES,
    Translation,
    TranslationAsk,
    TranslationWanted,
    source_hash,
)
from app.translating.queries import Thing

_WORD = re.compile(r"\w+")


def held(actor: Actor, translation: Translation) -> tuple[Translation, Thing]:
    """The translation with its row held, and its thing. Raises NotFound where the actor may not see either."""
    translation = lock(translation)
    found = queries.thing(actor, translation.kind, translation.thing_id)
    if not policies.see(actor, translation, found.standing):
        raise NotFound
    return translation, found


def move(
    actor: Actor | None, translation: Translation, verb: str, note: str | None = None, **after: Any
) -> str:
    """Make a move and leave it in the audit; returns the state before. Raises RuleBroken(`wrong_state`)."""
    before = TRANSLATION_STATES.move(translation, verb)
    action = "translating.return" if verb == "return_for_changes" else f"translating.{verb}"
    note_in_audit(
        actor,
        translation,
        action,
        before={"state": before},
        after={"state": translation.state, **after},
        note=note,
    )
    return before


def note_in_audit(actor: Actor | None, translation: Translation, action: str, **more: Any) -> None:
    """A line of the audit about a translation, under the roof of its translator's institution."""
    audit.record(
        actor,
        action,
        translation,
        label=f"{translation.number} {translation.title}".strip(),
        institution_id=translation.institution_id,
        **more,
    )


def end_ask(translation: Translation, by: int | None, code: str, note: str = "") -> None:
    """Answer the question, if it is open."""
    if translation.is_open:
        translation.decide(by, code, note)


def keep_texts(translation: Translation, found: Thing, texts: Mapping[str, str], *, seen: bool) -> list[str]:
    """Keep what was typed by field; returns the fields that differ now. `seen` says that the translator had the originals
    before them as they are now; fields that do not exist are left out.
    """
    kept, sources, changed = dict(translation.texts), dict(translation.sources), []
    for name, field in found.fields.items():
        if name not in texts:
            continue
        text = clean_text(texts[name]) if "\n" in field.text or field.is_markdown else clean_line(texts[name])
        if text == kept.get(name, ""):
            continue
        changed.append(name)
        if not text:
            kept.pop(name, None)
            sources.pop(name, None)
            continue
        kept[name] = text
        if seen:
            sources[name] = source_hash(field.text)
    if changed:
        translation.texts, translation.sources = kept, sources
        translation.outdated = queries.outdated(translation, found.fields)
        translation.touch()
    return changed


def keep_to_fields(translation: Translation, fields: Mapping[str, things.Field]) -> None:
    """Leave out what the thing does not say (to everybody who sees it) any more, and note what reads otherwise now."""
    translation.texts = {name: translation.texts[name] for name in fields if name in translation.texts}
    translation.sources = {
        name: translation.sources[name] for name in translation.texts if name in translation.sources
    }
    translation.outdated = queries.outdated(translation, dict(fields))


def measure(translation: Translation, before: Translation | None) -> None:
    """Count the words and characters that the translator gave: of a renewal only the fields that are worded anew."""
    old = before.texts if before is not None else {}
    given = [text for name, text in translation.texts.items() if old.get(name) != text]
    translation.words = sum(len(_WORD.findall(text)) for text in given)
    translation.characters = sum(len(text) for text in given)


def require_none_in_work(translation: Translation) -> None:
    """Refuse to open a translation again while its translator is at another of the same. Raises RuleBroken."""
    other = db.session.scalar(
        select(Translation.id).where(
            Translation.kind == translation.kind,
            Translation.thing_id == translation.thing_id,
            Translation.language == translation.language,
            Translation.translator_id == translation.translator_id,
            Translation.state.in_(("draft", "proposed", "needs_changes", "lapsed")),
        )
    )
    if other is not None:
        raise RuleBroken(
            "already_begun", _l("Its translator has begun a newer translation of this in the meantime.")
        )


def accepted(kind: str, thing_id: int, language: str) -> Translation | None:
    """The accepted translation, its row held."""
    return db.session.scalars(
        select(Translation)
        .where(
            Translation.kind == kind,
            Translation.thing_id == thing_id,
            Translation.language == language,
            Translation.state == "accepted",
        )
        .with_for_update()
    ).first()


def replaced(translation: Translation) -> Translation | None:
    """The newest of those that it, or another of its language, had replaced; its row held."""
    return db.session.scalars(
        select(Translation)
        .where(
            Translation.kind == translation.kind,
            Translation.thing_id == translation.thing_id,
            Translation.language == translation.language,
            Translation.state == "superseded",
        )
        .order_by(Translation.decided_at.desc(), Translation.id.desc())
        .limit(1)
        .with_for_update()
    ).first()


def keep_localised(
    model: Any, thing_id: int, language: str, texts: Mapping[str, str] | None
) -> dict[str, Any]:
    """Set or take back what lists show of a translation (title and summary); returns the whole of it.

    The record's version stays: nobody's edit is refused because a translation was accepted meanwhile.
    """
    db.session.flush()
    now = db.session.scalar(select(model.localised).where(model.id == thing_id).with_for_update())
    kept = dict(now or {})
    kept.pop(language, None)
    if texts is not None:
        kept[language] = {name: texts[name] for name in ("title", "summary") if texts.get(name)}
    values: dict[Any, Any] = {model.localised: kept}
    if isinstance(getattr(model, "touched_at", None), InstrumentedAttribute):
        values[model.touched_at] = model.touched_at  # a translation is no change of the text
    db.session.execute(
        update(model).where(model.id == thing_id).values(values).execution_options(synchronize_session=False)
    )
    for record in db.session.identity_map.values():
        if isinstance(record, model) and record.id == thing_id:
            db.session.refresh(record, ["localised"])
    return kept


# ---- what is wanted ------------------------------------------------------------------------------------------


def public_thing(kind: things.Kind, thing_id: int) -> Any | None:
    """The record, if every visitor sees it."""
    try:
        return kind.get(VISITOR, thing_id)
    except NotFound:
        return None


def renew_wanted(kind: str, about: things.About, is_public: bool) -> None:
    """Keep the rows of what is wanted of a thing: each language of the pages if it is public, and what readers asked for,
    as far as there is no translation that is up to date.
    """
    key = (TranslationWanted.kind == kind, TranslationWanted.thing_id == about.id)
    ready = dict(
        db.session.execute(
            select(Translation.language, Translation.outdated).where(
                Translation.kind == kind, Translation.thing_id == about.id, Translation.state == "accepted"
            )
        ).all()
    )
    asks = dict(
        db.session.execute(
            select(TranslationAsk.language, func.count())
            .where(TranslationAsk.kind == kind, TranslationAsk.thing_id == about.id)
            .group_by(TranslationAsk.language)
        ).all()
    )
    languages = set(asks) | {code for code, fields in ready.items() if fields}
    languages |= set(LOCALES) if is_public else set()
    languages -= {about.language, *(code for code, fields in ready.items() if not fields)}
    there = {row.language: row for row in db.session.scalars(select(TranslationWanted).where(*key))}
    gone = [row.id for code, row in there.items() if code not in languages]
    if gone:
        db.session.execute(delete(TranslationWanted).where(TranslationWanted.id.in_(gone)))
    for code in sorted(languages):
        row = there.get(code)
        if row is None:
            row = TranslationWanted(kind=kind, thing_id=about.id, language=code)
            row.source_language = about.language
            db.session.add(row)
        row.number, row.title, row.source_language = about.number, about.title[:300], about.language
        row.asks, row.is_renewal = asks.get(code, 0), code in ready
    db.session.flush()

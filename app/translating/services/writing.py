"""Writing a translation: begin, save field by field, propose, take back, withdraw; and asking for one."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, transaction
from app.core.errors import Invalid, RuleBroken, TooMany
from app.core.i18n import _l, ngettext
from app.core.vocab import is_language
from app.translating import notices, policies, queries
from app.translating.models import (
    CHECK_WITHIN,
    MOST_ASKS_A_DAY,
    OPEN,
    Translation,
    TranslationAsk,
    source_hash,
)
from app.translating.queries import Thing
from app.translating.services.steps import (
    accepted,
    end_ask,
    held,
    keep_texts,
    keep_to_fields,
    measure,
    move,
    note_in_audit,
    public_thing,
    renew_wanted,
)


def begin(actor: Actor, kind: str, thing_id: int, *, language: str) -> Translation:
    """Begin a draft, or go on with one's own. It begins with the texts that readers see now, or with one's own earlier ones.

    Raises NotFound, NotAllowed (`languages_needed`), Invalid.
    """
    with transaction():
        found = queries.thing(actor, kind, thing_id)
        _require_language(found, language)
        authorize(policies.translate, actor, found.standing, found.about.language, language)
        earlier = db.session.scalars(
            select(Translation)
            .where(
                Translation.kind == kind,
                Translation.thing_id == thing_id,
                Translation.language == language,
                Translation.translator_id == actor.id,
            )
            .order_by(Translation.id.desc())
        ).all()
        for one in earlier:
            if one.state in OPEN:
                return one
        base = accepted(kind, thing_id, language)
        start = base or next(iter(earlier), None)
        translation = Translation(
            kind=kind,
            thing_id=thing_id,
            number=found.about.number,
            title=found.about.title[:300],
            source_language=found.about.language,
            language=language,
            translator_id=actor.id,
            institution_id=queries.institution_of(actor.id),
            renews_id=base.id if base else None,
            texts=dict(start.texts) if start else {},
            sources=dict(start.sources) if start else {},
        )
        keep_to_fields(translation, found.fields)
        db.session.add(translation)
        db.session.flush()
        note_in_audit(actor, translation, "translating.translate", after={"language": language})
    return translation


def _require_language(found: Thing, language: str) -> None:
    if not is_language(language):
        raise Invalid({"language": _l("Choose a language")})
    if language == found.about.language:
        raise Invalid({"language": _l("It is written in this language. Choose another")})


def _require_writable(translation: Translation) -> None:
    if translation.state == "proposed":
        raise RuleBroken("in_check", _l("It waits for a check. Take it back first, then change it."))
    if not translation.is_writable:
        raise RuleBroken("wrong_state", _l("In this state it cannot be changed any more."))


def _require_lengths(found: Thing, texts: Mapping[str, str]) -> None:
    over = {
        name: ngettext(
            "Shorten this by %(num)s character",
            "Shorten this by %(num)s characters",
            len(texts[name]) - field.most,
        )
        for name, field in found.fields.items()
        if len(texts.get(name, "")) > field.most
    }
    if over:
        raise Invalid(dict(over))


def save(
    actor: Actor,
    translation: Translation,
    *,
    texts: Mapping[str, str],
    seen: str = "",
    version: int | None = None,
) -> Translation:
    """Keep what was typed, field → text, complete or not; fields that are left out stay as they are.

    `seen` is the `digest` of the originals as they stood beside it: what is typed counts as a translation of those.
    Raises NotFound, NotAllowed, RuleBroken, Conflict, Invalid.
    """
    with transaction():
        translation, found = held(actor, translation)
        authorize(policies.save, actor, translation)
        translation.expect_version(version)
        _require_writable(translation)
        _require_lengths(found, texts)
        changed = keep_texts(translation, found, texts, seen=seen == found.digest)
        if changed:
            note_in_audit(actor, translation, "translating.save", after={"fields": changed})
    return translation


def propose(
    actor: Actor,
    translation: Translation,
    *,
    texts: Mapping[str, str],
    seen: str,
    version: int | None = None,
) -> Translation:
    """Keep what was typed and let somebody check it. Its fields then count as translations of the originals as they are.

    Raises NotFound, NotAllowed, RuleBroken, Conflict, Invalid (title or summary missing; the original has just changed).
    """
    with transaction():
        translation, found = held(actor, translation)
        authorize(policies.propose, actor, translation, found.standing)
        translation.expect_version(version)
        _require_writable(translation)
        _require_lengths(found, texts)
        if seen != found.digest:
            raise Invalid(
                {
                    "original": _l(
                        "The original has changed while you were writing. Look at it again, then send it."
                    )
                }
            )
        keep_texts(translation, found, texts, seen=True)
        lacking = [name for name in list(found.fields)[:2] if not translation.texts.get(name)]
        if lacking:
            raise Invalid({name: _l("Translate this: lists show it") for name in lacking})
        keep_to_fields(translation, found.fields)
        translation.sources = {name: source_hash(found.fields[name].text) for name in translation.texts}
        translation.outdated = []
        translation.source_language = found.about.language
        translation.number, translation.title = found.about.number, found.about.title[:300]
        translation.institution_id = queries.institution_of(actor.id)
        measure(translation, db.session.get(Translation, translation.renews_id or 0))
        move(actor, translation, "propose", words=translation.words)
        translation.ask(actor.id, clock.now() + CHECK_WITHIN)
        notices.proposed(actor, translation, found)
    return translation


def recall(actor: Actor, translation: Translation, *, version: int | None = None) -> None:
    """Take it back to write on, while nobody has checked it. Raises NotFound, NotAllowed, RuleBroken, Conflict."""
    with transaction():
        translation, _found = held(actor, translation)
        authorize(policies.recall, actor, translation)
        translation.expect_version(version)
        move(actor, translation, "recall")
        end_ask(translation, actor.id, "recalled")


def withdraw(actor: Actor, translation: Translation, *, version: int | None = None) -> None:
    """Give it up; the text is kept for its translator. Raises NotFound, NotAllowed, RuleBroken, Conflict."""
    with transaction():
        translation, _found = held(actor, translation)
        authorize(policies.withdraw, actor, translation)
        translation.expect_version(version)
        move(actor, translation, "withdraw")
        end_ask(translation, actor.id, "withdrawn")


def ask(actor: Actor, kind: str, thing_id: int, *, language: str) -> None:
    """Say that one would like a thing in a language; twice is once. Raises NotFound, NotAllowed, Invalid, RuleBroken, TooMany."""
    with transaction():
        authorize(policies.ask, actor)
        found = queries.thing(actor, kind, thing_id)
        _require_language(found, language)
        ready = accepted(kind, thing_id, language)
        if ready is not None and not ready.outdated:
            raise RuleBroken("already_translated", _l("There is a translation into this language already."))
        own = select(TranslationAsk.id).where(TranslationAsk.person_id == actor.id)
        same = own.where(
            TranslationAsk.kind == kind,
            TranslationAsk.thing_id == thing_id,
            TranslationAsk.language == language,
        )
        if db.session.scalar(same) is not None:
            return
        since = clock.now() - timedelta(days=1)
        today = select(func.count()).select_from(own.where(TranslationAsk.asked_at > since).subquery())
        if (db.session.scalar(today) or 0) >= MOST_ASKS_A_DAY:
            raise TooMany(86400, _l("You have asked for many translations today. Ask again tomorrow."))
        db.session.add(TranslationAsk(kind=kind, thing_id=thing_id, language=language, person_id=actor.id))
        db.session.flush()
        renew_wanted(kind, found.about, public_thing(found.kind, thing_id) is not None)

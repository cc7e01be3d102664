"""What is done without anybody asking: originals that change, checks that nobody makes, what ends with an account."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from app.core import clock, jobs, leaving, things
from app.core.access import Actor
from app.core.db import db, lock_id, require_scope, transaction
from app.core.errors import NotFound
from app.translating import notices, queries
from app.translating.models import OPEN, Translation, TranslationWanted, source_hash
from app.translating.policies import Standing
from app.translating.queries import Thing
from app.translating.services.steps import end_ask, measure, move, public_thing, renew_wanted

BATCH = 200


def source_changed(kind: str, thing_id: int, texts: Mapping[str, things.Field] | None = None) -> None:
    """A thing's text, language, state or visibility has changed: mark what is outdated, renew what is wanted.

    Call it inside the transaction of the change. `texts` are the kind's fields as they are now; without them the kind is
    asked, as far as everybody sees the thing.
    """
    require_scope()
    db.session.flush()
    of = things.KINDS[kind]
    public = public_thing(of, thing_id)
    if texts is None and public is not None:
        texts = queries.fields_of(of, public)
    if texts is not None:
        _mark(kind, thing_id, dict(texts))
    if public is None or not texts:
        _forget(kind, thing_id, texts is not None and not texts)
        return
    about = of.about(public)
    values = {"number": about.number, "title": about.title[:300]}
    db.session.execute(
        update(Translation)
        .where(Translation.kind == kind, Translation.thing_id == thing_id)
        .values(**values, touched_at=Translation.touched_at)
        .execution_options(synchronize_session=False)
    )
    renew_wanted(kind, about, is_public=True)


def _mark(kind: str, thing_id: int, fields: dict[str, things.Field]) -> None:
    """Set which fields are outdated. The version stays: a translator's or checker's form is not refused for it."""
    rows = db.session.scalars(
        select(Translation)
        .where(
            Translation.kind == kind,
            Translation.thing_id == thing_id,
            Translation.state.in_((*OPEN, "accepted")),
        )
        .with_for_update()
    ).all()
    for translation in rows:
        now = queries.outdated(translation, fields)
        if now == translation.outdated:
            continue
        newly = set(now) - set(translation.outdated)
        db.session.execute(
            update(Translation)
            .where(Translation.id == translation.id)
            .values(outdated=now, touched_at=Translation.touched_at)
            .execution_options(synchronize_session=False)
        )
        db.session.refresh(translation, ["outdated"])
        if newly and translation.state == "accepted":
            notices.outdated(translation)


def _forget(kind: str, thing_id: int, has_no_texts: bool) -> None:
    """Take a thing off what is wanted: what readers asked for stays as long as there is something to translate."""
    rows = delete(TranslationWanted).where(
        TranslationWanted.kind == kind, TranslationWanted.thing_id == thing_id
    )
    db.session.execute(rows if has_no_texts else rows.where(TranslationWanted.asks == 0))


def place(
    kind: str, thing_id: int, *, language: str, texts: Mapping[str, str], translator_id: int, checker_id: int
) -> Translation:
    """Put a checked translation of a public thing in place, as the demonstration and loads do; call it inside
    `transaction(system=...)`. Fields that the thing does not have are left out. Raises NotFound.
    """
    require_scope()
    db.session.flush()
    of = things.KINDS[kind]
    record = public_thing(of, thing_id)
    if record is None or of.texts is None:
        raise NotFound
    found = Thing(of, record, of.about(record), queries.fields_of(of, record), Standing())
    kept = {name: texts[name] for name in found.fields if texts.get(name)}
    translation = Translation(
        kind=kind,
        thing_id=thing_id,
        number=found.about.number,
        title=found.about.title[:300],
        source_language=found.about.language,
        language=language,
        state="proposed",
        translator_id=translator_id,
        institution_id=queries.institution_of(translator_id),
        texts=kept,
        sources={name: source_hash(found.fields[name].text) for name in kept},
    )
    measure(translation, None)
    translation.ask(translator_id)
    db.session.add(translation)
    db.session.flush()
    move(None, translation, "accept")
    translation.decide(checker_id, "accepted")
    db.session.flush()
    if of.localise is not None:
        of.localise(thing_id, language, kept)
    renew_wanted(kind, found.about, is_public=True)
    return translation


@jobs.periodic("translating.lapse", every=timedelta(hours=6))
def lapse() -> int:
    """Give back what nobody has checked in time; returns how many."""
    due = select(Translation.id).where(Translation.state == "proposed", Translation.due_at < clock.now())
    done = 0
    for translation_id in _ids(due.order_by(Translation.due_at).limit(BATCH)):
        with transaction(system="nobody checked it in time"):
            translation = lock_id(Translation, translation_id)
            if translation.state != "proposed" or (translation.due_at or clock.now()) >= clock.now():
                continue
            move(None, translation, "lapse")
            end_ask(translation, None, "lapsed")
            notices.lapsed(translation)
            done += 1
    return done


@jobs.periodic("translating.remind", every=timedelta(hours=6))
def remind() -> int:
    """Tell the people of a thing once, at half time, that a translation of it waits; returns how many were told about."""
    soon = clock.now() + timedelta(days=30)
    waits = (
        Translation.state == "proposed",
        Translation.reminded_at.is_(None),
        or_(Translation.due_at.is_(None), Translation.due_at < soon),
    )
    done = 0
    for translation_id in _ids(select(Translation.id).where(*waits).limit(BATCH)):
        with transaction(system="half of the time for a check has gone"):
            translation = lock_id(Translation, translation_id)
            if translation.state != "proposed" or translation.reminded_at is not None:
                continue
            translation.reminded_at = clock.now()
            of = things.KINDS[translation.kind]
            record = public_thing(of, translation.thing_id)
            if record is not None:
                notices.check_waits(translation, of.people_of(record))
                done += 1
    return done


def _ids(query: object) -> list[int]:
    return list(db.session.scalars(query))  # type: ignore[call-overload]  # a select of ids


@leaving.release
def release(actor: Actor, person_id: int) -> None:
    """Who closes their account leaves behind what is shown, with their part in it, and nothing half done."""
    for translation in db.session.scalars(
        select(Translation).where(Translation.translator_id == person_id, Translation.state.in_(OPEN))
    ):
        move(actor, translation, "withdraw")
        end_ask(translation, None, "automatic")

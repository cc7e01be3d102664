"""Whom we tell what about translations. Who could check one finds it in the queue and is not written to."""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.core.i18n import LazyText
from app.core.text import excerpt
from app.notifications.services import tell
from app.translating.models import Translation
from app.translating.queries import Thing


def _path(translation: Translation) -> str:
    return f"/translations/{translation.kind}/{translation.thing_id}/{translation.id}"


def _tell(
    people: Iterable[int | None],
    what: str,
    translation: Translation,
    *,
    reason: str = "translator",
    actor: Actor | None = None,
    path: str = "",
    mail: bool = True,
    **more: Any,
) -> None:
    tell(
        people,
        what,
        about=translation,
        path=path or _path(translation),
        reason=reason,
        facts={
            "number": translation.number,
            "title": translation.title,
            "short": excerpt(translation.title, 22),
            "language": translation.language,
            "original": translation.source_language,
            "by": actor.name if actor else "",
            **more,
        },
        actor=actor,
        mail=mail,
    )


def _keepers(found: Thing, translation: Translation) -> set[int]:
    return found.kind.people_of(found.record) - {translation.translator_id}


def proposed(actor: Actor, translation: Translation, found: Thing) -> None:
    """Those whose text it is: somebody offers a translation. Inbox only."""
    _tell(
        _keepers(found, translation),
        "translating.proposed",
        translation,
        reason="translated_text",
        actor=actor,
        mail=False,
    )


def accepted(
    actor: Actor, translation: Translation, found: Thing, note: str, before: Translation | None
) -> None:
    """The translator; inbox only: those whose text it is, and who made the translation that it replaces."""
    path = f"{found.about.path}?in={translation.language}"
    _tell([translation.translator_id], "translating.accepted", translation, actor=actor, note=note, path=path)
    _tell(
        _keepers(found, translation),
        "translating.shown",
        translation,
        reason="translated_text",
        actor=actor,
        mail=False,
    )
    if before is not None:
        _tell(
            {before.translator_id} - {translation.translator_id},
            "translating.superseded",
            before,
            actor=actor,
            path=path,
            mail=False,
        )


def returned(actor: Actor, translation: Translation, found: Thing, note: str) -> None:
    """The translator: changes are wanted."""
    del found
    _tell([translation.translator_id], "translating.returned", translation, actor=actor, note=note)


def rejected(actor: Actor, translation: Translation, found: Thing, why: LazyText, note: str) -> None:
    """The translator: it was not accepted, and why."""
    del found
    _tell([translation.translator_id], "translating.rejected", translation, actor=actor, note=note, why=why)


def taken_down(actor: Actor, translation: Translation, found: Thing, note: str, checker: int | None) -> None:
    """The translator; inbox only: who had checked it, and those whose text it is."""
    _tell([translation.translator_id], "translating.taken_down", translation, actor=actor, note=note)
    others = (_keepers(found, translation) | {checker}) - {None, translation.translator_id}
    _tell(
        others,
        "translating.taken_down",
        translation,
        reason="translated_text",
        actor=actor,
        mail=False,
        note=note,
    )


def arrived(actor: Actor, translation: Translation, found: Thing, people: set[int]) -> None:
    """Those who asked for it: it can be read now. Inbox only."""
    _tell(
        people - {translation.translator_id},
        "translating.arrived",
        translation,
        reason="asked_translation",
        actor=actor,
        path=f"{found.about.path}?in={translation.language}",
        mail=False,
    )


def outdated(translation: Translation) -> None:
    """The translator: the original has changed since. Inbox only."""
    _tell([translation.translator_id], "translating.outdated", translation, mail=False)


def lapsed(translation: Translation) -> None:
    """The translator: nobody has checked it in time."""
    _tell([translation.translator_id], "translating.lapsed", translation)


def check_waits(translation: Translation, people: set[int]) -> None:
    """Those whose text it is: a translation waits for a check. Inbox only."""
    _tell(
        people - {translation.translator_id},
        "translating.check_waits",
        translation,
        reason="translated_text",
        mail=False,
    )

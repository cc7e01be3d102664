"""Reads of single translations, of all translations of a thing, and of what a person is to a thing."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.core import reporting, things
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.institutions.models import Affiliation, Institution
from app.translating import policies
from app.translating.models import CREDITED, Translation, source_hash
from app.translating.policies import Standing


@dataclass(frozen=True)
class Thing:
    """A thing that somebody sees: its kind, record and facts, the texts that can be translated, and what the person is to it."""

    kind: things.Kind
    record: Any
    about: things.About
    fields: dict[str, things.Field]
    standing: Standing

    @property
    def digest(self) -> str:
        """What tells these wordings of the original from any others."""
        return source_hash("\x00".join(f"{name}\x01{field.text}" for name, field in self.fields.items()))


@dataclass(frozen=True)
class Line:
    """A translation with the names of its people; the names are empty where there is nobody."""

    translation: Translation
    translator: str
    checker: str
    institution: str


def spoken(actor: Actor) -> dict[str, str]:
    """The languages of the person's profile: code → level."""
    if not actor.is_signed_in:
        return {}
    found = db.session.scalar(select(Person.languages).where(Person.id == actor.id)) or []
    return {line["code"]: line["level"] for line in found}


def standing(actor: Actor, kind: things.Kind, record: Any) -> Standing:
    """What the person is to a thing that they see."""
    if not actor.is_signed_in:
        return Standing()
    audiences = kind.audiences(actor, record)
    return Standing(
        spoken(actor),
        is_keeper=actor.id in kind.people_of(record),
        is_reviewer=bool(audiences & {things.REVIEWERS, things.DECIDERS}),
    )


def fields_of(kind: things.Kind, record: Any) -> dict[str, things.Field]:
    """The texts of a record that can be translated: those that say something."""
    found = kind.texts(record) if kind.texts is not None else {}
    return {name: field for name, field in found.items() if field.text}


def thing(actor: Actor, kind_name: str, thing_id: int) -> Thing:
    """A thing whose texts can be translated. Raises NotFound."""
    kind, record = things.find(actor, kind_name, thing_id)
    fields = fields_of(kind, record)
    if not fields:
        raise NotFound
    return Thing(kind, record, kind.about(record), fields, standing(actor, kind, record))


def _lines() -> Select[Any]:
    translator, checker = aliased(Person), aliased(Person)
    query: Any = select(Translation, translator.display_name, checker.display_name, Institution.name)
    joined: Select[Any] = (
        query.join(translator, translator.id == Translation.translator_id)
        .outerjoin(checker, checker.id == Translation.decided_by_id)
        .outerjoin(Institution, Institution.id == Translation.institution_id)
    )
    return joined


def _line(row: Any) -> Line:
    translation, translator, checker, institution = row
    return Line(translation, translator, checker or "", institution or "")


def get(actor: Actor, kind_name: str, thing_id: int, translation_id: int) -> tuple[Thing, Line]:
    """A translation of a thing, if the actor may see both. Raises NotFound."""
    found = thing(actor, kind_name, thing_id)
    row = db.session.execute(
        _lines().where(
            Translation.id == translation_id, Translation.kind == kind_name, Translation.thing_id == thing_id
        )
    ).first()
    if row is None or not policies.see(actor, row[0], found.standing):
        raise NotFound
    return found, _line(row)


def place_of(translation_id: int) -> tuple[str, int]:
    """Kind and id of the thing of a translation, whoever asks: who may see it is asked by `get`. Raises NotFound."""
    row = db.session.execute(
        select(Translation.kind, Translation.thing_id).where(Translation.id == translation_id)
    ).first()
    if row is None:
        raise NotFound
    return row.kind, row.thing_id


def of_thing(actor: Actor, found: Thing) -> list[Line]:
    """The translations of a thing that the actor may see, by language, the newest first."""
    rows = db.session.execute(
        _lines()
        .where(Translation.kind == found.kind.name, Translation.thing_id == found.about.id)
        .order_by(Translation.language, Translation.id.desc())
        .limit(200)
    )
    return [_line(row) for row in rows if policies.see(actor, row[0], found.standing)]


def institution_of(person_id: int | None) -> int | None:
    """The institution to which a person belongs longest, for whom they give."""
    return db.session.scalar(
        select(Affiliation.institution_id)
        .where(Affiliation.person_id == person_id, Affiliation.state == "active")
        .order_by(Affiliation.started_on, Affiliation.id)
        .limit(1)
    )


def outdated(translation: Translation, fields: dict[str, things.Field]) -> list[str]:
    """The translated fields whose original reads otherwise now than when they were translated."""
    return [
        name
        for name, field in fields.items()
        if name in translation.texts and translation.sources.get(name) != source_hash(field.text)
    ]


# ---- as what is reported -------------------------------------------------------------------------------------


def _content(translation: Translation) -> reporting.Content:
    path = f"/translations/{translation.kind}/{translation.thing_id}/{translation.id}"
    is_hidden = translation.state == "hidden"
    return reporting.Content(
        translation.translator_id,
        "\n\n".join(str(text) for text in translation.texts.values()),
        translation.language,
        path,
        is_hidden=is_hidden,
        is_gone=not is_hidden and translation.state not in CREDITED,
    )


def find_content(actor: Actor, translation_id: int) -> tuple[things.About, reporting.Content]:
    """A translation to be reported. Raises NotFound."""
    found, line = get(actor, *place_of(translation_id), translation_id)
    return found.about, _content(line.translation)


def look_at_content(translation_id: int) -> reporting.Content | None:
    """A translation that was reported, for those who decide."""
    translation = db.session.get(Translation, translation_id)
    return None if translation is None else _content(translation)

"""What pages and lists show of translations: one statement at most, none where there is nothing to choose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, String, bindparam, case, func, literal, null, select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.core.access import Actor
from app.core.db import db
from app.core.vocab import is_language
from app.institutions.models import Institution
from app.translating.models import CREDITED, Translation

MOST_CREDITS = 12


@dataclass(frozen=True)
class Text:
    """A text as the reader gets it: its words, their language, whether they are a translation and whether the original has
    changed since.
    """

    text: str
    language: str
    is_translated: bool = False
    is_outdated: bool = False


@dataclass(frozen=True)
class Credit:
    """Who translated and who checked, for which institution, shown since when."""

    translator_id: int
    translator: str
    checker: str
    institution: str
    at: datetime


@dataclass(frozen=True)
class Shown:
    """A thing as a reader sees it. `language` is that of its texts, `languages` are the translations that there are;
    `missing` is the reader's language when there is none in it. `credits` name all whose work is in it, the newest first.
    """

    kind: str
    thing_id: int
    original: str
    language: str
    languages: tuple[str, ...] = ()
    missing: str = ""
    translation_id: int | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    outdated: frozenset[str] = frozenset()
    credits: tuple[Credit, ...] = ()

    @property
    def is_translation(self) -> bool:
        """Whether the reader sees a translation."""
        return self.language != self.original

    @property
    def others(self) -> tuple[str, ...]:
        """The languages of further translations."""
        return tuple(code for code in self.languages if code != self.language)

    def text(self, name: str, original: str | None) -> Text:
        """A field: translated if it was, else as it stands in the original."""
        found = self.texts.get(name)
        if found and original:
            return Text(found, self.language, True, name in self.outdated)
        return Text(original or "", self.original)


def languages_of(localised: Mapping[str, Any] | None) -> list[str]:
    """The languages into which a thing is translated, in order."""
    return sorted(localised or {})


def shown(actor: Actor, kind: str, record: Any, locale: str, original: bool = False) -> Shown:
    """A record that the actor may see, in the reader's language, or as it was written.

    Without a statement when it was written in that language, has no translation into it, or the original is wanted; else one.
    """
    del actor  # who sees the record sees its accepted translations
    languages = tuple(languages_of(record.localised))
    there = locale in languages and locale != record.language
    plain = Shown(
        kind, record.id, record.language, record.language, languages,
        missing="" if there or locale == record.language or not is_language(locale) else locale,
    )  # fmt: skip
    if not there or original:
        return plain
    rows = db.session.execute(_accepted(), {"kind": kind, "thing": record.id, "language": locale}).all()
    if not rows or rows[0].texts is None:
        return plain
    return Shown(
        kind, record.id, record.language, locale, languages,
        translation_id=rows[0].id,
        texts=rows[0].texts,
        outdated=frozenset(rows[0].outdated),
        credits=tuple(
            Credit(row.translator_id, row.translator, row.checker or "", row.institution or "", row.decided_at)
            for row in rows
        ),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _accepted() -> Select[Any]:
    """The accepted translation, then those that it replaced (for their credit, without their texts)."""
    translator, checker = aliased(Person), aliased(Person)
    is_shown = Translation.state == "accepted"
    return (
        select(
            Translation.id,
            case((is_shown, Translation.texts), else_=null()).label("texts"),
            Translation.outdated,
            Translation.decided_at,
            Translation.translator_id,
            translator.display_name.label("translator"),
            checker.display_name.label("checker"),
            Institution.name.label("institution"),
        )
        .join(translator, translator.id == Translation.translator_id)
        .outerjoin(checker, checker.id == Translation.decided_by_id)
        .outerjoin(Institution, Institution.id == Translation.institution_id)
        .where(
            Translation.kind == bindparam("kind", type_=String),
            Translation.thing_id == bindparam("thing", type_=Integer),
            Translation.language == bindparam("language", type_=String),
            Translation.state.in_(CREDITED),
        )
        .order_by(case((is_shown, 0), else_=1), Translation.decided_at.desc(), Translation.id.desc())
        .limit(MOST_CREDITS)
    )


def words(kind: str, thing_id: int) -> list[str]:
    """The words of a thing's accepted translations, for the index."""
    found = db.session.scalars(
        select(Translation.texts).where(
            Translation.kind == kind, Translation.thing_id == thing_id, Translation.state == "accepted"
        )
    )
    return [str(text) for texts in found for text in texts.values()]


def localised_columns(model: Any, locale: str) -> list[Any]:
    """Columns `title`, `summary` and `language` of a list: translated where it was, else the original."""
    title = model.localised[(locale, "title")].as_string()
    summary = model.localised[(locale, "summary")].as_string()
    return [
        func.coalesce(title, model.title).label("title"),
        func.coalesce(summary, model.summary).label("summary"),
        case((title.is_not(None), literal(locale)), else_=model.language).label("language"),
    ]


def localised_row(record: Any, locale: str) -> tuple[str, str, str]:
    """Title, summary and language of a record that was read whole: translated where it was, else the original."""
    found = (record.localised or {}).get(locale) if record.language != locale else None
    if not found:
        return record.title, record.summary, record.language
    return found.get("title") or record.title, found.get("summary") or record.summary, locale

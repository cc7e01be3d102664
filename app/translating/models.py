"""Translations, and what is wanted of them."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, person_key
from app.core.i18n import _l
from app.core.states import State, States, moves

CHECK_WITHIN = timedelta(days=60)
MOST_ASKS_A_DAY = 50  # of one person
READ = ("working", "fluent", "native")  # levels at which somebody reads a language
SPEAK = ("fluent", "native")
TRANSLATION_STATES = States(
    (
        State("draft", _l("Draft"), "", "pencil"),
        State("proposed", _l("Waits for a check"), "info", "circle-dot"),
        State("needs_changes", _l("Changes wanted"), "warn", "pencil"),
        State("accepted", _l("Shown to readers"), "ok", "check"),
        State("superseded", _l("Replaced by a newer one"), "", "arrow-right"),
        State("rejected", _l("Not accepted"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Nobody checked it in time"), "warn", "calendar-clock"),
        State("hidden", _l("Hidden by a moderator"), "warn", "eye"),
    ),
    moves(
        propose=(["draft", "needs_changes", "lapsed"], "proposed"),
        recall=(["proposed"], "draft"),
        accept=(["proposed"], "accepted"),
        return_for_changes=(["proposed"], "needs_changes"),
        reject=(["proposed"], "rejected"),
        withdraw=(["draft", "proposed", "needs_changes", "lapsed"], "withdrawn"),
        lapse=(["proposed"], "lapsed"),
        supersede=(["accepted"], "superseded"),
        restore=(["superseded"], "accepted"),
        take_down=(["accepted"], "rejected"),
        reopen=(["rejected"], "needs_changes"),
        hide=(["accepted", "superseded"], "hidden"),
        unhide=(["hidden"], "superseded"),
    ),
)
WRITABLE = ("draft", "needs_changes", "lapsed")
OPEN = (*WRITABLE, "proposed")
CREDITED = ("accepted", "superseded")
REJECTION_CODES = {
    "wrong_meaning": _l("It says something else than the original."),
    "poor_language": _l("Its language cannot be read well."),
    "machine_made": _l("It was made by a machine and not read over."),
    "not_the_text": _l("It adds or leaves out what the original says."),
    "wrong_language": _l("It is not in the language that it names."),
}
_IN_WORK = "state IN ('draft', 'needs_changes', 'lapsed', 'proposed')"
_ACCEPTED = "state = 'accepted'"


class OfThing:
    """Mixin of rows about a thing: its kind and id, and what lists show of it (renewed when the thing changes)."""

    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(30), default="")
    title: Mapped[str] = mapped_column(String(300), default="")
    source_language: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(10))

    @property
    def pair(self) -> str:
        """The two languages as addresses name them, such as `en-ar`."""
        return f"{self.source_language}-{self.language}"


class Translation(OfThing, Ask, Base):
    """The texts of a thing in one language, by one translator.

    An accepted or superseded one is the translator's give: `institution_id` (theirs when they proposed it), `words`,
    `characters`; `decided_by_id` is who checked it.
    """

    __tablename__ = "translation"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(TRANSLATION_STATES.check(), name="state"),
        CheckConstraint("language <> source_language", name="two_languages"),
        CheckConstraint("decided_by_id IS NULL OR state NOT IN ('accepted', 'superseded') OR decided_by_id <> translator_id",
                        name="checked_by_another"),
        CheckConstraint("state NOT IN ('accepted', 'superseded') OR decided_at IS NOT NULL", name="accepted_was_checked"),
        CheckConstraint("words >= 0 AND characters >= 0", name="counted"),
        Index("uq_translation_accepted", "kind", "thing_id", "language", unique=True,
              sqlite_where=text(_ACCEPTED), postgresql_where=text(_ACCEPTED)),
        Index("uq_translation_in_work", "kind", "thing_id", "language", "translator_id", unique=True,
              sqlite_where=text(_IN_WORK), postgresql_where=text(_IN_WORK)),
        Index("ix_translation_thing", "kind", "thing_id", "language", "state"),
        Index("ix_translation_waiting", "state", "asked_at", "id"),
        Index("ix_translation_mine", "translator_id", "begun_at", "id"),
    )  # fmt: skip

    state: Mapped[str] = mapped_column(String(14), default="draft")
    translator_id: Mapped[int] = person_key()
    institution_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"), index=True)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    words: Mapped[int] = mapped_column(default=0)
    characters: Mapped[int] = mapped_column(default=0)
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("translation.id"))
    outdated: Mapped[list[str]] = mapped_column(default=list)  # fields whose original has changed since
    texts: Mapped[dict[str, Any]] = mapped_column(default=dict, sort_order=20)  # field → text
    sources: Mapped[dict[str, Any]] = mapped_column(default=dict, sort_order=20)  # field → `source_hash` then

    @property
    def is_writable(self) -> bool:
        """Whether its translator may change it now."""
        return self.state in WRITABLE


class TranslationWanted(OfThing, Base):
    """That a thing has no (up to date) translation into a language; `asks` counts the readers who asked for one.

    Kept for public things in the languages of the pages, and for whatever readers asked for.
    """

    __tablename__ = "translation_wanted"
    __table_args__ = (
        UniqueConstraint("kind", "thing_id", "language"),
        CheckConstraint("language <> source_language", name="two_languages"),
        CheckConstraint("asks >= 0", name="asks"),
        Index("ix_translation_wanted_newest", "source_language", "language", "since", "id"),
        Index("ix_translation_wanted_asked", "source_language", "language", "asks", "id"),
    )

    since: Mapped[datetime] = mapped_column(default=clock.now)
    asks: Mapped[int] = mapped_column(default=0)
    is_renewal: Mapped[bool] = mapped_column(
        default=False
    )  # there is one, and the original has changed since


class TranslationAsk(Base):
    """A reader would like a thing in their language."""

    __tablename__ = "translation_ask"
    __table_args__ = (
        UniqueConstraint("kind", "thing_id", "language", "person_id"),
        Index("ix_translation_ask_person", "person_id", "asked_at"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int]
    language: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int] = person_key()
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)


def source_hash(source: str) -> str:
    """What tells one wording of an original from another."""
    return hashlib.sha256(source.encode()).hexdigest()[:24]

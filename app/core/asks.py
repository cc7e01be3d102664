"""Somebody asks, somebody answers: the one shape of join requests, claims, admissions, reviews, proposals.

A feature's record mixes `Ask` in and keeps its own rows and its own state column. The screen is
`components/decide.html`; what waits is offered by `core.waiting`.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.core import clock
from app.core.db import UtcDateTime, Versioned, person_key
from app.core.errors import RuleBroken
from app.core.i18n import _l

ANSWER_WITHIN = timedelta(days=14)
BY_NOBODY = ("lapsed", "automatic", "superseded")


class Ask(Versioned):
    """Asked by whom and when, due when, decided by whom, when, with which code and note."""

    @declared_attr
    def asked_by_id(cls) -> Mapped[int | None]:  # noqa: N805 - a class, as SQLAlchemy wants it
        """The person who asks; nobody when a job or a load asks."""
        return person_key(index=True)

    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr
    def decided_by_id(cls) -> Mapped[int | None]:  # noqa: N805 - a class, as SQLAlchemy wants it
        """The person who answered; nobody for the codes in BY_NOBODY."""
        return person_key()

    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_code: Mapped[str | None] = mapped_column(String(40))
    decision_note: Mapped[str | None] = mapped_column(Text)

    @property
    def is_open(self) -> bool:
        """Whether it has been asked and nobody has answered."""
        return self.asked_at is not None and self.decided_at is None

    def ask(self, by: int | None, due: datetime | None = None, at: datetime | None = None) -> None:
        """Put the question (again): clears an earlier answer, sets who asks, since when and until when."""
        self.asked_by_id = by
        self.asked_at = at or clock.now()
        self.due_at = due or self.asked_at + ANSWER_WITHIN
        self.decided_by_id = self.decided_at = self.decision_code = self.decision_note = self.reminded_at = (
            None
        )

    def decide(self, by: int | None, code: str, note: str | None = None) -> None:
        """Answer once. `by` None only for BY_NOBODY codes. Raises RuleBroken(`already_decided`)."""
        if self.decided_at is not None:
            raise RuleBroken("already_decided", _l("This has already been decided."), record=self)
        if by is None and code not in BY_NOBODY:
            raise ValueError(f"{code} needs somebody who decides")
        self.decided_by_id, self.decided_at = by, clock.now()
        self.decision_code, self.decision_note = code, note or None


def ask_constraints() -> tuple[Any, ...]:
    """What the database holds of the shape: decided means decider (or nobody, for a lapse), time and code are set."""
    nobody = ", ".join(repr(code) for code in BY_NOBODY)
    return (
        CheckConstraint("(decided_at IS NULL) = (decision_code IS NULL)", name="decided_has_code"),
        CheckConstraint(
            f"decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ({nobody})",
            name="decided_has_decider",
        ),
        CheckConstraint("decided_by_id IS NULL OR decided_at IS NOT NULL", name="decider_has_time"),
    )

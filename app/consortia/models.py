"""Consortium, its terms, membership of institutions, leads."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.i18n import _l
from app.core.states import State, States, moves
from app.institutions.models import Institution

CONSORTIUM_STATES = States(
    (State("active", _l("Active"), "ok", "check"), State("closed", _l("Closed"), "", "x")),
    moves(close=(["active"], "closed"), reopen=(["closed"], "active")),
)
ADMISSION_STATES = States(
    (
        State("asked", _l("Asks to join"), "warn", "circle-dot"),
        State("invited", _l("Invited"), "info", "circle-dot"),
        State("member", _l("Member"), "ok", "check"),
        State("declined", _l("Declined"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
        State("left", _l("Left"), "", "circle-dashed"),
    ),
    moves(
        accept=(["asked", "invited"], "member"),
        decline=(["asked", "invited"], "declined"),
        withdraw=(["asked", "invited"], "withdrawn"),
        lapse=(["asked", "invited"], "lapsed"),
        leave=(["member"], "left"),
    ),
)
LIVE_ADMISSION = "state IN ('asked', 'invited', 'member')"
DEFAULT_MIN_INSTITUTIONS = 2
DEFAULT_MIN_COUNTRIES = 1
DEFAULT_DECISION_DAYS = 10  # working days
VISIBILITIES = ("public", "signed_in", "consortium")


class Consortium(Versioned, Base):
    """A group of institutions. Texts are per language: {language code: text}."""

    __tablename__ = "consortium"
    __table_args__ = (
        CheckConstraint(CONSORTIUM_STATES.check(), name="state"),
        CheckConstraint("min_institutions BETWEEN 1 AND 50", name="min_institutions"),
        CheckConstraint("min_countries BETWEEN 1 AND 50", name="min_countries"),
        CheckConstraint("decision_days BETWEEN 1 AND 90", name="decision_days"),
        CheckConstraint(f"default_visibility IN {VISIBILITIES}", name="default_visibility"),
        Index(
            "uq_consortium_open",
            "is_open",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
    )

    slug: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, Any]]
    purposes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sort_name: Mapped[str] = mapped_column(String(120), index=True)
    state: Mapped[str] = mapped_column(String(8), default="active")
    is_open: Mapped[bool] = mapped_column(default=False)
    sdgs: Mapped[list[str]] = mapped_column(default=list)
    fields: Mapped[list[str]] = mapped_column(default=list)
    min_institutions: Mapped[int] = mapped_column(default=DEFAULT_MIN_INSTITUTIONS)
    min_countries: Mapped[int] = mapped_column(default=DEFAULT_MIN_COUNTRIES)
    decision_days: Mapped[int] = mapped_column(default=DEFAULT_DECISION_DAYS)
    projects_need_agreement: Mapped[bool] = mapped_column(default=True)
    groundwork_asked: Mapped[bool] = mapped_column(default=True, server_default=true())
    default_visibility: Mapped[str] = mapped_column(String(12), default="public")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    created_by_id: Mapped[int | None] = person_key()

    def name_in(self, locale: str) -> str:
        """Its name in a language, else in English, else in any."""
        return self.names.get(locale) or self.names.get("en") or next(iter(self.names.values()), "")

    def purpose_in(self, locale: str) -> tuple[str, str]:
        """(text, language code) of its purpose in a language, else in English, else in any."""
        for code in (locale, "en", *self.purposes):
            if self.purposes.get(code):
                return self.purposes[code], code
        return "", locale


class ConsortiumTerms(Base):
    """A version of the shared terms, per language; insert-only."""

    __tablename__ = "consortium_terms"
    __table_args__ = (UniqueConstraint("consortium_id", "number"),)

    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortium.id"))
    number: Mapped[int]
    texts: Mapped[dict[str, Any]]
    written_by_id: Mapped[int | None] = person_key()
    written_at: Mapped[datetime] = mapped_column(default=clock.now)


class Admission(Ask, Base):
    """An institution in a consortium. `side` says who asked: the institution, or the consortium by inviting."""

    __tablename__ = "admission"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(ADMISSION_STATES.check(), name="state"),
        CheckConstraint("side IN ('institution', 'consortium')", name="side"),
        Index("uq_admission_live", "consortium_id", "institution_id", unique=True,
              sqlite_where=text(LIVE_ADMISSION), postgresql_where=text(LIVE_ADMISSION)),
        Index("ix_admission_institution", "institution_id", "state"),
        Index("ix_admission_waiting", "state", "due_at"),
    )  # fmt: skip

    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortium.id"), index=True)
    consortium: Mapped[Consortium] = relationship(lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    side: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    message: Mapped[str] = mapped_column(Text, default="")
    terms_number: Mapped[int | None]
    member_since: Mapped[datetime | None]
    member_until: Mapped[datetime | None]


class Leadership(Base):
    """A person leads a consortium, from then until then."""

    __tablename__ = "leadership"
    __table_args__ = (
        Index("uq_leadership_live", "consortium_id", "person_id", unique=True,
              sqlite_where=text("until IS NULL"), postgresql_where=text("until IS NULL")),
    )  # fmt: skip

    consortium_id: Mapped[int] = mapped_column(ForeignKey("consortium.id"), index=True)
    person_id: Mapped[int] = person_key(index=True)
    person: Mapped[Person] = relationship(foreign_keys="Leadership.person_id", lazy="raise_on_sql")
    since: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    named_by_id: Mapped[int | None] = person_key()

"""Person, sign-in, ticket and throttle counter."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core import clock
from app.core.db import Base, Versioned
from app.core.files import StoredFile
from app.core.text import initials

LANGUAGE_LEVELS = ("basic", "working", "fluent", "native")
VISIBILITIES = ("public", "signed_in", "hidden")


class Person(Versioned, Base):
    """An account. `email` is lower-cased and unique; None once the account is closed."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("(closed_at IS NULL) = (email IS NOT NULL)", name="closed_has_no_email"),
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility"),
    )

    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    display_name: Mapped[str] = mapped_column(String(120))
    sort_name: Mapped[str] = mapped_column(String(120), default="", index=True)
    romanised_name: Mapped[str] = mapped_column(String(120), default="")
    locale: Mapped[str] = mapped_column(String(10), default="en")
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    languages: Mapped[list[Any]] = mapped_column(default=list)  # [{"code": "ar", "level": "native"}]
    fields: Mapped[list[str]] = mapped_column(default=list)  # field codes, such as "s2208"
    skills: Mapped[list[str]] = mapped_column(default=list)
    biography: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {language code: text}
    links: Mapped[list[str]] = mapped_column(default=list)
    hours_month: Mapped[int | None]
    available_until: Mapped[date | None]
    visibility: Mapped[str] = mapped_column(String(12), default="signed_in")
    is_admin: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]

    @property
    def initials(self) -> str:
        """At most two letters for the square beside the name."""
        return initials(self.display_name)

    @property
    def is_closed(self) -> bool:
        """Whether the account was closed (the records stay, the person is anonymous)."""
        return self.closed_at is not None


class PersonPicture(Base):
    """The picture of a person, made anew and square. A table of its own: people are read everywhere, pictures on one page."""

    __tablename__ = "person_picture"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")


class SignIn(Base):
    """A signed-in device. Only the hash of its token is kept."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime] = mapped_column(default=clock.now)  # when the password was last given
    device: Mapped[str] = mapped_column(String(120), default="")


class Ticket(Base):
    """A link sent by mail: proves an address once, for a time. Only the hash of its secret is kept."""

    __tablename__ = "ticket"
    __table_args__ = (CheckConstraint("purpose IN ('confirm', 'reset', 'change')", name="purpose"),)

    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class ThrottleCount(Base):
    """Tries in a window of time, shared by all processes. `key` is a hash: no address is kept here."""

    __tablename__ = "throttle_count"
    __table_args__ = (
        UniqueConstraint("key", "window_start"),
        Index("ix_throttle_count_window_start", "window_start"),
    )

    key: Mapped[str] = mapped_column(String(80))
    window_start: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)


class KnownDevice(Base):
    """A browser from which a person has signed in before: their right password still gets in under attack."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("person_id", "token_hash"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)

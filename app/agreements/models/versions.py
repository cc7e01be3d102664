"""What was put before the parties, what they said about it, and who signed it. Versions and signatures never change."""

import hashlib
import json
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.agreements.models.agreement import Agreement, AgreementCommitment, AgreementParty
from app.core import clock
from app.core.db import Base, person_key


class AgreementVersion(Base):
    """A numbered version: the exact text (canonical JSON) and its SHA-256; what changed, and who wrote it for whom."""

    __tablename__ = "agreement_version"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        UniqueConstraint("agreement_id", "number", "sha256", name="uq_agreement_version_text"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("length(sha256) = 64", name="sha256"),
    )

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    by_id: Mapped[int] = person_key()
    by: Mapped[Person] = relationship(foreign_keys="AgreementVersion.by_id", lazy="raise_on_sql")
    at: Mapped[datetime] = mapped_column(default=clock.now)
    changed: Mapped[list[str]] = mapped_column(default=list)  # the parts that differ from the version before
    note: Mapped[str] = mapped_column(Text, default="")

    @property
    def content(self) -> dict[str, Any]:
        """What the text says, as `canonical` wrote it."""
        found: dict[str, Any] = json.loads(self.text)
        return found


class AgreementComment(Base):
    """What a party says about a line of a version; `anchor` names the line, `quote` is how it stood then."""

    __tablename__ = "agreement_comment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agreement_id", "number"],
            ["agreement_version.agreement_id", "agreement_version.number"],
            name="fk_agreement_comment_version",
        ),
        CheckConstraint("text <> ''", name="has_text"),
        CheckConstraint("(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_whole"),
        Index("ix_agreement_comment_agreement", "agreement_id", "id"),
    )

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    anchor: Mapped[str] = mapped_column(String(24))
    quote: Mapped[str] = mapped_column(String(300), default="")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    by_id: Mapped[int] = person_key()
    by: Mapped[Person] = relationship(foreign_keys="AgreementComment.by_id", lazy="raise_on_sql")
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[int | None] = person_key()


class AgreementSignature(Base):
    """A party's acceptance of one version: who, in what capacity, when. The hash is that of the version, by its key."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["agreement_id", "number", "sha256"],
            ["agreement_version.agreement_id", "agreement_version.number", "agreement_version.sha256"],
            name="fk_agreement_signature_text",
        ),
        ForeignKeyConstraint(
            ["agreement_id", "institution_id"],
            ["agreement_party.agreement_id", "agreement_party.institution_id"],
            name="fk_agreement_signature_party",
        ),
        UniqueConstraint("agreement_id", "number", "institution_id"),
        UniqueConstraint("agreement_id", "number", "person_id"),  # nobody signs for two parties
        CheckConstraint("capacity <> ''", name="has_capacity"),
    )

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    person_id: Mapped[int] = person_key(index=True)
    person: Mapped[Person] = relationship(foreign_keys="AgreementSignature.person_id", lazy="raise_on_sql")
    capacity: Mapped[str] = mapped_column(String(160))  # in their own words, as "Vice-rector for research"
    at: Mapped[datetime] = mapped_column(default=clock.now)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


LINE_FIELDS = (
    "giver_id", "receiver_id", "kind", "text", "quantity", "unit", "due_on", "repeats", "repeats_from",
    "repeats_until", "condition", "is_public",
)  # fmt: skip


def content_of(
    agreement: Agreement,
    parties: list[AgreementParty],
    commitments: list[AgreementCommitment],
    amends: str = "",
) -> dict[str, Any]:
    """What is agreed on, as plain values; parties and commitments in their order, with `institution` read.

    `amends` is the public number of the agreement that it amends.
    """
    return {
        "kind": agreement.kind,
        "title": agreement.title,
        "language": agreement.language,
        "prevailing": agreement.prevailing,
        "texts": dict(agreement.texts),
        "parties": [{"id": row.institution_id, "name": row.institution.own_name} for row in parties],
        "commitments": [
            {"id": row.id, **{name: _plain(getattr(row, name)) for name in LINE_FIELDS}}
            for row in commitments
        ],
        "starts_on": _plain(agreement.starts_on),
        "ends_on": _plain(agreement.ends_on),
        "notice_days": agreement.notice_days,
        "amends": amends,
    }


def canonical(content: dict[str, Any]) -> str:
    """One exact text for a content: keys sorted, no white space between, characters as they are (NFC).

    >>> canonical({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text)


def digest(text: str) -> str:
    """The SHA-256 of a text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()

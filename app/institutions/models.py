"""Institution with its names and domains, claim, affiliation."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Person
from app.core import clock
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.i18n import _l, get_locale
from app.core.states import State, States, moves

INSTITUTION_STATES = States(
    (
        State("listed", _l("Listed"), "", "circle-dashed"),
        State("pending", _l("Being checked"), "warn", "circle-dot"),
        State("verified", _l("Verified"), "ok", "badge-check"),
        State("suspended", _l("Suspended"), "bad", "circle-alert"),
        State("closed", _l("Closed"), "", "x"),
        State("merged", _l("Merged"), "", "x"),
    ),
    moves(
        claim=(["listed"], "pending"),
        verify=(["listed", "pending"], "verified"),
        unclaim=(["pending"], "listed"),
        suspend=(["verified"], "suspended"),
        restore=(["suspended"], "verified"),
        close=(["listed", "pending", "verified", "suspended"], "closed"),
        merge=(["listed", "pending", "verified", "suspended", "closed"], "merged"),
    ),
)
AFFILIATION_STATES = States(
    (
        State("requested", _l("Waiting for confirmation"), "warn", "circle-dot"),
        State("active", _l("Confirmed"), "ok", "badge-check"),
        State("declined", _l("Declined"), "bad", "x"),
        State("ended", _l("Ended"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
    ),
    moves(
        confirm=(["requested"], "active"),
        decline=(["requested"], "declined"),
        lapse=(["requested"], "lapsed"),
        end=(["active", "requested"], "ended"),
    ),
)
CLAIM_STATES = States(
    (
        State("asked", _l("Waiting for an answer"), "warn", "circle-dot"),
        State("accepted", _l("Accepted"), "ok", "check"),
        State("declined", _l("Declined"), "bad", "x"),
        State("withdrawn", _l("Withdrawn"), "", "circle-dashed"),
        State("lapsed", _l("Lapsed"), "", "circle-dashed"),
    ),
    moves(
        accept=(["asked"], "accepted"),
        decline=(["asked"], "declined"),
        withdraw=(["asked"], "withdrawn"),
        lapse=(["asked"], "lapsed"),
    ),
)
LIVE_AFFILIATION = "state IN ('requested', 'active')"
TYPES = (
    "education",
    "healthcare",
    "company",
    "archive",
    "nonprofit",
    "government",
    "facility",
    "funder",
    "other",
)


# Second-level names under which a country registers many: nobody's own, whatever a registry says.
SHARED_LABELS = frozenset(
    {
        "ac",
        "co",
        "com",
        "edu",
        "go",
        "gob",
        "gouv",
        "gov",
        "govt",
        "gub",
        "mil",
        "ne",
        "net",
        "or",
        "org",
        "sch",
    }
)
PUBLIC_MAIL = frozenset(
    {
        "126.com", "163.com", "aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com",
        "icloud.com", "live.com", "mail.com", "mail.ru", "outlook.com", "proton.me", "protonmail.com", "qq.com",
        "web.de", "yahoo.co.jp", "yahoo.com", "yandex.com", "yandex.ru",
    }
)  # fmt: skip


def proves_affiliation(domain: str) -> bool:
    """Whether an address at this domain says where somebody works: not one of a mail service or of a whole country.

    >>> proves_affiliation("cu.edu.eg"), proves_affiliation("edu.eg"), proves_affiliation("gmail.com")
    (True, False, False)
    """
    labels = domain.split(".")
    shared = len(labels) < 2 or (len(labels) == 2 and labels[0] in SHARED_LABELS and len(labels[1]) == 2)
    return not shared and domain not in PUBLIC_MAIL


def domains_of(address: str) -> list[str]:
    """The domain of a mail address and those it lies under, the longest first; only those that prove something.

    >>> domains_of("a@chem.ox.ac.uk")
    ['chem.ox.ac.uk', 'ox.ac.uk']
    """
    labels = address.rpartition("@")[2].lower().rstrip(".").split(".")
    found = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    return [domain for domain in found if proves_affiliation(domain)]


class Institution(Versioned, Base):
    """An organisation; `ror` is its identifier without the address part, None for those that ROR does not have."""

    __tablename__ = "institution"
    __table_args__ = (
        CheckConstraint(INSTITUTION_STATES.check(), name="state"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_has_survivor"),
        Index("ix_institution_list", "state", "sort_name", "id"),
        Index("ix_institution_country", "country", "state"),
    )

    ror: Mapped[str | None] = mapped_column(String(9), unique=True)
    own_name: Mapped[str] = mapped_column("name", String(300))
    names: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # {language code: name}, where it has one there
    sort_name: Mapped[str] = mapped_column(String(120), index=True)
    state: Mapped[str] = mapped_column(String(12), default="listed")
    types: Mapped[list[str]] = mapped_column(default=list)
    country: Mapped[str] = mapped_column(String(2))
    city: Mapped[str] = mapped_column(String(120), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    website: Mapped[str] = mapped_column(String(300), default="")
    established: Mapped[int | None]
    related: Mapped[list[Any]] = mapped_column(default=list)  # [["parent", ror], ...]
    ror_release: Mapped[str] = mapped_column(String(10), default="")
    description: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {language code: text}
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    weekend: Mapped[list[Any]] = mapped_column(default=lambda: [6, 7])  # ISO weekdays
    working_languages: Mapped[list[str]] = mapped_column(default=list)
    confirms_participation: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("institution.id"))
    added_by_id: Mapped[int | None] = person_key()

    @hybrid_property
    def name(self) -> str:
        """Its name in the reader's language where it has one, else the one that it goes by. For SQL as well."""
        return self.names.get(get_locale()) or self.own_name

    @name.inplace.setter
    def _set_name(self, name: str) -> None:
        self.own_name = name

    @name.inplace.expression
    @classmethod
    def _name_for_reader(cls) -> ColumnElement[str]:
        # The language is read when the statement runs, so that a statement may be kept and used for every reader.
        language = bindparam(None, callable_=get_locale, type_=JSON.JSONStrIndexType())
        return func.coalesce(cls.names[language].as_string(), cls.own_name)

    @property
    def ror_url(self) -> str:
        """The public address of its ROR record, empty without one."""
        return f"https://ror.org/{self.ror}" if self.ror else ""

    @property
    def is_verified(self) -> bool:
        """Whether it takes part: its people may post, join and decide."""
        return self.state == "verified"


class InstitutionName(Base):
    """One of its names, in any language or script; `folded` is what look-up compares."""

    __tablename__ = "institution_name"
    __table_args__ = (
        CheckConstraint("kind IN ('label', 'alias', 'acronym')", name="kind"),
        Index("ix_institution_name_folded", "folded"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(300))
    folded: Mapped[str] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(8))


class InstitutionDomain(Base):
    """An internet domain of an institution: addresses at it prove an affiliation once it is verified."""

    __tablename__ = "institution_domain"
    __table_args__ = (
        UniqueConstraint("institution_id", "domain"),
        Index("ix_institution_domain_domain", "domain"),
    )

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id", ondelete="CASCADE"))
    domain: Mapped[str] = mapped_column(String(253))


class InstitutionClaim(Ask, Base):
    """Somebody asks to represent an institution; an administrator answers."""

    __tablename__ = "institution_claim"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(CLAIM_STATES.check(), name="state"),
        Index("uq_institution_claim_open", "institution_id", "asked_by_id", unique=True,
              sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'")),
        Index("ix_institution_claim_waiting", "state", "due_at"),
    )  # fmt: skip

    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    state: Mapped[str] = mapped_column(String(12), default="asked")
    evidence_kind: Mapped[str] = mapped_column(String(12))  # "domain" or "letter"
    evidence: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[str] = mapped_column(String(120), default="")


class Affiliation(Ask, Base):
    """A person at an institution, with dates and a role. One live affiliation per person and institution."""

    __tablename__ = "affiliation"
    __table_args__ = (
        *ask_constraints(),
        CheckConstraint(AFFILIATION_STATES.check(), name="state"),
        CheckConstraint("role IN ('member', 'representative')", name="role"),
        CheckConstraint("role = 'representative' OR (NOT is_signatory AND NOT is_deputy)", name="only_representatives_sign"),
        CheckConstraint("(state IN ('active', 'ended')) OR started_on IS NULL", name="starts_when_active"),
        Index("uq_affiliation_live", "person_id", "institution_id", unique=True,
              sqlite_where=text(LIVE_AFFILIATION), postgresql_where=text(LIVE_AFFILIATION)),
        Index("ix_affiliation_institution", "institution_id", "state", "role"),
        Index("ix_affiliation_waiting", "state", "due_at"),
    )  # fmt: skip

    person_id: Mapped[int] = person_key(index=True)
    person: Mapped[Person] = relationship(foreign_keys="Affiliation.person_id", lazy="raise_on_sql")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    state: Mapped[str] = mapped_column(String(12), default="requested")
    role: Mapped[str] = mapped_column(String(14), default="member")
    is_signatory: Mapped[bool] = mapped_column(default=False)
    is_deputy: Mapped[bool] = mapped_column(default=False)
    position: Mapped[str] = mapped_column(String(120), default="")
    message: Mapped[str] = mapped_column(Text, default="")
    confirmed_how: Mapped[str] = mapped_column(
        String(12), default=""
    )  # "domain", "person" (a representative) or "portal" (an administrator)
    started_on: Mapped[datetime | None]
    ended_on: Mapped[datetime | None]

    def begin(self, how: str) -> None:
        """Count from now; `how` says who vouches for it."""
        self.confirmed_how, self.started_on = how, clock.now()


# Why somebody is refused; codes stay as they are, for machines.
DECLINE_CODES = {
    "not_known": _l("Nobody here knows this person"),
    "left": _l("This person no longer works here"),
    "wrong_institution": _l("This is another institution"),
    "other": _l("Another reason, said below"),
}
END_CODES = {
    "left": _l("This person no longer works here"),
    "mistake": _l("It was confirmed by mistake"),
    "other": _l("Another reason, said below"),
}
CLAIM_DECLINE_CODES = {
    "not_shown": _l("The evidence does not show it"),
    "not_authorised": _l("The institution has not authorised this person"),
    "wrong_institution": _l("This is another institution"),
    "other": _l("Another reason, said below"),
}

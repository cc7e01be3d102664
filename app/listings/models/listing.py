"""A listing with its lines, named askers, filter values and reviews."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.accounts.models import Person
from app.consortia.models import Consortium
from app.core import clock, vocab
from app.core.asks import Ask, ask_constraints
from app.core.db import Base, Versioned, person_key
from app.core.files import StoredFile
from app.core.i18n import LazyText, _l
from app.core.quantities import MOST, Quantity
from app.core.things import Localised
from app.institutions.models import Institution
from app.listings.models.terms import (
    ACCESS_MODES,
    ALT_LENGTH,
    CATALOGUES,
    COSTS,
    DETAIL_LEVELS,
    LINE_LENGTH,
    LISTING_STATES,
    RIGHTS,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    VALID_DAYS,
    VISIBILITIES,
    WHO_MAY_ASK,
)


def catalogue_of(kind: str) -> str:
    """The list of the menu in which a kind stands: `resources` or `exchange`. Raises KeyError for no kind."""
    group = vocab.KINDS[kind].group
    return next(name for name, groups in CATALOGUES.items() if group in groups)


def default_end() -> date:
    """The last day of a listing when nothing else is said."""
    return clock.today() + timedelta(days=VALID_DAYS)


def _among(column: str, codes: Any) -> str:
    return f"{column} IN ({', '.join(repr(code) for code in codes)})"


def _groups_fit() -> str:
    """That group and catalogue are those of the kind."""
    parts = []
    for catalogue, groups in CATALOGUES.items():
        for group in groups:
            kinds = _among("kind", [kind.code for kind in vocab.kinds_of(group)])
            parts.append(f"(catalogue = '{catalogue}' AND kind_group = '{group}' AND {kinds})")
    return " OR ".join(parts)


# What the list's count asks and divides; the index holds it, so that a thousand matches are counted without their rows.
COUNTED = (
    "visibility",
    "consortium_id",
    "institution_id",
    "direction",
    "kind_group",
    "cost_basis",
    "free_from",
    "free_until",
)


class Listing(Localised, Versioned, Base):
    """An offer or a need. `language` is that of all its texts; `kind_group` and `catalogue` follow from the kind.

    Long texts stand last in the table (`sort_order`): SQLite reads a row from its beginning, as far as it needs.
    `detail` is for those whom `policies.sees_detail` allows, and leaves the record by no other road.
    """

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint(LISTING_STATES.check(), name="state"),
        CheckConstraint("direction IN ('offer', 'need')", name="direction"),
        CheckConstraint(_groups_fit(), name="group_of_kind"),
        CheckConstraint(_among("visibility", VISIBILITIES), name="visibility"),
        CheckConstraint(_among("detail_visibility", DETAIL_LEVELS), name="detail_visibility"),
        CheckConstraint(_among("cost_basis", COSTS), name="cost_basis"),
        CheckConstraint(_among("who_may_ask", WHO_MAY_ASK), name="who_may_ask"),
        CheckConstraint(_among("access_mode", ACCESS_MODES), name="access_mode"),
        CheckConstraint(_among("rights", ("", *RIGHTS)), name="rights"),
        CheckConstraint(
            "consortium_id IS NOT NULL OR (visibility <> 'consortium' AND detail_visibility <> 'consortium' "
            "AND who_may_ask <> 'consortium')",
            name="members_of_a_consortium",
        ),
        CheckConstraint("state IN ('draft', 'in_review', 'returned', 'retired') OR published_at IS NOT NULL",
                        name="public_has_date"),
        CheckConstraint(f"quantity IS NULL OR (quantity > 0 AND quantity <= {int(MOST) * 1000})", name="quantity"),
        CheckConstraint("(quantity IS NULL) = (unit = '')", name="quantity_has_unit"),
        CheckConstraint("free_from IS NULL OR free_until IS NULL OR free_until > free_from", name="period"),
        CheckConstraint("readiness IS NULL OR readiness BETWEEN 1 AND 9", name="readiness"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_point"),
        CheckConstraint("latitude IS NULL OR (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
                        name="point_on_earth"),
        UniqueConstraint("institution_id", "external_id"),
        Index("ix_listing_listed", "catalogue", "state", "listed_at", "id", *COUNTED),
        Index("ix_listing_ending", "catalogue", "state", "valid_until", "id"),
        Index("ix_listing_valid", "state", "valid_until", "id"),
        Index("ix_listing_stale", "state", "confirmed_at", "id"),
        Index("ix_listing_institution", "institution_id", "state", "listed_at", "id"),
        Index("ix_listing_consortium", "consortium_id", "state", "listed_at", "id"),
        Index("ix_listing_contact", "contact_id", "state"),
    )  # fmt: skip

    direction: Mapped[str] = mapped_column(String(5))
    kind: Mapped[str] = mapped_column(String(20))
    kind_group: Mapped[str] = mapped_column(String(14))
    catalogue: Mapped[str] = mapped_column(String(9))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    visibility: Mapped[str] = mapped_column(String(12), default="public")
    detail_visibility: Mapped[str] = mapped_column(String(12), default="public")
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"))
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")
    consortium_id: Mapped[int | None] = mapped_column(ForeignKey("consortium.id"))
    consortium: Mapped[Consortium | None] = relationship(lazy="raise_on_sql")
    contact_id: Mapped[int] = person_key()
    contact: Mapped[Person] = relationship(foreign_keys="Listing.contact_id", lazy="raise_on_sql")
    created_by_id: Mapped[int] = person_key(index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(16), default="")
    free_from: Mapped[date | None]  # when it can be had: from this day, until before the other
    free_until: Mapped[date | None]
    is_remote: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    zone: Mapped[str] = mapped_column(String(64), default="")
    cost_basis: Mapped[str] = mapped_column(String(12), default="free")
    cost_note: Mapped[str] = mapped_column(String(LINE_LENGTH), default="")
    is_gift: Mapped[bool] = mapped_column(default=False)
    who_may_ask: Mapped[str] = mapped_column(String(12), default="anyone")
    access_mode: Mapped[str] = mapped_column(String(10), default="on_request")
    partner_wanted: Mapped[str] = mapped_column(String(LINE_LENGTH), default="")
    forms: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)  # in which one can work together
    sdg_goals: Mapped[list[str]] = mapped_column(default=list)
    fields: Mapped[list[str]] = mapped_column(default=list)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    readiness: Mapped[int | None]
    rights: Mapped[str] = mapped_column(String(12), default="")
    rights_numbers: Mapped[str] = mapped_column(String(200), default="")
    manufacturer: Mapped[str] = mapped_column(String(120), default="")
    model: Mapped[str] = mapped_column(String(120), default="")
    persistent_id: Mapped[str] = mapped_column(String(200), default="")
    operator_needed: Mapped[bool | None]
    external_id: Mapped[str | None] = mapped_column(
        String(80)
    )  # the institution's own number, for loading many
    valid_until: Mapped[date] = mapped_column(default=default_end)  # the last day on which it stands
    confirmed_at: Mapped[datetime | None]  # when somebody of the institution last said that it still holds
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    listed_at: Mapped[datetime] = mapped_column(default=clock.now)  # the newest-first order
    reminded_days: Mapped[int | None]  # how many days before its end they were last reminded
    stale_reminded_at: Mapped[datetime | None]
    # {title, url, licence, change}: where a text is from
    source: Mapped[dict[str, Any]] = mapped_column(default=dict, sort_order=20)
    training: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    ethics: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    safety: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    export_control: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    advantages: Mapped[str] = mapped_column(Text, default="", sort_order=20)
    detail: Mapped[str] = mapped_column(Text, default="", sort_order=20)

    @validates("kind")
    def _follow_kind(self, _name: str, kind: str) -> str:
        self.kind_group, self.catalogue = vocab.KINDS[kind].group, catalogue_of(kind)
        return kind

    @property
    def number(self) -> str:
        """The short public number that people can say aloud: O for an offer, N for a need."""
        return f"{'O' if self.direction == 'offer' else 'N'}-{self.id:04d}"

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/{self.catalogue}/{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it can be asked for now."""
        return self.state == "published" and self.valid_until >= clock.today()


class ListingLine(Base):
    """What is wanted in return for an offer, or what is given for a need: a kind and a text."""

    __tablename__ = "listing_line"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(LINE_LENGTH))
    position: Mapped[int] = mapped_column(default=0)


class ListingAsker(Base):
    """An institution that may ask, where only named ones may."""

    __tablename__ = "listing_asker"
    __table_args__ = (UniqueConstraint("listing_id", "institution_id"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    institution_id: Mapped[int] = mapped_column(ForeignKey("institution.id"), index=True)
    institution: Mapped[Institution] = relationship(lazy="raise_on_sql")


class ListingPhoto(Base):
    """The photo of a listing, made anew, for everybody who sees it. `alt` says what it shows, in the listing's language."""

    __tablename__ = "listing_photo"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), unique=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")
    alt: Mapped[str] = mapped_column(String(ALT_LENGTH))


class ListingFacet(Base):
    """One value by which a list is filtered: a kind, a country, an institution, a goal, a field with its ancestors.

    `catalogue` and `listed_at` repeat the listing's, so that one index gives a filtered list in its usual order. Only
    what is published has any.
    """

    __tablename__ = "listing_facet"
    __table_args__ = (
        UniqueConstraint("listing_id", "facet", "value"),
        Index("ix_listing_facet_value", "catalogue", "facet", "value", "listed_at", "listing_id"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    catalogue: Mapped[str] = mapped_column(String(9))
    facet: Mapped[str] = mapped_column(String(11))
    value: Mapped[str] = mapped_column(String(20))
    listed_at: Mapped[datetime]


class ListingReview(Ask, Base):
    """One round: sent by the institution, answered by somebody of another one."""

    __tablename__ = "listing_review"
    __table_args__ = (
        *ask_constraints(),
        Index("uq_listing_review_open", "listing_id", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
        Index("ix_listing_review_waiting", "decided_at", "due_at"),
    )  # fmt: skip

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"), index=True)
    listing: Mapped[Listing] = relationship(lazy="raise_on_sql")


NEEDED = (
    ("what", "title", _l("Enter a title")),
    ("what", "summary", _l("Enter a summary")),
    ("conditions", "languages", _l("Choose at least one language")),
)
WANTS_OR_GIFT = _l("Say what you want in return, or tick that nothing is expected")
GIVES_OR_NOTHING = _l("Say what you give for it, or tick that you hope for a gift")
NOT_BOTH = _l("Either lines or the tick, not both")


def missing(values: Mapping[str, Any]) -> dict[str, dict[str, LazyText]]:
    """What has to be filled in before it can be sent: part → field → sentence. `values` are those of all its fields.

    A part that is not in the answer is complete.
    """
    found: dict[str, dict[str, LazyText]] = {}

    def lacks(part: str, field: str, sentence: LazyText) -> None:
        found.setdefault(part, {})[field] = sentence

    for part, field, sentence in NEEDED:
        if field in values and not values[field]:
            lacks(part, field, sentence)
    if "country" in values and not values["country"] and not values.get("is_remote"):
        lacks("amount", "country", _l("Choose a country, or say that it can be had from anywhere"))
    valid_until = values.get("valid_until")
    if valid_until is not None and valid_until < clock.today():
        lacks("amount", "valid_until", _l("Enter a day that is still to come"))
    if values.get("rights") == "granted" and not values.get("rights_numbers"):
        lacks("what", "rights_numbers", _l("Enter the numbers under which the rights were granted"))
    if values.get("who_may_ask") == "institutions" and not values.get("askers"):
        lacks("conditions", "askers", _l("Name at least one institution"))
    if "wants" in values and bool(values["wants"]) == bool(values.get("is_gift")):
        both = bool(values["wants"])
        is_offer = values.get("direction", "offer") == "offer"
        lacks("return", "wants", NOT_BOTH if both else (WANTS_OR_GIFT if is_offer else GIVES_OR_NOTHING))
    return found

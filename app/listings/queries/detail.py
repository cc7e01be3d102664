"""Reads of single listings, and short lists of them for other pages."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, Select, String, cast, func, literal, null, select, union_all
from sqlalchemy.orm import joinedload

from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.files import StoredFile
from app.core.i18n import get_locale
from app.core.kept import kept
from app.institutions.models import Institution
from app.listings.models import (
    CATALOGUES,
    DIRECTIONS,
    Listing,
    ListingAsker,
    ListingFacet,
    ListingLine,
    ListingPhoto,
)
from app.listings.policies import listed, represented, visible
from app.listings.queries.catalogue import row_columns

MOST_SIMILAR = 4


@dataclass
class Detail:
    """All that a listing's page shows of it: its lines (kind, text), the institutions that may ask (id, name), alike ones,
    its photo (alt, sha256, width, height) or None.
    """

    listing: Listing
    wants: list[Any] = field(default_factory=list)
    askers: list[tuple[int, str]] = field(default_factory=list)
    similar: list[Any] = field(default_factory=list)
    photo: Any = None


def get(actor: Actor, listing_id: int) -> Listing:
    """A listing with its institution, consortium and contact, if the reader may see it. Raises NotFound."""
    found = db.session.scalars(_whole(actor, listing_id)).first()
    if found is None:
        raise NotFound
    return found


def _whole(actor: Actor, listing_id: int) -> Select[Any]:
    return (
        select(Listing)
        .where(Listing.id == listing_id, visible(actor))
        .options(joinedload(Listing.institution), joinedload(Listing.consortium), joinedload(Listing.contact))
    )


@kept
def _for_page(reader: Actor, listing_id: Any) -> Any:
    return (
        _whole(reader, listing_id)
        .outerjoin(ListingPhoto, ListingPhoto.listing_id == Listing.id)
        .outerjoin(StoredFile, StoredFile.id == ListingPhoto.file_id)
        .add_columns(ListingPhoto.alt, StoredFile.sha256, StoredFile.width, StoredFile.height)
    )


def detail(actor: Actor, listing_id: int) -> Detail:
    """A listing for its page; three statements. Raises NotFound."""
    row = db.session.execute(*_for_page(actor, listing_id=listing_id)).first()
    if row is None:
        raise NotFound
    listing: Listing = row[0]
    wants, may_ask = parts(listing.id)
    photo = row if row.sha256 else None
    return Detail(listing, wants, may_ask, similar(actor, listing), photo)


def photo(actor: Actor, listing_id: int) -> ListingPhoto | None:
    """The photo of a listing that the reader may see, with its file."""
    return db.session.scalars(
        select(ListingPhoto)
        .join(Listing, Listing.id == ListingPhoto.listing_id)
        .where(Listing.id == listing_id, visible(actor))
        .options(joinedload(ListingPhoto.file))
    ).first()


@kept
def _parts(listing_id: Any) -> Any:
    lines = select(
        ListingLine.kind,
        ListingLine.text,
        ListingLine.position,
        cast(null(), Integer).label("institution_id"),
    ).where(ListingLine.listing_id == listing_id)
    named = (
        select(literal("").label("kind"), cast(Institution.name, String), literal(0), Institution.id)
        .join(ListingAsker, ListingAsker.institution_id == Institution.id)
        .where(ListingAsker.listing_id == listing_id)
    )
    return union_all(lines, named)


def parts(listing_id: int) -> tuple[list[Any], list[tuple[int, str]]]:
    """What comes back, as rows of (kind, text), and who is named to ask (id, name); one statement."""
    rows = db.session.execute(*_parts(listing_id=listing_id)).all()
    wants = sorted((row for row in rows if row.institution_id is None), key=lambda row: row.position)
    may_ask = sorted(
        ((row.institution_id, row.text) for row in rows if row.institution_id is not None),
        key=lambda pair: pair[1].casefold(),
    )
    return wants, may_ask


@kept
def _similar(reader: Actor, _locale: str, catalogue: str, facet: str, value: Any, but: Any) -> Any:
    return (
        select(Listing.id, *row_columns())
        .select_from(ListingFacet)
        .join(Listing, Listing.id == ListingFacet.listing_id)
        .join(Institution, Institution.id == Listing.institution_id)
        .where(
            ListingFacet.catalogue == catalogue,
            ListingFacet.facet == facet,
            ListingFacet.value == value,
            Listing.id != but,
            listed(reader),
        )
        .order_by(ListingFacet.listed_at.desc(), ListingFacet.listing_id.desc())
        .limit(MOST_SIMILAR)
    )


def similar(actor: Actor, listing: Listing) -> list[Any]:
    """The newest published ones of the same list in its first field of research, else of its kind, that the reader sees."""
    facet, value = ("field", listing.fields[0]) if listing.fields else ("kind", listing.kind)
    query = _similar(actor, get_locale(), listing.catalogue, facet, value=value, but=listing.id)
    return list(db.session.execute(*query))


def _short() -> Select[Any]:
    query: Any = select(Listing.id, *row_columns())
    joined: Select[Any] = query.join(Institution, Institution.id == Listing.institution_id)
    return joined


def _newest_first(query: Select[Any], limit: Any) -> Select[Any]:
    return query.order_by(Listing.listed_at.desc(), Listing.id.desc()).limit(limit)


@kept
def _of_institution(reader: Actor, _locale: str, institution_id: Any, limit: Any) -> Any:
    return _newest_first(_short().where(Listing.institution_id == institution_id, listed(reader)), limit)


def of_institution(actor: Actor, institution_id: int, limit: int = 25) -> list[Any]:
    """What an institution offers and needs, as far as the reader sees it, newest first."""
    query = _of_institution(actor, get_locale(), institution_id=institution_id, limit=limit)
    return list(db.session.execute(*query))


@kept
def _of_consortium(reader: Actor, _locale: str, consortium_id: Any, limit: Any) -> Any:
    return _newest_first(_short().where(Listing.consortium_id == consortium_id, listed(reader)), limit)


def of_consortium(actor: Actor, consortium_id: int, limit: int = 25) -> list[Any]:
    """What was posted to a consortium, as far as the reader sees it, newest first."""
    query = _of_consortium(actor, get_locale(), consortium_id=consortium_id, limit=limit)
    return list(db.session.execute(*query))


@kept
def _newest(reader: Actor, _locale: str, most: Any, limit: Any) -> Any:
    parts = []
    for catalogue in CATALOGUES:
        for direction in DIRECTIONS:
            query = select(Listing.id).where(
                Listing.catalogue == catalogue, Listing.direction == direction, listed(reader)
            )
            parts.append(select(_newest_first(query, most).subquery().c.id))
    return _newest_first(_short().where(Listing.id.in_(union_all(*parts))), limit)


def newest(actor: Actor, limit: int = 4) -> list[Any]:
    """The newest offers and needs that the reader sees, of both lists, `limit` of each of the four; one statement."""
    every = limit * len(CATALOGUES) * len(DIRECTIONS)
    return list(db.session.execute(*_newest(actor, get_locale(), most=limit, limit=every)))


def numbers(cap: int = 10_000) -> dict[str, int]:
    """How many public offers and needs there are (each counted up to `cap`); one statement."""

    def count_of(direction: str) -> Any:
        rows = select(Listing.id).where(
            Listing.catalogue.in_(CATALOGUES),
            Listing.state == "published",
            Listing.visibility == "public",
            Listing.direction == direction,
        )
        return select(func.count()).select_from(rows.limit(cap).subquery()).scalar_subquery()

    row = db.session.execute(select(*(count_of(direction) for direction in DIRECTIONS))).one()
    return dict(zip(DIRECTIONS, row, strict=True))


@kept
def _drafts(reader: Actor, _locale: str, limit: Any) -> Any:
    query = _short().where(represented(reader), Listing.state == "draft")
    return query.order_by(Listing.id.desc()).limit(limit)


def drafts_of(actor: Actor, limit: int = 25) -> list[Any]:
    """What the institutions that the person represents have begun and not sent, newest first."""
    if not actor.holds_any("representative"):
        return []
    return list(db.session.execute(*_drafts(actor, get_locale(), limit=limit)))


def number_of(row: Any) -> str:
    """The short public number of a row."""
    return f"{'O' if row.direction == 'offer' else 'N'}-{row.id:04d}"

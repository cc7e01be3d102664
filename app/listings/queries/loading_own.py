"""An institution's own listings in the columns of a file, and those of a load that wait for review."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import joinedload

from app.consortia.models import Consortium
from app.core import waiting
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.paging import Page, Sort, page_by_key
from app.institutions.models import Institution
from app.listings import policies
from app.listings.models import Listing, ListingLoad, ListingLoadRow
from app.listings.models.loading_columns import COLUMNS
from app.listings.queries.loading import FIELDS, askers_of, lines_of

AT_ONCE = 500
COLUMN_NAMES = tuple(COLUMNS)
EXPORTED_STATES = ("draft", "in_review", "returned", "published", "paused", "expired")
WAITING = Sort("waiting", Listing.id, Listing.id, descending=False)


def own(actor: Actor, institution_id: int) -> Iterator[dict[str, Any]]:
    """The listings of an institution that the actor represents, by column; retired ones are left out.

    What has no identifier of its own bears its public number, by which a load finds it again. Contacts stay out: their
    addresses are shown to nobody else, and an empty cell leaves the contact as it is.
    """
    names = sorted(set(FIELDS.values()) - {"contact_id", "consortium_id"})
    after = 0
    while True:
        rows = db.session.execute(
            select(Listing.id, Consortium.names, Institution.ror, *(getattr(Listing, name) for name in names))
            .join(Institution, Institution.id == Listing.institution_id)
            .outerjoin(Consortium, Consortium.id == Listing.consortium_id)
            .where(
                Listing.institution_id == institution_id,
                Listing.institution_id.in_(actor.ids("representative")),
                Listing.state.in_(EXPORTED_STATES),
                Listing.id > after,
            )
            .order_by(Listing.id)
            .limit(AT_ONCE)
        ).all()
        ids = [row.id for row in rows]
        wants, askers = lines_of(ids), askers_of(ids)
        codes = _codes_of({key for keys in askers.values() for key in keys})
        for row in rows:
            yield {
                **{name: getattr(row, name) for name in names},
                "external_id": row.external_id or number_of(row.direction, row.id),
                "consortium": next(iter(row.names.values()), "") if row.names else "",
                "wants": wants.get(row.id, []),
                "askers": [codes[key] for key in askers.get(row.id, [])],
                "ror": row.ror or "",
            }
        if len(rows) < AT_ONCE:
            return
        after = ids[-1]


def number_of(direction: str, key: int) -> str:
    """A listing's public number, as `Listing.number` has it."""
    return f"{'O' if direction == 'offer' else 'N'}-{key:04d}"


def _codes_of(ids: set[int]) -> dict[int, str]:
    """How files name institutions: by ROR identifier, else by their number here."""
    if not ids:
        return {}
    found = db.session.execute(select(Institution.id, Institution.ror).where(Institution.id.in_(ids)))
    return {key: ror or f"#{key}" for key, ror in found}


@waiting.source
def loads_to_answer(actor: Actor) -> Select[Any] | None:
    """Files that this person uploaded and that wait for a word, or for a corrected file."""
    if not actor.holds_any("representative"):
        return None
    return (
        waiting.item(
            "listings.load",
            thing_id=ListingLoad.id,
            item_id=ListingLoad.id,
            title=ListingLoad.file_name,
            who=Institution.name,
            since=ListingLoad.received_at,
            due=ListingLoad.lapses_at,
        )
        .select_from(ListingLoad)
        .join(Institution, Institution.id == ListingLoad.institution_id)
        .where(ListingLoad.person_id == actor.id, ListingLoad.state.in_(["checked", "failed"]))
    )


# ---- reviewing what a load brought -------------------------------------------------------------------------


def _brought(load: ListingLoad) -> Any:
    """Whether a listing stands in a load."""
    return and_(
        Listing.institution_id == load.institution_id,
        Listing.state == "in_review",
        exists().where(
            ListingLoadRow.load_id == load.id,
            ListingLoadRow.identifier == Listing.external_id,
            ListingLoadRow.outcome.in_(["new", "updated"]),
        ),
    )


def reviewed(actor: Actor, load_id: int) -> tuple[ListingLoad, int]:
    """A load for those who review what it brought, and how many of its listings wait for them. Raises NotFound."""
    load = db.session.scalars(
        select(ListingLoad)
        .options(joinedload(ListingLoad.institution), joinedload(ListingLoad.person))
        .where(ListingLoad.id == load_id, ListingLoad.state == "loaded")
    ).first()
    if load is None:
        raise NotFound
    number = db.session.scalar(
        select(func.count()).select_from(Listing).where(_brought(load), policies.deciding(actor))
    )
    if not number:
        raise NotFound
    return load, number


def waiting_of(actor: Actor, load: ListingLoad, cursor: str | None = None) -> Page:
    """Listings of a load that the actor may decide about, in order: id, direction, kind, catalogue, title, summary, language."""
    query: Any = select(
        Listing.id,
        Listing.direction,
        Listing.kind,
        Listing.catalogue,
        Listing.title,
        Listing.summary,
        Listing.language,
        Listing.country,
    ).where(_brought(load), policies.deciding(actor))
    return page_by_key(query, WAITING, cursor)


def to_decide(actor: Actor, load: ListingLoad) -> list[int]:
    """The ids of all of them."""
    return list(
        db.session.scalars(
            select(Listing.id).where(_brought(load), policies.deciding(actor)).order_by(Listing.id)
        )
    )

"""What is filtered as rows of a file: the columns of a file of listings, with codes, so that it can be loaded again.

Columns that are for its own representatives alone are empty for others: the identifier of their own. The detail stands
where the reader of the page would see it, and there only.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.institutions.models import Institution
from app.listings.models import Listing, ListingAsker, ListingLine
from app.listings.models.loading_columns import COLUMNS
from app.listings.policies import represents, sees_detail
from app.listings.queries.catalogue import export
from app.listings.queries.matching import Wanted

# Addresses of contacts are shown to nobody but their owner, so the file names no contact.
EXPORTED = tuple(name for name in COLUMNS if name != "contact")
AT_ONCE = 500


def rows(actor: Actor, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """The filtered listings as values by column (lists stay lists), with `number`, `path` and `institution` besides."""
    ids = export(actor, wanted)
    locale = get_locale()
    for start in range(0, len(ids), AT_ONCE):
        portion = ids[start : start + AT_ONCE]
        found = {
            listing.id: listing
            for listing in db.session.scalars(
                select(Listing)
                .where(Listing.id.in_(portion))
                .options(joinedload(Listing.institution), joinedload(Listing.consortium))
            )
        }
        lines, askers = _lines(portion), _askers(portion)
        for key in portion:
            yield _row(actor, found[key], lines.get(key, []), askers.get(key, []), locale)


def _row(
    actor: Actor, listing: Listing, lines: list[dict[str, str]], askers: list[str], locale: str
) -> dict[str, Any]:
    own = {
        # Without an identifier of its own it bears its number, by which a load finds it again.
        "external_id": (listing.external_id or listing.number) if represents(actor, listing) else "",
        "detail": listing.detail if sees_detail(actor, listing) else "",
        "consortium": listing.consortium.name_in(locale) if listing.consortium else "",
        "wants": lines,
        "askers": askers,
        "ror": listing.institution.ror or "",
    }
    values = {name: own[name] if name in own else getattr(listing, name) for name in EXPORTED}
    return {
        "number": listing.number,
        **{name: _plain(value) for name, value in values.items()},
        "institution": listing.institution.name,
        "translations": sorted(listing.localised),
        "path": listing.path,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value) if value != value.to_integral_value() else int(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def cell(name: str, value: Any) -> str:
    r"""A value as it stands in a cell of a file that can be loaded again.

    >>> cell("wants", [{"kind": "training", "text": "two days; a year"}]), cell("is_gift", False)
    ('training: two days\\; a year', 'no')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        entries = [f"{one['kind']}: {one['text']}" if name == "wants" else str(one) for one in value]
        return "; ".join(re.sub(r"([\\;؛])", r"\\\1", entry) for entry in entries)
    return str(value)


def _lines(ids: list[int]) -> dict[int, list[dict[str, str]]]:
    found: dict[int, list[dict[str, str]]] = {}
    for row in db.session.execute(
        select(ListingLine.listing_id, ListingLine.kind, ListingLine.text)
        .where(ListingLine.listing_id.in_(ids))
        .order_by(ListingLine.position, ListingLine.id)
    ):
        found.setdefault(row.listing_id, []).append({"kind": row.kind, "text": row.text})
    return found


def _askers(ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in db.session.execute(
        select(ListingAsker.listing_id, Institution.id, Institution.ror)
        .join(Institution, Institution.id == ListingAsker.institution_id)
        .where(ListingAsker.listing_id.in_(ids))
        .order_by(ListingAsker.id)
    ):
        found.setdefault(row.listing_id, []).append(row.ror or f"#{row.id}")
    return found

"""By what a listing is found: the values of the filters, and its words."""

from collections.abc import Iterable

from app.core import vocab
from app.listings.models import Listing
from app.listings.queries.writing import lines
from app.translating import queries as translating


def facets_of(listing: Listing) -> set[tuple[str, str]]:
    """The values by which the lists find it: (facet, value)."""
    values = {("kind", listing.kind), ("institution", str(listing.institution_id))}
    if listing.country:
        values.add(("country", listing.country))
    if listing.consortium_id is not None:
        values.add(("consortium", str(listing.consortium_id)))
    if listing.readiness is not None:
        values.add(("readiness", str(listing.readiness)))
    values |= {("sdg", goal) for goal in listing.sdg_goals}
    values |= {("language", code) for code in listing.languages}
    for code in listing.fields:
        values |= {("field", above) for above in (code, *vocab.field_ancestors(code))}
    return values


def words_of(listing: Listing, line_texts: Iterable[str] | None = None) -> tuple[str, ...]:
    """The texts by which it is found. The detail is among them only where everybody who sees the listing reads it.

    `line_texts` are those of its lines, where they are at hand already.
    """
    if line_texts is None:
        line_texts = [line.text for line in lines(listing.id)]
    translated = translating.words("listing", listing.id) if listing.localised else []
    return (
        listing.title,
        listing.summary,
        " ".join(listing.keywords),
        vocab.kind_label(listing.kind),
        listing.place,
        listing.manufacturer,
        listing.model,
        listing.partner_wanted,
        listing.advantages,
        " ".join(line_texts),
        *translated,
        listing.detail if listing.detail_visibility == "public" else "",
    )

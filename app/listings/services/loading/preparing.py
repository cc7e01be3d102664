"""Everything about loading that takes long and changes nothing: done before the transaction that keeps the listings."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

from app.core import index, vocab
from app.listings.models import Listing, ListingLoad, catalogue_of
from app.listings.queries import loading as queries
from app.listings.queries.loading import FIELDS, Standing
from app.listings.queries.searching import facets_of, words_of
from app.listings.services.loading.checking import check

PORTION = 250
GOOD = ("new", "updated", "unchanged")


@dataclass(frozen=True)
class Ready:
    """A listing to be kept: its columns, lines and askers, what the lists and the index find it by."""

    record: dict[str, Any]
    wants: list[dict[str, str]]
    askers: list[int]
    facets: list[tuple[str, str]]
    words: str
    changed: list[str]
    standing: Standing | None


@dataclass
class Plan:
    """What a load will do. `identifiers` are those of new listings: none of them may stand meanwhile."""

    new: list[Ready] = field(default_factory=list)
    updated: list[Ready] = field(default_factory=list)
    unchanged: int = 0

    @property
    def identifiers(self) -> set[str]:
        """Those of new listings."""
        return {ready.record["external_id"] for ready in self.new}


def prepare(load: ListingLoad) -> Plan | None:
    """Check the good rows once more and make all that is written of them; None when one of them is not good any more."""
    plan, after = Plan(), 0
    around = queries.around(load)
    while rows := queries.portion(load.id, after, PORTION, GOOD):
        after = rows[-1].number
        for found in check(load.id, rows, around):
            if found.faults:
                return None
            if found.outcome == "unchanged":
                plan.unchanged += 1
                continue
            ready = _ready(load, found.values, found.changed, found.standing)
            (plan.new if found.standing is None else plan.updated).append(ready)
    return plan


def _ready(load: ListingLoad, values: dict[str, Any], changed: list[str], standing: Standing | None) -> Ready:
    record = {
        **{name: values[name] for name in FIELDS.values()},
        "institution_id": load.institution_id,
        "kind_group": vocab.KINDS[values["kind"]].group,
        "catalogue": catalogue_of(values["kind"]),
    }
    localised = standing.localised if standing is not None else {}
    # The steps of a single listing read attributes; a record of the database would be built for nothing.
    shape = cast(Listing, SimpleNamespace(**record, localised=localised))
    texts = words_of(shape, [line["text"] for line in values["wants"]])
    return Ready(
        record=record,
        wants=values["wants"],
        askers=values["askers"],
        facets=sorted(facets_of(shape)),
        words=index.words_of(record["catalogue"], *texts),
        changed=changed,
        standing=standing,
    )

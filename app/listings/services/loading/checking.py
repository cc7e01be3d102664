"""Rows of a file against the rules: each with its values, its faults, and what it would do. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.core import clock
from app.core.facts import keep
from app.core.text import clean_line
from app.listings.models import catalogue_of, default_end, missing
from app.listings.models.checks import faults as faults_of_values
from app.listings.models.loading_columns import COLUMNS, REQUIRED
from app.listings.models.loading_faults import Fault
from app.listings.queries import loading as queries
from app.listings.queries.loading import FIELDS, Around, Standing
from app.listings.services.loading.values import Wrong, fault, read, ror_of, split

COLUMN_OF = {field_name: name for name, field_name in FIELDS.items()} | {"wants": "wants", "askers": "askers"}
TEXTS = (
    "title",
    "summary",
    "place",
    "cost_note",
    "partner_wanted",
    "rights_numbers",
    "manufacturer",
    "model",
)
# What a new listing holds where the file says nothing.
EMPTY: dict[str, Any] = {
    **dict.fromkeys((*TEXTS, "detail", "training", "ethics", "safety", "export_control", "advantages"), ""),
    **dict.fromkeys(("quantity", "free_from", "free_until", "latitude", "longitude", "readiness")),
    "unit": "",
    "rights": "",
    "persistent_id": "",
    "direction": "offer",
    "cost_basis": "free",
    "visibility": "public",
    "detail_visibility": "public",
    "who_may_ask": "anyone",
    "access_mode": "on_request",
    "is_remote": False,
    "is_gift": False,
    "operator_needed": None,
}
LISTS = ("forms", "sdg_goals", "fields", "keywords", "wants", "askers")


@dataclass(frozen=True)
class Checked:
    """A row: its values by field (all of them, as the listing would hold them), the names of those that differ from
    the listing that stands, the faults, and the outcome.
    """

    number: int
    identifier: str
    title: str
    values: dict[str, Any]
    changed: list[str]
    outcome: str
    faults: list[Fault] = field(default_factory=list)
    standing: Standing | None = None


def check(load_id: int, rows: Sequence[Any], around: Around) -> list[Checked]:
    """Check rows of (number, identifier, cells) of a load; a handful of statements, however many rows."""
    around = replace(around, institutions=queries.institutions_by(_codes(rows)))
    identifiers = {row.identifier for row in rows if row.identifier}
    firsts = queries.first_rows(load_id, identifiers)
    standing = queries.standing(around.institution_id, identifiers)
    return [_row(row, around, firsts, standing.get(row.identifier)) for row in rows]


def identifier_of(cells: Mapping[str, Any]) -> str:
    """The row's own identifier as it is compared and kept."""
    cell = cells.get("external_id", "")
    return clean_line(cell)[:80] if isinstance(cell, str) else ""


def _codes(rows: Iterable[Any]) -> set[str]:
    """All identifiers of institutions that stand in these rows."""
    found: set[str] = set()
    for row in rows:
        for name in ("ror", "askers"):
            cell = row.cells.get(name)
            if isinstance(cell, str) and cell:
                found |= {code for entry in split(cell) if (code := ror_of(entry))}
    return found


def _row(row: Any, around: Around, firsts: Mapping[str, int], standing: Standing | None) -> Checked:
    said, faults = _read(row.cells, around)
    identifier = row.identifier
    if identifier and firsts.get(identifier, row.number) < row.number:
        faults.append(Fault("external_id", "double_id", {"row": firsts[identifier]}))
    values = _whole(said, around, standing)
    changed = [name for name in said if standing is None or standing.values.get(name) != values[name]]
    if standing is not None:
        faults += _may_change(standing, values, changed)
    known = {one.column for one in faults}
    faults += [one for one in _together(values, changed, standing) if one.column not in known]
    outcome = "faulty" if faults else "new" if standing is None else "updated" if changed else "unchanged"
    title = row.cells.get("title", "")
    return Checked(
        number=row.number,
        identifier=identifier,
        title=clean_line(title)[:120] if isinstance(title, str) else "",
        values=values,
        changed=changed,
        outcome=outcome,
        faults=faults,
        standing=standing,
    )


def _read(cells: Mapping[str, Any], around: Around) -> tuple[dict[str, Any], list[Fault]]:
    """The values that the row says, by field, and the faults of single cells."""
    said: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, cell in cells.items():
        column = COLUMNS[name]
        try:
            if not isinstance(cell, str):
                raise Wrong("formula")
            value = read(name, cell, around)
        except Wrong as wrong:
            faults.append(fault(name, wrong))
            continue
        if value is None and (column.required or column.blank == "keep"):
            continue
        if name != "ror":
            field_name = FIELDS.get(name, name)
            said[field_name] = _empty(field_name) if value is None else value
    wrong_in = {one.column for one in faults}
    faults += [Fault(name, "empty", {}) for name in REQUIRED if name not in said and name not in wrong_in]
    return said, faults


def _empty(name: str) -> Any:
    return [] if name in LISTS else EMPTY.get(name)


def _whole(said: Mapping[str, Any], around: Around, standing: Standing | None) -> dict[str, Any]:
    """All values of the listing as the row would leave it."""
    if standing is not None:
        return {**standing.values, **said}
    language = said.get("language", around.language)
    usual = {
        **EMPTY,
        **{name: [] for name in LISTS},
        **around.usual,
        "languages": around.usual["languages"] or [language],
        "language": language,
        "contact_id": around.person_id,
        "valid_until": default_end(),
        "kind": "",
        "external_id": "",
    }
    return {**usual, **said}


def _may_change(standing: Standing, values: Mapping[str, Any], changed: Sequence[str]) -> list[Fault]:
    """Why the listing that stands may not be changed so."""
    if not changed:
        return []
    if standing.state in {"in_review", "retired"}:
        return [Fault("external_id", standing.state, {})]
    if "direction" in changed:
        return [Fault("direction", "direction_fixed", {})]
    if (
        "kind" in changed
        and standing.published_at is not None
        and catalogue_of(values["kind"]) != standing.catalogue
    ):
        return [Fault("kind", "other_list", {})]
    return []


def _together(values: Mapping[str, Any], changed: Sequence[str], standing: Standing | None) -> list[Fault]:
    """Faults of values that depend on each other. Of a listing that stands, only what the row changes is looked at."""
    if standing is not None and not changed:
        return []
    found = dict(faults_of_values(values))
    for part in missing(values).values():
        found |= {name: sentence for name, sentence in part.items() if name not in found}
    return [
        _worded(name, sentence, values)
        for name, sentence in found.items()
        if standing is None or _touched(name, changed)
    ] + _consortium(values)


def _touched(name: str, changed: Sequence[str]) -> bool:
    beside = {
        "wants": "is_gift",
        "unit": "quantity",
        "quantity": "unit",
        "country": "is_remote",
        "rights_numbers": "rights",
        "askers": "who_may_ask",
        "latitude": "longitude",
        "longitude": "latitude",
        "free_until": "free_from",
    }
    return name in changed or beside.get(name) in changed


def _worded(name: str, sentence: Any, values: Mapping[str, Any]) -> Fault:
    """A rule's refusal as the fault that says it best."""
    column = COLUMN_OF.get(name, name)
    if name == "wants" and bool(values["wants"]) == bool(values["is_gift"]):
        return Fault("wants", "gift_with_return" if values["is_gift"] else "missing_return", {})
    if name in {"quantity", "unit"} and not values[name]:
        other = "unit" if name == "quantity" else "quantity"
        return Fault(column, "needs_other", {"other": keep(COLUMNS[other].label)})
    if name == "free_until" and values["free_from"] and values["free_until"]:
        return Fault(column, "ends_before_start", {})
    if name == "valid_until" and values["valid_until"] is not None and values["valid_until"] < clock.today():
        return Fault(column, "in_the_past", {})
    return Fault(column, "refused", {"sentence": keep(sentence)})


def _consortium(values: Mapping[str, Any]) -> list[Fault]:
    if values["consortium_id"] is not None:
        return []
    return [
        Fault(name, "needs_other", {"other": keep(COLUMNS["consortium"].label)})
        for name in ("visibility", "detail_visibility", "who_may_ask")
        if values[name] == "consortium"
    ]

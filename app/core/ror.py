"""The short form in which Taawun keeps a record of ROR, the Research Organization Registry.

`app/data/README.md` describes the short form key by key. `from_schema_2` makes it from a record of ROR's own full
dump or API (schema 2.0 and 2.1), so that the whole registry can be loaded the same way as the part that is shipped.
"""

from collections.abc import Iterable
from typing import Any

NAME_KINDS = ("label", "alias", "acronym")
RELATIONS = ("parent", "child", "successor", "predecessor")


def compact(record: dict[str, Any]) -> dict[str, Any]:
    """The record without its empty values, numbers that are zero excepted."""
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}


def short_id(address: str) -> str:
    """ROR's nine characters, of an address or as they are: `03y8mtb59` of `https://ror.org/03y8mtb59`."""
    return address.rstrip("/").rpartition("/")[2]


def ordered_names(name: str, names: Iterable[tuple[str, str | None, str]]) -> list[list[str | None]]:
    """All names once each, the one that is shown first; [text, language or None, kind]."""
    unique = dict.fromkeys(names)
    if not any(text == name for text, _, _ in unique):
        unique = {(name, None, "label"): None, **unique}
    return [list(entry) for entry in sorted(unique, key=lambda entry: entry[0] != name)]


def round_degrees(value: float | None) -> float | None:
    """Degrees to three decimals, about a hundred metres."""
    return None if value is None else round(float(value), 3)


def from_schema_2(record: dict[str, Any]) -> dict[str, Any]:
    """The short form of a record in ROR schema 2.0 or 2.1; `status` only where the organisation is not active.

    Raises KeyError or ValueError when the record has no id or no name.
    """
    names = record["names"]
    shown = next((entry["value"] for entry in names if "ror_display" in entry["types"]), None)
    if shown is None:
        shown = next((entry["value"] for entry in names if "label" in entry["types"]), None)
    if not shown:
        raise ValueError(f"no name to show in {record['id']}")
    place = (record.get("locations") or [{}])[0].get("geonames_details") or {}
    status = record.get("status", "active")
    return compact(
        {
            "id": short_id(record["id"]),
            "name": shown,
            "names": ordered_names(shown, _names_of(names)),
            "types": record.get("types"),
            "cc": place.get("country_code"),
            "city": place.get("name"),
            "region": place.get("country_subdivision_name"),
            "lat": round_degrees(place.get("lat")),
            "lng": round_degrees(place.get("lng")),
            "website": next(
                (link["value"] for link in record.get("links") or [] if link["type"] == "website"), None
            ),
            "domains": record.get("domains"),
            "established": record.get("established"),
            "rel": [
                [relation["type"].lower(), short_id(relation["id"])]
                for relation in record.get("relationships") or []
                if relation["type"].lower() in RELATIONS
            ],
            "release": ((record.get("admin") or {}).get("last_modified") or {}).get("date"),
            "status": None if status == "active" else status,
        }
    )


def _names_of(names: list[dict[str, Any]]) -> Iterable[tuple[str, str | None, str]]:
    """Each name with its kinds; one that is only `ror_display` counts as a label."""
    for entry in names:
        kinds = [kind for kind in NAME_KINDS if kind in entry["types"]] or ["label"]
        for kind in kinds:
            yield entry["value"], entry.get("lang") or None, kind

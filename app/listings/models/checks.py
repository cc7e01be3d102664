"""What may stand in the fields of a listing, whoever writes them: a form, a file that is loaded, another program."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.core import clock, vocab
from app.core.i18n import LazyText, _l
from app.core.quantities import MOST, PLACES, is_unit
from app.listings.models.terms import (
    ACCESS_MODES,
    CONDITION_LENGTH,
    COSTS,
    DETAIL_LENGTH,
    DETAIL_LEVELS,
    DIRECTIONS,
    FORMS,
    LINE_LENGTH,
    LONGEST_DAYS,
    MOST_ASKERS,
    MOST_LINES,
    RIGHTS,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    VISIBILITIES,
    WHO_MAY_ASK,
)

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
LENGTHS = {
    "title": TITLE_LENGTH,
    "summary": SUMMARY_LENGTH,
    "detail": DETAIL_LENGTH,
    "place": 200,
    "cost_note": LINE_LENGTH,
    "partner_wanted": LINE_LENGTH,
    "rights_numbers": 200,
    "manufacturer": 120,
    "model": 120,
    "persistent_id": 200,
    "advantages": 2000,
    "external_id": 80,
    "training": CONDITION_LENGTH,
    "ethics": CONDITION_LENGTH,
    "safety": CONDITION_LENGTH,
    "export_control": CONDITION_LENGTH,
}
CODES: dict[str, tuple[Callable[[str], bool], LazyText]] = {
    "direction": (lambda code: code in DIRECTIONS, _l("Choose whether it is an offer or a need")),
    "kind": (vocab.is_kind, _l("Choose a kind")),
    "language": (vocab.is_language, _l("Choose a language")),
    "unit": (lambda code: not code or is_unit(code), _l("Choose a unit")),
    "country": (lambda code: not code or vocab.is_country(code), _l("Choose a country")),
    "zone": (lambda code: not code or vocab.is_timezone(code), _l("Choose a time zone")),
    "cost_basis": (lambda code: code in COSTS, _l("Choose what it costs")),
    "who_may_ask": (lambda code: code in WHO_MAY_ASK, _l("Choose who may ask")),
    "access_mode": (lambda code: code in ACCESS_MODES, _l("Choose how it is had")),
    "visibility": (lambda code: code in VISIBILITIES, _l("Choose who sees it")),
    "detail_visibility": (lambda code: code in DETAIL_LEVELS, _l("Choose who reads the detail")),
    "rights": (lambda code: not code or code in RIGHTS, _l("Choose how the rights stand")),
}
MANY: dict[str, tuple[Callable[[str], bool], int, LazyText]] = {
    "forms": (lambda code: code in FORMS, len(FORMS), _l("Choose from the list")),
    "languages": (vocab.is_language, 10, _l("Choose at most ten languages from the list")),
    "sdg_goals": (lambda code: vocab.is_sdg(code) and "." not in code, 5, _l("Choose at most five goals")),
    "fields": (vocab.is_field, 6, _l("Choose at most six fields")),
    "keywords": (lambda word: 0 < len(word) <= 60, 8, _l("Enter at most eight keywords")),
}


def faults(values: Mapping[str, Any]) -> dict[str, LazyText]:
    """What cannot be kept: field → sentence. Only the fields in `values` are looked at; empty when all is well.

    `quantity` is a Decimal or None, days are dates, `wants` a list of {kind, text}, `askers` a list of ids.
    """
    found: dict[str, LazyText] = {}
    for name, most in LENGTHS.items():
        if len(values.get(name) or "") > most:
            found[name] = _l("Use at most %(number)s characters", number=most)
    for name, (is_known, sentence) in CODES.items():
        if name in values and not is_known(values[name]):
            found[name] = sentence
    for name, (is_known, most, sentence) in MANY.items():
        given = values.get(name) or []
        if len(given) > most or len(set(given)) != len(given) or not all(map(is_known, given)):
            found[name] = sentence
    return {**_quantity(values), **_days(values), **_place(values), **_lists(values), **found}


def _quantity(values: Mapping[str, Any]) -> dict[str, LazyText]:
    number: Decimal | None = values.get("quantity")
    if number is not None:
        if not number.is_finite() or not 0 < number <= MOST:
            return {"quantity": _l("Enter a number greater than nothing")}
        if number != number.quantize(PLACES):
            return {"quantity": _l("Use at most three decimals")}
    if ("quantity" in values or "unit" in values) and (number is None) != (not values.get("unit")):
        return (
            {"unit": _l("Choose a unit")} if number is not None else {"quantity": _l("Enter how much it is")}
        )
    readiness = values.get("readiness")
    if readiness is not None and not 1 <= readiness <= 9:
        return {"readiness": _l("Choose a level from 1 to 9")}
    return {}


def _days(values: Mapping[str, Any]) -> dict[str, LazyText]:
    found: dict[str, LazyText] = {}
    for name in ("free_from", "free_until", "valid_until"):
        day = values.get(name)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            found[name] = _l("Enter a day of this time")
    first, end, last = (values.get(name) for name in ("free_from", "free_until", "valid_until"))
    if not found and first is not None and end is not None and end <= first:
        found["free_until"] = _l("Enter a day after the first one")
    if not found and last is not None and (last - clock.today()).days > LONGEST_DAYS:
        found["valid_until"] = _l("Enter a day within three years; it can be renewed")
    return found


def _place(values: Mapping[str, Any]) -> dict[str, LazyText]:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if (latitude is None) != (longitude is None):
        return {"longitude" if longitude is None else "latitude": _l("Enter both, or neither")}
    if latitude is not None and not -90 <= latitude <= 90:
        return {"latitude": _l("Enter a number from -90 to 90")}
    if longitude is not None and not -180 <= longitude <= 180:
        return {"longitude": _l("Enter a number from -180 to 180")}
    return {}


def _lists(values: Mapping[str, Any]) -> dict[str, LazyText]:
    lines = values.get("wants") or []
    if len(lines) > MOST_LINES:
        return {"wants": _l("Enter at most %(number)s lines", number=MOST_LINES)}
    for line in lines:
        if not vocab.is_kind(line["kind"]):
            return {"wants": _l("Choose a kind for each line")}
        if not line["text"] or len(line["text"]) > LINE_LENGTH:
            return {
                "wants": _l(
                    "Say in each line what it is, in at most %(number)s characters", number=LINE_LENGTH
                )
            }
    if len(values.get("askers") or []) > MOST_ASKERS:
        return {"askers": _l("Name at most %(number)s institutions", number=MOST_ASKERS)}
    return {}

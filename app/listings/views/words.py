"""How the fields of a listing read: codes as names, amounts with units, days in words."""

from datetime import timedelta
from typing import Any

from app.core import quantities, vocab
from app.core.i18n import _, fmt_date, fmt_list, get_locale
from app.listings.models import (
    ACCESS_MODES,
    CONDITIONS,
    COSTS,
    DETAIL_LEVELS,
    FORMS,
    READINESS,
    RIGHTS,
    VISIBILITIES,
    WHO_MAY_ASK,
    Listing,
)


def in_words(listing: Listing, wants: list[Any], askers: list[tuple[int, str]]) -> dict[str, Any]:
    """What templates show of a listing, by name; texts of people stay as they are. Nothing here holds the detail."""
    locale = get_locale()
    return {
        "kind": vocab.kind_label(listing.kind),
        "amount": quantities.amount(listing.quantity, listing.unit),
        "period": period(listing.free_from, listing.free_until),
        "where": where(listing),
        "zone": vocab.timezone_label(listing.zone, locale) if listing.zone else "",
        "access": str(ACCESS_MODES[listing.access_mode]),
        "cost": str(COSTS[listing.cost_basis]),
        "wants": [
            {"text": row.text, "note": vocab.kind_label(row.kind), "lang": listing.language} for row in wants
        ],
        "who_may_ask": _who(listing, askers),
        "visibility": str(VISIBILITIES[listing.visibility]),
        "detail_visibility": str(DETAIL_LEVELS[listing.detail_visibility]),
        "conditions": [
            (str(label), getattr(listing, name))
            for name, label in CONDITIONS.items()
            if getattr(listing, name)
        ],
        "forms": fmt_list([str(FORMS[code]) for code in listing.forms if code in FORMS]),
        "languages": fmt_list([vocab.language_name(code, locale) for code in listing.languages]),
        "goals": [f"{code} {vocab.sdg_label(code, locale)}" for code in listing.sdg_goals],
        "fields": fmt_list([vocab.field_label(code, locale) for code in listing.fields]),
        "readiness": str(READINESS[listing.readiness]) if listing.readiness else "",
        "rights": str(RIGHTS[listing.rights]) if listing.rights else "",
        "operator": _operator(listing.operator_needed),
        "until": fmt_date(listing.valid_until),
    }


def period(start: Any, end: Any) -> str:
    """When it can be had; `end` is the first day after it."""
    last = fmt_date(end - timedelta(days=1)) if end else ""
    if start and end:
        return _("%(first)s to %(last)s", first=fmt_date(start), last=last)
    if start:
        return _("from %(day)s", day=fmt_date(start))
    return _("until %(day)s", day=last) if end else ""


def where(listing: Any) -> str:
    """Place and country, or that it can be had from anywhere."""
    country = vocab.country_name(listing.country, get_locale()) if listing.country else ""
    place = getattr(listing, "place", "")
    # The place is written by people, in any script: isolated (U+2068, U+2069), so that it does not turn the line around.
    found = [part for part in (f"\u2068{place}\u2069" if place else "", country) if part]
    if listing.is_remote:
        found.append(_("can be had from anywhere"))
    return _(", ").join(found)


def _who(listing: Listing, askers: list[tuple[int, str]]) -> str:
    if listing.who_may_ask == "consortium" and listing.consortium is not None:
        return _("members of %(name)s", name=listing.consortium.name_in(get_locale()))
    if listing.who_may_ask == "institutions":
        return fmt_list([name for _key, name in askers])
    return str(WHO_MAY_ASK[listing.who_may_ask])


def _operator(is_needed: bool | None) -> str:
    if is_needed is None:
        return ""
    return _("an operator is needed") if is_needed else _("can be used alone")

"""Filling a portal for measuring: offers and needs, with what is wanted in return."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core import index, vocab
from app.core.clock import add_working_days
from app.demo.services import wording
from app.demo.services.world import World, with_ancestors
from app.demo.services.writer import MOST_HELD
from app.listings.models import (
    COSTS,
    INSTRUMENTAL,
    TECHNICAL,
    Listing,
    ListingAsker,
    ListingFacet,
    ListingLine,
    ListingReview,
    catalogue_of,
)

LISTING_MODELS = (Listing, ListingLine, ListingAsker, ListingFacet, ListingReview)
SPAN = timedelta(days=700)
STATES = (
    ("published",) * 84 + ("expired",) * 5 + ("paused",) * 2 + ("in_review",) * 3 + ("draft",) * 3
    + ("returned",) * 1 + ("retired",) * 2
)  # fmt: skip
WITHOUT_DATE = ("draft", "in_review", "returned", "retired")
DIRECTIONS = ("offer",) * 7 + ("need",) * 3
VISIBILITIES = ("public",) * 9 + ("signed_in",)
SINGLE = (
    ("consortium", "consortium_id"),
    ("readiness", "readiness"),
)  # facets of one value, where there is one
UNITS = ("hour", "day", "sample", "core_hour", "place")


def listings(world: World, scale: int) -> None:
    """Write `scale` listings, the oldest first, so that keys follow the order of lists."""
    step = SPAN / max(scale, 1)
    institutions = list(world.people)
    for number in range(scale):
        institution = world.luck.choice(institutions)
        _listing(world, institution, world.now - SPAN + step * number)
        world.writer.flush(MOST_HELD)


def _listing(world: World, institution: int, at: datetime) -> None:
    luck, writer = world.luck, world.writer
    state, kind = luck.choice(STATES), world.draw["kind"]()
    texts, words = _texts(world)
    values = texts | _facts(world, kind) | _terms(world, institution, state, at)
    key = writer.put(Listing, state=state, kind=kind, institution_id=institution, **values)
    if not values["is_gift"]:
        for position in range(luck.choice((1, 1, 2))):
            text = luck.choice(wording.pools()[values["language"]].lines)
            writer.put(ListingLine, listing_id=key, kind=world.draw["kind"](), text=text, position=position)
    if state == "in_review":
        asked = world.now - timedelta(days=luck.randrange(1, 9))
        due = add_working_days(asked, 10)
        by = values["contact_id"]
        writer.put(ListingReview, listing_id=key, asked_by_id=by, asked_at=asked, due_at=due)
    if state == "published":
        _show(world, key, {"kind": kind, "institution_id": institution, **values}, words)


def _texts(world: World) -> tuple[dict[str, Any], str]:
    """The texts of a listing, and their words."""
    luck = world.luck
    language = luck.choice(wording.LANGUAGES)
    title, title_words = wording.title(luck, language)
    summary, summary_words = wording.prose(luck, language, 2, 480)
    detail, detail_words = wording.prose(luck, language, 4, 1200)
    texts = {
        "language": language,
        "title": title,
        "summary": summary,
        "detail": detail,
        "keywords": [luck.choice(wording.pools()[language].keywords).text],
        "languages": [language] if language == "en" else [language, "en"],
    }
    return texts, f"{title_words} {summary_words} {detail_words}"


def _facts(world: World, kind: str) -> dict[str, Any]:
    """What a listing is, by its kind."""
    luck, draw = world.luck, world.draw
    technical = kind in TECHNICAL
    return {
        "kind_group": vocab.KINDS[kind].group,
        "catalogue": catalogue_of(kind),
        "direction": luck.choice(DIRECTIONS),
        "quantity": Decimal(luck.randrange(1, 500)),
        "unit": luck.choice(UNITS),
        "place": luck.choice(wording.places())[0].text,
        "latitude": round(luck.uniform(-55, 70), 3),
        "longitude": round(luck.uniform(-180, 180), 3),
        "sdg_goals": list(dict.fromkeys(draw["sdg"]() for _ in range(luck.choice((0, 1, 1, 2))))),
        "fields": list(dict.fromkeys(draw["field"]() for _ in range(luck.choice((1, 2))))),
        "readiness": luck.randrange(1, 10) if technical else None,
        "rights": "open_licence" if technical else "",
        "manufacturer": luck.choice(wording.places())[0].text if kind in INSTRUMENTAL else "",
        "external_id": f"F-{world.writer.keys[Listing] + 1}",
    }


def _terms(world: World, institution: int, state: str, at: datetime) -> dict[str, Any]:
    """Whose it is, who sees it, what it costs, how long it stands."""
    luck, contact = world.luck, world.people[institution][0]
    consortia = world.homes.get(institution)
    has_period = luck.random() < 0.3
    starts = (at + timedelta(days=luck.randrange(900))).date()
    ends = (
        timedelta(days=luck.randrange(5, 365))
        if state != "expired"
        else -timedelta(days=luck.randrange(1, 300))
    )
    published = None if state in WITHOUT_DATE else at
    return {
        "visibility": luck.choice(VISIBILITIES),
        "detail_visibility": luck.choice(("public", "signed_in", "mutual")),
        "consortium_id": luck.choice(consortia) if consortia else None,
        "contact_id": contact,
        "created_by_id": contact,
        "country": world.countries[institution],
        "cost_basis": luck.choice(list(COSTS)),
        "is_gift": luck.random() < 0.2,
        "free_from": starts if has_period else None,
        "free_until": starts + timedelta(days=luck.randrange(30, 400)) if has_period else None,
        "valid_until": (world.now + ends).date(),
        "confirmed_at": published,
        "created_at": at,
        "touched_at": at,
        "published_at": published,
        "listed_at": at,
    }


def _show(world: World, key: int, values: dict[str, Any], words: str) -> None:
    """What finds it: the values of its facets, and its words."""
    facets = [("kind", values["kind"]), ("country", values["country"])]
    facets += [("institution", str(values["institution_id"]))]
    facets += [(name, str(values[one])) for name, one in SINGLE if values[one]]
    facets += [("language", one) for one in values["languages"]]
    facets += [("sdg", goal) for goal in values["sdg_goals"]]
    facets += [("field", one) for one in sorted(with_ancestors(values["fields"]))]
    kept = {"listing_id": key, "catalogue": values["catalogue"], "listed_at": values["listed_at"]}
    for facet, value in facets:
        world.writer.put(ListingFacet, facet=facet, value=value, **kept)
    kind = values["catalogue"]
    world.writer.put(index.IndexEntry, kind=kind, ref_id=key, words=f"kind{kind} {words}")

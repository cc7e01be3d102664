"""Filling a portal for measuring: offers and needs, with what is wanted in return."""

from datetime import datetime, timedelta
from decimal import Decimal

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
    luck, draw, writer = world.luck, world.draw, world.writer
    language, state, kind = luck.choice(wording.LANGUAGES), luck.choice(STATES), draw["kind"]()
    title, title_words = wording.title(luck, language)
    summary, summary_words = wording.prose(luck, language, 2, 480)
    detail, detail_words = wording.prose(luck, language, 4, 1200)
    goals = list(dict.fromkeys(draw["sdg"]() for _ in range(luck.choice((0, 1, 1, 2)))))
    fields = list(dict.fromkeys(draw["field"]() for _ in range(luck.choice((1, 2)))))
    country, catalogue, contact = (
        world.countries[institution],
        catalogue_of(kind),
        world.people[institution][0],
    )
    consortia = world.homes.get(institution)
    consortium = luck.choice(consortia) if consortia else None
    spoken = [language] if language == "en" else [language, "en"]
    readiness = luck.randrange(1, 10) if kind in TECHNICAL else None
    direction, is_gift, has_end = luck.choice(DIRECTIONS), luck.random() < 0.2, luck.random() < 0.3
    starts = (at + timedelta(days=luck.randrange(900))).date()
    published = None if state in WITHOUT_DATE else at
    key = writer.put(
        Listing,
        direction=direction,
        kind=kind,
        kind_group=vocab.KINDS[kind].group,
        catalogue=catalogue,
        state=state,
        visibility=luck.choice(VISIBILITIES),
        detail_visibility=luck.choice(("public", "signed_in", "mutual")),
        institution_id=institution,
        consortium_id=consortium,
        contact_id=contact,
        created_by_id=contact,
        title=title,
        summary=summary,
        detail=detail,
        language=language,
        quantity=Decimal(luck.randrange(1, 500)),
        unit=luck.choice(UNITS),
        free_from=starts if has_end else None,
        free_until=starts + timedelta(days=luck.randrange(30, 400)) if has_end else None,
        place=luck.choice(wording.places())[0].text,
        country=country,
        latitude=round(luck.uniform(-55, 70), 3),
        longitude=round(luck.uniform(-180, 180), 3),
        cost_basis=luck.choice(list(COSTS)),
        is_gift=is_gift,
        languages=spoken,
        sdg_goals=goals,
        fields=fields,
        keywords=[luck.choice(wording.pools()[language].keywords).text],
        readiness=readiness,
        rights="open_licence" if kind in TECHNICAL else "",
        manufacturer=luck.choice(wording.places())[0].text if kind in INSTRUMENTAL else "",
        external_id=f"F-{writer.keys[Listing] + 1}",
        valid_until=(world.now + timedelta(days=luck.randrange(5, 365))).date()
        if state != "expired"
        else (world.now - timedelta(days=luck.randrange(1, 300))).date(),
        confirmed_at=published,
        created_at=at,
        touched_at=at,
        published_at=published,
        listed_at=at,
    )
    if not is_gift:
        for position in range(luck.choice((1, 1, 2))):
            text = luck.choice(wording.pools()[language].lines)
            writer.put(ListingLine, listing_id=key, kind=draw["kind"](), text=text, position=position)
    if state == "in_review":
        asked = world.now - timedelta(days=luck.randrange(1, 9))
        due = add_working_days(asked, 10)
        writer.put(ListingReview, listing_id=key, asked_by_id=contact, asked_at=asked, due_at=due)
    if state != "published":
        return
    values = [("kind", kind), ("country", country), ("institution", str(institution))]
    values += [("consortium", str(consortium))] if consortium else []
    values += [("readiness", str(readiness))] if readiness else []
    values += [("language", one) for one in spoken]
    values += [("sdg", goal) for goal in goals]
    values += [("field", one) for one in sorted(with_ancestors(fields))]
    for facet, value in values:
        writer.put(ListingFacet, listing_id=key, catalogue=catalogue, facet=facet, value=value, listed_at=at)
    words = f"kind{catalogue} {title_words} {summary_words} {detail_words}"
    writer.put(index.IndexEntry, kind=catalogue, ref_id=key, words=words)

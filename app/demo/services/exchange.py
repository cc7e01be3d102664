"""The demonstration's offers and needs: hosts of real facilities arrive, listings are written, reviewed, kept."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from app.audit import services as audit
from app.core.access import Actor
from app.core.db import db
from app.demo.services import cast
from app.demo.services.story import Row, Story, rows
from app.listings import services as listings
from app.listings.models import Listing
from app.listings.services.writing import begin, pass_on, write

FILES = ("facilities", "technologies", "needs")
OLDEST, NEWEST = 118.0, 7.0  # days ago on which listings are published
SENT_LATE = {"in_review": 4.0, "returned": 9.0, "draft": 6.0}
EXPIRES_IN = 9  # days, for those that are about to
WORDS = (
    "title", "summary", "detail", "detail_visibility", "language", "unit", "is_remote", "place", "country",
    "latitude", "longitude", "access_mode", "training", "safety", "cost_basis", "wants", "is_gift", "forms",
    "languages", "sdg_goals", "fields", "keywords", "readiness", "rights", "manufacturer", "model",
    "operator_needed", "partner_wanted", "source",
)  # fmt: skip
PLAIN = {"skills": ["research infrastructure", "user support"], "fields": ["s3105"], "locale": "en"}
WISH = "Thank you, this will be useful. Please say who may use it, and how long it takes to get an answer."


def tell(story: Story) -> None:
    """Put the hosts' arrival and every listing into the story."""
    for number, row in enumerate(rows("hosts")):
        _welcome(story, row, 150 - number * 0.4)
    by_institution: dict[str, list[Row]] = defaultdict(list)
    for name in FILES:
        for row in rows(name):
            by_institution[row["institution"]].append(row)
    for number, own in enumerate(by_institution.values()):
        for place, row in enumerate(own):
            spread = (number * 7 + place * 23) % 100 / 100
            _tell_one(story, row, NEWEST + 3 + (OLDEST - NEWEST - 3) * spread)


def _welcome(story: Story, row: Row, day: float) -> None:
    person = row["person"] | PLAIN | {
        "zone": row["zone"],
        "biography": {"en": f"Looks after visitors and users at {row['name']}. Invented for the demonstration."},
        "hours_month": None,
        "available_until": None,
        "roles": [{"role": "representative", "institution": row["ror"], "position": "User office"}],
    }  # fmt: skip
    story.at(day, cast.arrive, person)
    story.at(day - 0.3, cast.claim, person)
    story.at(day - 1, cast.verify, row["ror"], cast.ADMINISTRATORS[len(row["ror"]) % 2])


def _tell_one(story: Story, row: Row, day: float) -> None:
    state = row["state"]
    day = SENT_LATE.get(state, day)
    story.at(day + 1, _write, row)
    if state == "draft":
        return
    story.at(day, _send, row)
    if state == "in_review":
        return
    story.at(day - 1.5, _review, row)
    if state == "paused":
        story.at(4, _by_owner, row, listings.pause)
    elif state == "retired":
        story.at(5, _by_owner, row, listings.retire)


def _owner(story: Story, row: Row) -> Actor:
    return _actor(story, cast.representative(row["institution"]))


def _actor(story: Story, key: str) -> Actor:
    return story.actor(key)


def _listing(story: Story, row: Row) -> Listing:
    return story.record(Listing, story.listings[row["key"]])


def _write(story: Story, row: Row) -> None:
    """All at once, as a file of listings is loaded."""
    owner = _owner(story, row)
    listing = begin(owner, story.institutions[row["institution"]], row["direction"], row["kind"])
    quantity = {"quantity": Decimal(row["quantity"])} if "quantity" in row else {}
    values: dict[str, Any] = quantity | {name: row[name] for name in WORDS if name in row}
    values["external_id"] = row["key"]
    values["valid_until"] = _last_day(story, row["state"])
    if "consortium" in row:
        values["consortium_id"] = story.consortia[row["consortium"]]
    write(listing, values)
    story.listings[row["key"]] = listing.id
    audit.record(
        owner,
        "listings.create",
        listing,
        after={"state": "draft", "direction": row["direction"]},
        label=listing.title,
        institution_id=listing.institution_id,
        consortium_id=listing.consortium_id,
    )


def _last_day(story: Story, state: str) -> date:
    today = story.now.date()
    if state == "expiring":
        return today + timedelta(days=EXPIRES_IN)
    return today - timedelta(days=3) if state == "expired" else today + timedelta(days=200)


def _send(story: Story, row: Row) -> None:
    pass_on(_owner(story, row), _listing(story, row))


def _review(story: Story, row: Row) -> None:
    """An institution's first ones are read by a lead of their consortium or an administrator of elsewhere."""
    listing = _listing(story, row)
    if listing.state != "in_review":
        return
    reader = _actor(story, _reader(row["institution"], _consortium(story, listing)))
    if row["state"] == "returned":
        listings.return_for_changes(reader, listing, note=WISH)
    else:
        listings.publish(reader, listing)
    db.session.flush()


def _consortium(story: Story, listing: Listing) -> str | None:
    return next((key for key, one in story.consortia.items() if one == listing.consortium_id), None)


@lru_cache(maxsize=256)
def _reader(institution: str, consortium: str | None) -> str:
    homes = {row["key"]: row["institution"] for row in rows("people")}
    leads: list[str] = next((row["leads"] for row in rows("consortia") if row["key"] == consortium), [])
    return next((key for key in leads if homes[key] != institution), cast.ADMINISTRATORS[0])


def _by_owner(story: Story, row: Row, act: Any) -> None:
    act(_owner(story, row), _listing(story, row))

"""Writing a listing: draft, parts, sending, the mirror of one."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select

from app.core import clock, vocab
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken, Words
from app.core.i18n import _l
from app.institutions.models import Institution
from app.listings import notices, policies, queries
from app.listings.models import (
    PART_FIELDS,
    PUBLIC_STATES,
    Listing,
    ListingAsker,
    ListingLine,
    ListingReview,
    catalogue_of,
    missing,
)
from app.listings.models.checks import faults
from app.listings.services.steps import (
    appear,
    confirm,
    end_review,
    hide,
    move,
    note_in_audit,
    protect_detail,
    require_state,
    show,
)
from app.translating.services import source_changed

REVIEW_DAYS = 10  # working days
WRITABLE = frozenset(name for fields in PART_FIELDS.values() for name in fields) | {"external_id", "source"}


def create(
    actor: Actor,
    *,
    institution_id: int,
    direction: str,
    kind: str,
    title: str,
    language: str = "en",
    **values: Any,
) -> Listing:
    """Begin a draft in the open consortium's name. Raises NotAllowed, Invalid. `values` as for `write`."""
    with transaction():
        authorize(policies.create, actor, institution_id)
        listing = begin(actor, institution_id, direction, kind)
        write(listing, {"title": title, "language": language, **values})
        if not title:
            raise Invalid({"title": _l("Enter a title")})
        note_in_audit(actor, listing, "listings.create", after={"state": "draft", "direction": direction})
    return listing


def begin(actor: Actor, institution_id: int, direction: str, kind: str) -> Listing:
    """Inner step: a new empty draft of an institution, to be filled with `write`. Raises Invalid."""
    wrong = faults({"direction": direction, "kind": kind})
    if wrong:
        raise Invalid(dict(wrong))
    institution = db.session.get_one(Institution, institution_id)
    listing = Listing(
        direction=direction,
        kind=kind,
        institution_id=institution_id,
        consortium_id=queries.usual_consortium(institution_id),
        contact_id=actor.id,
        created_by_id=actor.id,
        country=institution.country,
        zone=vocab.canonical_timezone(institution.zone) or "",
        languages=list(institution.working_languages),
    )
    db.session.add(listing)
    db.session.flush()
    return listing


def write(listing: Listing, values: Mapping[str, Any]) -> list[str]:
    """Inner step: set fields of a listing inside an open transaction; returns the names of those that differ now.

    `values` may hold every field of its parts, `external_id` and `source`; days are dates, `quantity` a Decimal or None,
    `wants` a list of {kind, text}, `askers` a list of institution ids. Asks no permission and makes no move; what is
    published shows the new values at once. Raises Invalid (field → sentence), and ValueError for fields there are not.
    """
    unknown = set(values) - WRITABLE
    if unknown:
        raise ValueError(f"a listing has no {sorted(unknown)}")
    before = queries.values_of(listing)
    wrong: dict[str, Words] = {**faults({**before, **values}), **_elsewhere(listing, before, values)}
    if wrong:
        raise Invalid(wrong)
    changed = [
        name for name, value in values.items() if before.get(name, getattr(listing, name, None)) != value
    ]
    for name in changed:
        if name == "wants":
            _keep_lines(listing, values["wants"])
        elif name == "askers":
            _keep_askers(listing, values["askers"])
        else:
            setattr(listing, name, values[name])
    if changed:
        _follow(listing, changed)
    return changed


def _follow(listing: Listing, changed: Collection[str]) -> None:
    """What a change of these fields brings along: it was confirmed just now, and others read it as it is."""
    if "valid_until" in changed:
        listing.reminded_days = None
    listing.touch()
    confirm(listing)
    db.session.flush()
    if {"detail", "detail_visibility"} & set(changed):
        protect_detail(listing)
    if listing.state == "published":
        show(listing)
    elif listing.published_at is not None:
        source_changed("listing", listing.id)


def _elsewhere(listing: Listing, before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Words]:
    """What is wrong by other records: its consortium, its contact, who is named."""
    new = {name for name in values if before.get(name) != values[name]}
    full = {**before, **values}
    found: dict[str, Words] = {}
    if full["consortium_id"] is None:
        for name in ("visibility", "detail_visibility", "who_may_ask"):
            if full[name] == "consortium":
                found[name] = _l("Choose a consortium, so that it is known whose members are meant")
    elif "consortium_id" in new and full["consortium_id"] not in dict(
        queries.consortia_of(listing.institution_id)
    ):
        found["consortium_id"] = _l("This consortium takes no listings from this institution")
    if "contact_id" in new and full["contact_id"] not in dict(queries.contacts_of(listing.institution_id)):
        found["contact_id"] = _l("Choose a representative of the institution")
    if "askers" in new and not _are_institutions(values["askers"]):
        found["askers"] = _l("Choose institutions from the list")
    if (
        "kind" in new
        and listing.published_at is not None
        and catalogue_of(values["kind"]) != listing.catalogue
    ):
        found["kind"] = _l("Choose a kind of the same list: its address has been given to others")
    return found


def _are_institutions(ids: Collection[int]) -> bool:
    found = db.session.scalars(select(Institution.id).where(Institution.id.in_(ids))).all() if ids else []
    return len(found) == len(set(ids)) == len(ids)


def _keep_lines(listing: Listing, rows: list[dict[str, str]]) -> None:
    db.session.execute(delete(ListingLine).where(ListingLine.listing_id == listing.id))
    db.session.add_all(
        ListingLine(listing_id=listing.id, kind=row["kind"], text=row["text"], position=position)
        for position, row in enumerate(rows)
    )


def _keep_askers(listing: Listing, ids: Collection[int]) -> None:
    db.session.execute(delete(ListingAsker).where(ListingAsker.listing_id == listing.id))
    db.session.add_all(ListingAsker(listing_id=listing.id, institution_id=key) for key in ids)


def save(actor: Actor, listing: Listing, part: str, *, version: int | None = None, **values: Any) -> Listing:
    """Keep one part of it (`what`, `amount`, `conditions` or `return`), complete or not; what is public stays complete.

    Raises NotAllowed, RuleBroken (in review, retired), Conflict, Invalid.
    """
    unknown = set(values) - set(PART_FIELDS[part])
    if unknown:
        raise ValueError(f"{part} has no {sorted(unknown)}")
    with transaction():
        listing = lock(listing)
        authorize(policies.edit, actor, listing)
        listing.expect_version(version)
        require_state(listing, "edit")
        changed = write(listing, values)
        if listing.state in PUBLIC_STATES:
            lacking = missing(queries.values_of(listing)).get(part, {})
            lacking = {name: text for name, text in lacking.items() if name in values}
            if lacking:
                raise Invalid(dict(lacking))
        if changed:
            # The names of what changed, never the texts: the audit is read by more people than the detail.
            note_in_audit(actor, listing, "listings.edit", after={"part": part, "fields": changed})
    return listing


def send(actor: Actor, listing: Listing, *, version: int | None = None) -> Listing:
    """Publish it, or send an institution's first ones for review; `state` tells which.

    Raises NotAllowed, RuleBroken (`incomplete`, `wrong_state`, `end_passed`), Conflict.
    """
    with transaction():
        listing = lock(listing)
        authorize(policies.send, actor, listing)
        listing.expect_version(version)
        pass_on(actor, listing)
    return listing


def pass_on(actor: Actor, listing: Listing) -> None:
    """Inner step of sending: published at once, or to those who review an institution's first ones. Raises RuleBroken."""
    require_state(listing, "send")
    if missing(queries.values_of(listing)):
        raise RuleBroken("incomplete", _l("Some parts are not complete yet. Complete them, then send it."))
    if queries.has_earned_trust(listing.institution_id):
        move(actor, listing, "post")
        appear(listing)
        return
    review = ListingReview(listing_id=listing.id)
    review.ask(actor.id, clock.add_working_days(clock.now(), REVIEW_DAYS))
    db.session.add(review)
    move(actor, listing, "send")
    db.session.flush()
    notices.sent(actor, listing, review)


def recall(actor: Actor, listing: Listing, *, version: int | None = None) -> None:
    """Take it back while nobody has decided. Raises NotAllowed, RuleBroken, Conflict."""
    with transaction():
        listing = lock(listing)
        authorize(policies.recall, actor, listing)
        listing.expect_version(version)
        require_state(listing, "recall")
        move(actor, listing, "recall")
        end_review(listing, actor.id, "recalled")
        hide(listing)


def mirror(actor: Actor, listing: Listing) -> Listing:
    """A draft of the other direction for the same kind of thing: "we also need", "we also offer". Raises NotAllowed."""
    with transaction():
        authorize(policies.edit, actor, listing)
        other = begin(
            actor, listing.institution_id, "need" if listing.direction == "offer" else "offer", listing.kind
        )
        copied = ("title", "language", "sdg_goals", "fields", "keywords", "languages", "forms", "consortium_id",
                  "visibility", "country", "zone", "is_remote", "unit", "quantity")  # fmt: skip
        write(other, {name: getattr(listing, name) for name in copied})
        note_in_audit(
            actor,
            other,
            "listings.create",
            after={"state": "draft", "direction": other.direction, "mirrors": listing.id},
        )
    return other

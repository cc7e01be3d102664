"""Listings as things to which others attach comments, files and translations (`core.things`)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from app.accounts.models import Person
from app.core import index, things
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No
from app.core.db import db
from app.core.i18n import LazyText, _l
from app.institutions import queries as institutions
from app.institutions.models import Institution
from app.listings import policies
from app.listings.models import CONDITIONS, PUBLIC_STATES, Listing
from app.listings.models.terms import (
    CONDITION_LENGTH,
    DETAIL_LENGTH,
    LINE_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
)
from app.listings.queries.detail import get
from app.listings.queries.review import deciders
from app.listings.queries.searching import words_of
from app.listings.queries.writing import lines
from app.translating.services import keep_localised

LINE = _l("In return, line %(number)s")
NOT_SEEN = No("not_found", _l("There is nothing here that you can see."))


def about(listing: Listing) -> things.About:
    """What it is, for pages of others."""
    return things.About(
        "listing",
        listing.id,
        listing.number,
        listing.title,
        listing.language,
        listing.path,
        listing.consortium_id,
    )


def seen(actor: Actor) -> Select[Any]:
    """The ids of those that the actor may see."""
    return select(Listing.id).where(policies.visible(actor))


def audiences(actor: Actor, listing: Listing) -> frozenset[str]:
    """Its representatives and reviewers talk among themselves; those who decide do so without the institution."""
    found = {things.EVERYBODY}
    if policies.read_review(actor, listing):
        found.add(things.REVIEWERS)
    if policies.decide(actor, listing):
        found.add(things.DECIDERS)
    return frozenset(found)


def told(listing: Listing, audience: str) -> set[int]:
    """Who is told of a new comment: its contact; its contact and who reviews it; those who decide."""
    if audience == things.EVERYBODY:
        return keepers(listing)
    return {*deciders(listing), *(keepers(listing) if audience == things.REVIEWERS else ())}


def keepers(listing: Listing) -> set[int]:
    """The contact, as far as they still represent the institution; else all who do."""
    own = set(institutions.representatives_of(listing.institution_id))
    return {listing.contact_id} & own or own


def alias(listing: Listing, person_id: int) -> str | None:
    """What stands in place of the name of a hidden person who keeps it: the institution. Who that is opens by a mutual yes."""
    if person_id not in {listing.contact_id, listing.created_by_id}:
        return None
    person = db.session.get_one(Person, person_id)
    if person.visibility != "hidden":
        return None
    return db.session.get_one(Institution, listing.institution_id).name


def discuss(actor: Actor, listing: Listing) -> Answer:
    """Everybody who is signed in, once it is public; before that those who review it and its representatives."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if listing.state in PUBLIC_STATES:
        return policies.view(actor, listing) or NOT_SEEN
    if listing.state in policies.REVIEWED_STATES:
        return policies.read_review(actor, listing)
    return No("wrong_state", _l("In this state nothing can be added to it."))


def attach(actor: Actor, listing: Listing) -> Answer:
    """Its representatives, while it can be changed."""
    answer = policies.edit(actor, listing)
    no = policies.blocked(listing, "edit")
    return answer if not answer or no is None else no


def texts(listing: Listing) -> dict[str, things.Field]:
    """What can be translated, in the order of the page; one statement.

    The detail is among them only where everybody who sees the listing reads it: so is whoever translates it.
    """
    field = things.Field
    found = {
        "title": field(_l("Title"), listing.title, TITLE_LENGTH),
        "summary": field(_l("Summary"), listing.summary, SUMMARY_LENGTH),
        "advantages": field(_l("Advantages"), listing.advantages, 2000),
        "partner_wanted": field(_l("Partner wanted"), listing.partner_wanted, LINE_LENGTH),
        "cost_note": field(_l("About the cost"), listing.cost_note, LINE_LENGTH),
    }
    if listing.detail_visibility == "public":
        found["detail"] = field(_l("Detail"), listing.detail, DETAIL_LENGTH, is_markdown=True)
    for name, label in CONDITIONS.items():
        found[name] = field(label, getattr(listing, name), CONDITION_LENGTH)
    for number, row in enumerate(lines(listing.id), 1):
        found[f"wants_{number}"] = field(LazyText(LINE.message, number=number), row.text, LINE_LENGTH)
    return {name: one for name, one in found.items() if one.text}


def localise(listing_id: int, language: str, translated: Mapping[str, str] | None) -> None:
    """Let lists show a translation and the search find it, or no more."""
    keep_localised(Listing, listing_id, language, translated)
    listing = db.session.get_one(Listing, listing_id)
    if listing.state == "published":
        index.put(listing.catalogue, listing.id, *words_of(listing))


LISTING = things.kind(
    things.Kind(
        name="listing",
        label=_l("Offer or need"),
        get=get,
        about=about,
        seen=seen,
        audiences=audiences,
        told=told,
        discuss=discuss,
        attach=attach,
        texts=texts,
        localise=localise,
        audience_names={
            things.EVERYBODY: _l("Everybody who sees the listing"),
            things.REVIEWERS: _l("Its institution’s representatives and those who review it"),
            things.DECIDERS: _l("Those who decide about it"),
        },
        see_files=policies.sees_detail,
        owner=lambda listing: listing.contact_id,
        keepers=keepers,
        alias=alias,
    )
)

"""Who may see and do what with offers and needs."""

from collections.abc import Callable

from sqlalchemy import and_, false, or_
from sqlalchemy.sql import ColumnElement

from app.core import clock
from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import LazyText, _l
from app.listings.models import EDITABLE_STATES, LISTING_STATES, PUBLIC_STATES, Listing, ListingLoad

# What a reviewer sees beside what is public.
REVIEWED_STATES = ("in_review", "returned")
# Which role lets in whom a level of the detail waits for.
OPENED_BY = {"mutual": "opened_listing", "agreement": "opened_under_terms"}

NOT_REPRESENTATIVE = No(
    "representatives_only", _l("Only a representative of an institution posts what it offers and needs.")
)
NOT_ITS_REPRESENTATIVE = No(
    "representatives_only", _l("Only a representative of the institution that posted this may do this.")
)
OWN_INSTITUTION = No(
    "own_institution", _l("Your institution posted this, so somebody of another one decides about it.")
)
NOT_REVIEWER = No(
    "not_reviewer",
    _l("Only a lead of its consortium or an administrator of another institution may do this."),
)


def represents(actor: Actor, listing: Listing) -> bool:
    """Whether the person speaks for the institution that posted it."""
    return actor.holds("representative", listing.institution_id)


def _is_own(actor: Actor, listing: Listing) -> bool:
    return actor.id in {listing.created_by_id, listing.contact_id} or actor.holds(
        "member", listing.institution_id
    )


def reviews(actor: Actor, listing: Listing) -> bool:
    """Whether the person answers for it: leads its consortium or administers, and is of another institution."""
    if not actor.is_signed_in or _is_own(actor, listing):
        return False
    return actor.is_admin or actor.holds("lead", listing.consortium_id)


@permission("listings.view")
def view(actor: Actor, listing: Listing) -> Answer:
    """Public ones by their visibility; all its own ones a representative; what is in review who reviews it."""
    if represents(actor, listing):
        return True
    if reviews(actor, listing):
        return listing.state in (*PUBLIC_STATES, *REVIEWED_STATES)
    if listing.state not in PUBLIC_STATES:
        return False
    if listing.visibility == "consortium":
        return actor.holds("consortium_member", listing.consortium_id)
    return listing.visibility == "public" or actor.is_signed_in


@permission("listings.read_detail")
def sees_detail(actor: Actor, listing: Listing) -> Answer:
    """Its own representatives, who reads it in review, and whom its level lets in.

    What opens after a mutual yes, or under terms of confidentiality that both institutions accepted, opens by these
    (`interest.policies` grants them); until then, for nobody else.
    """
    if not view(actor, listing):
        return False
    if represents(actor, listing) or (listing.state == "in_review" and reviews(actor, listing)):
        return True
    if listing.detail_visibility == "consortium":
        return actor.holds("consortium_member", listing.consortium_id)
    if listing.detail_visibility in OPENED_BY:
        return actor.holds(OPENED_BY[listing.detail_visibility], listing.id)
    return listing.detail_visibility == "public" or actor.is_signed_in


@permission("listings.see_contact")
def sees_contact(actor: Actor, listing: Listing) -> Answer:
    """Who its contact is: everybody, unless the contact's profile is hidden; then its own institution, who reviews it,
    and the sides of an interest in it to which both said yes.
    """
    if listing.contact.visibility != "hidden" or represents(actor, listing):
        return True
    return reviews(actor, listing) or actor.holds("opened_listing", listing.id)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`."""
    is_public = Listing.state.in_(PUBLIC_STATES)
    if not actor.is_signed_in:
        return and_(is_public, Listing.visibility == "public")
    return or_(
        and_(is_public, _reach(actor)),
        represented(actor),
        and_(_reviewed_by(actor), Listing.state.in_([*PUBLIC_STATES, *REVIEWED_STATES])),
    )


def listed(actor: Actor) -> ColumnElement[bool]:
    """What the catalogue shows this person: what is published, as far as `view` lets them see it."""
    is_listed = Listing.state == "published"
    if not actor.is_signed_in:
        return and_(is_listed, Listing.visibility == "public")
    return and_(is_listed, or_(_reach(actor), represented(actor), _reviewed_by(actor)))


def _reach(actor: Actor) -> ColumnElement[bool]:
    everybody = Listing.visibility.in_(["public", "signed_in"])
    if not actor.holds_any("consortium_member"):
        return everybody
    return or_(everybody, Listing.consortium_id.in_(actor.ids("consortium_member")))


def represented(actor: Actor) -> ColumnElement[bool]:
    """The list form of `represents`."""
    if not actor.holds_any("representative"):
        return false()
    return Listing.institution_id.in_(actor.ids("representative"))


def _reviewed_by(actor: Actor) -> ColumnElement[bool]:
    if not actor.is_admin and not actor.holds_any("lead"):
        return false()
    others: list[ColumnElement[bool]] = [Listing.created_by_id != actor.id, Listing.contact_id != actor.id]
    if not actor.is_admin:
        others.insert(0, Listing.consortium_id.in_(actor.ids("lead")))
    if actor.holds_any("member"):
        others.append(Listing.institution_id.not_in(actor.ids("member")))
    return and_(*others)


def deciding(actor: Actor) -> ColumnElement[bool]:
    """The list form of `decide`."""
    return _reviewed_by(actor) if actor.is_signed_in else false()


@permission("listings.create")
def create(actor: Actor, institution_id: int | None = None) -> Answer:
    """Representatives post for their institution; without one: whether the person represents any."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    own = actor.ids("representative")
    return (bool(own) if institution_id is None else institution_id in own) or NOT_REPRESENTATIVE


def _keeps(name: str, does: str) -> Callable[[Actor, Listing], Answer]:
    """A permission of the representatives of its institution."""

    def check(actor: Actor, listing: Listing) -> Answer:
        if not actor.is_signed_in:
            return SIGN_IN_FIRST
        return represents(actor, listing) or NOT_ITS_REPRESENTATIVE

    check.__doc__ = does
    return permission(f"listings.{name}")(check)


edit = _keeps("edit", "Its representatives write.")
send = _keeps("send", "Its representatives send it.")
recall = _keeps("recall", "Its representatives take it back while nobody has decided.")
pause = _keeps("pause", "Its representatives take it off the list for a while.")
resume = _keeps("resume", "Its representatives put it on the list again.")
renew = _keeps("renew", "Its representatives say that it still holds.")
retire = _keeps("retire", "Its representatives take it away.")
reopen = _keeps("reopen", "Its representatives make it a draft again.")


def decide(actor: Actor, listing: Listing) -> Answer:
    """A lead of its consortium or an administrator, never of the institution that posted it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if _is_own(actor, listing):
        return OWN_INSTITUTION
    return reviews(actor, listing) or NOT_REVIEWER


@permission("listings.publish")
def publish(actor: Actor, listing: Listing) -> Answer:
    """Who decides."""
    return decide(actor, listing)


@permission("listings.return")
def return_for_changes(actor: Actor, listing: Listing) -> Answer:
    """Who decides."""
    return decide(actor, listing)


@permission("listings.read_review")
def read_review(actor: Actor, listing: Listing) -> Answer:
    """Its representatives, and who decides."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return represents(actor, listing) or decide(actor, listing)


_BLOCKS: dict[str, LazyText] = {
    "send": _l("Only drafts, and what was returned, can be sent."),
    "recall": _l("Only what is in review can be taken back."),
    "publish": _l("Only what is in review can be decided."),
    "return_for_changes": _l("Only what is in review can be decided."),
    "pause": _l("Only what is published can be paused."),
    "resume": _l("Only what is paused can be put on the list again."),
    "renew": _l("Only what is published or expired can be renewed."),
    "retire": _l("In this state it cannot be retired."),
    "reopen": _l("Only what was retired can be opened again."),
}


def blocked(listing: Listing, verb: str) -> No | None:
    """Why the state of things forbids this now, whoever asks; None when it may be done."""
    if verb == "edit":
        if listing.state in EDITABLE_STATES:
            return None
        if listing.state == "in_review":
            return No("in_review", _l("It is in review. Take it back first, then change it."))
        return No("wrong_state", _l("In this state it cannot be changed any more."))
    if not LISTING_STATES.allows(listing, verb):
        return No("wrong_state", _BLOCKS[verb])
    if verb in {"resume", "publish"} and listing.valid_until < clock.today():
        return No("end_passed", _l("Its last day has passed. A new one has to be named first."))
    return None


@permission("listings.load")
def load(actor: Actor, institution_id: int | None = None) -> Answer:
    """Who posts for an institution also loads many listings for it."""
    return create(actor, institution_id)


@permission("listings.keep_load")
def keep_load(actor: Actor, loaded: ListingLoad) -> Answer:
    """Correct, confirm, cancel a load: the representatives of its institution."""
    return create(actor, loaded.institution_id)


@permission("listings.review_load")
def review_load(actor: Actor, loaded: ListingLoad) -> Answer:
    """Decide at once about what a file brought: who reviews; each of its listings is asked for itself as well."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if loaded.person_id == actor.id or actor.holds("member", loaded.institution_id):
        return OWN_INSTITUTION
    return actor.is_admin or bool(actor.ids("lead")) or NOT_REVIEWER

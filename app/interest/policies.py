"""Who may see and do what with interests, and what an interest opens.

The sender's side are the sender and the representatives of the sender's institution; the owner's side the representatives
of the institution that posted the listing, or the author of the problem. Nobody else sees an interest, also not those who
administer the portal.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, or_, select

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, grant_source, permission
from app.core.i18n import _l
from app.institutions.models import Affiliation, Institution
from app.interest.models import DETAIL, OPEN_STATES, TALK_STATES, Interest, InterestOpening
from app.listings.models import Listing

NOT_SEEN = No("not_found", _l("There is nothing here that you can see."))
NO_AFFILIATION = No(
    "no_affiliation",
    _l("This needs a confirmed affiliation: ask an institution to confirm that you belong to it."),
)
OWN_INSTITUTION = No(
    "own_institution", _l("Your own institution posted this, so there is nobody to write to.")
)
OWN_INTEREST = No("own_interest", _l("Your institution sent this, so the other side answers."))
NOT_OWNER = No("owner_only", _l("Only the owner of what this is about may answer."))
NOT_SENDER = No("sender_only", _l("Only the side that sent this may take it back."))
NOT_NAMED = No("not_named", _l("Its institution takes this from the institutions only that it named."))
NOT_IN_CONSORTIUM = No("not_in_consortium", _l("Its institution takes this from members of its consortium only."))  # fmt: skip
REPRESENTATIVES_ONLY = No(
    "representatives_only", _l("Only representatives of the two institutions may accept the terms.")
)


# ---- What a yes opens ----------------------------------------------------------------------------------------


def _opened(role: str, thing: Any, person_id: Any) -> Select[Any]:
    """(role, thing) of the sender's side: who sent it, while they belong to the institution, and who represents it."""
    return (
        select(literal(role), thing)
        .select_from(Interest)
        .join(Affiliation, Affiliation.institution_id == Interest.institution_id)
        .join(Institution, Institution.id == Interest.institution_id)
        .where(
            thing.is_not(None),
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Institution.state == "verified",
            or_(Interest.asked_by_id == Affiliation.person_id, Affiliation.role == "representative"),
            # The yes, which states too would tell: by these no index leads through all that anybody said yes to.
            Interest.decision_code == "accepted",
        )
    )


@grant_source
def opened_listings(person_id: int) -> Select[Any]:
    """("opened_listing", listing): both sides said yes about it, so its contact and what waits for that are open."""
    return _opened("opened_listing", Interest.listing_id, person_id)


@grant_source
def opened_under_terms(person_id: int) -> Select[Any]:
    """("opened_under_terms", listing): besides, a representative of each institution accepted the terms."""
    accepted = exists().where(
        InterestOpening.interest_id == Interest.id,
        InterestOpening.what == DETAIL,
        InterestOpening.terms != "",
    )
    return _opened("opened_under_terms", Interest.listing_id, person_id).where(accepted)


@grant_source
def opened_problems(person_id: int) -> Select[Any]:
    """("opened_problem", problem): its author said yes, so who that is is open."""
    return _opened("opened_problem", Interest.problem_id, person_id)


# ---- Seeing --------------------------------------------------------------------------------------------------


def is_sender_side(actor: Actor, interest: Interest) -> bool:
    """Whether the person is of the side that sent it."""
    return actor.is_signed_in and (
        interest.sender_id == actor.id or actor.holds("representative", interest.institution_id)
    )


def is_owner_side(actor: Actor, interest: Interest) -> bool:
    """Whether the person is of the side to which it was sent."""
    if not actor.is_signed_in:
        return False
    if interest.owner_id is not None:
        return interest.owner_id == actor.id
    return actor.holds("representative", interest.owner_institution_id)


@permission("interest.view")
def view(actor: Actor, interest: Interest) -> Answer:
    """The two sides."""
    return is_sender_side(actor, interest) or is_owner_side(actor, interest)


def sent_by(actor: Actor) -> ColumnElement[bool]:
    """The list form of `is_sender_side`."""
    if not actor.is_signed_in:
        return false()
    own = Interest.asked_by_id == actor.id
    if not actor.holds_any("representative"):
        return own
    return or_(own, Interest.institution_id.in_(actor.ids("representative")))


def sent_to(actor: Actor) -> ColumnElement[bool]:
    """The list form of `is_owner_side`."""
    if not actor.is_signed_in:
        return false()
    own = Interest.owner_id == actor.id
    if not actor.holds_any("representative"):
        return own
    represented = Interest.owner_institution_id.in_(actor.ids("representative"))
    return or_(own, and_(Interest.owner_id.is_(None), represented))


def visible(actor: Actor) -> ColumnElement[bool]:
    """The list form of `view`."""
    return or_(sent_by(actor), sent_to(actor))


@permission("interest.see_contact")
def see_contact(actor: Actor, interest: Interest) -> Answer:
    """Names and addresses: both sides, once both have said yes; the sender while they belong to the institution."""
    if not interest.is_mutual:
        return No("not_mutual", _l("Names and addresses open for both sides when both have said yes."))
    if is_owner_side(actor, interest) or actor.holds("representative", interest.institution_id):
        return True
    return (interest.sender_id == actor.id and actor.holds("member", interest.institution_id)) or NOT_SEEN


# ---- Sending and answering -----------------------------------------------------------------------------------


@permission("interest.send")
def send(actor: Actor, thing: Any, askers: Collection[int] = (), institution_id: int | None = None) -> Answer:
    """Whoever has a confirmed affiliation, to another institution that takes it from theirs.

    `thing` is a listing or a problem, `askers` the institutions of the actor from which a listing takes it, where it
    takes it from some only (`records.askers_of`). Without an institution: whether the person could send one through any.
    """
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    own = actor.ids("member")
    if not own:
        return NO_AFFILIATION
    if thing.institution_id in own:
        return OWN_INSTITUTION
    if institution_id is not None and institution_id not in own:
        return NO_AFFILIATION
    return _takes_from(actor, thing, askers, institution_id)


def _takes_from(actor: Actor, thing: Any, askers: Collection[int], institution_id: int | None) -> Answer:
    """Whether a thing is open to an institution of the actor, or to any of them."""
    if not isinstance(thing, Listing) or thing.who_may_ask == "anyone":
        return True
    is_named = thing.who_may_ask == "institutions"
    if institution_id is not None:
        is_open = institution_id in askers
    elif is_named:
        is_open = not actor.ids("member").isdisjoint(askers)
    else:
        is_open = actor.holds("consortium_member", thing.consortium_id)
    return is_open or (NOT_NAMED if is_named else NOT_IN_CONSORTIUM)


def blocked(thing: Any) -> No | None:
    """Why nothing can be sent about a listing or problem now, whoever asks; None when it is open."""
    return None if thing.is_open else No("not_open", _l("It is not open any more."))


def _is_answerer(actor: Actor, interest: Interest) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if is_sender_side(actor, interest):
        return OWN_INTEREST
    return is_owner_side(actor, interest) or NOT_OWNER


@permission("interest.talk")
def talk(actor: Actor, interest: Interest) -> Answer:
    """The owner's side opens the conversation."""
    return _is_answerer(actor, interest)


@permission("interest.accept")
def accept(actor: Actor, interest: Interest) -> Answer:
    """The owner's side says yes."""
    return _is_answerer(actor, interest)


@permission("interest.decline")
def decline(actor: Actor, interest: Interest) -> Answer:
    """The owner's side says no."""
    return _is_answerer(actor, interest)


def answering(actor: Actor) -> ColumnElement[bool]:
    """The list form of `accept`."""
    own = sent_by(actor)
    return and_(sent_to(actor), ~own) if actor.is_signed_in else false()


@permission("interest.withdraw")
def withdraw(actor: Actor, interest: Interest) -> Answer:
    """The sender's side takes it back."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return is_sender_side(actor, interest) or NOT_SENDER


# ---- After the yes -------------------------------------------------------------------------------------------


@permission("interest.accept_terms")
def accept_terms(actor: Actor, interest: Interest, institution_id: int | None = None) -> Answer:
    """A representative of one of the two institutions, each for their own; never one person for both."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    sides = {interest.institution_id, interest.owner_institution_id}
    own = sides & actor.ids("representative")
    if own == sides:
        return No("both_sides", _l("You represent both institutions: another representative accepts the terms."))  # fmt: skip
    return (bool(own) if institution_id is None else institution_id in own) or REPRESENTATIVES_ONLY


@permission("interest.convert")
def convert(actor: Actor, interest: Interest) -> Answer:
    """Both sides take it further: those who see the contact."""
    return see_contact(actor, interest)


@permission("interest.discuss")
def discuss(actor: Actor, interest: Interest) -> Answer:
    """Both sides, once the owner has opened the conversation."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if not view(actor, interest):
        return NOT_SEEN
    if interest.state in TALK_STATES:
        return True
    if interest.state in OPEN_STATES:
        return No("not_talking", _l("The owner opens the conversation, or answers with yes or no."))
    return No("wrong_state", _l("In this state nothing can be added to it."))

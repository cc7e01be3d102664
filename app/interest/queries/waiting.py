"""What waits for a person: interests to answer, terms of confidentiality that the other side accepted already."""

from typing import Any

from sqlalchemy import Select, case, func, select

from app.core import waiting
from app.core.access import Actor
from app.core.db import alias
from app.institutions.models import Institution
from app.interest import policies
from app.interest.models import OPEN_STATES, TERMS, YES_STATES, Interest, InterestOpening
from app.listings.models import Listing
from app.problems.models import Problem

_OTHER = alias(InterestOpening)


@waiting.source
def to_answer(actor: Actor) -> Select[Any] | None:
    """Interests in what the person owns, or in what their institution posted."""
    return (
        waiting.item(
            "interest.answer",
            thing_id=Interest.id,
            item_id=Interest.id,
            title=func.coalesce(Listing.title, Problem.title),
            who=Institution.name,
            since=Interest.asked_at,
            due=Interest.due_at,
        )
        .select_from(Interest)
        .join(Institution, Institution.id == Interest.institution_id)
        .outerjoin(Listing, Listing.id == Interest.listing_id)
        .outerjoin(Problem, Problem.id == Interest.problem_id)
        .where(Interest.state.in_(OPEN_STATES), policies.answering(actor))
    )


@waiting.source
def terms(actor: Actor) -> Select[Any] | None:
    """Terms that a representative of the other institution accepted, for representatives of this one."""
    own = actor.ids("representative")
    if not actor.holds_any("representative"):
        return None
    here = case(
        (InterestOpening.institution_id == Interest.institution_id, Interest.owner_institution_id),
        else_=Interest.institution_id,
    )
    both = select(_OTHER.id).where(
        _OTHER.interest_id == Interest.id, _OTHER.what == TERMS, _OTHER.institution_id == here
    )
    return (
        waiting.item(
            "interest.terms",
            thing_id=Interest.id,
            item_id=InterestOpening.id,
            title=Listing.title,
            who=Institution.name,
            since=InterestOpening.at,
        )
        .select_from(InterestOpening)
        .join(Interest, Interest.id == InterestOpening.interest_id)
        .join(Listing, Listing.id == Interest.listing_id)
        .join(Institution, Institution.id == InterestOpening.institution_id)
        .where(
            InterestOpening.what == TERMS,
            Interest.state.in_(YES_STATES),
            Listing.detail_visibility == "agreement",  # the owner may have opened it without terms since
            here.in_(own),
            InterestOpening.institution_id.not_in(own),
            ~both.correlate(Interest, InterestOpening).exists(),
        )
    )

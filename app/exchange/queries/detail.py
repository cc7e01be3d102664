"""Reads of one course: its record with both sides, its legs, one leg, and what of them stands on pages of others."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.core.access import Actor
from app.core.db import alias, db
from app.core.errors import NotFound
from app.core.kept import kept
from app.exchange.models import LIVE_STATES, ExchangeCourse, ExchangeLeg
from app.exchange.policies import propose, visible
from app.institutions.models import Affiliation, Institution
from app.interest.models import Interest
from app.listings.models import Listing

SHOWN_ELSEWHERE = 10
_provider, _taker, _reporter, _acknowledger = (
    alias(Institution),
    alias(Institution),
    alias(Person),
    alias(Person),
)


def get(actor: Actor, course_id: int) -> ExchangeCourse:
    """A course with its listing, both institutions and the named reporter, if the reader may see it. Raises NotFound."""
    found = db.session.scalars(
        select(ExchangeCourse)
        .where(ExchangeCourse.id == course_id, visible(actor))
        .options(
            joinedload(ExchangeCourse.listing),
            joinedload(ExchangeCourse.provider),
            joinedload(ExchangeCourse.taker),
            joinedload(ExchangeCourse.reporter),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def interest_to_propose(actor: Actor, interest_id: int | None) -> Interest:
    """The interest from which a course is proposed, by its number, for who may propose one. Raises NotFound."""
    found = db.session.get(Interest, interest_id) if interest_id else None
    if found is None or not propose(actor, found.owner_institution_id, found.institution_id):
        raise NotFound
    return found


@kept
def _legs(course_id: Any) -> Any:
    return (
        select(
            ExchangeLeg.id,
            ExchangeLeg.number,
            ExchangeLeg.due_on,
            ExchangeLeg.due_at,
            ExchangeLeg.state,
            ExchangeLeg.version,
            ExchangeLeg.learnt,
            ExchangeLeg.performed,
            ExchangeLeg.next_users,
            ExchangeLeg.given_back,
            ExchangeLeg.conditions,
            ExchangeLeg.language,
            ExchangeLeg.reported_at,
            ExchangeLeg.reported_by_id,
            ExchangeLeg.answer,
            ExchangeLeg.answer_language,
            ExchangeLeg.acknowledged_at,
            ExchangeLeg.taker_shares,
            ExchangeLeg.provider_shares,
            _reporter.display_name.label("reported_by"),
            _acknowledger.display_name.label("acknowledged_by"),
        )
        .outerjoin(_reporter, _reporter.id == ExchangeLeg.reported_by_id)
        .outerjoin(_acknowledger, _acknowledger.id == ExchangeLeg.acknowledged_by_id)
        .where(ExchangeLeg.course_id == course_id)
        .order_by(ExchangeLeg.number)
    )


def legs_of(course_id: int) -> list[Any]:
    """The legs of a course that the reader sees, the first one first; one statement."""
    return list(db.session.execute(*_legs(course_id=course_id)))


def leg(course_id: int, number: int) -> ExchangeLeg:
    """One leg within its course. Raises NotFound."""
    found = db.session.scalars(
        select(ExchangeLeg).where(ExchangeLeg.course_id == course_id, ExchangeLeg.number == number)
    ).first()
    if found is None:
        raise NotFound
    return found


def members_of(institution_id: int) -> list[tuple[int, str]]:
    """Who can be named to report: (person id, name) of the institution's people."""
    rows = db.session.execute(
        select(Person.id, Person.display_name)
        .join(Affiliation, Affiliation.person_id == Person.id)
        .where(
            Affiliation.institution_id == institution_id,
            Affiliation.state == "active",
            Person.closed_at.is_(None),
        )
        .order_by(Person.display_name, Person.id)
    )
    return [(row[0], row[1]) for row in rows]


# ---- on the pages of others --------------------------------------------------------------------------------------


@kept
def _insights(listing_id: Any, most: Any) -> Any:
    return (
        select(
            ExchangeLeg.learnt,
            ExchangeLeg.performed,
            ExchangeLeg.conditions,
            ExchangeLeg.language,
            ExchangeLeg.reported_at,
            ExchangeCourse.taker_id,
            _taker.name.label("taker"),
            _taker.country.label("country"),
        )
        .join(ExchangeCourse, ExchangeCourse.id == ExchangeLeg.course_id)
        .join(_taker, _taker.id == ExchangeCourse.taker_id)
        .where(
            ExchangeCourse.listing_id == listing_id,
            ExchangeLeg.state == "acknowledged",
            ExchangeLeg.taker_shares,
            ExchangeLeg.provider_shares,
            or_(ExchangeLeg.learnt != "", ExchangeLeg.performed != "", ExchangeLeg.conditions != ""),
        )
        .order_by(ExchangeLeg.reported_at.desc(), ExchangeLeg.id.desc())
        .limit(most)
    )


def insights_of(listing_id: int, most: int = SHOWN_ELSEWHERE) -> list[Any]:
    """What both sides share with everybody who sees a listing, the newest first; one statement."""
    return list(db.session.execute(*_insights(listing_id=listing_id, most=most)))


@kept
def _at_institution(reader: Actor, institution_id: Any, most: Any) -> Any:
    return (
        select(
            ExchangeCourse.id,
            ExchangeCourse.state,
            ExchangeCourse.due_next,
            ExchangeCourse.late_until,
            ExchangeCourse.provider_id,
            _provider.name.label("provider"),
            _taker.name.label("taker"),
            Listing.title,
            Listing.language,
        )
        .join(Listing, Listing.id == ExchangeCourse.listing_id)
        .join(_provider, _provider.id == ExchangeCourse.provider_id)
        .join(_taker, _taker.id == ExchangeCourse.taker_id)
        .where(
            or_(
                ExchangeCourse.provider_id == institution_id,
                ExchangeCourse.taker_id == institution_id,
            ),
            ExchangeCourse.state.in_([*LIVE_STATES, "finished"]),
            visible(reader),
        )
        .order_by(ExchangeCourse.due_next, ExchangeCourse.id)
        .limit(most)
    )


def of_institution(actor: Actor, institution_id: int, most: int = SHOWN_ELSEWHERE) -> list[Any]:
    """The courses of an institution that the reader sees; one statement, none for visitors, who see none."""
    if not actor.is_signed_in:
        return []
    return list(db.session.execute(*_at_institution(actor, institution_id=institution_id, most=most)))


@kept
def _about_listing(reader: Actor, listing_id: Any, most: Any) -> Any:
    return (
        select(
            ExchangeCourse.id,
            ExchangeCourse.state,
            ExchangeCourse.due_next,
            ExchangeCourse.late_until,
            _taker.name.label("taker"),
        )
        .join(_taker, _taker.id == ExchangeCourse.taker_id)
        .where(ExchangeCourse.listing_id == listing_id, visible(reader))
        .order_by(ExchangeCourse.due_next, ExchangeCourse.id)
        .limit(most)
    )


def of_listing(actor: Actor, listing_id: int, most: int = SHOWN_ELSEWHERE) -> list[Any]:
    """The courses around a listing that the reader sees; one statement, none for visitors, who see none."""
    if not actor.is_signed_in:
        return []
    return list(db.session.execute(*_about_listing(actor, listing_id=listing_id, most=most)))


def beside_listing(actor: Actor, listing: Any) -> dict[str, Any]:
    """What the page of a listing shows of exchanges: shared insights and the reader's courses, for technologies on offer."""
    if listing.kind != "technology" or listing.direction != "offer":
        return {"insights": [], "courses": []}
    return {"insights": insights_of(listing.id), "courses": of_listing(actor, listing.id)}

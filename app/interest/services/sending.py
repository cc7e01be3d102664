"""Sending an interest, and taking it back."""

from typing import Any

from sqlalchemy import select

from app.accounts.services import throttle
from app.core import leaving
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.core.text import clean_text
from app.institutions.models import Institution
from app.interest import notices, policies
from app.interest.models import INTEREST_STATES, MESSAGE_LENGTH, Interest
from app.interest.queries import records
from app.interest.services import steps
from app.listings.models import Listing
from app.problems.models import Problem


def send(
    actor: Actor,
    thing: Listing | Problem,
    *,
    institution_id: int | None,
    brings: steps.Lines,
    gains: steps.Lines,
    message: str = "",
    language: str = "en",
) -> Interest:
    """Write to the owner of a listing or problem; `brings` and `gains` are {kind, text}, both needed.

    Raises NotAllowed, RuleBroken(`not_open`, `already_open`), Invalid(institution_id, brings, gains, language, message),
    TooMany.
    """
    if actor.id is not None:
        throttle.count(("interest", str(actor.id)))
    return enter(
        actor,
        thing,
        institution_id=institution_id,
        brings=brings,
        gains=gains,
        message=message,
        language=language,
    )


def enter(
    actor: Actor,
    thing: Listing | Problem,
    *,
    institution_id: int | None,
    brings: steps.Lines,
    gains: steps.Lines,
    message: str = "",
    language: str = "en",
) -> Interest:
    """The same without counting how many somebody sends, for a history that is told afterwards. Raises as `send`."""
    with transaction():
        lock(thing)
        askers = records.askers_of(actor, thing)
        authorize(policies.send, actor, thing, askers)
        through = _through(actor, thing, institution_id)
        authorize(policies.send, actor, thing, askers, through)
        no = policies.blocked(thing)
        if no is not None:
            raise RuleBroken(no.code, no.text)
        if records.open_one(through, thing) is not None:
            raise RuleBroken(
                "already_open",
                _l("An interest of your institution in this is open already. It waits for an answer."),
            )
        ours, wanted = steps.checked_lines(brings, gains, language)
        message = clean_text(message)
        if len(message) > MESSAGE_LENGTH:
            raise Invalid({"message": _l("Enter at most %(number)s characters", number=MESSAGE_LENGTH)})
        interest = Interest(
            listing_id=thing.id if isinstance(thing, Listing) else None,
            problem_id=thing.id if isinstance(thing, Problem) else None,
            owner_id=thing.author_id if isinstance(thing, Problem) else None,
            institution_id=through,
            owner_institution_id=thing.institution_id,
            language=language,
            message=message,
            brings=ours,
            gains=wanted,
        )
        interest.ask(actor.id, steps.due(db.session.get_one(Institution, thing.institution_id)))
        db.session.add(interest)
        db.session.flush()
        interest = steps.fresh(interest)
        steps.record(actor, "send", interest, through, after={"state": interest.state})
        notices.to_owner("sent", interest, actor, due=interest.due_at)
    return interest


def _through(actor: Actor, thing: Any, institution_id: int | None) -> int:
    """The institution for which the actor writes. Raises Invalid(`institution_id`) for one that is not theirs."""
    own = actor.ids("member") - {thing.institution_id}
    if institution_id is None and len(own) == 1:
        return next(iter(own))
    if institution_id is None or institution_id not in own:
        raise Invalid({"institution_id": _l("Choose an institution to which you belong")})
    return institution_id


def withdraw(actor: Actor, interest: Interest, *, version: int | None = None) -> None:
    """The sender's side takes it back while nobody has answered with yes or no. Raises NotAllowed, Conflict."""
    with transaction():
        interest = steps.fresh(interest, version)
        authorize(policies.withdraw, actor, interest)
        steps.still_open(interest)
        _withdraw(actor, interest)


def _withdraw(actor: Actor, interest: Interest) -> None:
    before = INTEREST_STATES.move(interest, "withdraw")
    interest.decide(actor.id, "withdrawn")
    steps.record(
        actor,
        "withdraw",
        interest,
        interest.institution_id,
        before={"state": before},
        after={"state": interest.state},
    )
    notices.to_owner("withdrawn", interest, actor, mail=False)


@leaving.release
def release(actor: Actor, person_id: int) -> None:
    """Who closes their account takes back what they sent and nobody answered."""
    query = select(Interest).where(Interest.asked_by_id == person_id, Interest.decided_at.is_(None))
    for found in list(db.session.scalars(query.order_by(Interest.id))):
        _withdraw(actor, steps.fresh(found))

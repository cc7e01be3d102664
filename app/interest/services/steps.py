"""Steps inside the actions on interests: they run in an open transaction."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.audit import services as audit
from app.core import clock, vocab
from app.core.access import Actor
from app.core.db import db, lock
from app.core.errors import Conflict, Invalid, RuleBroken, Words
from app.core.i18n import _l
from app.core.text import clean_line
from app.institutions.models import Institution
from app.interest.models import (
    INTEREST_STATES,
    LINE_LENGTH,
    MOST_LINES,
    WORKING_DAYS,
    Interest,
    InterestOpening,
    terms_digest,
)
from app.interest.queries import records

Lines = Iterable[Mapping[str, Any]]
GONE_LISTING = ("draft", "in_review", "returned", "retired")
GONE_PROBLEM = (
    "draft",
    "submitted",
    "needs_changes",
    "answered",
    "rejected",
    "merged",
    "withdrawn",
    "closed",
)
GONE_INSTITUTION = ("merged", "closed")


def record(
    actor: Actor | None, action: str, interest: Interest, institution_id: int | None = None, **more: Any
) -> None:
    """An audit line under the roof of the institution that acted, which alone reads it there."""
    audit.record(
        actor,
        f"interest.{action}",
        interest,
        label=f"{interest.number} {interest.thing.title}",
        institution_id=institution_id,
        **more,
    )


def fresh(interest: Interest, version: int | None = None) -> Interest:
    """The interest with all that it is about, its row held. Raises Conflict for another version than was seen."""
    lock(interest)
    found: Interest = db.session.scalars(
        records.whole().where(Interest.id == interest.id).execution_options(populate_existing=True)
    ).one()
    found.expect_version(version)
    return found


def still_open(interest: Interest) -> None:
    """Say what happened meanwhile. Raises Conflict(`already_decided`)."""
    if interest.is_open_now:
        return
    state = INTEREST_STATES[interest.state].label
    raise Conflict(
        "already_decided",
        _l("This is “%(state)s” now, so nothing of yours was saved.", state=state),
        record=interest,
    )


def is_gone(interest: Interest) -> bool:
    """Whether what it is about, its author or one of the institutions is no more."""
    if any(place.state in GONE_INSTITUTION for place in (interest.institution, interest.owner_institution)):
        return True
    if interest.listing is not None:
        return interest.listing.state in GONE_LISTING
    return interest.thing.state in GONE_PROBLEM or interest.thing.author.is_closed


def still_there(interest: Interest) -> None:
    """Refuse an answer about what is gone. Raises RuleBroken(`thing_gone`)."""
    if is_gone(interest):
        raise RuleBroken("thing_gone", _l("What this is about is not there any more."))


def due(institution: Institution) -> Any:
    """By when an owner answers: ten working days of their institution from now, its days of rest and holidays left out."""
    return clock.add_working_days(
        clock.now(), WORKING_DAYS, institution.weekend, institution.zone, institution.country
    )


def checked_lines(
    brings: Lines, gains: Lines, language: str
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Both lists as they are kept. Raises Invalid(brings, gains, language): each needs a line with kind and words."""
    wrong: dict[str, Words] = {}
    empty = {
        "brings": _l("Say what your side brings"),
        "gains": _l("Say what your side hopes for"),
    }
    found: dict[str, list[dict[str, str]]] = {}
    for name, lines in (("brings", brings), ("gains", gains)):
        found[name] = [
            {"kind": str(line.get("kind") or ""), "text": clean_line(line.get("text"))} for line in lines
        ]
        found[name] = [line for line in found[name] if line["text"]]
        fault = _fault(found[name]) if found[name] else empty[name]
        if fault is not None:
            wrong[name] = fault
    if not vocab.is_language(language):
        wrong["language"] = _l("Choose a language")
    if wrong:
        raise Invalid(wrong)
    return found["brings"], found["gains"]


def _fault(lines: list[dict[str, str]]) -> Words | None:
    if len(lines) > MOST_LINES:
        return _l("Enter at most %(number)s lines", number=MOST_LINES)
    if any(line["kind"] not in vocab.KINDS for line in lines):
        return _l("Choose a kind for each line")
    if any(len(line["text"]) > LINE_LENGTH for line in lines):
        return _l("Enter at most %(number)s characters a line", number=LINE_LENGTH)
    return None


def note_opening(actor: Actor, interest: Interest, what: str, institution_id: int, terms: str = "") -> None:
    """A line in the log that both sides read."""
    db.session.add(
        InterestOpening(
            interest_id=interest.id,
            what=what,
            institution_id=institution_id,
            by_id=actor.id,
            terms=terms,
            terms_sha256=terms_digest(terms) if terms else "",
        )
    )

"""Inner steps of several actions: they run inside an open transaction and ask no permission."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.audit import services as audit
from app.core import clock, index
from app.core.access import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.institutions.models import Institution
from app.outcomes import policies, queries
from app.outcomes.models import (
    LISTED,
    OUTCOME_STATES,
    Confirmation,
    Objection,
    Outcome,
    OutcomeFacet,
    OutcomeNumber,
)
from app.translating.services import source_changed


def require_state(outcome: Outcome, verb: str) -> None:
    """Refuse what the state of things forbids now. Raises RuleBroken with the code that the page shows."""
    no = policies.blocked(outcome, verb)
    if no is not None:
        raise RuleBroken(no.code, no.text, state=outcome.state)


def note_in_audit(
    actor: Actor | None,
    outcome: Outcome,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """A line of the audit about an outcome, under its consortium's and institution's roof.

    The title of what is not published stays out: the audit is read by more people than the outcome.
    """
    audit.record(
        actor,
        f"outcomes.{action}",
        outcome,
        before=before,
        after=after,
        note=note or None,
        label=f"{outcome.number} {outcome.title}" if outcome.was_published else outcome.number,
        institution_id=outcome.institution_id,
        consortium_id=outcome.consortium_id,
        team_id=outcome.team_id,
    )


def move(
    actor: Actor | None, outcome: Outcome, verb: str, action: str, note: str | None = None, **after: Any
) -> str:
    """Make a move and leave it in the audit; returns the state before. Raises RuleBroken(`wrong_state`)."""
    before = OUTCOME_STATES.move(outcome, verb)
    note_in_audit(
        actor,
        outcome,
        action,
        before={"state": before},
        after={"state": outcome.state, **after},
        note=note,
    )
    return before


def follow_keys(outcome: Outcome, *names: str) -> None:
    """Let what stands behind changed keys be read anew when it is asked for next."""
    db.session.flush()
    db.session.expire(outcome, list(names))


def next_number() -> str:
    """The next public number of this year. Whoever asks at the same time waits: the year's row is locked."""
    year = clock.today().year
    row = db.session.scalars(
        select(OutcomeNumber).where(OutcomeNumber.year == year).with_for_update()
    ).first()
    if row is None:
        row = OutcomeNumber(year=year, last=0)
        db.session.add(row)
        db.session.flush()  # of two first ones of a year, one is refused and tries again
    row.last += 1
    return f"OUT-{year}-{row.last:04d}"


def open_round(outcome: Outcome) -> Confirmation | None:
    """The round that waits for an answer, its row held."""
    return db.session.scalars(
        select(Confirmation)
        .where(Confirmation.outcome_id == outcome.id, Confirmation.decided_at.is_(None))
        .with_for_update()
    ).first()


def end_round(outcome: Outcome, by: int | None, code: str, note: str = "") -> None:
    """Answer the open round, if there is one."""
    waiting = open_round(outcome)
    if waiting is not None:
        waiting.decide(by, code, note)


def end_objection(outcome: Outcome, by: int | None, code: str, note: str = "") -> Objection | None:
    """Settle the open objection, if there is one."""
    waiting = db.session.scalars(
        select(Objection)
        .where(Objection.outcome_id == outcome.id, Objection.decided_at.is_(None))
        .with_for_update()
    ).first()
    if waiting is not None:
        waiting.decide(by, code, note)
    return waiting


def due_by(institution: Institution, days: int, start: datetime | None = None) -> datetime:
    """The end of so many working days of an institution: its weekend, its public holidays, its zone."""
    return clock.add_working_days(
        start or clock.now(), days, institution.weekend, institution.zone, institution.country
    )


def window_end(outcome: Outcome, days: int) -> datetime:
    """When the last of the partners has had so many working days of its own."""
    partners = queries.partners(outcome) or [db.session.get_one(Institution, outcome.institution_id)]
    return max(due_by(institution, days) for institution in partners)


def show(outcome: Outcome) -> None:
    """Put a published outcome into the list's facets and the word index, as it is now; tell its translations."""
    if outcome.state not in LISTED:
        return
    named = {row.institution_id for row in queries.contributors(queries.credits_of(outcome.id))}
    values = {("sdg", goal) for goal in outcome.sdg_goals}
    values |= {("country", country) for country in outcome.benefits_where}
    values |= {("institution", str(key)) for key in {outcome.institution_id, *named} if key}
    _forget_facets(outcome)
    db.session.add_all(
        OutcomeFacet(outcome_id=outcome.id, facet=facet, value=value, listed_at=outcome.listed_at)
        for facet, value in sorted(values)
    )
    index.put("outcome", outcome.id, *queries.things.words(outcome))
    source_changed("outcome", outcome.id, queries.things.texts(outcome))


def hide(outcome: Outcome) -> None:
    """Take it out of the list's facets and the word index."""
    _forget_facets(outcome)
    index.drop("outcome", outcome.id)
    source_changed("outcome", outcome.id, queries.things.texts(outcome))


def _forget_facets(outcome: Outcome) -> None:
    db.session.execute(delete(OutcomeFacet).where(OutcomeFacet.outcome_id == outcome.id))

"""Whom we tell what about outcomes. The words stand in templates/outcomes/mail."""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.core.errors import Words
from app.core.text import excerpt
from app.notifications.services import tell
from app.outcomes import queries
from app.outcomes.models import Confirmation, Objection, Outcome, OutcomeCredit, ProblemAnswer
from app.problems.models import Problem

CLAIMER = "outcome_claimer"
CREDITED = "outcome_credited"
CONFIRMER = "outcome_confirmer"
PARTNER = "outcome_partner"
LEAD = "consortium_lead"
AUTHOR = "problem_author"
ANSWERS = {"author": AUTHOR, "lead": LEAD}  # why a side is asked whether a problem is answered


def _say(
    people: Iterable[int | None],
    what: str,
    outcome: Outcome,
    *,
    reason: str,
    actor: Actor | None = None,
    path: str = "",
    mail: bool = True,
    **facts: Any,
) -> None:
    """Tell people `outcomes.<what>`; `path` is below the outcome's own page."""
    tell(
        people,
        f"outcomes.{what}",
        path=f"/outcomes/{outcome.id}{path}",
        reason=reason,
        about=outcome,
        facts={
            "number": outcome.number,
            "title": outcome.title,
            "short": excerpt(outcome.title, 30),
            "who": actor.name if actor else "",
            **facts,
        },
        actor=actor,
        mail=mail,
    )


def _everybody(
    outcome: Outcome, what: str, *, actor: Actor | None = None, mail: bool = True, **facts: Any
) -> set[int]:
    """Who keeps it, who is named in it, and the representatives of the partners; each once. Returns who these are."""
    keepers = queries.keeper_ids(outcome)
    named = queries.credited_ids(outcome.id) - keepers
    partners = queries.representatives(queries.partner_ids(outcome)) - keepers - named
    for people, reason in ((keepers, CLAIMER), (named, CREDITED), (partners, PARTNER)):
        _say(people, what, outcome, reason=reason, actor=actor, mail=mail, **facts)
    return keepers | named | partners


def to_confirm(actor: Actor, outcome: Outcome, asked: Confirmation) -> None:
    """The institution that is asked: at once."""
    _say(
        queries.confirmer_ids(outcome),
        "to_confirm",
        outcome,
        reason=CONFIRMER,
        actor=actor,
        due=asked.due_at,
    )


def remind_to_confirm(outcome: Outcome, asked: Confirmation) -> None:
    """The same people, at half time."""
    people = queries.confirmer_ids(outcome)
    _say(people, "reminder_confirm", outcome, reason=CONFIRMER, due=asked.due_at)


def recalled(actor: Actor, outcome: Outcome) -> None:
    """Who was asked: it is off their list. Inbox only."""
    _say(queries.confirmer_ids(outcome), "recalled", outcome, reason=CONFIRMER, actor=actor, mail=False)


def lapsed(outcome: Outcome) -> None:
    """Both sides: nobody answered in time."""
    _say(queries.keeper_ids(outcome), "lapsed", outcome, reason=CLAIMER, path="/edit")
    _say(queries.confirmer_ids(outcome), "lapsed", outcome, reason=CONFIRMER, mail=False)


def returned(actor: Actor, outcome: Outcome, why: Words, note: str) -> None:
    """Who keeps it: changes are wished."""
    people = queries.keeper_ids(outcome)
    _say(people, "returned", outcome, reason=CLAIMER, actor=actor, path="/edit", why=why, note=note)


def confirmed(actor: Actor, outcome: Outcome, note: str) -> None:
    """Its people and the partners: it is confirmed, and until when one may object."""
    _everybody(outcome, "confirmed", actor=actor, note=note, until=outcome.window_ends_at)


def published(outcome: Outcome) -> None:
    """Its people and the partners, in the inbox; who claimed it by mail."""
    keepers = queries.keeper_ids(outcome)
    _say(keepers, "published", outcome, reason=CLAIMER)
    named = queries.credited_ids(outcome.id) - keepers
    _say(named, "published", outcome, reason=CREDITED, mail=False)
    partners = queries.representatives(queries.partner_ids(outcome)) - keepers - named
    _say(partners, "published", outcome, reason=PARTNER, mail=False)


def objected(actor: Actor, outcome: Outcome, objection: Objection) -> None:
    """Who settles it, who claimed and who confirmed it: at once."""
    facts: dict[str, Any] = {"text": objection.reason, "due": objection.due_at}
    settlers = queries.settler_ids(outcome, actor.id)
    _say(settlers, "to_settle", outcome, reason=LEAD, actor=actor, path="/settle", **facts)
    sides = (queries.keeper_ids(outcome) | {outcome.confirmed_by_id or 0}) - settlers - {0}
    _say(sides, "objected", outcome, reason=CLAIMER, actor=actor, **facts)


def remind_to_settle(outcome: Outcome, objection: Objection) -> None:
    """Who settles it: it still waits."""
    people = queries.settler_ids(outcome, objection.asked_by_id)
    _say(people, "reminder_settle", outcome, reason=LEAD, path="/settle", due=objection.due_at)


def settled(actor: Actor, outcome: Outcome, objection: Objection | None, what: Words, note: str) -> None:
    """Both sides: what follows."""
    sides = (queries.keeper_ids(outcome) | {outcome.confirmed_by_id or 0}) - {0}
    _say(sides, "settled", outcome, reason=CLAIMER, actor=actor, decision=what, note=note)
    if objection is not None:
        people = {objection.asked_by_id} - sides
        _say(people, "settled", outcome, reason=PARTNER, actor=actor, decision=what, note=note)


def retracted(actor: Actor, outcome: Outcome, before: str, note: str) -> None:
    """Its people and the partners; by mail where it was more than a draft. Who was asked to confirm it."""
    told = _everybody(outcome, "retracted", actor=actor, mail=before != "claimed", note=note)
    if before == "evidenced":
        people = queries.confirmer_ids(outcome) - told
        _say(people, "retracted", outcome, reason=CONFIRMER, actor=actor, mail=False, note=note)


# ---- credit --------------------------------------------------------------------------------------------------------


def named(actor: Actor, outcome: Outcome, credit: OutcomeCredit) -> None:
    """The person: do you agree to be named?"""
    _say(
        [credit.person_id], "named", outcome, reason=CREDITED, actor=actor, path="/credit", due=credit.due_at
    )


def remind_credit(outcome: Outcome, credit: OutcomeCredit) -> None:
    """The person, at half time."""
    _say([credit.person_id], "reminder_credit", outcome, reason=CREDITED, path="/credit", due=credit.due_at)


def name_taken_back(actor: Actor, outcome: Outcome, credit: OutcomeCredit) -> None:
    """The person: it is off their list. Inbox only."""
    _say([credit.person_id], "name_taken_back", outcome, reason=CREDITED, actor=actor, mail=False)


def credit_answered(actor: Actor, outcome: Outcome, is_accepted: bool, note: str) -> None:
    """Who keeps it."""
    _say(
        queries.keeper_ids(outcome),
        "credit_accepted" if is_accepted else "credit_declined",
        outcome,
        reason=CLAIMER,
        actor=actor,
        mail=not is_accepted,
        note=note,
    )


def credit_lapsed(outcome: Outcome, credit: OutcomeCredit) -> None:
    """Both sides: no answer came. Inbox only."""
    keepers = queries.keeper_ids(outcome)
    _say(keepers, "credit_lapsed", outcome, reason=CLAIMER, mail=False)
    _say({credit.person_id} - keepers, "credit_lapsed", outcome, reason=CREDITED, mail=False)


def credit_withdrawn(actor: Actor, outcome: Outcome, note: str) -> None:
    """Who keeps it: somebody took their own name out."""
    people = queries.keeper_ids(outcome)
    _say(people, "credit_withdrawn", outcome, reason=CLAIMER, actor=actor, note=note)


# ---- the problem ---------------------------------------------------------------------------------------------------


def _problem_facts(problem: Problem) -> dict[str, Any]:
    return {"problem": problem.number, "problem_short": excerpt(problem.title, 30)}


def to_answer(outcome: Outcome, problem: Problem, asked: ProblemAnswer) -> None:
    """A side that is asked whether the problem is answered: at once, and at half time."""
    people = queries.answerer_ids(outcome, problem, asked.side)
    facts = {**_problem_facts(problem), "due": asked.due_at}
    _say(people, "to_answer", outcome, reason=ANSWERS[asked.side], path="/answer", **facts)


def answer_given(actor: Actor, outcome: Outcome, problem: Problem, is_answered: bool, note: str) -> None:
    """Who claimed it, and the author: what the other side says. By mail when it says no."""
    # Who wrote a problem may be unknown to these people: the author is not named.
    facts = {**_problem_facts(problem), "note": note, "is_author": actor.id == problem.author_id}
    what = "answer_yes" if is_answered else "answer_no"
    keepers = queries.keeper_ids(outcome)
    _say(keepers, what, outcome, reason=CLAIMER, actor=actor, mail=not is_answered, **facts)
    author = queries.readers(outcome, {problem.author_id}) - keepers
    _say(author, what, outcome, reason=AUTHOR, actor=actor, mail=False, **facts)


def answer_lapsed(outcome: Outcome, problem: Problem, asked: ProblemAnswer) -> None:
    """Both sides: no word came. Inbox only."""
    facts = _problem_facts(problem)
    keepers = queries.keeper_ids(outcome)
    people = queries.answerer_ids(outcome, problem, asked.side) - keepers
    _say(keepers, "answer_lapsed", outcome, reason=CLAIMER, mail=False, **facts)
    _say(people, "answer_lapsed", outcome, reason=ANSWERS[asked.side], mail=False, **facts)

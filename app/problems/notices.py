"""Whom we tell what about problem statements. The words stand in templates/problems/mail."""

from collections.abc import Callable, Iterable
from typing import Any

from app.core.access import Actor
from app.core.db import db
from app.core.i18n import LazyText
from app.core.text import excerpt
from app.institutions.models import Institution
from app.notifications.services import tell
from app.problems import queries
from app.problems.models import PARTS, Problem, Review
from app.problems.queries.things import PROBLEM


def _path(problem: Problem, page: str = "") -> str:
    return f"/problems/{problem.id}{page}"


def _facts(problem: Problem, actor: Actor | None = None, **more: Any) -> dict[str, Any]:
    # A subject has about 60 characters; `short` leaves room for what happened.
    return {
        "number": problem.number,
        "title": problem.title,
        "short": excerpt(problem.title, 34),
        "by": actor.name if actor else "",
        **more,
    }


def _author(
    actor: Actor | None, problem: Problem, kind: str, *, page: str = "", mail: bool = True, **more: Any
) -> None:
    tell(
        [problem.author_id],
        kind,
        about=problem,
        path=_path(problem, page),
        reason="problem_author",
        facts=_facts(problem, actor, **more),
        actor=actor,
        mail=mail,
    )


def _reviewers(actor: Actor | None, problem: Problem, kind: str, *, mail: bool = True, **more: Any) -> None:
    tell(
        queries.deciders(problem),
        kind,
        about=problem,
        path=_path(problem, "/review"),
        reason="consortium_lead" if problem.has_other_lead else "administrator",
        facts=_facts(problem, actor, **more),
        actor=actor,
        mail=mail,
    )


def _followers(
    actor: Actor | None, problem: Problem, kind: str, people: list[int], *, path: str = "", **more: Any
) -> None:
    tell(
        [person for person in people if person != problem.author_id],
        kind,
        about=problem,
        path=path or _path(problem),
        reason="problem_follower",
        facts=_facts(problem, PROBLEM.voice(actor, problem) if actor else None, **more),
        actor=actor,
    )


def submitted(actor: Actor, problem: Problem, review: Review) -> None:
    """Those who decide: something waits."""
    _reviewers(actor, problem, "problems.submitted", due=review.due_at)


def recalled(actor: Actor, problem: Problem) -> None:
    """Those who were to decide: it is off their list. Inbox only."""
    _reviewers(actor, problem, "problems.recalled", mail=False)


def published(actor: Actor, problem: Problem, note: str) -> None:
    """The author: it is open to teams."""
    _author(actor, problem, "problems.published", note=note)


def returned(actor: Actor, problem: Problem, note: str, wishes: int) -> None:
    """The author: changes are wanted."""
    _author(actor, problem, "problems.returned", page="/review", note=note, wishes=wishes)


def rejected(actor: Actor, problem: Problem, why: LazyText, note: str) -> None:
    """The author: it was not accepted, and why."""
    _author(actor, problem, "problems.rejected", page="/review", why=why, note=note)


def reopened(actor: Actor, problem: Problem, note: str) -> None:
    """The author: what was rejected is a draft again."""
    _author(actor, problem, "problems.reopened", page="/edit", note=note)


def merged(actor: Actor, problem: Problem, survivor: Problem, note: str) -> None:
    """Both authors, and who followed the one that ended and may read the other."""
    facts: dict[str, Any] = {
        "survivor_number": survivor.number,
        "survivor_title": survivor.title,
        "note": note,
    }
    _author(actor, problem, "problems.merged", **facts)
    see = {*queries.reading_followers(problem)} & {*queries.reading_followers(survivor)}
    _followers(actor, problem, "problems.merged", sorted(see), path=_path(survivor), **facts)
    _author(
        actor,
        survivor,
        "problems.took_over",
        mail=False,
        merged_number=problem.number,
        merged_title=problem.title,
    )


def withdrawn(actor: Actor, problem: Problem, before: str, note: str) -> None:
    """Who was to decide, or who followed it."""
    if before == "submitted":
        _reviewers(actor, problem, "problems.withdrawn", mail=False, note=note)
    if before in {"published", "expired"}:
        _followers(
            actor,
            problem,
            "problems.withdrawn",
            queries.reading_followers(problem),
            path="/problems",
            note=note,
        )


def closed(actor: Actor, problem: Problem, note: str) -> None:
    """The author, if a lead did it, and who follows it."""
    _author(actor, problem, "problems.closed", note=note)
    _followers(actor, problem, "problems.closed", queries.reading_followers(problem), note=note)


def answered(
    actor: Actor,
    problem: Problem,
    outcome: str,
    path: str,
    readers: Callable[[Iterable[int]], set[int]],
) -> None:
    """The author, in the inbox, and who follows it: an outcome answers it; its page to those who see it."""
    _author(actor, problem, "problems.answered", mail=False, outcome=outcome)
    followers = queries.reading_followers(problem)
    see = readers(followers)
    for people, to in (([*see], path), ([key for key in followers if key not in see], _path(problem))):
        _followers(actor, problem, "problems.answered", people, path=to, outcome=outcome)


def no_longer_answered(actor: Actor, problem: Problem, outcome: str, reason: str) -> None:
    """The author and who follows it: the outcome was retracted."""
    facts: dict[str, Any] = {"outcome": outcome, "reason": reason}
    _author(actor, problem, "problems.no_longer_answered", **facts)
    _followers(actor, problem, "problems.no_longer_answered", queries.reading_followers(problem), **facts)


def renewed(actor: Actor, problem: Problem) -> None:
    """The author, if a lead did it. Inbox only."""
    _author(
        actor, problem, "problems.renewed", mail=False, until=problem.closes_on if problem.has_end else None
    )


def edited(actor: Actor, problem: Problem, part: str) -> None:
    """Those who published it: its text has changed since. Inbox only."""
    _reviewers(actor, problem, "problems.edited", mail=False, part=PARTS[part])


def commented(actor: Actor, problem: Problem, text: str) -> None:
    """The other side of the review."""
    if actor.id == problem.author_id:
        _reviewers(actor, problem, "problems.comment", text=text)
    else:
        _author(actor, problem, "problems.comment", page="/review", text=text)


def endorsed(actor: Actor, problem: Problem, institution_id: int) -> None:
    """The author: an institution has this problem too. Inbox only."""
    institution = db.session.get_one(Institution, institution_id)
    _author(actor, problem, "problems.endorsed", mail=False, institution=institution.name)


def expiring(problem: Problem, days: int) -> None:
    """The author: the last day comes near."""
    _author(None, problem, "problems.expiring", page="/renew", days=days, until=problem.closes_on)


def expired(problem: Problem) -> None:
    """The author and who follows it: the last day has passed."""
    _author(None, problem, "problems.expired", page="/renew", until=problem.closes_on)
    _followers(
        None,
        problem,
        "problems.expired_followed",
        queries.reading_followers(problem),
        until=problem.closes_on,
    )


def decision_due(problem: Problem, review: Review) -> None:
    """Those who decide: half of the time has gone."""
    _reviewers(None, problem, "problems.decision_due", due=review.due_at)


def decision_late(problem: Problem, review: Review) -> None:
    """Those who decide, and the author: the day has passed without a decision."""
    _reviewers(None, problem, "problems.decision_late", due=review.due_at)
    _author(None, problem, "problems.decision_waits", page="/review", due=review.due_at)

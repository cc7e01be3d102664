"""Reads of reviews: the rounds of a problem, what changed between them, and what was said."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.consortia.models import Leadership
from app.core import vocab
from app.core.db import db
from app.core.i18n import LazyText, _l, fmt_date, fmt_number, get_locale
from app.problems.models import NO_END, RIGHTS, VISIBILITIES, Problem, Review, ReviewComment

LABELS: dict[str, LazyText] = {
    "title": _l("Title"),
    "summary": _l("Summary"),
    "statement": _l("Full statement"),
    "affected_who": _l("Who is affected"),
    "affected_where": _l("Where"),
    "affected": _l("How many"),
    "since_year": _l("Since"),
    "tried": _l("What was tried, and why it failed"),
    "measures": _l("How success will be measured"),
    "brings": _l("We bring"),
    "needs": _l("We need"),
    "sdg_goals": _l("Goals"),
    "sdg_targets": _l("Targets"),
    "fields": _l("Fields of research"),
    "keywords": _l("Keywords"),
    "rights": _l("Rights"),
    "visibility": _l("Who can see it"),
    "closes_on": _l("Open until"),
}
_WORDS = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)


@dataclass(frozen=True)
class Change:
    """One part of the text that differs: its label and pieces of ("same", "ins" or "del", words)."""

    label: str
    pieces: list[tuple[str, str]]


@dataclass
class Round:
    """A review with the names of who asked and decided, and what changed against the round before."""

    review: Review
    asked_by: str
    decided_by: str
    changes: list[Change] = field(default_factory=list)
    is_compared: bool = False


def snapshot(problem: Problem, brings: list[Any], needs: list[Any]) -> dict[str, Any]:
    """The text as it is now, as plain values, for a review to keep."""

    def of_lines(rows: list[Any]) -> list[list[str]]:
        return [[row.kind, row.text] for row in rows]

    return {
        "title": problem.title,
        "summary": problem.summary,
        "statement": problem.statement,
        "affected_who": problem.affected_who,
        "affected_where": list(problem.affected_where),
        "affected": [problem.affected_number, problem.affected_unit],
        "since_year": problem.since_year,
        "tried": problem.tried,
        "measures": [dict(measure) for measure in problem.measures],
        "brings": of_lines(brings),
        "needs": of_lines(needs),
        "sdg_goals": list(problem.sdg_goals),
        "sdg_targets": list(problem.sdg_targets),
        "fields": list(problem.fields),
        "keywords": list(problem.keywords),
        "rights": problem.rights,
        "visibility": problem.visibility,
        "closes_on": problem.closes_on.isoformat(),
    }


def _readable(name: str, value: Any) -> str:
    """A value of a snapshot in words."""
    if value in (None, "", []):
        return ""
    if name in _WORDED:
        return _WORDED[name](value)
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _lines(rows: list[list[str]]) -> str:
    return "\n".join(f"{vocab.kind_label(kind)}: {text}" for kind, text in rows)


def _measures(rows: list[dict[str, Any]]) -> str:
    names = ("what", "baseline", "target", "by", "how")
    return "\n".join(" · ".join(str(row[name]) for name in names if row.get(name)) for row in rows)


def _amount(pair: list[Any]) -> str:
    number, unit = pair
    return "" if number is None else f"{fmt_number(number)} {unit or ''}".strip()


def _goals(codes: list[str]) -> str:
    return "\n".join(f"{code} {vocab.sdg_label(code, get_locale())}" for code in codes)


_WORDED: dict[str, Callable[[Any], str]] = {
    "brings": _lines,
    "needs": _lines,
    "measures": _measures,
    "affected": _amount,
    "affected_where": lambda codes: "\n".join(vocab.country_name(code, get_locale()) for code in codes),
    "sdg_goals": _goals,
    "sdg_targets": _goals,
    "fields": lambda codes: "\n".join(vocab.field_label(code, get_locale()) for code in codes),
    "rights": lambda code: str(RIGHTS.get(code, code)),
    "visibility": lambda code: str(VISIBILITIES.get(code, code)),
    "closes_on": lambda day: "" if day == NO_END.isoformat() else fmt_date(date.fromisoformat(day)),
}


def words_changed(before: str, after: str) -> list[tuple[str, str]]:
    """The two texts as one: pieces that stayed ("same"), came in ("ins") and went out ("del"), word by word.

    >>> words_changed("salt in wells", "salt in deep wells")
    [('same', 'salt in '), ('ins', 'deep '), ('same', 'wells')]
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[tuple[str, str]] = []
    for what, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(("del", "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append(("ins", "".join(new[new_from:new_to])))
    return pieces


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between two snapshots, part by part, in the order of the page."""
    found = []
    for name, label in LABELS.items():
        if before.get(name) == after.get(name):
            continue
        old, new = _readable(name, before.get(name)), _readable(name, after.get(name))
        if old != new:
            found.append(Change(str(label), words_changed(old, new)))
    return found


def rounds(problem_id: int) -> list[Round]:
    """All rounds, the newest first, each with its difference to the one before."""
    asker, decider = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(Review, asker.display_name, decider.display_name)
        .outerjoin(asker, asker.id == Review.asked_by_id)
        .outerjoin(decider, decider.id == Review.decided_by_id)
        .where(Review.problem_id == problem_id)
        .order_by(Review.id)
        .limit(50)
    )
    found: list[Round] = []
    for review, asked_by, decided_by in rows:
        before = found[-1].review.submitted if found else None
        is_compared = bool(before and review.submitted)
        changes = difference(before or {}, review.submitted) if is_compared else []
        found.append(Round(review, asked_by or "", decided_by or "", changes, is_compared))
    return found[::-1]


def comments(problem_id: int) -> list[ReviewComment]:
    """Wishes and answers, the oldest first, with who wrote them."""
    return list(
        db.session.scalars(
            select(ReviewComment)
            .where(ReviewComment.problem_id == problem_id)
            .options(joinedload(ReviewComment.author))
            .order_by(ReviewComment.id)
            .limit(300)
        )
    )


def deciders(problem: Problem) -> list[int]:
    """The person ids of those who may decide: leads who did not write it, else the administrators."""
    leads = list(
        db.session.scalars(
            select(Leadership.person_id).where(
                Leadership.consortium_id == problem.consortium_id,
                Leadership.until.is_(None),
                Leadership.person_id != problem.author_id,
            )
        )
    )
    if leads and problem.has_other_lead:
        return leads
    return list(
        db.session.scalars(
            select(Person.id).where(
                Person.is_admin, Person.closed_at.is_(None), Person.id != problem.author_id
            )
        )
    )

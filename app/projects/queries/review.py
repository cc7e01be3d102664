"""Reads of reviews: the rounds of a project and what changed between them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.accounts.models import Person
from app.core import vocab
from app.core.db import db
from app.core.i18n import LazyText, _l, fmt_date, get_locale
from app.core.quantities import amount, parse
from app.problems.queries import words_changed
from app.projects.models import RIGHTS, VISIBILITIES, ProjectReview

LABELS: dict[str, LazyText] = {
    "title": _l("Title"),
    "acronym": _l("Acronym"),
    "summary": _l("Summary"),
    "description": _l("Description"),
    "keywords": _l("Keywords"),
    "problems": _l("Problems that it answers"),
    "goal": _l("Goal"),
    "success": _l("How success is measured"),
    "sdg_goals": _l("Goals (SDG)"),
    "sdg_targets": _l("Targets"),
    "fields": _l("Fields of research"),
    "trl_now": _l("Readiness now"),
    "trl_wanted": _l("Readiness wanted"),
    "host_brings": _l("The lead institution brings"),
    "host_gains": _l("The lead institution gains"),
    "skills": _l("Skills wanted"),
    "starts_on": _l("Starts"),
    "ends_on": _l("Planned end"),
    "milestones": _l("Milestones"),
    "needs": _l("Resources needed"),
    "rights": _l("Rights"),
    "rights_note": _l("On rights"),
    "ethics": _l("Ethics"),
    "export_note": _l("Export control"),
    "visibility": _l("Who can see it"),
}


@dataclass(frozen=True)
class Change:
    """One part of the text that differs: its label and pieces of ("same", "ins" or "del", words)."""

    label: str
    pieces: list[tuple[str, str]]


@dataclass
class Round:
    """A review with the names of who asked and decided, and what changed against the round before."""

    review: ProjectReview
    asked_by: str
    decided_by: str
    changes: list[Change] = field(default_factory=list)
    is_compared: bool = False


def snapshot(values: dict[str, Any]) -> dict[str, Any]:
    """What `writing.values_of` gave, as plain values, for a review to keep."""

    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    kept = {name: values[name] for name in LABELS if name in values}
    kept["starts_on"], kept["ends_on"] = day(values["starts_on"]), day(values["ends_on"])
    kept["milestones"] = [[day(row["due_on"]), row["title"]] for row in values["milestones"]]
    kept["needs"] = [
        [row["kind"], row["text"], "" if row["amount"] is None else str(row["amount"]), row["unit"]]
        for row in values["needs"]
    ]
    for side in ("host_brings", "host_gains"):
        kept[side] = [[row["kind"], row["text"]] for row in values[side]]
    return kept


def _lines(rows: list[list[str]]) -> str:
    return "\n".join(f"{vocab.kind_label(kind)}: {text}" for kind, text in rows)


def _needs(rows: list[list[str]]) -> str:
    return "\n".join(
        " ".join(
            part
            for part in (f"{vocab.kind_label(kind)}:", text, amount(parse(number), unit) if number else "")
            if part
        )
        for kind, text, number, unit in rows
    )


def _goals(codes: list[str]) -> str:
    return "\n".join(f"{code} {vocab.sdg_label(code, get_locale())}" for code in codes)


def _day(text: str) -> str:
    return fmt_date(date.fromisoformat(text)) if text else ""


_WORDED: dict[str, Callable[[Any], str]] = {
    "host_brings": _lines,
    "host_gains": _lines,
    "needs": _needs,
    "milestones": lambda rows: "\n".join(f"{_day(day)} {title}" for day, title in rows),
    "sdg_goals": _goals,
    "sdg_targets": _goals,
    "fields": lambda codes: "\n".join(vocab.field_label(code, get_locale()) for code in codes),
    "starts_on": _day,
    "ends_on": _day,
    "rights": lambda code: str(RIGHTS.get(code, code)),
    "visibility": lambda code: str(VISIBILITIES.get(code, code)),
}


def _readable(name: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if name in _WORDED:
        return _WORDED[name](value)
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def difference(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between two snapshots, part by part, in the order of the tasks."""
    found = []
    for name, label in LABELS.items():
        if before.get(name) == after.get(name):
            continue
        old, new = _readable(name, before.get(name)), _readable(name, after.get(name))
        if old != new:
            found.append(Change(str(label), words_changed(old, new)))
    return found


def rounds(project_id: int) -> list[Round]:
    """All rounds, the newest first, each with its difference to the one before."""
    asker, decider = aliased(Person), aliased(Person)
    rows = db.session.execute(
        select(ProjectReview, asker.display_name, decider.display_name)
        .outerjoin(asker, asker.id == ProjectReview.asked_by_id)
        .outerjoin(decider, decider.id == ProjectReview.decided_by_id)
        .where(ProjectReview.project_id == project_id)
        .order_by(ProjectReview.id)
        .limit(50)
    )
    found: list[Round] = []
    for review, asked_by, decided_by in rows:
        before = found[-1].review.submitted if found else None
        is_compared = bool(before and review.submitted)
        changes = difference(before or {}, review.submitted) if is_compared else []
        found.append(Round(review, asked_by or "", decided_by or "", changes, is_compared))
    return found[::-1]

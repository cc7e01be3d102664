"""What a project lacks to begin and to close. Conditions stand in a list that features fill when they are loaded.

A condition is a function of the project that gives what is missing, or nothing; it reads and decides no more. Projects'
own stand here; upper features add theirs with `@gate("begin")` or `@gate("close")` (an agreement in force, for one).
Whatever makes a condition come true calls `projects.services.course.begin_if_ready(actor, project)` in its transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import db
from app.core.errors import Words
from app.core.i18n import _, ngettext
from app.ledger.queries import open_of_project
from app.projects.models import Milestone, Project
from app.projects.queries.course import open_hearings


@dataclass(frozen=True)
class Missing:
    """What a step lacks: a stable code, a sentence, the page where it is mended."""

    code: str
    text: Words
    path: str = ""


Condition = Callable[[Project], list[Missing]]
_conditions: dict[str, list[Condition]] = {"begin": [], "close": []}


def gate(step: str) -> Callable[[Condition], Condition]:
    """Register a condition of a step: "begin" or "close". Raises KeyError for another."""

    def register(condition: Condition) -> Condition:
        _conditions[step].append(condition)
        return condition

    return register


def missing_to_begin(project: Project) -> list[Missing]:
    """What keeps a forming project from becoming active."""
    return [missing for condition in _conditions["begin"] for missing in condition(project)]


def missing_to_close(project: Project) -> list[Missing]:
    """What keeps a project from being closed, each with the page where it is mended."""
    return [missing for condition in _conditions["close"] for missing in condition(project)]


@gate("begin")
def _team(project: Project) -> list[Missing]:
    if project.team_approved_at is not None:
        return []
    return [Missing("no_approved_team", _("The consortium has approved no team for it yet."))]


@gate("close")
def _milestones(project: Project) -> list[Missing]:
    states = db.session.scalars(
        select(Milestone.state).where(
            Milestone.project_id == project.id, Milestone.state.in_(["planned", "reported"])
        )
    ).all()
    if not states:
        return []
    sentence = ngettext(
        "%(num)s milestone is neither reached nor missed.",
        "%(num)s milestones are neither reached nor missed.",
        len(states),
    )
    return [Missing("milestones_open", sentence, f"/projects/{project.id}/plan")]


@gate("close")
def _gives(project: Project) -> list[Missing]:
    waiting = open_of_project(project.id)
    if not waiting:
        return []
    sentence = ngettext(
        "%(num)s thing that was promised is neither delivered, waived nor disputed.",
        "%(num)s things that were promised are neither delivered, waived nor disputed.",
        waiting,
    )
    return [Missing("gives_open", sentence, f"/impact/projects/{project.id}")]


@gate("close")
def _hearings(project: Project) -> list[Missing]:
    waiting = len(open_hearings(project.id))
    if not waiting:
        return []
    sentence = ngettext(
        "%(num)s partner has not been heard yet.", "%(num)s partners have not been heard yet.", waiting
    )
    return [Missing("partners_not_heard", sentence, f"/projects/{project.id}/closing")]


@gate("close")
def _report(project: Project) -> list[Missing]:
    if project.closing_report.strip():
        return []
    return [
        Missing("no_report", _("The closing report is not written yet."), f"/projects/{project.id}/closing")
    ]

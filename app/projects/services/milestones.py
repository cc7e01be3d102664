"""Keeping the plan while a project runs: milestones are added, moved, reported with evidence, judged, missed."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.consortia.models import Leadership
from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.institutions.models import Institution
from app.projects.models import (
    MILESTONE_STATES,
    YELLOW_FOR,
    Milestone,
    Project,
    ProjectPartner,
)
from app.projects.models.words import MOST_MILESTONES
from app.projects.notices import course as notices
from app.projects.policies import course as policies
from app.projects.queries import course
from app.projects.services import steps

EARLIEST_YEAR, LATEST_YEAR = 1990, 2200


def record(
    actor: Actor | None,
    action: str,
    project: Project,
    *,
    what: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str | None = None,
) -> None:
    """An audit line about the project; `what` names the milestone, person or partner that it is about."""
    after = {**({"what": what} if what else {}), **(after or {})}
    steps.note_in_audit(actor, project, f"projects.{action}", before=before, after=after, note=note)


def _check(project: Project, title: str, due_on: date | None, institution_id: int | None) -> date:
    wrong: dict[str, Any] = {}
    if not title:
        wrong["title"] = _l("Enter what will be reached")
    if due_on is None:
        wrong["due_on"] = _l("Enter the day by which it is reached")
    elif not EARLIEST_YEAR <= due_on.year <= LATEST_YEAR:
        wrong["due_on"] = _l("Enter a day that can be meant")
    elif project.starts_on and due_on < project.starts_on:
        wrong["due_on"] = _l("This is before the project starts")
    elif project.ends_on and due_on > project.ends_on:
        wrong["due_on"] = _l("This is after the project’s planned end: change that first")
    if institution_id is not None and institution_id not in partner_ids(project):
        wrong["institution_id"] = _l("Choose a partner of the project")
    if wrong:
        raise Invalid(wrong)
    assert due_on is not None
    return due_on


def partner_ids(project: Project) -> set[int]:
    """The institutions that are partners now."""
    return set(
        db.session.scalars(
            select(ProjectPartner.institution_id).where(
                ProjectPartner.project_id == project.id, ProjectPartner.state == "accepted"
            )
        )
    )


def partners(project_id: int) -> list[tuple[int, str]]:
    """Who can be named for a milestone: (institution id, name)."""
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .join(ProjectPartner, ProjectPartner.institution_id == Institution.id)
        .where(ProjectPartner.project_id == project_id, ProjectPartner.state == "accepted")
        .order_by(Institution.sort_name)
    )
    return [(row[0], row[1]) for row in rows]


def add_milestone(
    actor: Actor,
    project: Project,
    *,
    title: str,
    text: str = "",
    due_on: date | None,
    institution_id: int | None = None,
) -> Milestone:
    """A further step of the plan. Raises Invalid(title, due_on, institution_id), RuleBroken(`too_many_milestones`)."""
    with transaction():
        lock(project)
        authorize(policies.plan, actor, project)
        day = _check(project, title, due_on, institution_id)
        number = course.next_number(project.id)
        if number > MOST_MILESTONES:
            raise RuleBroken(
                "too_many_milestones", _l("A plan has at most %(most)s milestones.", most=MOST_MILESTONES)
            )
        milestone = Milestone(
            project_id=project.id,
            number=number,
            title=title,
            text=text,
            due_on=day,
            first_due_on=day,
            institution_id=institution_id,
        )
        db.session.add(milestone)
        steps.set_due(project)
        record(actor, "add_milestone", project, after={"due_on": day}, what=title)
    return milestone


def edit_milestone(
    actor: Actor,
    project: Project,
    milestone: Milestone,
    *,
    title: str,
    text: str = "",
    due_on: date | None,
    institution_id: int | None = None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Change a step that has not been reported; another day needs a reason, and the first day stays on record.

    Raises Invalid(title, due_on, institution_id, reason), Conflict, RuleBroken.
    """
    with transaction():
        lock(project)
        lock(milestone)
        authorize(policies.plan, actor, project)
        milestone.expect_version(version)
        if milestone.state not in {"planned", "missed"}:
            MILESTONE_STATES.move(milestone, "miss")  # says what the state is
        day = _check(project, title, due_on, institution_id)
        values = {"title": title, "text": text, "due_on": day, "institution_id": institution_id}
        old, new = steps.differences(project, {name: getattr(milestone, name) for name in values}, values)
        moved = day != milestone.due_on
        if moved and not reason:
            raise Invalid({"reason": _l("Say why the day is moved: partners and readers see it")})
        milestone.title, milestone.text, milestone.due_on = title, text, day
        milestone.institution_id = institution_id
        if moved:
            milestone.note, milestone.reminded_at = reason, None
            if milestone.state == "missed":
                MILESTONE_STATES.move(milestone, "plan_again")
        milestone.touch()
        steps.set_due(project)
        record(
            actor,
            "edit_milestone",
            project,
            before=old,
            after=new,
            note=reason if moved else None,
            what=title,
        )
        if moved:
            facts = {"milestone": title, "due": day, "note": reason}
            notices.around(actor, project, "milestone_moved", mail=False, block="plan", **facts)


def judges(project: Project, reporter_id: int) -> set[int]:
    """Who says whether a milestone is reached: the project's lead; for what the lead reported, the consortium's leads."""
    if reporter_id != project.lead_id:
        return {project.lead_id}
    return set(
        db.session.scalars(
            select(Leadership.person_id).where(
                Leadership.consortium_id == project.consortium_id,
                Leadership.until.is_(None),
                Leadership.person_id != reporter_id,
            )
        )
    )


def report_milestone(
    actor: Actor,
    project: Project,
    milestone: Milestone,
    *,
    evidence: str,
    evidence_url: str = "",
    version: int | None = None,
) -> None:
    """Say that a step is reached, and where that can be seen. Raises Invalid(evidence), Conflict, RuleBroken."""
    with transaction():
        lock(project)
        lock(milestone)
        authorize(policies.report_milestone, actor, project)
        milestone.expect_version(version)
        if not evidence:
            raise Invalid({"evidence": _l("Say what was reached and how that can be seen")})
        MILESTONE_STATES.move(milestone, "report")
        today = clock.today()
        milestone.evidence, milestone.evidence_url = evidence, evidence_url
        milestone.reported_on, milestone.reported_by_id = today, actor.id
        if today > milestone.due_on:
            project.late_until = today + timedelta(days=YELLOW_FOR)
        milestone.touch()
        steps.set_due(project)
        record(
            actor,
            "report_milestone",
            project,
            after={"state": "reported", "days_late": max(0, (today - milestone.due_on).days)},
            what=milestone.title,
        )
        assert actor.id is not None
        notices.milestone_reported(actor, project, milestone, judges(project, actor.id))


def take_report_back(
    actor: Actor, project: Project, milestone: Milestone, *, version: int | None = None
) -> None:
    """Who reported it, or the lead, makes it a planned step again."""
    with transaction():
        lock(project)
        lock(milestone)
        authorize(policies.take_report_back, actor, project, milestone)
        milestone.expect_version(version)
        MILESTONE_STATES.move(milestone, "take_back")
        milestone.reported_on = milestone.reported_by_id = None
        milestone.touch()
        steps.set_due(project)
        record(actor, "take_report_back", project, after={"state": "planned"}, what=milestone.title)


def judge_milestone(
    actor: Actor,
    project: Project,
    milestone: Milestone,
    *,
    verb: str,
    note: str = "",
    version: int | None = None,
) -> None:
    """`accept`: it is reached; `return_for_changes`: not yet, and why. Raises Invalid(note), Conflict, RuleBroken."""
    if verb not in {"accept", "return_for_changes"}:
        raise ValueError(verb)
    with transaction():
        lock(project)
        lock(milestone)
        authorize(policies.judge_milestone, actor, project, milestone)
        milestone.expect_version(version)
        if verb == "return_for_changes" and not note:
            raise Invalid({"note": _l("Say what is still missing")})
        MILESTONE_STATES.move(milestone, verb)
        milestone.note = note
        milestone.touch()
        if verb == "accept":
            milestone.accepted_at, milestone.accepted_by_id = clock.now(), actor.id
        notices.milestone_judged(actor, project, milestone, verb, note)
        if verb == "return_for_changes":
            milestone.reported_on = milestone.reported_by_id = None
        steps.set_due(project)
        record(
            actor,
            "accept_milestone" if verb == "accept" else "return_milestone",
            project,
            after={"state": milestone.state},
            note=note,
            what=milestone.title,
        )


def miss_milestone(
    actor: Actor, project: Project, milestone: Milestone, *, note: str, version: int | None = None
) -> None:
    """The lead says that a step will not be reached, and why: nothing waits for it any more. Raises Invalid(note)."""
    with transaction():
        lock(project)
        lock(milestone)
        authorize(policies.plan, actor, project)
        milestone.expect_version(version)
        if not note:
            raise Invalid({"note": _l("Say why: partners and readers see it")})
        MILESTONE_STATES.move(milestone, "miss")
        milestone.note = note
        milestone.touch()
        steps.set_due(project)
        record(
            actor,
            "miss_milestone",
            project,
            after={"state": "missed"},
            note=note,
            what=milestone.title,
        )
        facts = {"milestone": milestone.title, "note": note}
        notices.around(actor, project, "milestone_missed", mail=False, block="plan", **facts)

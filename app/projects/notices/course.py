"""What those around a project are told of its course."""

from collections.abc import Iterable
from typing import Any

from app.core.access import Actor
from app.core.text import excerpt
from app.notifications.services import tell
from app.projects.models import Milestone, Project
from app.projects.queries import course, reading_followers

LEAD = "project_lead"
MEMBER = "project_member"
FOLLOWER = "project_follower"
REPRESENTATIVE = "representative"
CONSORTIUM_LEAD = "consortium_lead"


def say(
    people: Iterable[int | None],
    what: str,
    project: Project,
    *,
    reason: str,
    actor: Actor | None = None,
    path: str = "",
    mail: bool = True,
    **facts: Any,
) -> None:
    """Tell people `projects.<what>`; `path` is below the project's own page."""
    tell(
        people,
        f"projects.{what}",
        path=f"/projects/{project.id}{path}",
        reason=reason,
        about=project,
        facts={
            "number": project.number,
            "title": project.title,
            "short": excerpt(project.acronym or project.title, 30),
            "who": actor.name if actor else "",
            **facts,
        },
        actor=actor,
        mail=mail,
    )


def around(
    actor: Actor | None, project: Project, what: str, *, mail: bool, block: str = "", **facts: Any
) -> None:
    """Tell those who take part, and in the inbox whoever follows it and sees the block of the page on which it stands."""
    inside = course.member_ids(project.id) | {project.lead_id}
    say(inside, what, project, reason=MEMBER, actor=actor, mail=mail, **facts)
    outside = reading_followers(project, block) - inside
    say(outside, what, project, reason=FOLLOWER, actor=actor, mail=False, **facts)


def milestone_reported(actor: Actor, project: Project, milestone: Milestone, judges: Iterable[int]) -> None:
    """Who says whether it is reached: at once. The others who take part: in the inbox."""
    facts: dict[str, Any] = {"milestone": milestone.title, "due": milestone.due_on}
    judging = set(judges)
    reason = LEAD if judging == {project.lead_id} else CONSORTIUM_LEAD
    path = f"/milestones/{milestone.number}"
    say(judging, "milestone_reported", project, reason=reason, actor=actor, path=path, **facts)
    others = course.member_ids(project.id) - judging
    say(others, "milestone_reported", project, reason=MEMBER, actor=actor, path=path, mail=False, **facts)


def milestone_judged(actor: Actor, project: Project, milestone: Milestone, verb: str, note: str) -> None:
    """Who reported it: at once."""
    say(
        {milestone.reported_by_id, project.lead_id},
        "milestone_judged",
        project,
        reason=MEMBER,
        actor=actor,
        path=f"/milestones/{milestone.number}",
        milestone=milestone.title,
        reached=verb == "accept",
        note=note,
    )

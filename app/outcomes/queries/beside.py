"""What the pages of others show of outcomes, with the link to record one; one statement each."""

from dataclasses import dataclass, field
from typing import Any

from app.core.access import Actor
from app.core.i18n import _
from app.outcomes import policies
from app.outcomes.models import KINDS
from app.outcomes.queries import short
from app.projects.models import Project
from app.teams.models import Team


@dataclass(frozen=True)
class Beside:
    """A section of another page: its title, rows, the words of the kinds, where more stands (label, endpoint, values of its
    address), and of what one can be recorded (values of the address; empty where the reader cannot).
    """

    title: str
    rows: list[short.Row]
    kinds: Any = None
    more: tuple[str, str, dict[str, Any]] | None = None
    claim: dict[str, Any] = field(default_factory=dict)


def beside_project(actor: Actor, project: Project) -> Beside:
    """What came of a project."""
    may = policies.claim_for_project(actor, project)
    return Beside(
        _("What came of it"),
        short.of_project(actor, project.id),
        KINDS,
        (_("All outcomes"), "outcomes.of_project", {"project_id": project.id}),
        {"project": project.id} if may else {},
    )


def beside_team(actor: Actor, team: Team) -> Beside:
    """What came of a team's work."""
    may = policies.claim_for_team(actor, team)
    rows = short.of_team(actor, team.id)
    return Beside(_("What came of it"), rows, KINDS, None, {"team": team.id} if may else {})


def beside_problem(actor: Actor, problem_id: int, *, has_work: bool = True) -> Beside:
    """What came of work on a problem; nothing is read where the reader sees no work on it."""
    rows = short.of_problem(actor, problem_id) if has_work else []
    return Beside(_("What came of it"), rows, KINDS)


def beside_institution(actor: Actor, institution_id: int) -> Beside:
    """What an institution and its people are named in."""
    more = (_("All of its outcomes"), "outcomes.index", {"institution": institution_id})
    return Beside(_("Outcomes"), short.of_institution(actor, institution_id), KINDS, more)


def beside_person(actor: Actor, person_id: int) -> Beside:
    """What a person is named in, and agreed to."""
    return Beside(_("Outcomes"), short.of_person(actor, person_id), KINDS)

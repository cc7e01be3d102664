"""A team and its project: the project of an approved team is registered in one step; an approved team takes its project on."""

from typing import Any

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import RuleBroken
from app.core.i18n import _l
from app.core.text import excerpt
from app.projects import queries
from app.projects.models import MOST_LINES, SUMMARY_LENGTH, TITLE_LENGTH, Project
from app.projects.services import course as projects
from app.projects.services import partners, writing
from app.teams import policies
from app.teams.models import ExchangeLine, Team
from app.teams.queries import records
from app.teams.services import steps


def register_project(actor: Actor, team: Team) -> Project:
    """Begin the project of an approved team with all that the team has said: problem, people, institutions, what each
    brings and hopes to gain. The institutions are asked to be partners. Raises NotAllowed, RuleBroken, Invalid.
    """
    with transaction():
        lock(team)
        authorize(policies.register_project, actor, team)
        if team.state != "approved":
            raise RuleBroken("not_approved", _l("The consortium approves the team first."))
        if team.project_id is not None:
            raise RuleBroken("has_project", _l("The project of this team is registered already."))
        own = records.live_membership(team.id, actor.id)
        if own is None or own.institution_id is None:
            raise RuleBroken("no_institution", _l("You belong to this team through no institution."))
        project = writing.create(
            actor,
            institution_id=own.institution_id,
            consortium_id=team.consortium_id,
            title=excerpt(team.name, TITLE_LENGTH),
            language=team.language,
            summary=excerpt(team.purpose, SUMMARY_LENGTH),
            starts_on=clock.today(),
            problem_ids=[team.problem_id] if team.problem_id else [],
        )
        _ask_partners(actor, team, project, own.institution_id)
        team.project_id = project.id
        take_over(actor, team)
        steps.record(actor, "register_project", team, after={"project_id": project.id})
    return project


def _lines(found: list[ExchangeLine], institution_id: int, direction: str) -> list[dict[str, Any]]:
    rows = [line for line in found if line.institution_id == institution_id and line.direction == direction]
    return [{"kind": line.kind, "text": line.text} for line in rows][:MOST_LINES]


def _ask_partners(actor: Actor, team: Team, project: Project, host_id: int) -> None:
    lines = records.lines(team.id)
    host = queries.host(project.id)
    host.brings, host.gains = _lines(lines, host_id, "brings"), _lines(lines, host_id, "gains")
    others = {member.institution_id for member in records.members(team.id) if member.institution_id}
    for institution_id in sorted(others - {host_id}):
        partners.ask_partner(
            actor,
            project,
            institution_id=institution_id,
            role="partner",
            brings=_lines(lines, institution_id, "brings"),
            gains=_lines(lines, institution_id, "gains"),
        )


def take_over(actor: Actor, team: Team) -> None:
    """Inner step: the approved team's people take part in its project; they accepted when they joined the team."""
    assert team.project_id is not None
    db.session.flush()
    people = [(member.person_id, member.institution_id, member.part) for member in records.members(team.id)]
    projects.team_approved(actor, team.project_id, people)

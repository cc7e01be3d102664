"""Starting a team and keeping its page: facts, rules, deputy, roles, text, skills, updates, meeting hours."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.core import clock
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.problems import services as problems
from app.problems.models import Problem
from app.projects.models import RUNNING_STATES, Project
from app.teams import notices, policies
from app.teams.models import Membership, OpenRole, Team, TeamText, TeamUpdate
from app.teams.queries import records
from app.teams.services import steps

MOST_ROLES = 30


def start_team(
    actor: Actor,
    problem: Problem | None,
    *,
    project: Project | None = None,
    institution_id: int | None,
    name: str,
    purpose: str,
    language: str,
    seats: int,
    working_languages: Iterable[str],
    meeting_hours: str = "",
    visibility: str = "public",
) -> Team:
    """A new team on an open problem, or of a project by its lead; who starts it leads it and is its first member.

    Raises RuleBroken(`problem_not_open`, `project_not_open`, `has_team`), Invalid (institution_id, visibility).
    """
    with transaction():
        if project is not None:
            consortium_id = _open_project(actor, project)
        else:
            assert problem is not None
            consortium_id = _open_problem(actor, problem)
        institution_id = steps.institution_for(actor, consortium_id, institution_id)
        steps.check_reach(problem, project, visibility)
        team = Team(
            name=name,
            purpose=purpose,
            language=language,
            problem_id=problem.id if problem else None,
            project_id=project.id if project else None,
            consortium_id=consortium_id,
            lead_id=actor.id,
            seats=seats,
            seats_taken=1,
            working_languages=list(working_languages),
            meeting_hours=meeting_hours,
            visibility=visibility,
        )
        db.session.add(team)
        db.session.flush()
        first = Membership(
            team_id=team.id, person_id=actor.id, institution_id=institution_id, side="person", state="active"
        )
        first.ask(actor.id)
        first.decide(actor.id, "accepted")
        first.started_at = clock.now()
        db.session.add(first)
        if problem is not None:
            problems.count_teams(problem.id, opened=1)
        steps.put_words(team, problem, project)
        steps.record(
            actor,
            "start",
            team,
            after={
                "problem_id": team.problem_id,
                "project_id": team.project_id,
                "institution_id": institution_id,
            },
        )
    return team


def _open_problem(actor: Actor, problem: Problem) -> int:
    lock(problem)
    authorize(policies.start, actor, problem)
    if not problem.is_open:
        raise RuleBroken("problem_not_open", _l("This problem is not open to new teams now."))
    return problem.consortium_id


def _open_project(actor: Actor, project: Project) -> int:
    lock(project)
    authorize(policies.start_for_project, actor, project)
    if project.state not in RUNNING_STATES:
        raise RuleBroken(
            "project_not_open", _l("Teams work on projects that were accepted and are not over.")
        )
    if records.live_team_of(project.id) is not None:
        raise RuleBroken("has_team", _l("The project has a team already."))
    return project.consortium_id


FACTS = ("name", "purpose", "language", "seats", "working_languages", "meeting_hours", "visibility")


def edit_team(actor: Actor, team: Team, *, version: int | None, **facts: Any) -> None:
    """Change name, purpose, language, seats, working_languages, meeting_hours, visibility. Raises Invalid(seats, visibility)."""
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"unknown facts: {unknown}")
    with transaction():
        lock(team)
        authorize(policies.edit, actor, team)
        team.expect_version(version)
        steps.editable(team)
        if facts.get("seats", team.seats) < team.seats_taken:
            raise Invalid({"seats": _l("More seats are taken already: %(num)s", num=team.seats_taken)})
        problem, project = steps.taken_on(team)
        steps.check_reach(problem, project, facts.get("visibility", team.visibility))
        before = {name: getattr(team, name) for name in facts}
        for name, value in facts.items():
            setattr(team, name, value)
        steps.put_words(team, problem, project)
        steps.record(actor, "edit", team, **_changed(before, facts))


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    names = [name for name in after if before[name] != after[name]]
    return {"before": {name: before[name] for name in names}, "after": {name: after[name] for name in names}}


def set_rules(
    actor: Actor, team: Team, *, version: int | None, decision_rule: str, credit_rule: str, benefit_rule: str
) -> None:
    """Say how the team decides and how credit and benefit are shared."""
    with transaction():
        lock(team)
        authorize(policies.edit, actor, team)
        team.expect_version(version)
        steps.editable(team)
        after = {"decision_rule": decision_rule, "credit_rule": credit_rule, "benefit_rule": benefit_rule}
        before = {name: getattr(team, name) for name in after}
        for name, value in after.items():
            setattr(team, name, value)
        steps.record(actor, "set_rules", team, **_changed(before, after))


def save_meeting(actor: Actor, team: Team, *, meeting_hours: str) -> None:
    """Keep the hours that the planner found."""
    with transaction():
        lock(team)
        authorize(policies.edit, actor, team)
        steps.editable(team)
        before, team.meeting_hours = team.meeting_hours, meeting_hours
        steps.record(
            actor,
            "edit",
            team,
            before={"meeting_hours": before},
            after={"meeting_hours": meeting_hours},
        )


def name_deputy(actor: Actor, team: Team, *, person_id: int | None) -> None:
    """An active member stands in for the lead; None takes the part back. Raises Invalid(`person_id`)."""
    with transaction():
        lock(team)
        authorize(policies.name_deputy, actor, team)
        steps.editable(team)
        if person_id is not None:
            found = records.live_membership(team.id, person_id)
            if found is None or found.state != "active" or person_id == team.lead_id:
                raise Invalid({"person_id": _l("Choose a member of the team")})
        before, team.deputy_id = team.deputy_id, person_id
        steps.record(actor, "name_deputy", team, before={"deputy_id": before}, after={"deputy_id": person_id})
        if person_id is not None and person_id != before:
            notices.say((person_id,), "deputy_named", team, reason="team_deputy", actor=actor)


def add_role(
    actor: Actor,
    team: Team,
    *,
    skill: str,
    hours_month: int | None = None,
    country: str | None = None,
    institution_type: str | None = None,
    until: date | None = None,
) -> OpenRole:
    """A seat with a skill that the team looks for. Raises RuleBroken(`too_many_roles`)."""
    with transaction():
        lock(team)
        authorize(policies.edit, actor, team)
        steps.editable(team)
        others = records.roles(team.id)
        if len(others) >= MOST_ROLES:
            raise RuleBroken("too_many_roles", _l("A team lists at most %(num)s roles.", num=MOST_ROLES))
        role = OpenRole(
            team_id=team.id,
            skill=skill,
            hours_month=hours_month,
            country=country or None,
            institution_type=institution_type or None,
            until=until,
            position=max((other.position for other in others), default=0) + 1,
        )
        db.session.add(role)
        team.touch()
        steps.record(actor, "add_role", team, role, label=skill, after={"skill": skill})
    return role


def edit_role(
    actor: Actor,
    team: Team,
    role: OpenRole,
    *,
    skill: str,
    hours_month: int | None = None,
    country: str | None = None,
    institution_type: str | None = None,
    until: date | None = None,
) -> None:
    """Change what the role asks for."""
    with transaction():
        lock(team)
        authorize(policies.edit, actor, team)
        steps.editable(team)
        after = {
            "skill": skill,
            "hours_month": hours_month,
            "country": country or None,
            "institution_type": institution_type or None,
            "until": until,
        }
        before = {name: getattr(role, name) for name in after}
        for name, value in after.items():
            setattr(role, name, value)
        team.touch()
        steps.record(actor, "edit_role", team, role, label=skill, **_changed(before, after))


def close_role(actor: Actor, team: Team, role: OpenRole, *, closed: bool) -> None:
    """Look no further for this skill, or look again."""
    with transaction():
        lock(team)
        authorize(policies.edit, actor, team)
        steps.editable(team)
        role.is_closed = closed
        team.touch()
        steps.record(actor, "close_role", team, role, label=role.skill, after={"is_closed": closed})


def write_text(actor: Actor, team: Team, *, text: str, seen: int | None) -> TeamText:
    """A new version of the team text; nobody who accepted an earlier one is asked again.

    `seen` is the number of the version that was on the page. Raises RuleBroken(`text_changed`).
    """
    with transaction():
        lock(team)
        authorize(policies.edit, actor, team)
        steps.editable(team)
        current = records.current_text(team.id)
        number = current.number if current else 0
        if seen is not None and seen != number:
            raise RuleBroken(
                "text_changed",
                _l(
                    "Somebody else wrote version %(num)s meanwhile: read it first, then write yours.",
                    num=number,
                ),
            )
        if current is not None and current.text == text:
            return current
        version = TeamText(team_id=team.id, number=number + 1, text=text, written_by_id=actor.id)
        db.session.add(version)
        team.touch()
        steps.record(actor, "write_text", team, version, after={"number": version.number})
        people = [member.person_id for member in records.members(team.id)]
        notices.say(
            people,
            "text_written",
            team,
            reason=notices.MEMBER,
            actor=actor,
            path="/text",
            mail=False,
            version=version.number,
        )
    return version


def set_skills(actor: Actor, team: Team, *, degrees: Mapping[int, str], part: str) -> None:
    """Say which of the team's roles one leads or helps with, and one's part. Degrees of unknown roles are left out."""
    with transaction():
        lock(team)
        authorize(policies.set_skills, actor, team)
        own = records.live_membership(team.id, actor.id)
        if own is None or own.state != "active":
            raise RuleBroken("members_only", _l("This is for members of the team."))
        known = [role.id for role in records.roles(team.id)]
        own.skills = [
            {"role_id": key, "degree": degrees[key]}
            for key in known
            if degrees.get(key) in {"leads", "helps"}
        ]
        own.part = part
        steps.record(
            actor, "set_skills", team, own, label=actor.name, after={"skills": own.skills, "part": part}
        )


def post_update(actor: Actor, team: Team, *, text: str, language: str) -> TeamUpdate:
    """A short post by a member; the others find it in their inbox."""
    with transaction():
        authorize(policies.post_update, actor, team)
        post = TeamUpdate(team_id=team.id, author_id=actor.id, text=text, language=language)
        db.session.add(post)
        steps.record(actor, "post_update", team, post)
        people = [member.person_id for member in records.members(team.id)]
        notices.say(
            people, "update_posted", team, reason=notices.MEMBER, actor=actor, path="#updates", mail=False
        )
    return post

"""Steps inside the actions on teams: they run in an open transaction, with the team's row held."""

from typing import Any

from app.audit import services as audit
from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.problems import services as problems
from app.problems.models import Problem
from app.projects.models import LISTED_STATES, Project
from app.teams.models import GATHERING_STATES, TEAM_STATES, Team
from app.teams.queries import records
from app.teams.queries.lists import OPEN_STATES, WORK_STATES

EDITABLE_STATES = ("recruiting", "needs_changes", "approved", "paused")
REACH = ("consortium", "signed_in", "public")  # from the narrowest


def record(actor: Actor | None, action: str, team: Team, thing: Any = None, **more: Any) -> None:
    """An audit line under the roof of the team."""
    audit.record(
        actor,
        f"teams.{action}",
        thing if thing is not None else team,
        label=more.pop("label", team.name),
        consortium_id=team.consortium_id,
        team_id=team.id,
        **more,
    )


def editable(team: Team) -> None:
    """Refuse changes while the team is before the consortium, and after its end."""
    if team.state not in EDITABLE_STATES:
        raise RuleBroken(
            "wrong_state",
            _l(
                "The team is “%(state)s” now, so it cannot be changed. A proposed team can be recalled first.",
                state=TEAM_STATES[team.state].label,
            ),
        )


def gathering(team: Team) -> None:
    """Refuse newcomers while the team does not take any."""
    if team.state not in GATHERING_STATES:
        raise RuleBroken(
            "not_gathering",
            _l("The team is “%(state)s” now and takes nobody in.", state=TEAM_STATES[team.state].label),
        )


def seat_free(team: Team) -> None:
    """Refuse when no seat is left."""
    if team.is_full:
        raise RuleBroken("team_full", _l("All seats of this team are taken."))


def give_seat(team: Team) -> None:
    """Count one more; the team's row is held, and the database refuses more than `seats`."""
    seat_free(team)
    team.seats_taken += 1


def take_seat_back(team: Team) -> None:
    """Count one less."""
    team.seats_taken -= 1


def move(team: Team, verb: str) -> str:
    """Change the team's state and the problem's counters with it; returns the state before."""
    before = TEAM_STATES.move(team, verb)
    opened = (team.state in OPEN_STATES) - (before in OPEN_STATES)
    at_work = (team.state in WORK_STATES) - (before in WORK_STATES)
    if team.problem_id is not None and (opened or at_work):
        problems.count_teams(team.problem_id, opened=opened, at_work=at_work)
    return before


def institution_for(actor: Actor, consortium_id: int, institution_id: int | None) -> int:
    """The institution through which the person comes in. Raises Invalid(`institution_id`) for one that is not theirs."""
    own = dict(records.own_institutions(actor.id, consortium_id))
    if institution_id is None and len(own) == 1:
        return next(iter(own))
    if institution_id not in own:
        raise Invalid({"institution_id": _l("Choose an institution of yours that belongs to the consortium")})
    return institution_id


def accepted_text(team: Team, accepts: bool) -> int | None:
    """The number of the team text that is accepted with joining. Raises Invalid(`accepts_text`)."""
    text = records.current_text(team.id)
    if text is None:
        return None
    if not accepts:
        raise Invalid({"accepts_text": _l("Read the team text and say that you accept it")})
    return text.number


def taken_on(team: Team) -> tuple[Problem | None, Project | None]:
    """What the team takes on."""
    return (
        db.session.get(Problem, team.problem_id) if team.problem_id else None,
        db.session.get(Project, team.project_id) if team.project_id else None,
    )


def check_reach(problem: Problem | None, project: Project | None, visibility: str) -> None:
    """A team is seen by no more people than what it takes on. Raises Invalid(visibility)."""
    if problem is not None and REACH.index(visibility) > REACH.index(problem.visibility):
        raise Invalid(
            {"visibility": _l("The problem itself is seen by fewer people: choose what it has, or less")}
        )
    # A private project's team is for its consortium at most: a team has no narrower level.
    reach = "consortium" if project is not None and project.is_private else project and project.visibility
    if reach and REACH.index(visibility) > REACH.index(reach):
        raise Invalid(
            {"visibility": _l("The project itself is seen by fewer people: choose what it has, or less")}
        )


def put_words(team: Team, problem: Problem | None, project: Project | None) -> None:
    """Keep the words by which the team is found: its own, and the title of what it takes on where that is public."""
    titles = [problem.title] if problem is not None else []
    if project is not None and project.visibility == "public" and project.state in LISTED_STATES:
        titles.append(project.title)
    index.put("team", team.id, team.number, team.name, team.purpose, *titles)

"""Steps inside the actions on groundwork: they run in an open transaction, with its row held."""

from datetime import timedelta
from typing import Any

from app.audit import services as audit
from app.core import clock
from app.core.access import Actor
from app.core.db import db, lock_id
from app.core.errors import NotFound, RuleBroken
from app.core.i18n import _l
from app.groundwork import notices
from app.groundwork.models import GROUNDWORK_STATES, QUESTIONS, Groundwork, GroundworkMember
from app.groundwork.queries import records
from app.projects.models import Project
from app.projects.services.course import begin_if_ready
from app.teams.models import Team

WORKING_DAYS = 10  # for each step: answering, writing lines, accepting
EVERY = timedelta(minutes=10)


def record(actor: Actor | None, action: str, team: Team, groundwork: Groundwork, **more: Any) -> None:
    """An audit line under the roof of the team: what was done, never what was answered."""
    audit.record(
        actor,
        f"groundwork.{action}",
        groundwork,
        label=team.name,
        consortium_id=team.consortium_id,
        team_id=team.id,
        **more,
    )


def going_on(team: Team) -> None:
    """Refuse once the team has ended."""
    if team.state not in records.RUNNING:
        raise RuleBroken("team_over", _l("This team has ended, so nothing can be changed here any more."))


def held(team: Team) -> Groundwork:
    """The team's groundwork, its row held until the transaction ends. Raises NotFound, RuleBroken when the team has ended."""
    going_on(team)
    return lock_id(Groundwork, records.id_of(team.id))


def known(question: str) -> None:
    """Refuse what is no question. Raises NotFound."""
    if question not in QUESTIONS:
        raise NotFound


def enter(groundwork: Groundwork) -> None:
    """A new state begins now, with a due date of its own."""
    groundwork.since = clock.now()
    groundwork.due_at = clock.add_working_days(clock.now(), WORKING_DAYS)
    groundwork.reminded_at = None
    groundwork.touch()


def participant(groundwork: Groundwork, one: records.Taking) -> GroundworkMember:
    """The member's row, made when it is not there yet."""
    found = records.member(groundwork.id, one.person_id)
    if found is None:
        found = GroundworkMember(groundwork_id=groundwork.id, person_id=one.person_id)
        db.session.add(found)
    found.institution_id = one.institution_id
    return found


def open_if_all_answered(actor: Actor | None, team: Team, groundwork: Groundwork) -> bool:
    """Open the answers as soon as nobody's is missing."""
    db.session.flush()
    members = records.taking_part(team.id)
    if groundwork.state != "answering" or not members or any(one.handed_in_at is None for one in members):
        return False
    open_now(actor, team, groundwork, by=None)
    return True


def open_now(actor: Actor | None, team: Team, groundwork: Groundwork, *, by: int | None) -> None:
    """Put the answers side by side, and tell everybody, with the names of those who did not answer."""
    GROUNDWORK_STATES.move(groundwork, "open")
    groundwork.opened_at, groundwork.opened_by_id = clock.now(), by
    enter(groundwork)
    members = records.taking_part(team.id)
    silent = [one.name for one in records.late_answers(groundwork, members)]
    record(actor, "open", team, groundwork, after={"state": groundwork.state, "missing": len(silent)})
    notices.say((one.person_id for one in members), "opened", team, actor=actor, missing=silent)


def agree_if_all_accepted(actor: Actor | None, team: Team, groundwork: Groundwork) -> bool:
    """Settle it as soon as every member accepted this round; the project begins if nothing else is missing."""
    db.session.flush()
    members = records.taking_part(team.id)
    if groundwork.state != "confirmed" or not members:
        return False
    if any(one.accepted_round != groundwork.round for one in members):
        return False
    groundwork.agreed_at = clock.now()
    GROUNDWORK_STATES.move(groundwork, "agree")
    enter(groundwork)
    record(actor, "agree", team, groundwork, after={"state": groundwork.state, "round": groundwork.round})
    notices.say((one.person_id for one in members), "agreed", team, actor=actor)
    if team.project_id is not None:
        begin_if_ready(actor, lock_id(Project, team.project_id))
    return True

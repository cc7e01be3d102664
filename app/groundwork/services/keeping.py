"""What goes on by itself: it begins with the approved team, goes on when the last who was missing has left, and reminds."""

from collections.abc import Callable, Iterable

from sqlalchemy import or_, select

from app.consortia.models import Consortium
from app.core import clock, jobs
from app.core.db import db, lock_id, transaction
from app.groundwork import notices
from app.groundwork.models import Groundwork
from app.groundwork.queries import records
from app.groundwork.services import steps
from app.groundwork.services.answering import begin_now
from app.projects.models import Project
from app.teams.models import Team

AT_ONCE = 200
# What members and, after the due date, lead and deputy are told in a state in which members owe something.
WORDS = {"answering": ("reminder_answer", "late_answer"), "confirmed": ("reminder_accept", "late_accept")}
BEFORE_WORK = ("draft", "submitted", "needs_changes", "forming")  # states of a project that has not begun


@jobs.periodic("groundwork.begin", every=steps.EVERY)
def begin_due() -> int:
    """Ask the members of approved teams whose consortium wants it and whose project has not begun; returns how many teams."""
    keys = db.session.scalars(
        select(Team.id)
        .join(Consortium, Consortium.id == Team.consortium_id)
        .join(Project, Project.id == Team.project_id)
        .outerjoin(Groundwork, Groundwork.team_id == Team.id)
        .where(
            Groundwork.id.is_(None),
            Consortium.groundwork_asked,
            Team.state == "approved",
            Team.seats_taken >= records.LEAST_MEMBERS,
            Project.state.in_(BEFORE_WORK),
        )
        .order_by(Team.id)
        .limit(AT_ONCE)
    ).all()
    done = 0
    for key in keys:
        with transaction(system="the team was approved"):
            team = lock_id(Team, key)
            enough = len(records.taking_part(key)) >= records.LEAST_MEMBERS
            if records.of_team(key) is None and team.state == "approved" and enough:
                begin_now(None, team)
                done += 1
    return done


def _each(keys: Iterable[int], act: Callable[[Team, Groundwork], bool]) -> int:
    done = 0
    for key in keys:
        with transaction(system="time went by, or somebody left"):
            groundwork = lock_id(Groundwork, key)
            team = records.team_named(groundwork.team_id)
            if team.state in records.RUNNING:
                done += act(team, groundwork)
    return done


def _of_running(*where: object) -> list[int]:
    return list(
        db.session.scalars(
            select(Groundwork.id)
            .join(Team, Team.id == Groundwork.team_id)
            .where(Team.state.in_(records.RUNNING), *where)  # type: ignore[arg-type]  # conditions
            .order_by(Groundwork.due_at)
            .limit(AT_ONCE)
        )
    )


@jobs.periodic("groundwork.go_on", every=steps.EVERY)
def go_on() -> int:
    """Open or settle what waited for somebody who has left the team; returns how many."""
    done = _each(
        _of_running(Groundwork.state == "answering"),
        lambda team, groundwork: steps.open_if_all_answered(None, team, groundwork),
    )
    return done + _each(
        _of_running(Groundwork.state == "confirmed"),
        lambda team, groundwork: steps.agree_if_all_accepted(None, team, groundwork),
    )


def _remind(team: Team, groundwork: Groundwork) -> bool:
    """Once at half time whoever owes something, once after the due date whoever can go on."""
    now = clock.now()
    if groundwork.due_at is None or now < clock.halfway(groundwork.since, groundwork.due_at):
        return False
    is_late = groundwork.due_at <= now
    if groundwork.reminded_at is not None and (not is_late or groundwork.reminded_at >= groundwork.due_at):
        return False
    groundwork.reminded_at = now
    members = records.taking_part(team.id)
    run_by = (team.lead_id, team.deputy_id)
    owing = {
        "answering": [one for one in members if one.handed_in_at is None],
        "confirmed": [one for one in members if one.accepted_round != groundwork.round],
    }.get(groundwork.state)
    if owing is None:
        notices.say(run_by, "reminder_lines", team, reason=notices.LEAD)
        return True
    reminder, late = WORDS[groundwork.state]
    notices.say((one.person_id for one in owing), reminder, team, due=groundwork.due_at)
    if is_late:
        names = [one.name for one in owing]
        notices.say(run_by, late, team, reason=notices.LEAD, missing=names)
    return True


@jobs.periodic("groundwork.remind", every=steps.EVERY)
def remind_due() -> int:
    """Remind of what is open, at half time and once after the due date; returns of how many."""
    return _each(
        _of_running(
            Groundwork.state != "agreed",
            or_(
                Groundwork.reminded_at.is_(None),
                (Groundwork.reminded_at < Groundwork.due_at) & (Groundwork.due_at <= clock.now()),
            ),
        ),
        _remind,
    )

"""What happens by itself: reminders of milestones, questions to partners that lapse, the questions 12 and 24 months after."""

import calendar
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from app.core import clock, jobs
from app.core.db import db, lock, lock_id, transaction
from app.projects.models import (
    FOLLOW_UP_MONTHS,
    RUNNING_STATES,
    FollowUp,
    Milestone,
    PartnerHearing,
    Project,
    ProjectHandOver,
)
from app.projects.notices import course as notices
from app.projects.queries import course
from app.projects.services.milestones import record

AT_ONCE = 200
REMIND_BEFORE = timedelta(days=14)
ANSWER_FOLLOW_UP_WITHIN = timedelta(days=60)
Act = Callable[[Any, Project], bool]


def _each(kind: type[Any], keys: list[int], act: Act, why: str) -> int:
    """Do one thing in a transaction of its own, with its project held; `act` says whether there was still something to do."""
    done = 0
    for key in keys:
        with transaction(system=why):
            row = db.session.get(kind, key)
            if row is None:
                continue
            project = row if kind is Project else lock_id(Project, row.project_id)
            lock(row)
            done += act(row, project)
    return done


@jobs.periodic("projects.remind_milestones", every=timedelta(hours=1))
def remind_milestones() -> int:
    """Tell the lead of what is due within two weeks, once a date."""
    today = clock.today()
    query = (
        select(Milestone.id)
        .join(Project, Project.id == Milestone.project_id)
        .where(
            Milestone.state == "planned",
            Milestone.due_on <= today + REMIND_BEFORE,
            Milestone.reminded_at.is_(None),
            Project.state.in_(RUNNING_STATES),
        )
        .order_by(Milestone.due_on)
    )

    def act(milestone: Milestone, project: Project) -> bool:
        if milestone.state != "planned" or milestone.reminded_at is not None:
            return False
        milestone.reminded_at = clock.now()
        notices.say(
            {project.lead_id},
            "milestone_due",
            project,
            reason=notices.LEAD,
            path=f"/milestones/{milestone.number}",
            milestone=milestone.title,
            due=milestone.due_on,
            is_late=milestone.due_on < clock.today(),
        )
        return True

    return _each(Milestone, _first(query), act, "a milestone is due soon")


def _first(query: Any) -> list[int]:
    return list(db.session.scalars(query.limit(AT_ONCE)))


def _half_gone(kind: type[Any]) -> list[int]:
    """Open questions past half of their time of which nobody was reminded; the nearest due come first."""
    rows = db.session.execute(
        select(kind.id, kind.asked_at, kind.due_at)
        .where(kind.decided_at.is_(None), kind.reminded_at.is_(None))
        .order_by(kind.due_at)
        .limit(AT_ONCE)
    )
    return [row.id for row in rows if clock.halfway(row.asked_at, row.due_at) <= clock.now()]


def _half(ask: Any) -> bool:
    return ask.is_open and ask.reminded_at is None and clock.now() >= clock.halfway(ask.asked_at, ask.due_at)


def _lapse_hearing(hearing: PartnerHearing, project: Project) -> bool:
    if not hearing.is_open:
        return False
    hearing.decide(None, "lapsed")
    record(None, "lapse_hearing", project, what=course.heard(hearing))
    notices.say(
        {project.lead_id}, "partner_silent", project, reason=notices.LEAD, path="/closing", mail=False
    )
    return True


def _remind_hearing(hearing: PartnerHearing, project: Project) -> bool:
    if not _half(hearing):
        return False
    hearing.reminded_at = clock.now()
    notices.say(
        course.representatives_of(hearing.institution_id),
        "partner_heard",
        project,
        reason=notices.REPRESENTATIVE,
        path=f"/hearings/{hearing.id}",
        due=hearing.due_at,
    )
    return True


def _lapse_offer(offer: ProjectHandOver, project: Project) -> bool:
    if not offer.is_open:
        return False
    offer.decide(None, "lapsed")
    record(None, "lapse_hand_over", project)
    notices.say(
        {project.lead_id, offer.to_person_id}, "hand_over_lapsed", project, reason=notices.MEMBER, mail=False
    )
    return True


def _remind_offer(offer: ProjectHandOver, project: Project) -> bool:
    if not _half(offer):
        return False
    offer.reminded_at = clock.now()
    notices.say(
        {offer.to_person_id},
        "hand_over_offered",
        project,
        reason=notices.MEMBER,
        path="/hand-over",
        note=offer.note,
        due=offer.due_at,
    )
    return True


def _lapse_follow_up(follow_up: FollowUp, project: Project) -> bool:
    if not follow_up.is_open:
        return False
    follow_up.decide(None, "lapsed")
    record(None, "lapse_follow_up", project)
    return True


def _remind_follow_up(follow_up: FollowUp, project: Project) -> bool:
    if not _half(follow_up):
        return False
    follow_up.reminded_at = clock.now()
    _ask_lead(follow_up, project)
    return True


def _ask_lead(follow_up: FollowUp, project: Project) -> None:
    notices.say(
        {project.lead_id},
        "follow_up_asked",
        project,
        reason=notices.LEAD,
        path=f"/follow-ups/{follow_up.months}",
        months=follow_up.months,
        due=follow_up.due_at,
    )


# Each kind of question with what ends it and what reminds of it.
QUESTIONS: tuple[tuple[type[Any], Act, Act], ...] = (
    (PartnerHearing, _lapse_hearing, _remind_hearing),
    (ProjectHandOver, _lapse_offer, _remind_offer),
    (FollowUp, _lapse_follow_up, _remind_follow_up),
)


@jobs.periodic("projects.lapse_questions", every=timedelta(minutes=10))
def lapse_questions() -> int:
    """Questions to partners and offers of the lead end without an answer; at half time there is a reminder."""
    done = 0
    for kind, lapse, remind in QUESTIONS:
        late = (
            select(kind.id).where(kind.decided_at.is_(None), kind.due_at <= clock.now()).order_by(kind.due_at)
        )
        done += _each(kind, _first(late), lapse, "nobody answered in time")
        done += _each(kind, _half_gone(kind), remind, "half of the time has passed")
    return done


def months_before(instant: datetime, months: int) -> datetime:
    """The same instant some months earlier, on the last day of the month where the day does not exist.

    >>> from datetime import UTC
    >>> months_before(datetime(2028, 2, 29, 12, tzinfo=UTC), 12).date().isoformat()
    '2027-02-28'
    """
    number = instant.year * 12 + instant.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return instant.replace(year=year, month=month, day=min(instant.day, calendar.monthrange(year, month)[1]))


@jobs.periodic("projects.ask_follow_ups", every=timedelta(hours=6))
def ask_follow_ups() -> int:
    """Ask the leads of projects closed 12 and 24 months ago what became of them."""
    done = 0
    for months in FOLLOW_UP_MONTHS:
        asked = exists().where(FollowUp.project_id == Project.id, FollowUp.months == months)
        query = (
            select(Project.id)
            .where(
                Project.state == "closed",
                Project.closed_at <= months_before(clock.now(), months),
                Project.closed_at > months_before(clock.now(), months + 12),
                ~asked,
            )
            .order_by(Project.closed_at)
        )

        def act(_row: Project, project: Project, months: int = months) -> bool:
            if db.session.query(FollowUp).filter_by(project_id=project.id, months=months).count():
                return False
            follow_up = FollowUp(project_id=project.id, months=months)
            follow_up.ask(None, clock.now() + ANSWER_FOLLOW_UP_WITHIN)
            db.session.add(follow_up)
            db.session.flush()
            record(None, "ask_follow_up", project, after={"months": months})
            _ask_lead(follow_up, project)
            return True

        done += _each(Project, _first(query), act, "a project was closed some time ago")
    return done

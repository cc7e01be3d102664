"""Reads of a team's groundwork: the record, who is in the team now, the newest lines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from app.accounts.models import Person
from app.core.db import db
from app.core.errors import NotFound
from app.core.kept import kept
from app.groundwork.models import QUESTIONS, Groundwork, GroundworkAnswer, GroundworkLine, GroundworkMember
from app.institutions.models import Institution
from app.teams.models import Membership, Team

RUNNING = ("recruiting", "proposed", "needs_changes", "approved", "paused")  # states of a team that goes on
LEAST_MEMBERS = 2  # one alone has nobody to settle the questions with


@dataclass(frozen=True)
class Taking:
    """An active member of the team and how far they are."""

    person_id: int
    name: str
    institution_id: int | None
    institution: str
    started_at: datetime | None
    handed_in_at: datetime | None
    accepted_round: int | None
    accepted_at: datetime | None


@kept
def _of_team(team_id: Any) -> Any:
    return select(Groundwork).where(Groundwork.team_id == team_id)


def of_team(team_id: int) -> Groundwork | None:
    """The groundwork of a team, None before it has begun."""
    return db.session.scalars(*_of_team(team_id=team_id)).first()


def get(team_id: int) -> Groundwork:
    """The groundwork of a team. Raises NotFound before it has begun."""
    found = of_team(team_id)
    if found is None:
        raise NotFound
    return found


@kept
def _taking(team_id: Any) -> Any:
    return (
        select(
            Membership.person_id,
            Person.display_name.label("name"),
            Membership.institution_id,
            func.coalesce(Institution.name, "").label("institution"),
            Membership.started_at,
            GroundworkMember.handed_in_at,
            GroundworkMember.accepted_round,
            GroundworkMember.accepted_at,
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Institution, Institution.id == Membership.institution_id)
        .outerjoin(Groundwork, Groundwork.team_id == Membership.team_id)
        .outerjoin(
            GroundworkMember,
            and_(
                GroundworkMember.groundwork_id == Groundwork.id,
                GroundworkMember.person_id == Membership.person_id,
            ),
        )
        .where(Membership.team_id == team_id, Membership.state == "active")
        .order_by(Membership.started_at, Membership.id)
    )


def taking_part(team_id: int) -> list[Taking]:
    """The active members of a team, the longest first, with what they handed in and accepted."""
    return [Taking(**row._asdict()) for row in db.session.execute(*_taking(team_id=team_id))]


def id_of(team_id: int) -> int:
    """The id of a team's groundwork, for whoever holds its row next. Raises NotFound before it has begun."""
    found = db.session.scalar(select(Groundwork.id).where(Groundwork.team_id == team_id))
    if found is None:
        raise NotFound
    return found


def member(groundwork_id: int, person_id: int | None) -> GroundworkMember | None:
    """The row of somebody who handed in, or accepted."""
    return db.session.scalars(
        select(GroundworkMember).where(
            GroundworkMember.groundwork_id == groundwork_id, GroundworkMember.person_id == person_id
        )
    ).first()


def own_answer(groundwork_id: int, person_id: int | None, question: str) -> GroundworkAnswer | None:
    """What the person has written to a question."""
    return db.session.scalars(
        select(GroundworkAnswer).where(
            GroundworkAnswer.groundwork_id == groundwork_id,
            GroundworkAnswer.person_id == person_id,
            GroundworkAnswer.question == question,
        )
    ).first()


def answered(groundwork_id: int, person_id: int | None) -> set[str]:
    """The questions to which the person has written something."""
    return set(
        db.session.scalars(
            select(GroundworkAnswer.question).where(
                GroundworkAnswer.groundwork_id == groundwork_id, GroundworkAnswer.person_id == person_id
            )
        )
    )


def last_number(groundwork_id: int, question: str) -> int:
    """The number of the newest version of a line, 0 before the first."""
    found = db.session.scalar(
        select(func.max(GroundworkLine.number)).where(
            GroundworkLine.groundwork_id == groundwork_id, GroundworkLine.question == question
        )
    )
    return found or 0


def without_line(groundwork_id: int) -> list[str]:
    """The questions for which no line is written yet, in their order."""
    written = set(
        db.session.scalars(
            select(GroundworkLine.question).where(GroundworkLine.groundwork_id == groundwork_id).distinct()
        )
    )
    return [code for code in QUESTIONS if code not in written]


def late_answers(groundwork: Groundwork, members: list[Taking]) -> list[Taking]:
    """Who did not answer although they were in the team before the answers were opened."""
    opened = groundwork.opened_at
    return [
        one
        for one in members
        if one.handed_in_at is None and (opened is None or one.started_at is None or one.started_at <= opened)
    ]


def team_named(team_id: int) -> Team:
    """The team's row alone, for jobs. Raises NotFound."""
    found = db.session.get(Team, team_id)
    if found is None:
        raise NotFound
    return found

"""Reads of a project's course: milestones, updates, hearings, follow-ups, the offer of the lead."""

from datetime import date
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.core.db import db
from app.core.errors import NotFound
from app.institutions.models import Affiliation, Institution
from app.projects.models import (
    NO_DATE,
    FollowUp,
    Milestone,
    PartnerHearing,
    Project,
    ProjectHandOver,
    ProjectMember,
    ProjectPartner,
    ProjectUpdate,
)

# ---- plan --------------------------------------------------------------------------------------------------------


def milestone(project_id: int, number: int) -> Milestone:
    """One step of a project's plan. Raises NotFound."""
    found = db.session.scalars(
        select(Milestone).where(Milestone.project_id == project_id, Milestone.number == number)
    ).first()
    if found is None:
        raise NotFound
    return found


def next_number(project_id: int) -> int:
    """The number of the next milestone; numbers are not given twice."""
    return 1 + (
        db.session.scalar(select(func.max(Milestone.number)).where(Milestone.project_id == project_id)) or 0
    )


def first_due(project_id: int) -> date:
    """The day of the earliest milestone that is planned, else NO_DATE."""
    return (
        db.session.scalar(
            select(func.min(Milestone.due_on)).where(
                Milestone.project_id == project_id, Milestone.state == "planned"
            )
        )
        or NO_DATE
    )


def late(today: date, due_on: date, state: str, reported_on: date | None) -> int:
    """By how many days a milestone is, or was reported, late; 0 when it is not."""
    if state == "planned":
        return max(0, (today - due_on).days)
    return max(0, (reported_on - due_on).days) if reported_on else 0


# ---- updates -----------------------------------------------------------------------------------------------------


def update(project_id: int, update_id: int) -> ProjectUpdate:
    """One post of a project. Raises NotFound."""
    found = db.session.scalars(
        select(ProjectUpdate).where(ProjectUpdate.id == update_id, ProjectUpdate.project_id == project_id)
    ).first()
    if found is None:
        raise NotFound
    return found


# ---- the lead ----------------------------------------------------------------------------------------------------


def open_hand_over(project_id: int) -> ProjectHandOver | None:
    """The offer of the lead that nobody has answered."""
    return db.session.scalars(
        select(ProjectHandOver).where(
            ProjectHandOver.project_id == project_id, ProjectHandOver.decided_at.is_(None)
        )
    ).first()


def other_members(project: Project) -> list[tuple[int, str]]:
    """To whom the lead can be offered: (person id, name)."""
    rows = db.session.execute(
        select(Person.id, Person.display_name)
        .join(ProjectMember, ProjectMember.person_id == Person.id)
        .where(
            ProjectMember.project_id == project.id,
            ProjectMember.state == "active",
            Person.id != project.lead_id,
            Person.closed_at.is_(None),
        )
        .order_by(Person.sort_name)
    )
    return [(row[0], row[1]) for row in rows]


def member_ids(project_id: int) -> set[int]:
    """The person ids of those who take part."""
    return set(
        db.session.scalars(
            select(ProjectMember.person_id).where(
                ProjectMember.project_id == project_id, ProjectMember.state == "active"
            )
        )
    )


def is_member(project_id: int, person_id: int | None) -> bool:
    """Whether the person takes part now."""
    return person_id is not None and person_id in member_ids(project_id)


# ---- closing and after -------------------------------------------------------------------------------------------


def partners_to_hear(project: Project) -> list[int]:
    """The partners whose word is asked before a project closes: accepted ones, without the host."""
    return list(
        db.session.scalars(
            select(ProjectPartner.institution_id).where(
                ProjectPartner.project_id == project.id,
                ProjectPartner.state == "accepted",
                ProjectPartner.institution_id != project.institution_id,
            )
        )
    )


def representatives_of(institution_id: int) -> set[int]:
    """The person ids of an institution's representatives."""
    return set(
        db.session.scalars(
            select(Affiliation.person_id).where(
                Affiliation.institution_id == institution_id,
                Affiliation.state == "active",
                Affiliation.role == "representative",
            )
        )
    )


def hearings(project_id: int) -> list[Any]:
    """What partners said before the closing, the newest question of each: rows with the institution's name."""
    rows = db.session.execute(
        select(
            PartnerHearing.id,
            PartnerHearing.institution_id,
            PartnerHearing.text,
            PartnerHearing.asked_at,
            PartnerHearing.due_at,
            PartnerHearing.decided_at,
            PartnerHearing.decision_code,
            Institution.name.label("institution"),
        )
        .join(Institution, Institution.id == PartnerHearing.institution_id)
        .where(PartnerHearing.project_id == project_id)
        .order_by(PartnerHearing.id.desc())
    )
    newest: dict[int, Any] = {}
    for row in rows:
        newest.setdefault(row.institution_id, row)
    return [
        row
        for row in sorted(newest.values(), key=lambda row: row.institution)
        if row.decision_code != "superseded"
    ]


def hearing(project_id: int, hearing_id: int) -> PartnerHearing:
    """One question to a partner. Raises NotFound."""
    found = db.session.scalars(
        select(PartnerHearing).where(PartnerHearing.id == hearing_id, PartnerHearing.project_id == project_id)
    ).first()
    if found is None:
        raise NotFound
    return found


def heard(hearing: PartnerHearing) -> str:
    """The name of the institution whose word is asked."""
    return db.session.get_one(Institution, hearing.institution_id).own_name


def open_hearings(project_id: int) -> list[PartnerHearing]:
    """Questions to partners that nobody has answered."""
    return list(
        db.session.scalars(
            select(PartnerHearing).where(
                PartnerHearing.project_id == project_id, PartnerHearing.decided_at.is_(None)
            )
        )
    )


def follow_ups(project_id: int) -> list[FollowUp]:
    """What was asked after the closing, in order."""
    return list(
        db.session.scalars(
            select(FollowUp).where(FollowUp.project_id == project_id).order_by(FollowUp.months)
        )
    )

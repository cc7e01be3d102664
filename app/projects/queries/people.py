"""Reads of partners and members one by one, and whom to tell."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.policies import visible_people
from app.accounts.queries import actor_for
from app.consortia.models import Leadership
from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.institutions.models import Affiliation, Institution
from app.projects import policies
from app.projects.models import LISTED_STATES, Project, ProjectFollow, ProjectMember, ProjectPartner

MOST_PEOPLE = 20


def partner(project: Project, partner_id: int) -> ProjectPartner:
    """A partner of this project in any state, with its institution. Raises NotFound."""
    found = db.session.scalars(
        select(ProjectPartner)
        .where(ProjectPartner.id == partner_id, ProjectPartner.project_id == project.id)
        .options(joinedload(ProjectPartner.institution))
    ).first()
    if found is None:
        raise NotFound
    return found


def host(project_id: int) -> ProjectPartner:
    """The lead institution's row, whatever it answered. Raises NotFound."""
    found = db.session.scalars(
        select(ProjectPartner)
        .where(ProjectPartner.project_id == project_id, ProjectPartner.role == "lead")
        .options(joinedload(ProjectPartner.institution))
        .order_by(ProjectPartner.id.desc())
    ).first()
    if found is None:
        raise NotFound
    return found


def live_partner(project_id: int, institution_id: int) -> ProjectPartner | None:
    """The institution's row while it is asked or a partner."""
    return db.session.scalars(
        select(ProjectPartner).where(
            ProjectPartner.project_id == project_id,
            ProjectPartner.institution_id == institution_id,
            ProjectPartner.state.in_(["asked", "accepted"]),
        )
    ).first()


def member(project: Project, member_id: int) -> ProjectMember:
    """A member of this project in any state, with person and institution. Raises NotFound."""
    found = db.session.scalars(
        select(ProjectMember)
        .where(ProjectMember.id == member_id, ProjectMember.project_id == project.id)
        .options(joinedload(ProjectMember.person), joinedload(ProjectMember.institution))
    ).first()
    if found is None:
        raise NotFound
    return found


def live_member(project_id: int, person_id: int | None) -> ProjectMember | None:
    """The person's row while they are invited or a member."""
    return db.session.scalars(
        select(ProjectMember)
        .where(
            ProjectMember.project_id == project_id,
            ProjectMember.person_id == (person_id or 0),
            ProjectMember.state.in_(["invited", "active"]),
        )
        .options(joinedload(ProjectMember.person), joinedload(ProjectMember.institution))
    ).first()


def own_institutions(person_id: int) -> list[tuple[int, str]]:
    """The verified institutions to which a person belongs: id, name."""
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .join(Affiliation, Affiliation.institution_id == Institution.id)
        .where(
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Institution.state == "verified",
        )
        .order_by(Institution.sort_name, Institution.id)
    )
    return [(row.id, row.name) for row in rows]


def person_name(person_id: int | None) -> str:
    """The name of a person, empty for nobody."""
    found = db.session.execute(select(Person.display_name).where(Person.id == (person_id or 0))).scalar()
    return found or ""


def find_people(actor: Actor, project: Project, words: str) -> list[Any]:
    """People whom the reader may see, whose names or skills have the words, and who are not in it yet.

    Rows of (id, display_name, romanised_name, institution); empty without a word to look for.
    """
    hits = index.matching("person", words) if words else None
    if hits is None:
        return []
    taken = select(ProjectMember.person_id).where(
        ProjectMember.project_id == project.id, ProjectMember.state.in_(["invited", "active"])
    )
    home = (
        select(func.min(Institution.name))
        .join(Affiliation, Affiliation.institution_id == Institution.id)
        .where(
            Affiliation.person_id == Person.id, Affiliation.state == "active", Institution.state == "verified"
        )
        .scalar_subquery()
    )
    return list(
        db.session.execute(
            select(Person.id, Person.display_name, Person.romanised_name, home.label("institution"))
            .where(visible_people(actor), Person.id.not_in(taken), Person.id.in_(hits))
            .order_by(Person.sort_name, Person.id)
            .limit(MOST_PEOPLE)
        )
    )


# ---- whom to tell ----------------------------------------------------------------------------------------------


def representatives(institution_id: int, but: int | None = None) -> list[int]:
    """The person ids of who represents an institution."""
    return list(
        db.session.scalars(
            select(Affiliation.person_id).where(
                Affiliation.institution_id == institution_id,
                Affiliation.role == "representative",
                Affiliation.state == "active",
                Affiliation.person_id != (but or 0),
            )
        )
    )


def member_ids(project_id: int) -> list[int]:
    """The person ids of its members."""
    return list(
        db.session.scalars(
            select(ProjectMember.person_id).where(
                ProjectMember.project_id == project_id, ProjectMember.state == "active"
            )
        )
    )


def partner_representatives(project_id: int) -> list[int]:
    """The person ids of those who represent its partners."""
    return list(
        db.session.scalars(
            select(Affiliation.person_id)
            .join(ProjectPartner, ProjectPartner.institution_id == Affiliation.institution_id)
            .where(
                ProjectPartner.project_id == project_id,
                ProjectPartner.state == "accepted",
                Affiliation.role == "representative",
                Affiliation.state == "active",
            )
            .distinct()
        )
    )


def follower_ids(project_id: int) -> list[int]:
    """The person ids of those who follow it."""
    return list(
        db.session.scalars(select(ProjectFollow.person_id).where(ProjectFollow.project_id == project_id))
    )


def reading_followers(project: Project, block: str = "") -> set[int]:
    """The person ids of those who follow it and still see it, and this block of it."""
    ids = follower_ids(project.id)
    level = project.level(block) if block else project.visibility
    if project.state in LISTED_STATES and level in {"public", "signed_in"}:
        return set(ids)

    def sees(person: Person) -> bool:
        actor = actor_for(person)
        return bool(policies.view_block(actor, project, block) if block else policies.view(actor, project))

    return {
        person.id for person in db.session.scalars(select(Person).where(Person.id.in_(ids))) if sees(person)
    }


def decider_ids(project: Project) -> list[int]:
    """The person ids of those who may decide: leads who have no part in it, else the administrators."""
    own = select(ProjectMember.person_id).where(
        ProjectMember.project_id == project.id, ProjectMember.state.in_(["active", "invited"])
    )
    leads = list(
        db.session.scalars(
            select(Leadership.person_id).where(
                Leadership.consortium_id == project.consortium_id,
                Leadership.until.is_(None),
                Leadership.person_id != project.lead_id,
                Leadership.person_id.not_in(own),
            )
        )
    )
    if leads and project.has_other_lead:
        return leads
    return list(
        db.session.scalars(
            select(Person.id).where(
                Person.is_admin,
                Person.closed_at.is_(None),
                Person.id != project.lead_id,
                Person.id.not_in(own),
            )
        )
    )

"""Single records of a team, each looked up within its team, and the facts that permissions ask for."""

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.accounts.models import Person
from app.accounts.policies import visible_people
from app.consortia.models import Admission, Consortium, Leadership
from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.kept import kept, today
from app.institutions.models import Affiliation, Institution
from app.teams.models import (
    LIVE_MEMBERSHIP,
    ExchangeLine,
    HandOver,
    MailInvitation,
    Membership,
    OpenRole,
    Proposal,
    Team,
    TeamText,
)
from app.teams.policies import view_team

LIVE_STATES = ("requested", "invited", "confirming", "active")
assert all(state in LIVE_MEMBERSHIP for state in LIVE_STATES)


def whole(team_id: Any) -> Any:
    """A select of the team with problem, project, consortium, lead and deputy."""
    return (
        select(Team)
        .where(Team.id == team_id)
        .options(
            joinedload(Team.problem),
            joinedload(Team.project),
            joinedload(Team.consortium),
            joinedload(Team.lead),
            joinedload(Team.deputy),
        )
    )


_whole = kept(whole)


def seen(actor: Actor, team: Team | None) -> Team:
    """The team. Raises NotFound where there is none, or the actor may not see it."""
    if team is None or not view_team(actor, team):
        raise NotFound
    return team


def get(actor: Actor, team_id: int) -> Team:
    """The team with problem, consortium, lead and deputy loaded. Raises NotFound where the actor may not see it."""
    return seen(actor, db.session.scalars(*_whole(team_id=team_id)).first())


def membership(team_id: int, membership_id: int) -> Membership:
    """A membership of the team with person and institution loaded. Raises NotFound."""
    found = db.session.scalars(
        select(Membership)
        .where(Membership.id == membership_id, Membership.team_id == team_id)
        .options(joinedload(Membership.person), joinedload(Membership.institution))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def live_membership(team_id: int, person_id: int | None) -> Membership | None:
    """The person's open or active membership of the team, person and institution loaded."""
    return db.session.scalars(
        select(Membership)
        .where(
            Membership.team_id == team_id,
            Membership.person_id == person_id,
            Membership.state.in_(LIVE_STATES),
        )
        .options(joinedload(Membership.person), joinedload(Membership.institution))
        .execution_options(populate_existing=True)
    ).first()


@kept
def _members(team_id: Any, states: Any) -> Any:
    return (
        select(Membership)
        .where(Membership.team_id == team_id, Membership.state.in_(states))
        .options(joinedload(Membership.person), joinedload(Membership.institution))
        .order_by(Membership.started_at, Membership.id)
    )


def members(team_id: int, states: Collection[str] = ("active",)) -> list[Membership]:
    """Memberships in these states, the longest first, person and institution loaded."""
    return list(db.session.scalars(*_members(team_id=team_id, states=list(states))))


def own_institutions(person_id: int | None, consortium_id: int) -> list[tuple[int, str]]:
    """(id, name) of the institutions through which the person may take part under this consortium."""
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .join(Affiliation, Affiliation.institution_id == Institution.id)
        .join(Consortium, Consortium.id == consortium_id)
        .outerjoin(
            Admission,
            (Admission.institution_id == Institution.id)
            & (Admission.consortium_id == consortium_id)
            & (Admission.state == "member"),
        )
        .where(
            Affiliation.person_id == person_id,
            Affiliation.state == "active",
            Institution.state == "verified",
            or_(Consortium.is_open, Admission.id.is_not(None)),
        )
        .order_by(Institution.sort_name, Institution.id)
    )
    return [(key, name) for key, name in rows]


def deciders(team: Team) -> frozenset[int]:
    """Persons who may decide about the team: leads of its consortium who are neither in it nor asked."""
    involved = select(Membership.person_id).where(
        Membership.team_id == team.id, Membership.state.in_(LIVE_STATES)
    )
    rows = db.session.scalars(
        select(Leadership.person_id)
        .join(Person, Person.id == Leadership.person_id)
        .where(
            Leadership.consortium_id == team.consortium_id,
            Leadership.until.is_(None),
            Person.closed_at.is_(None),
            Leadership.person_id.not_in(involved),
        )
    )
    return frozenset(rows)


def administrators() -> list[int]:
    """Persons who administer the portal."""
    return list(db.session.scalars(select(Person.id).where(Person.is_admin, Person.closed_at.is_(None))))


def representatives(institution_id: int | None, but: int | None = None) -> list[int]:
    """Persons who represent the institution, without one of them."""
    return list(
        db.session.scalars(
            select(Affiliation.person_id).where(
                Affiliation.institution_id == institution_id,
                Affiliation.state == "active",
                Affiliation.role == "representative",
                Affiliation.person_id != but,
            )
        )
    )


def latest_proposal(team_id: int) -> Proposal | None:
    """The newest round, decided or not."""
    return db.session.scalars(
        select(Proposal).where(Proposal.team_id == team_id).order_by(Proposal.id.desc()).limit(1)
    ).first()


def live_team_of(project_id: int) -> Team | None:
    """The team that takes on a project, unless it has ended."""
    return db.session.scalars(
        select(Team).where(
            Team.project_id == project_id, Team.state.not_in(("rejected", "dissolved", "completed"))
        )
    ).first()


def person_name(person_id: int | None) -> str:
    """The display name of a person, empty for nobody."""
    return db.session.scalar(select(Person.display_name).where(Person.id == person_id)) or ""


def open_hand_over(team_id: int) -> HandOver | None:
    """The offer of the lead that waits for an answer."""
    return db.session.scalars(
        select(HandOver).where(HandOver.team_id == team_id, HandOver.decided_at.is_(None))
    ).first()


def texts(team_id: int) -> list[TeamText]:
    """All versions of the team text, the newest first."""
    return list(
        db.session.scalars(
            select(TeamText).where(TeamText.team_id == team_id).order_by(TeamText.number.desc())
        )
    )


def current_text(team_id: int) -> TeamText | None:
    """The version of the team text in force."""
    return db.session.scalars(
        select(TeamText).where(TeamText.team_id == team_id).order_by(TeamText.number.desc()).limit(1)
    ).first()


@kept
def _roles(only_open: bool, team_id: Any) -> Any:
    query = select(OpenRole).where(OpenRole.team_id == team_id)
    if only_open:
        query = query.where(~OpenRole.is_closed, or_(OpenRole.until.is_(None), OpenRole.until >= today()))
    return query.order_by(OpenRole.position, OpenRole.id)


def roles(team_id: int, only_open: bool = False) -> list[OpenRole]:
    """The team's roles in their order."""
    return list(db.session.scalars(*_roles(only_open, team_id=team_id)))


def role(team_id: int, role_id: int) -> OpenRole:
    """A role of the team. Raises NotFound."""
    found = db.session.scalars(
        select(OpenRole).where(OpenRole.id == role_id, OpenRole.team_id == team_id)
    ).first()
    if found is None:
        raise NotFound
    return found


def line(team_id: int, line_id: int) -> ExchangeLine:
    """An exchange line of the team. Raises NotFound."""
    found = db.session.scalars(
        select(ExchangeLine).where(ExchangeLine.id == line_id, ExchangeLine.team_id == team_id)
    ).first()
    if found is None:
        raise NotFound
    return found


@kept
def _lines(team_id: Any) -> Any:
    return (
        select(ExchangeLine)
        .where(ExchangeLine.team_id == team_id)
        .options(joinedload(ExchangeLine.institution))
        .order_by(ExchangeLine.position, ExchangeLine.id)
    )


def lines(team_id: int) -> list[ExchangeLine]:
    """All exchange lines, institutions loaded."""
    return list(db.session.scalars(*_lines(team_id=team_id)))


def pointing_at(line_id: int) -> list[ExchangeLine]:
    """The gains that point to a brings line, institutions loaded."""
    return list(
        db.session.scalars(
            select(ExchangeLine)
            .where(ExchangeLine.from_line_id == line_id)
            .options(joinedload(ExchangeLine.institution))
            .order_by(ExchangeLine.id)
        )
    )


def secret_hash(secret: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def mail_invitation(secret: str) -> MailInvitation:
    """The invitation behind a link, its team, problem and consortium loaded. Raises NotFound."""
    found = db.session.scalars(
        select(MailInvitation)
        .join(MailInvitation.team)
        .where(MailInvitation.secret_hash == secret_hash(secret))
        .options(
            contains_eager(MailInvitation.team).options(
                joinedload(Team.problem),
                joinedload(Team.project),
                joinedload(Team.consortium),
                joinedload(Team.lead),
            )
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def mail_invitation_of(team_id: int, invitation_id: int) -> MailInvitation:
    """An invitation by mail of the team. Raises NotFound."""
    found = db.session.scalars(
        select(MailInvitation).where(MailInvitation.id == invitation_id, MailInvitation.team_id == team_id)
    ).first()
    if found is None:
        raise NotFound
    return found


def open_mail_invitations(team_id: int) -> list[MailInvitation]:
    """Invitations by mail that nobody has answered."""
    return list(
        db.session.scalars(
            select(MailInvitation)
            .where(MailInvitation.team_id == team_id, MailInvitation.decided_at.is_(None))
            .order_by(MailInvitation.id)
        )
    )


def masked(email: str) -> str:
    """An address of which only its owner recognises the rest: `l•••@k•••.sa`."""
    name, _at, host = email.partition("@")
    ending = host.rpartition(".")[2]
    return f"{name[:1]}•••@{host[:1]}•••.{ending}"


def find_people(actor: Actor, team_id: int, words: str, limit: int = 20) -> list[Any]:
    """People whom the actor may see, whose names or skills have the words, and who are not in the team.

    Rows of (id, display_name, romanised_name, institution); empty without a word to look for.
    """
    hits = index.matching("person", words)
    if hits is None:
        return []
    inside = select(Membership.person_id).where(
        Membership.team_id == team_id, Membership.state.in_(LIVE_STATES)
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
            .where(
                visible_people(actor),
                Person.id.not_in(inside),
                Person.id.in_(hits),
            )
            .order_by(Person.sort_name, Person.id)
            .limit(limit)
        )
    )


def visible_person(actor: Actor, person_id: int) -> Person:
    """A person whom the actor may see. Raises NotFound."""
    found = db.session.scalars(select(Person).where(Person.id == person_id, visible_people(actor))).first()
    if found is None:
        raise NotFound
    return found


def reader_locale(email: str) -> str | None:
    """The language of whoever owns this address here, None for nobody. For mails only: never shown to who writes."""
    return db.session.scalar(select(Person.locale).where(Person.email == email, Person.closed_at.is_(None)))

"""What the page of one team shows, read in five statements with the team itself, whatever the number of rows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Person
from app.accounts.policies import visible_people
from app.consortia.models import Leadership
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.text import initials
from app.institutions.models import Affiliation, Institution
from app.teams import policies
from app.teams.models import (
    HandOver,
    MailInvitation,
    Membership,
    OpenRole,
    Proposal,
    Team,
    TeamText,
    TeamUpdate,
)
from app.teams.queries import exchange as table
from app.teams.queries import missing as gate
from app.teams.queries import records

MOST_UPDATES = 5


@dataclass(frozen=True)
class Member:
    """A membership as the page shows it; `person` parts stand on it, as components/person.html reads them."""

    id: int
    person_id: int
    display_name: str
    romanised_name: str
    has_profile: bool
    state: str
    side: str
    part: str
    message: str
    brings: list[Any]
    gains: list[Any]
    skills: list[Any]
    accepted_text: int | None
    asked_at: datetime | None
    due_at: datetime | None
    started_at: datetime | None
    version: int
    institution_id: int | None
    institution: str
    city: str
    country: str
    is_confirmed: bool
    zone: str
    weekend: list[int]

    @property
    def initials(self) -> str:
        """At most two letters for the square beside the name."""
        return initials(self.display_name)

    @property
    def name(self) -> str:
        """The display name, under the name that the two-way gate reads."""
        return self.display_name


@dataclass
class TeamPage:
    """All of it; what the actor may not see is left out already."""

    team: Team
    members: list[Member] = field(default_factory=list)  # active
    confirming: list[Member] = field(default_factory=list)
    requests: list[Member] = field(default_factory=list)  # for lead and deputy
    own: Member | None = None  # the actor's live membership
    exchange: list[table.Row] = field(default_factory=list)
    left_lines: list[Any] = field(default_factory=list)
    roles: list[OpenRole] = field(default_factory=list)
    updates: list[Any] = field(default_factory=list)
    missing: list[gate.Missing] = field(default_factory=list)
    proposal: Any = None
    decided_by: str = ""
    open_mails: int = 0
    text_number: int = 0
    offered_to: int | None = None
    has_deciders: bool = True

    @property
    def countries(self) -> list[str]:
        """Country codes of the institutions of its members, each once."""
        return list(dict.fromkeys(member.country for member in self.members if member.country))

    @property
    def institutions(self) -> list[tuple[int | None, str]]:
        """(id, name) of the institutions of its members, each once."""
        return list(dict.fromkeys((member.institution_id, member.institution) for member in self.members))

    def deciders_for(self, actor: Actor) -> frozenset[int]:
        """What the permissions to decide ask for, as far as this actor is concerned."""
        if actor.id is not None and actor.holds("lead", self.team.consortium_id):
            return frozenset({actor.id})
        return frozenset({0}) if self.has_deciders else frozenset()


@kept
def _members(reader: Actor, team_id: Any, states: Any) -> Any:
    confirmed = (
        select(Affiliation.id)
        .where(
            Affiliation.person_id == Membership.person_id,
            Affiliation.institution_id == Membership.institution_id,
            Affiliation.state == "active",
        )
        .correlate(Membership)
        .exists()
    )
    return (
        select(
            Membership,
            Person.display_name,
            Person.romanised_name,
            Person.zone,
            visible_people(reader).label("has_profile"),
            func.coalesce(Institution.name, "").label("institution"),
            func.coalesce(Institution.city, "").label("city"),
            func.coalesce(Institution.country, "").label("country"),
            Institution.weekend,
            confirmed.label("is_confirmed"),
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Institution, Institution.id == Membership.institution_id)
        .where(Membership.team_id == team_id, Membership.state.in_(states))
        .order_by(Membership.started_at, Membership.due_at, Membership.id)
    )


def member_list(actor: Actor, team_id: int, states: tuple[str, ...] = records.LIVE_STATES) -> list[Member]:
    """Memberships of the team in these states, the longest first; one statement."""
    return [_member(row) for row in db.session.execute(*_members(actor, team_id=team_id, states=states))]


def _member(row: Any) -> Member:
    of = row.Membership
    return Member(
        id=of.id,
        person_id=of.person_id,
        display_name=row.display_name,
        romanised_name=row.romanised_name,
        has_profile=bool(row.has_profile),
        state=of.state,
        side=of.side,
        part=of.part,
        message=of.message,
        brings=of.brings,
        gains=of.gains,
        skills=of.skills,
        accepted_text=of.accepted_text,
        asked_at=of.asked_at,
        due_at=of.due_at,
        started_at=of.started_at,
        version=of.version,
        institution_id=of.institution_id,
        institution=row.institution,
        city=row.city,
        country=row.country,
        is_confirmed=bool(row.is_confirmed),
        zone=row.zone,
        weekend=row.weekend or [6, 7],
    )


@kept
def _with_near(team_id: Any) -> Any:
    """The team with its newest proposal and single numbers around it; one row."""
    involved = select(Membership.person_id).where(
        Membership.team_id == team_id, Membership.state.in_(records.LIVE_STATES)
    )
    newest = select(func.max(Proposal.id)).where(Proposal.team_id == team_id).scalar_subquery()
    return (
        records.whole(team_id)
        .select_from(Team)
        .outerjoin(Proposal, Proposal.id == newest)
        .outerjoin(Person, Person.id == Proposal.decided_by_id)
        .add_columns(
            Proposal.asked_at,
            Proposal.due_at,
            Proposal.decided_at,
            Proposal.decided_by_id,
            Proposal.decision_code,
            Proposal.decision_note,
            Person.display_name.label("decided_by"),
            select(func.count(MailInvitation.id))
            .where(MailInvitation.team_id == team_id, MailInvitation.decided_at.is_(None))
            .scalar_subquery()
            .label("open_mails"),
            select(func.coalesce(func.max(TeamText.number), 0))
            .where(TeamText.team_id == team_id)
            .scalar_subquery()
            .label("text_number"),
            select(func.max(HandOver.to_person_id))
            .where(HandOver.team_id == team_id, HandOver.decided_at.is_(None))
            .scalar_subquery()
            .label("offered_to"),
            select(func.count(Leadership.id))
            .where(
                Leadership.consortium_id == Team.consortium_id,
                Leadership.until.is_(None),
                Leadership.person_id.not_in(involved),
            )
            .scalar_subquery()
            .label("deciders"),
        )
    )


@kept
def _updates(team_id: Any, limit: Any) -> Any:
    return (
        select(
            TeamUpdate.id,
            TeamUpdate.text,
            TeamUpdate.language,
            TeamUpdate.posted_at,
            Person.display_name.label("author"),
        )
        .join(Person, Person.id == TeamUpdate.author_id)
        .where(TeamUpdate.team_id == team_id)
        .order_by(TeamUpdate.posted_at.desc(), TeamUpdate.id.desc())
        .limit(limit)
    )


def updates(team_id: int, limit: int = MOST_UPDATES) -> list[Any]:
    """The newest posts: id, text, language, posted_at, author."""
    return list(db.session.execute(*_updates(team_id=team_id, limit=limit)))


def load(actor: Actor, team_id: int) -> TeamPage:
    """The page of a team. Raises NotFound where the actor may not see it."""
    around = db.session.execute(*_with_near(team_id=team_id)).first()
    if around is None:
        raise NotFound
    team = records.seen(actor, around.Team)
    everybody = member_list(actor, team_id)
    lines = records.lines(team_id)
    is_inside = bool(policies.view_inside(actor, team))
    found = TeamPage(
        team=team,
        members=[member for member in everybody if member.state == "active"],
        own=next((member for member in everybody if member.person_id == actor.id), None),
        roles=records.roles(team.id),
        updates=updates(team.id),
        proposal=around if around.asked_at else None,
        decided_by=around.decided_by or "",
        text_number=around.text_number,
        has_deciders=around.deciders > 0,
    )
    if is_inside:
        found.confirming = [member for member in everybody if member.state == "confirming"]
        found.open_mails = around.open_mails
        found.offered_to = around.offered_to
        found.missing = gate.find(_facts(found, everybody, lines))
    if policies.runs(actor, team):
        found.requests = [
            member for member in everybody if member.state == "requested" and member.person_id != actor.id
        ]
    found.exchange, found.left_lines = table.rows(found.members, lines)
    return found


def _facts(found: TeamPage, everybody: list[Member], lines: list[Any]) -> gate.Facts:
    def number(state: str) -> int:
        return sum(1 for member in everybody if member.state == state)

    team = found.team
    return gate.Facts(
        team,
        team.consortium.min_institutions,
        team.consortium.min_countries,
        team.problem.state if team.problem else None,
        members=found.members,
        lines=lines,
        requests=number("requested"),
        invitations=number("invited") + found.open_mails,
        confirmations=number("confirming"),
    )

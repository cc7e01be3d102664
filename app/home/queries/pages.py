"""What stands on the first page, and in the administrators' overview."""

import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.accounts.models import Person
from app.accounts.policies import administer
from app.consortia import queries as consortia
from app.core import waiting
from app.core.access import Actor, demand
from app.core.db import db
from app.core.i18n import get_locale
from app.core.paging import capped_count
from app.home.queries.partners import Partners, partners
from app.institutions.models import Institution, InstitutionClaim
from app.notifications import queries as notifications
from app.problems import queries as problems
from app.teams import queries as teams
from app.teams.models import ExchangeLine, Team

MOST_WAITING = 51
MOST_LINES = 4  # of each side of the exchange on the first page


@dataclass(frozen=True)
class Exchange:
    """One institution's part in a public approved team: what it brings, what it gains (lines with text)."""

    team_id: int
    team_name: str
    institution: str
    brings: list[dict[str, str]]
    gains: list[dict[str, str]]


@dataclass(frozen=True)
class Numbers:
    """What is counted over everything that is public."""

    problems: dict[str, int]
    teams: dict[str, int]
    partners: Partners


@dataclass(frozen=True)
class Landing:
    """What visitors see; six statements, three while the numbers are kept."""

    newest: list[Any]
    numbers: Numbers
    exchange: Exchange | None


FRESH_SECONDS = 60.0
_kept: dict[tuple[str, str], tuple[float, Numbers]] = {}


def landing(actor: Actor) -> Landing:
    """The living numbers, the newest problems, one exchange and where the partners are."""
    return Landing(problems.newest(actor, 4), _numbers(), _exchange())


def _numbers() -> Numbers:
    """The numbers, counted at most once a minute in each process: with 100,000 institutions they cost 80 ms."""
    key = (str(db.engine.url), get_locale())
    counted_at, numbers = _kept.get(key, (0.0, None))
    if numbers is None or time.monotonic() - counted_at > FRESH_SECONDS:
        numbers = Numbers(problems.numbers(), teams.numbers(), partners())
        _kept[key] = (time.monotonic(), numbers)
    return numbers


def _exchange() -> Exchange | None:
    """The newest public team at work, as the first of its institutions that brings and gains sees it."""
    team = db.session.execute(
        select(Team.id, Team.name)
        .where(Team.state == "approved", Team.visibility == "public")
        .order_by(Team.listed_at.desc(), Team.id.desc())
        .limit(1)
    ).first()
    if team is None:
        return None
    rows = db.session.execute(
        select(ExchangeLine.institution_id, Institution.name, ExchangeLine.direction, ExchangeLine.text)
        .join(Institution, Institution.id == ExchangeLine.institution_id)
        .where(ExchangeLine.team_id == team.id)
        .order_by(ExchangeLine.position, ExchangeLine.id)
    )
    sides: dict[int, dict[str, list[dict[str, str]]]] = {}
    names: dict[int, str] = {}
    for institution_id, name, direction, text in rows:
        names[institution_id] = name
        sides.setdefault(institution_id, {"brings": [], "gains": []})[direction].append({"text": text})
    for institution_id, side in sides.items():
        if side["brings"] and side["gains"]:
            return Exchange(
                team.id,
                team.name,
                names[institution_id],
                side["brings"][:MOST_LINES],
                side["gains"][:MOST_LINES],
            )
    return None


@dataclass(frozen=True)
class Own:
    """What somebody signed in sees; six statements at most, one more for administrators."""

    waiting: list[waiting.Waiting]
    drafts: list[Any]
    teams: list[Any]
    notices: list[Any]
    led: list[Any]
    represented: list[Any]
    failed_mails: tuple[int, bool] = field(default=(0, False))


def own(actor: Actor) -> Own:
    """What waits for a person, what they began, where they take part, what changed, and where they have duties."""
    failed = notifications.failed_mails(actor) if actor.is_admin else (0, False)
    return Own(
        waiting.waiting_for(actor, MOST_WAITING),
        problems.drafts_of(actor),
        teams.of_person(actor, actor.id or 0),
        notifications.newest(actor),
        consortia.led_by(actor),
        represented(actor),
        failed,
    )


def represented(actor: Actor) -> list[Any]:
    """(id, name) of the institutions that a person represents, by name; no statement when there are none."""
    ids = actor.ids("representative")
    if not ids:
        return []
    query = select(Institution.id, Institution.name).where(Institution.id.in_(sorted(ids)))
    return list(db.session.execute(query.order_by(Institution.sort_name)))


def overview(actor: Actor) -> dict[str, tuple[int, bool]]:
    """How much there is to look after, each number counted up to a cap: (number, whether there are more).

    Keys: people, administrators, verified, claims, pending, mails_waiting, mails_failed. Raises NotAllowed.
    """
    demand(administer, actor)
    mails = notifications.mails_by_state(actor)
    return {
        "people": capped_count(select(Person.id).where(Person.closed_at.is_(None))),
        "administrators": capped_count(select(Person.id).where(Person.is_admin, Person.closed_at.is_(None))),
        "verified": capped_count(select(Institution.id).where(Institution.state == "verified")),
        "claims": capped_count(select(InstitutionClaim.id).where(InstitutionClaim.state == "asked")),
        "pending": capped_count(select(Institution.id).where(Institution.state == "pending")),
        "mails_waiting": mails["waiting"],
        "mails_failed": mails["failed"],
    }

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
from app.core.kept import kept
from app.core.paging import capped_count
from app.home.queries.partners import Partners, partners
from app.institutions.models import Institution, InstitutionClaim
from app.listings import queries as listings
from app.notifications import queries as notifications
from app.problems import queries as problems
from app.projects import queries as projects
from app.teams import queries as teams
from app.teams.models import ExchangeLine, Team

MOST_BEGUN = 8
MOST_WAITING = 51
MOST_PROJECTS = 10
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
    projects: dict[str, int]
    listings: dict[str, int]
    partners: Partners


@dataclass(frozen=True)
class Landing:
    """What visitors see; nine statements, four while the numbers are kept. `posted` are offers and needs."""

    newest: list[Any]
    numbers: Numbers
    exchange: Exchange | None
    posted: dict[str, list[Any]]


FRESH_SECONDS = 60.0
_kept: dict[tuple[str, str], tuple[float, Numbers]] = {}


def landing(actor: Actor) -> Landing:
    """The living numbers, the newest problems, one exchange, the newest offers and needs, and where the partners are."""
    return Landing(_newest(actor), _numbers(), _exchange(), _posted(actor))


def _numbers() -> Numbers:
    """The numbers, counted at most once a minute in each process: with 100,000 institutions they cost 80 ms."""
    key = (str(db.engine.url), get_locale())
    counted_at, numbers = _kept.get(key, (0.0, None))
    if numbers is None or time.monotonic() - counted_at > FRESH_SECONDS:
        numbers = Numbers(
            problems.numbers(), teams.numbers(), projects.numbers(), listings.numbers(), partners()
        )
        _kept[key] = (time.monotonic(), numbers)
    return numbers


def _newest(actor: Actor) -> list[Any]:
    """Four of the newest problems: three in the reader's language where there are as many, and always one in another."""
    rows = problems.newest(actor, 16)
    own = [row for row in rows if row.language == get_locale()][:3]
    others = [row for row in rows if row not in own][: 4 - len(own)]
    return sorted(own + others, key=rows.index)


def _posted(actor: Actor) -> dict[str, list[Any]]:
    """Some of the newest offers and needs by direction: of both lists, in the reader's language where there are any."""
    rows = listings.newest(actor, 6)

    def some(direction: str, catalogue: str, most: int) -> list[Any]:
        found = [row for row in rows if (row.direction, row.catalogue) == (direction, catalogue)]
        return sorted(found, key=lambda row: row.language != get_locale())[:most]

    return {
        direction: [*some(direction, "resources", 2), *some(direction, "exchange", 2)]
        for direction in ("offer", "need")
    }


@kept
def _newest_at_work() -> Any:
    return (
        select(Team.id, Team.name, Team.language)
        .where(Team.state == "approved", Team.visibility == "public")
        .order_by(Team.listed_at.desc(), Team.id.desc())
        .limit(12)
    )


@kept
def _lines_of_teams(team_ids: Any) -> Any:
    return (
        select(
            ExchangeLine.team_id,
            ExchangeLine.institution_id,
            Institution.name,
            ExchangeLine.direction,
            ExchangeLine.text,
        )
        .join(Institution, Institution.id == ExchangeLine.institution_id)
        .where(ExchangeLine.team_id.in_(team_ids))
        .order_by(ExchangeLine.position, ExchangeLine.id)
    )


def _exchange() -> Exchange | None:
    """The richest part in the newest public teams at work, in the reader's language if there is one."""
    newest = {team.id: team for team in db.session.execute(*_newest_at_work())}
    parts = _parts(list(newest))
    if not parts:
        return None

    def worth(part: tuple[int, int]) -> tuple[bool, int, int]:
        both = parts[part]
        fewer = min(len(both["brings"]), len(both["gains"]))
        return newest[part[0]].language == get_locale(), fewer, len(both["brings"]) + len(both["gains"])

    best = max(parts, key=worth)
    team, both = newest[best[0]], parts[best]
    brings, gains = (
        [{"text": row.text, "lang": team.language} for row in both[side][:MOST_LINES]]
        for side in ("brings", "gains")
    )
    return Exchange(team.id, team.name, both["brings"][0].name, brings, gains)


def _parts(team_ids: list[int]) -> dict[tuple[int, int], dict[str, list[Any]]]:
    """The lines by (team, institution) and direction, of institutions that bring and gain; one statement."""
    rows = db.session.execute(*_lines_of_teams(team_ids=team_ids))
    parts: dict[tuple[int, int], dict[str, list[Any]]] = {}
    for row in rows:
        both = parts.setdefault((row.team_id, row.institution_id), {"brings": [], "gains": []})
        both[row.direction].append(row)
    return {key: both for key, both in parts.items() if both["brings"] and both["gains"]}


@dataclass(frozen=True)
class Own:
    """What somebody signed in sees; seven statements at most, one more for administrators and for representatives."""

    waiting: list[waiting.Waiting]
    drafts: list[Any]
    teams: list[Any]
    projects: list[Any]
    notices: list[Any]
    led: list[Any]
    represented: list[Any]
    failed_mails: tuple[int, bool] = field(default=(0, False))
    begun: list[Any] = field(default_factory=list)  # offers and needs of the institutions that they represent


def own(actor: Actor) -> Own:
    """What waits for a person, what they began, where they take part, what changed, and where they have duties."""
    failed = notifications.failed_mails(actor) if actor.is_admin else (0, False)
    return Own(
        waiting.waiting_for(actor, MOST_WAITING),
        problems.drafts_of(actor),
        teams.of_person(actor, actor.id or 0),
        projects.own(actor, MOST_PROJECTS),
        notifications.newest(actor),
        consortia.led_by(actor),
        represented(actor),
        failed,
        listings.drafts_of(actor, MOST_BEGUN),
    )


@kept
def _represented(reader: Actor) -> Any:
    query = select(Institution.id, Institution.name).where(Institution.id.in_(reader.ids("representative")))
    return query.order_by(Institution.sort_name)


def represented(actor: Actor) -> list[Any]:
    """(id, name) of the institutions that a person represents, by name; no statement when there are none."""
    return list(db.session.execute(*_represented(actor))) if actor.holds_any("representative") else []


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

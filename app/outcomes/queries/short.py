"""Short lists of outcomes for the pages of others, and a person's own."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.kept import Call, kept
from app.core.states import State
from app.institutions.models import Institution
from app.outcomes.models import OUTCOME_STATES, Outcome, OutcomeCredit, OutcomeFacet
from app.outcomes.policies import listed, visible
from app.translating.queries import localised_row

MOST = 10


@dataclass(frozen=True)
class Row:
    """An outcome in a short list, in the reader's language where it was translated; `state` has name, label, tone, icon."""

    id: int
    number: str
    kind: str
    title: str
    summary: str
    language: str
    state: State
    is_negative: bool
    institution: str
    listed_at: Any


def _short() -> Select[Any]:
    query: Any = select(
        Outcome.id,
        Outcome.number,
        Outcome.kind,
        Outcome.title,
        Outcome.summary,
        Outcome.language,
        Outcome.localised,
        Outcome.state,
        Outcome.is_negative,
        Outcome.listed_at,
        Institution.name.label("institution"),
    )
    joined: Select[Any] = query.join(Institution, Institution.id == Outcome.institution_id)
    return joined


def _newest_first(query: Select[Any], limit: Any) -> Select[Any]:
    return query.order_by(Outcome.listed_at.desc(), Outcome.id.desc()).limit(limit)


def _rows(asked: Call) -> list[Row]:
    locale, found = get_locale(), []
    for row in db.session.execute(*asked):
        values = {**row._asdict(), "state": OUTCOME_STATES[row.state]}
        del values["localised"]
        values["title"], values["summary"], values["language"] = localised_row(row, locale)
        found.append(Row(**values))
    return found


@kept
def _of(reader: Actor, column: str, key: Any, limit: Any) -> Any:
    where = getattr(Outcome, column) == key
    return _newest_first(_short().where(where, Outcome.state != "retracted", visible(reader)), limit)


def of_project(actor: Actor, project_id: int, limit: int = MOST) -> list[Row]:
    """What came of a project: what is published, and what the reader sees before."""
    return _rows(_of(actor, "project_id", key=project_id, limit=limit))


def of_problem(actor: Actor, problem_id: int, limit: int = MOST) -> list[Row]:
    """What came of work on a problem."""
    return _rows(_of(actor, "problem_id", key=problem_id, limit=limit))


def of_team(actor: Actor, team_id: int, limit: int = MOST) -> list[Row]:
    """What came of a team's work."""
    return _rows(_of(actor, "team_id", key=team_id, limit=limit))


@kept
def _of_institution(reader: Actor, value: Any, limit: Any) -> Any:
    facet = OutcomeFacet
    query = _short().join(facet, facet.outcome_id == Outcome.id)
    query = query.where(facet.facet == "institution", facet.value == value, listed(reader, elsewhere=True))
    return query.order_by(facet.listed_at.desc(), facet.outcome_id.desc()).limit(limit)


def of_institution(actor: Actor, institution_id: int, limit: int = MOST) -> list[Row]:
    """What an institution claimed, or its people are named in, as far as it is published."""
    return _rows(_of_institution(actor, value=str(institution_id), limit=limit))


@kept
def _of_person(reader: Actor, person_id: Any, limit: Any) -> Any:
    named = select(OutcomeCredit.outcome_id).where(
        OutcomeCredit.person_id == person_id, OutcomeCredit.state == "accepted"
    )
    return _newest_first(_short().where(Outcome.id.in_(named), listed(reader, elsewhere=True)), limit)


def of_person(actor: Actor, person_id: int, limit: int = MOST) -> list[Row]:
    """What a person is named in, as far as it is published and they accepted it."""
    return _rows(_of_person(actor, person_id=person_id, limit=limit))


@kept
def _own(reader: Actor, limit: Any) -> Any:
    named = select(OutcomeCredit.outcome_id).where(
        OutcomeCredit.person_id == reader.id, OutcomeCredit.state.in_(["asked", "accepted"])
    )
    return _newest_first(_short().where(or_(Outcome.claimer_id == reader.id, Outcome.id.in_(named))), limit)


def own(actor: Actor, limit: int = 100) -> list[Row]:
    """What the reader claimed or is named in, in any state."""
    return _rows(_own(actor, limit=limit)) if actor.is_signed_in else []


@kept
def _newest(reader: Actor, limit: Any) -> Any:
    return _newest_first(_short().where(listed(reader)), limit)


def newest(actor: Actor, limit: int = 4) -> list[Row]:
    """The newest that are published."""
    return _rows(_newest(actor, limit=limit))


def published(cap: int = 10_000) -> int:
    """How many are published (counted up to `cap`)."""
    rows = select(Outcome.id).where(Outcome.state == "published").limit(cap).subquery()
    return int(db.session.scalar(select(func.count()).select_from(rows)) or 0)

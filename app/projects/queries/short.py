"""Short lists of projects for other pages; all take the actor and return only what they may see."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Select, and_, bindparam, func, or_, select

from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.kept import Call, kept
from app.core.states import State
from app.institutions.models import Institution
from app.ledger.queries import hundredths
from app.projects.models import (
    LISTED_STATES,
    PROJECT_STATES,
    RUNNING_STATES,
    Project,
    ProjectFacet,
    ProjectFollow,
    ProjectMember,
    ProjectProblem,
    ProjectUpdate,
)
from app.projects.policies import block_seen, in_states, listed, visible
from app.translating.queries import localised_columns


def _number(project_id: int, code: str | None) -> str:
    return code or f"D-{project_id:04d}"


@dataclass(frozen=True)
class Row:
    """A project in a short list of another page; `state` has name, label, tone and icon."""

    id: int
    code: str | None
    acronym: str
    title: str
    summary: str
    language: str
    state: State
    listed_at: datetime
    partners_count: int
    institution: str
    hundredths: int | None = None

    @property
    def number(self) -> str:
        """The public number."""
        return _number(self.id, self.code)

    @property
    def reciprocity(self) -> Decimal | None:
        """What came and was worth it of what was due, for the partner that fares worst; None while nothing is due."""
        return None if self.hundredths is None else Decimal(self.hundredths) / 100


def _short(locale: str) -> Select[Any]:
    query: Any = select(
        Project.id,
        Project.code,
        Project.acronym,
        *localised_columns(Project, locale),
        Project.state,
        Project.listed_at,
        Project.partners_count,
        Institution.name.label("institution"),
    )
    joined: Select[Any] = query.join(Institution, Institution.id == Project.institution_id)
    return joined


def _rows(asked: Call) -> list[Row]:
    return [
        Row(**{**row._asdict(), "state": PROJECT_STATES[row.state]}) for row in db.session.execute(*asked)
    ]


def _with_reciprocity(locale: str) -> Select[Any]:
    return _short(locale).add_columns(hundredths(Project.id).label("hundredths"))


def _newest(query: Select[Any], limit: Any) -> Select[Any]:
    return query.order_by(Project.listed_at.desc(), Project.id.desc()).limit(limit)


@kept
def _titles(reader: Actor, locale: str, ids: Any) -> Any:
    return _short(locale).where(Project.id.in_(ids), listed(reader))


def titles(actor: Actor, ids: list[int]) -> list[Row]:
    """Those of these projects that are listed for the reader, in no order."""
    return _rows(_titles(actor, get_locale(), ids=ids))


@kept
def _open(reader: Actor, locale: str, limit: Any) -> Any:
    return _newest(_short(locale).where(listed(reader), in_states(RUNNING_STATES)), limit)


def newest(actor: Actor, limit: int = 4) -> list[Row]:
    """The newest projects that are not over."""
    return _rows(_open(actor, get_locale(), limit=limit))


@kept
def _of_institution(reader: Actor, locale: str, value: Any, limit: Any) -> Any:
    ids = select(ProjectFacet.project_id).where(
        ProjectFacet.facet == "institution", ProjectFacet.value == value
    )
    return _newest(_with_reciprocity(locale).where(Project.id.in_(ids), listed(reader)), limit)


def of_institution(actor: Actor, institution_id: int, limit: int = 25) -> list[Row]:
    """Projects of which the institution is a partner, newest first."""
    return _rows(_of_institution(actor, get_locale(), value=str(institution_id), limit=limit))


def register_of_consortium(reader: Actor, consortium_id: Any) -> Select[Any]:
    """A select of (id, title in the reader's language, state, code) of the projects of a consortium that are listed for the
    reader, the newest 25; `register_row` makes a row of it.
    """
    language = bindparam(None, callable_=get_locale, type_=JSON.JSONStrIndexType())
    title = func.coalesce(Project.localised[language]["title"].as_string(), Project.title)
    query: Any = select(Project.id, title.label("title"), Project.state, Project.code)
    return _newest(query.where(Project.consortium_id == consortium_id, listed(reader)), 25)


def register_row(project_id: int, title: str, state: str, code: str | None) -> tuple[int, str, str, State]:
    """A row of the leads' register: id, number, title, state with its word."""
    return project_id, _number(project_id, code), title, PROJECT_STATES[state]


@kept
def _of_consortium(reader: Actor, locale: str, consortium_id: Any, limit: Any) -> Any:
    return _newest(
        _with_reciprocity(locale).where(Project.consortium_id == consortium_id, listed(reader)), limit
    )


def of_consortium(actor: Actor, consortium_id: int, limit: int = 25) -> list[Row]:
    """Projects of a consortium, newest first."""
    return _rows(_of_consortium(actor, get_locale(), consortium_id=consortium_id, limit=limit))


@kept
def _of_problem(reader: Actor, locale: str, problem_id: Any, limit: Any) -> Any:
    ids = select(ProjectProblem.project_id).where(ProjectProblem.problem_id == problem_id)
    return _newest(_short(locale).where(Project.id.in_(ids), listed(reader)), limit)


def of_problem(actor: Actor, problem_id: int, limit: int = 25) -> list[Row]:
    """Projects that answer a problem, newest first."""
    return _rows(_of_problem(actor, get_locale(), problem_id=problem_id, limit=limit))


@kept
def _of_person(reader: Actor, locale: str, person_id: Any, limit: Any) -> Any:
    ids = select(ProjectMember.project_id).where(
        ProjectMember.person_id == person_id, ProjectMember.state == "active"
    )
    in_team = and_(Project.id.in_(ids), block_seen(reader, "team"))
    return _newest(_short(locale).where(or_(Project.lead_id == person_id, in_team), listed(reader)), limit)


def of_person(actor: Actor, person_id: int, limit: int = 25) -> list[Row]:
    """Projects that a person leads, or belongs to where the reader sees the team; newest first."""
    return _rows(_of_person(actor, get_locale(), person_id=person_id, limit=limit))


@kept
def _own(locale: str, ids: Any, limit: Any) -> Any:
    return _short(locale).where(Project.id.in_(ids)).order_by(Project.id.desc()).limit(limit)


def own(actor: Actor, limit: int = 100) -> list[Row]:
    """All that the person leads or belongs to, in any state, the newest first; no statement when there is none."""
    ids = sorted(actor.ids("project_lead", "project_member"))
    return _rows(_own(get_locale(), ids=ids, limit=limit)) if ids else []


@kept
def _drafts(locale: str, person_id: Any, limit: Any) -> Any:
    query = _short(locale).where(Project.lead_id == person_id, Project.state == "draft")
    return query.order_by(Project.id.desc()).limit(limit)


def drafts_of(actor: Actor, limit: int = 25) -> list[Row]:
    """What the person has begun and not sent, the newest first."""
    return _rows(_drafts(get_locale(), person_id=actor.id, limit=limit)) if actor.is_signed_in else []


@kept
def _followed(reader: Actor, locale: str, limit: Any) -> Any:
    ids = select(ProjectFollow.project_id).where(ProjectFollow.person_id == reader.id)
    return _newest(_short(locale).where(Project.id.in_(ids), listed(reader)), limit)


def followed(actor: Actor, limit: int = 25) -> list[Row]:
    """The projects that the person follows and may see, the newest first."""
    return _rows(_followed(actor, get_locale(), limit=limit)) if actor.is_signed_in else []


def numbers(cap: int = 10_000) -> dict[str, int]:
    """How many public projects are under way (counted up to `cap`)."""
    rows = (
        select(Project.id)
        .where(Project.state.in_(RUNNING_STATES), Project.visibility == "public")
        .limit(cap)
        .subquery()
    )
    return {"open": db.session.execute(select(func.count()).select_from(rows)).scalar_one()}


@kept
def _updates(reader: Actor, limit: Any) -> Any:
    return (
        select(
            ProjectUpdate.id,
            ProjectUpdate.project_id,
            Project.code,
            Project.title.label("project"),
            ProjectUpdate.title,
            ProjectUpdate.text,
            ProjectUpdate.language,
            ProjectUpdate.posted_at,
            ProjectUpdate.edited_at,
        )
        .join(Project, Project.id == ProjectUpdate.project_id)
        .where(Project.state.in_(LISTED_STATES), visible(reader), block_seen(reader, "updates"))
        .order_by(ProjectUpdate.posted_at.desc(), ProjectUpdate.id.desc())
        .limit(limit)
    )


def newest_updates(actor: Actor, limit: int = 30) -> list[Any]:
    """The newest posts of all listed projects whose updates the reader sees, for a feed.

    Rows of (id, project_id, code, project, title, text, language, posted_at, edited_at).
    """
    return list(db.session.execute(*_updates(actor, limit=limit)))

"""Lists of teams: the page of all, what other pages show, and the numbers of the landing page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, or_, select

from app.consortia.models import Consortium
from app.core import index, paging
from app.core.access import Actor
from app.core.db import alias, db
from app.core.kept import Call, kept, today
from app.core.states import State
from app.institutions.models import Institution
from app.problems.models import Problem
from app.problems.policies import visible
from app.projects.models import LISTED_STATES, Project
from app.teams.models import GATHERING_STATES, TEAM_STATES, Membership, OpenRole, Team
from app.teams.policies import visible_teams

OPEN_STATES = ("recruiting", "proposed", "needs_changes")
WORK_STATES = ("approved", "paused")
_MERGED = alias(Problem)  # once: making one costs a millisecond
MOST_IN_CSV = 5000
SORTS = {
    "newest": paging.Sort("newest", Team.listed_at, Team.id),
    "oldest": paging.Sort("oldest", Team.listed_at, Team.id, descending=False),
}


def _role_is_open() -> Any:
    return (
        (OpenRole.team_id == Team.id)
        & ~OpenRole.is_closed
        & or_(OpenRole.until.is_(None), OpenRole.until >= today())
    )


def _is_public_project() -> Any:
    return (Project.visibility == "public") & Project.state.in_(LISTED_STATES)


def _team_rows(actor: Actor) -> Select[Any]:
    """The visible teams; the title of a problem that the reader may not see is empty, as of a project that is not public."""
    open_roles = select(func.count(OpenRole.id)).where(_role_is_open()).correlate(Team).scalar_subquery()
    return (
        select(
            Team.id,
            Team.name,
            Team.purpose,
            Team.language,
            Team.state,
            Team.seats,
            Team.seats_taken,
            Team.working_languages,
            Team.problem_id,
            case((visible(actor), Problem.title), else_="").label("problem_title"),
            Problem.language.label("problem_language"),
            Team.project_id,
            case((_is_public_project(), Project.title), else_="").label("project_title"),
            Team.consortium_id,
            Consortium.names.label("consortium_names"),
            Team.listed_at,
            open_roles.label("open_roles"),
        )
        .outerjoin(Problem, Problem.id == Team.problem_id)
        .outerjoin(Project, Project.id == Team.project_id)
        .join(Consortium, Consortium.id == Team.consortium_id)
        .where(visible_teams(actor))
    )


def look_up(words: str) -> list[int] | None:
    """What the words find, for the functions below; None when there are none. One statement."""
    return index.hits("team", words) if words else None


@dataclass(frozen=True)
class _Shape:
    """What decides the shape of the list's statements: whether by words, by which facets, in which languages."""

    dialect: str
    by_words: bool
    facets: frozenset[str]
    languages: tuple[str, ...]


def _asked(
    found: list[int] | None, chosen: Mapping[str, Sequence[str]]
) -> tuple[_Shape, dict[str, Any], dict[str, Any]]:
    """The shape, the chosen values, and the hits."""
    shape = _Shape(
        db.engine.dialect.name,
        found is not None,
        frozenset(name for name, values in chosen.items() if values),
        tuple(sorted(chosen.get("language") or ())),
    )
    values: dict[str, Any] = {name: list(chosen.get(name) or ()) for name in ("state", "country")}
    values["consortium"] = [int(key) for key in chosen.get("consortium") or ()]
    return shape, values, {} if found is None else {"hits": index.hit_value(found)}


def _narrowed(query: Select[Any], shape: _Shape, state: Any, country: Any, consortium: Any) -> Select[Any]:
    if shape.by_words:
        query = query.where(Team.id.in_(index.among([])))
    if "state" in shape.facets:
        query = query.where(Team.state.in_(state))
    if "consortium" in shape.facets:
        query = query.where(Team.consortium_id.in_(consortium))
    if "language" in shape.facets:
        # The list is kept as JSON text with quoted codes on both databases; codes come from a fixed list.
        held = cast(Team.working_languages, String)
        query = query.where(or_(*(held.contains(f'"{code}"', autoescape=True) for code in shape.languages)))
    if "country" in shape.facets:
        query = query.where(
            select(Membership.id)
            .join(Institution, Institution.id == Membership.institution_id)
            .where(
                Membership.team_id == Team.id,
                Membership.state == "active",
                Institution.country.in_(country),
            )
            .exists()
        )
    if "roles" in shape.facets:
        query = query.where(
            Team.state.in_(GATHERING_STATES), select(OpenRole.id).where(_role_is_open()).exists()
        )
    return query


@kept
def _found(reader: Actor, shape: _Shape, **values: Any) -> Any:
    return _narrowed(_team_rows(reader), shape, **values)


def page(
    actor: Actor, found: list[int] | None, chosen: Mapping[str, Sequence[str]], sort: str, cursor: str | None
) -> paging.Page:
    """One page of the visible teams; `chosen` by state, consortium, country, language, roles."""
    shape, chosen_values, hits = _asked(found, chosen)
    query, values = _found(actor, shape, **chosen_values)
    return paging.page_by_key(query, SORTS[sort], cursor, kept_with=values | hits)


def rows_for_csv(
    actor: Actor, found: list[int] | None, chosen: Mapping[str, Sequence[str]], sort: str
) -> list[Any]:
    """The same rows without pages, at most MOST_IN_CSV."""
    shape, chosen_values, hits = _asked(found, chosen)
    query, values = _found(actor, shape, **chosen_values)
    order = (
        (Team.listed_at.desc(), Team.id.desc())
        if SORTS[sort].descending
        else (Team.listed_at.asc(), Team.id.asc())
    )
    return list(db.session.execute(query.order_by(*order).limit(MOST_IN_CSV), values | hits))


@kept
def _consortia_and_total(reader: Actor, shape: _Shape, **values: Any) -> Any:
    one: Any = select(literal(1).label("one"))
    wanted = _narrowed(one.select_from(Team).where(visible_teams(reader)), shape, **values)
    capped = wanted.limit(paging.COUNT_CAP + 1).subquery()
    total = select(func.count()).select_from(capped).scalar_subquery()
    return select(Consortium.id, Consortium.names, total.label("total")).order_by(
        Consortium.sort_name, Consortium.id
    )


def consortia_and_total(
    actor: Actor, found: list[int] | None, chosen: Mapping[str, Sequence[str]]
) -> tuple[list[tuple[int, dict[str, Any]]], tuple[int, bool]]:
    """The consortia to filter by as (id, names), and the capped number of teams found; one statement."""
    shape, chosen_values, hits = _asked(found, chosen)
    query, values = _consortia_and_total(actor, shape, **chosen_values)
    rows = db.session.execute(query, values | hits).all()
    number = rows[0].total if rows else 0
    return [(row.id, row.names) for row in rows], (min(number, paging.COUNT_CAP), number > paging.COUNT_CAP)


# ---- What other pages show ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeamRow:
    """A team in another page's list; `number` is the public one, `status` its state with word, tone and icon."""

    id: int
    name: str
    purpose: str
    language: str
    state: str
    seats: int
    seats_taken: int
    working_languages: list[str]
    problem_id: int | None
    problem_title: str
    problem_language: str | None
    project_id: int | None
    project_title: str
    consortium_id: int
    consortium_names: dict[str, Any]
    listed_at: datetime
    open_roles: int

    @property
    def number(self) -> str:
        """The short public number."""
        return f"T-{self.id:04d}"

    @property
    def title(self) -> str:
        """The name, for lists that show things of several kinds."""
        return self.name

    @property
    def status(self) -> State:
        """The state as people see it."""
        return TEAM_STATES[self.state]


def _newest_first(query: Select[Any], limit: Any) -> Select[Any]:
    return query.order_by(Team.listed_at.desc(), Team.id.desc()).limit(limit)


def _rows(asked: Call) -> list[TeamRow]:
    return [TeamRow(**row._asdict()) for row in db.session.execute(*asked)]


@kept
def _for_problem(reader: Actor, problem_id: Any, limit: Any) -> Any:
    keys = select(_MERGED.id).where(or_(_MERGED.id == problem_id, _MERGED.merged_into_id == problem_id))
    return _newest_first(_team_rows(reader).where(Team.problem_id.in_(keys)), limit)


def for_problem(actor: Actor, problem_id: int, limit: int = 50) -> list[TeamRow]:
    """Visible teams on a problem, and on problems merged into it."""
    return _rows(_for_problem(actor, problem_id=problem_id, limit=limit))


@kept
def _for_project(reader: Actor, project_id: Any, limit: Any) -> Any:
    return _newest_first(_team_rows(reader).where(Team.project_id == project_id), limit)


def for_project(actor: Actor, project_id: int, limit: int = 25) -> list[TeamRow]:
    """Visible teams of a project."""
    return _rows(_for_project(actor, project_id=project_id, limit=limit))


def titles_of_institution(reader: Actor, institution_id: Any) -> Select[Any]:
    """A select of (id, name) of the visible teams in which somebody is active through an institution, the newest 50."""
    keys = select(Membership.team_id).where(
        Membership.institution_id == institution_id, Membership.state == "active"
    )
    query: Any = select(Team.id, Team.name)
    return _newest_first(query.where(visible_teams(reader), Team.id.in_(keys)), 50)


def register_of_consortium(reader: Actor, consortium_id: Any) -> Select[Any]:
    """A select of (id, name, state) of the visible teams of a consortium, the newest 25; `register_row` makes a row of it."""
    query: Any = select(Team.id, Team.name, Team.state)
    return _newest_first(query.where(visible_teams(reader), Team.consortium_id == consortium_id), 25)


def register_row(team_id: int, name: str, state: str) -> tuple[int, str, str, State]:
    """A row of the leads' register: id, number, name, state with its word."""
    return team_id, f"T-{team_id:04d}", name, TEAM_STATES[state]


@kept
def _of_consortium(reader: Actor, consortium_id: Any, limit: Any) -> Any:
    return _newest_first(_team_rows(reader).where(Team.consortium_id == consortium_id), limit)


def of_consortium(actor: Actor, consortium_id: int, limit: int = 10) -> list[TeamRow]:
    """The newest visible teams of a consortium."""
    return _rows(_of_consortium(actor, consortium_id=consortium_id, limit=limit))


@kept
def _of_person(reader: Actor, person_id: Any, limit: Any) -> Any:
    keys = select(Membership.team_id).where(Membership.person_id == person_id, Membership.state == "active")
    query: Any = select(Team.id, Team.name)
    return _newest_first(query.where(visible_teams(reader), Team.id.in_(keys)), limit)


def of_person(actor: Actor, person_id: int, limit: int = 50) -> list[Any]:
    """(id, name) of the visible teams in which the person is active, the newest first."""
    return list(db.session.execute(*_of_person(actor, person_id=person_id, limit=limit)))


def numbers() -> dict[str, int]:
    """How many public teams there are: `open` (gathering or proposed), `at_work` (approved), `completed`."""

    def count_of(states: Sequence[str]) -> Any:
        return func.coalesce(func.sum(case((Team.state.in_(states), 1), else_=0)), 0)

    row = db.session.execute(
        select(count_of(OPEN_STATES), count_of(WORK_STATES), count_of(("completed",))).where(
            Team.visibility == "public"
        )
    ).one()
    return {"open": int(row[0]), "at_work": int(row[1]), "completed": int(row[2])}

"""Short lists of problems for other pages; all but `numbers` take the actor and return only what they may see."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Select, bindparam, func, select

from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.i18n import get_locale
from app.core.kept import Call, kept
from app.core.states import State
from app.core.text import clean_line
from app.institutions.models import Institution
from app.problems.models import OPEN_STATES, PROBLEM_STATES, Problem, ProblemFollow
from app.problems.policies import in_states, listed
from app.translating.queries import localised_row


def _short() -> Select[Any]:
    """Rows of id, title, summary, language, localised, state, closes_on, listed_at, endorsements, counts, institution."""
    query: Any = select(
        Problem.id,
        Problem.title,
        Problem.summary,
        Problem.language,
        Problem.localised,
        Problem.state,
        Problem.closes_on,
        Problem.listed_at,
        Problem.endorsements,
        Problem.teams_open,
        Problem.teams_at_work,
        Institution.name.label("institution"),
    )
    joined: Select[Any] = query.join(Institution, Institution.id == Problem.institution_id)
    return joined


@dataclass(frozen=True)
class Row:
    """A problem in a short list of another page, in the reader's language where it was translated; `state` has name,
    label, tone and icon.
    """

    id: int
    title: str
    summary: str
    language: str
    state: State
    closes_on: Any
    listed_at: Any
    endorsements: int
    teams_open: int
    teams_at_work: int
    institution: str

    @property
    def number(self) -> str:
        """The short public number."""
        return f"P-{self.id:04d}"


def _rows(asked: Call, *, original: bool = False) -> list[Row]:
    """The rows of a short list; `original` for those of the author, who reads what they wrote."""
    locale, found = get_locale(), []
    for row in db.session.execute(*asked):
        values = {**row._asdict(), "state": PROBLEM_STATES[row.state]}
        del values["localised"]
        if not original:
            values["title"], values["summary"], values["language"] = localised_row(row, locale)
        found.append(Row(**values))
    return found


def _newest_first(query: Select[Any], limit: Any) -> Select[Any]:
    return query.order_by(Problem.listed_at.desc(), Problem.id.desc()).limit(limit)


def _title() -> Any:
    """SQL of the title in the reader's language where it was translated. The language is read when the statement runs."""
    language = bindparam(None, callable_=get_locale, type_=JSON.JSONStrIndexType())
    return func.coalesce(Problem.localised[language]["title"].as_string(), Problem.title).label("title")


def titles_of_institution(reader: Actor, institution_id: Any) -> Select[Any]:
    """A select of (id, title in the reader's language) of what an institution posted and the reader may see in public, the
    newest 25.
    """
    query: Any = select(Problem.id, _title())
    return _newest_first(query.where(Problem.institution_id == institution_id, listed(reader)), 25)


def register_of_consortium(reader: Actor, consortium_id: Any) -> Select[Any]:
    """A select of (id, title in the reader's language, state) of what was posted to a consortium and the reader may see in
    public, the newest 25; `register_row` makes a row of it.
    """
    query: Any = select(Problem.id, _title(), Problem.state)
    return _newest_first(query.where(Problem.consortium_id == consortium_id, listed(reader)), 25)


def register_row(problem_id: int, title: str, state: str) -> tuple[int, str, str, State]:
    """A row of the leads' register: id, number, title, state with its word."""
    return problem_id, f"P-{problem_id:04d}", title, PROBLEM_STATES[state]


@kept
def _of_consortium(reader: Actor, consortium_id: Any, limit: Any) -> Any:
    return _newest_first(_short().where(Problem.consortium_id == consortium_id, listed(reader)), limit)


def of_consortium(actor: Actor, consortium_id: int, limit: int = 25) -> list[Row]:
    """What was posted to a consortium and the reader may see in public, newest first."""
    return _rows(_of_consortium(actor, consortium_id=consortium_id, limit=limit))


@kept
def _open(reader: Actor, limit: Any) -> Any:
    return _newest_first(_short().where(listed(reader), in_states(OPEN_STATES)), limit)


def newest(actor: Actor, limit: int = 4) -> list[Row]:
    """The newest problems that teams may start on."""
    return _rows(_open(actor, limit=limit))


def numbers(cap: int = 10_000) -> dict[str, int]:
    """How many public problems are open to teams or in work, and answered (each counted up to `cap`)."""

    def count_of(states: tuple[str, ...]) -> Any:
        rows = (
            select(Problem.id)
            .where(Problem.state.in_(states), Problem.visibility == "public")
            .limit(cap)
            .subquery()
        )
        return select(func.count()).select_from(rows).scalar_subquery()

    row = db.session.execute(select(count_of(OPEN_STATES), count_of(("answered",)))).one()
    return {"open": row[0], "answered": row[1]}


def open_titles(actor: Actor, words: str = "", limit: int = 20) -> list[Row]:
    """Problems on which the reader could start a team, by words or number, else the newest."""
    query = _short().where(listed(actor), in_states(OPEN_STATES))
    typed = clean_line(words)
    digits = typed.upper().removeprefix("P-")
    if digits.isdigit() and len(digits) < 10:
        query = query.where(Problem.id == int(digits))
    else:
        hits = index.matching("problem", typed) if typed else None
        query = query if hits is None else query.where(Problem.id.in_(hits))
    return _rows((_newest_first(query, limit), {}))


def similar(actor: Actor, problem: Problem, limit: int = 5) -> list[Row]:
    """Public problems most like this one, as far as the reader may see them."""
    ids = index.similar(
        "problem",
        f"{problem.title} {problem.summary} {' '.join(problem.keywords)}",
        limit * 3,
        but=problem.id,
    )
    if not ids:
        return []
    found = {row.id: row for row in _rows((_short().where(Problem.id.in_(ids), listed(actor)), {}))}
    return [found[key] for key in ids if key in found][:limit]


@kept
def _drafts(reader: Actor, limit: Any) -> Any:
    query = _short().where(Problem.author_id == reader.id, Problem.state == "draft")
    return query.order_by(Problem.id.desc()).limit(limit)


def drafts_of(actor: Actor, limit: int = 25) -> list[Row]:
    """What the person has begun and not sent, the newest first."""
    return _rows(_drafts(actor, limit=limit), original=True)


def own(actor: Actor, limit: int = 100) -> list[Row]:
    """All that the person wrote, in any state, the newest first."""
    query = _short().where(Problem.author_id == actor.id)
    return _rows((query.order_by(Problem.id.desc()).limit(limit), {}), original=True)


@kept
def _followed(reader: Actor, limit: Any) -> Any:
    ids = select(ProblemFollow.problem_id).where(ProblemFollow.person_id == reader.id)
    query = _short().where(Problem.id.in_(ids), listed(reader))
    return query.order_by(Problem.listed_at.desc()).limit(limit)


def followed(actor: Actor, limit: int = 25) -> list[Row]:
    """The problems that the person follows and may see, the newest first."""
    return _rows(_followed(actor, limit=limit))

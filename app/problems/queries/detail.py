"""Reads of single problems, and short lists of them for other pages."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.core import index
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import get_locale
from app.core.kept import Call, kept
from app.core.states import State
from app.core.text import clean_line
from app.institutions.models import Institution
from app.problems.models import (
    OPEN_STATES,
    PROBLEM_STATES,
    Endorsement,
    Problem,
    ProblemFollow,
    ProblemLine,
    Review,
    ReviewComment,
)
from app.problems.policies import in_states, is_in_reach, listed, visible
from app.translating.queries import localised_row

_MERGED = aliased(Problem)
_SURVIVOR = aliased(Problem)  # once: making one costs a millisecond
SHOWN_ENDORSEMENTS = 6


@dataclass
class Detail:
    """All that a problem's page shows of it. `endorsements` are the first few, the reader's own institutions' first."""

    problem: Problem
    following: bool
    survivor_title: str
    brings: list[Any]
    needs: list[Any]
    endorsements: list[Any]
    merged: list[Any]
    review: Review | None = None


def get(actor: Actor, problem_id: int) -> Problem:
    """A problem with its author, institution and consortium, if the reader may see it. Raises NotFound."""
    found = db.session.scalars(*_whole(actor, problem_id=problem_id)).first()
    if found is None:
        raise NotFound
    return found


def _visible(reader: Actor, problem_id: Any) -> Select[Any]:
    return (
        select(Problem)
        .where(Problem.id == problem_id, visible(reader))
        .options(joinedload(Problem.author), joinedload(Problem.institution), joinedload(Problem.consortium))
    )


_whole = kept(_visible)


@kept
def _detailed(reader: Actor, problem_id: Any) -> Any:
    follows = exists().where(
        ProblemFollow.problem_id == Problem.id, ProblemFollow.person_id == func.coalesce(reader.id, 0)
    )
    return (
        _visible(reader, problem_id)
        .outerjoin(_SURVIVOR, _SURVIVOR.id == Problem.merged_into_id)
        .add_columns(follows, _SURVIVOR.title, exists().where(_MERGED.merged_into_id == Problem.id))
    )


def detail(actor: Actor, problem_id: int) -> Detail:
    """A problem for its page; three statements, one more if others were merged into it. Raises NotFound."""
    row = db.session.execute(*_detailed(actor, problem_id=problem_id)).first()
    if row is None:
        raise NotFound
    problem, following, survivor_title, has_merged = row
    brings, needs = lines(problem.id)
    return Detail(
        problem,
        bool(following),
        survivor_title or "",
        brings,
        needs,
        endorsements(actor, problem.id, SHOWN_ENDORSEMENTS),
        merged_into(problem.id) if has_merged else [],
    )


@kept
def _lines(problem_id: Any) -> Any:
    return (
        select(ProblemLine.direction, ProblemLine.kind, ProblemLine.text)
        .where(ProblemLine.problem_id == problem_id)
        .order_by(ProblemLine.position, ProblemLine.id)
    )


def lines(problem_id: int) -> tuple[list[Any], list[Any]]:
    """What is brought and what is needed: rows of (direction, kind, text)."""
    rows = db.session.execute(*_lines(problem_id=problem_id)).all()
    return [row for row in rows if row.direction == "brings"], [
        row for row in rows if row.direction == "needs"
    ]


@kept
def _endorsed(reader: Actor, problem_id: Any, limit: Any) -> Any:
    query = (
        select(
            Institution.id, Institution.name, Institution.country, Endorsement.note, Endorsement.endorsed_at
        )
        .join(Endorsement, Endorsement.institution_id == Institution.id)
        .where(Endorsement.problem_id == problem_id)
    )
    if reader.holds_any("representative"):
        query = query.order_by(Institution.id.in_(reader.ids("representative")).desc())
    return query.order_by(Endorsement.id).limit(limit)


def endorsements(actor: Actor, problem_id: int, limit: int = 500) -> list[Any]:
    """Institutions that have the problem too: id, name, country, note, since; those the reader represents first."""
    return list(db.session.execute(*_endorsed(actor, problem_id=problem_id, limit=limit)))


def may_endorse(actor: Actor, problem: Problem) -> list[tuple[int, str]]:
    """The institutions that the reader represents and that have not endorsed the problem: id, name."""
    ids = actor.ids("representative") - {problem.institution_id}
    done = select(Endorsement.institution_id).where(Endorsement.problem_id == problem.id)
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .where(Institution.id.in_(ids), Institution.id.not_in(done))
        .order_by(Institution.sort_name)
    )
    return [(row.id, row.name) for row in rows]


def survivor_of(problem_id: int) -> Problem:
    """The problem, or the one into which it was merged."""
    problem = db.session.get_one(Problem, problem_id)
    return problem if problem.merged_into_id is None else survivor_of(problem.merged_into_id)


@kept
def _merged(problem_id: Any) -> Any:
    return (
        select(
            Problem.id,
            Problem.title,
            Problem.language,
            Problem.published_at,
            case((Person.visibility == "hidden", ""), else_=Person.display_name).label("author"),
            Institution.name.label("institution"),
        )
        .join(Person, Person.id == Problem.author_id)
        .join(Institution, Institution.id == Problem.institution_id)
        .where(Problem.merged_into_id == problem_id)
        .order_by(Problem.id)
        .limit(20)
    )


def merged_into(problem_id: int) -> list[Any]:
    """The problems merged into this one, with who put them into words (empty for a hidden author): id, title, language,
    published_at, author, institution.
    """
    return list(db.session.execute(*_merged(problem_id=problem_id)))


@kept
def _reviews(problem_id: Any) -> Any:
    return select(Review).where(Review.problem_id == problem_id).order_by(Review.id.desc()).limit(1)


def newest_review(problem_id: int) -> Review | None:
    """The last round, decided or not."""
    return db.session.scalars(*_reviews(problem_id=problem_id)).first()


# ---- short lists for other pages ---------------------------------------------------------------------------


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


@kept
def _of_institution(reader: Actor, institution_id: Any, limit: Any) -> Any:
    return _newest_first(_short().where(Problem.institution_id == institution_id, listed(reader)), limit)


def of_institution(actor: Actor, institution_id: int, limit: int = 25) -> list[Row]:
    """What an institution posted and the reader may see in public, newest first."""
    return _rows(_of_institution(actor, institution_id=institution_id, limit=limit))


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


def followers(problem_id: int) -> list[int]:
    """The person ids of those who follow it."""
    return list(
        db.session.scalars(select(ProblemFollow.person_id).where(ProblemFollow.problem_id == problem_id))
    )


def reading_followers(problem: Problem) -> list[int]:
    """The person ids of those who follow it and may still read it: it may have been narrowed since."""
    ids = followers(problem.id)
    if problem.visibility != "consortium":
        return ids
    people = db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    return [person.id for person in people if is_in_reach(actor_for(person), problem)]


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


def open_wishes(problem_id: int) -> int:
    """How many wishes of reviewers are not met yet."""
    return db.session.execute(
        select(func.count())
        .select_from(ReviewComment)
        .where(ReviewComment.problem_id == problem_id, ReviewComment.is_wish, ReviewComment.met_at.is_(None))
    ).scalar_one()

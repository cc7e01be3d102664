"""Reads of single problems, and who follows them."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Person
from app.accounts.queries import actor_for
from app.core.access import Actor
from app.core.db import alias, db
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.written import rows_within
from app.institutions.models import Institution
from app.problems.models import (
    Endorsement,
    Problem,
    ProblemFollow,
    ProblemLine,
    Review,
    ReviewComment,
)
from app.problems.policies import is_in_reach, visible

_SURVIVOR = alias(Problem)  # once: making one costs a millisecond
SHOWN_ENDORSEMENTS = 6


class Line(NamedTuple):
    """What is brought or needed."""

    direction: str
    kind: str
    text: str


class Endorser(NamedTuple):
    """An institution that has the problem too."""

    id: int
    name: str
    country: str


class Merged(NamedTuple):
    """A problem that became part of another one, and who put it into words (empty for a hidden author)."""

    id: int
    title: str
    language: str
    was_published: bool
    author: str
    institution: str


@dataclass
class Detail:
    """All that a problem's page shows of it. `endorsements` are the first few, the reader's own institutions' first."""

    problem: Problem
    following: bool
    survivor_title: str
    brings: list[Line]
    needs: list[Line]
    endorsements: list[Endorser]
    merged: list[Merged]
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
        .add_columns(
            follows,
            _SURVIVOR.title,
            rows_within(_lines_of(problem_id)),
            rows_within(_endorsers(reader, problem_id).limit(SHOWN_ENDORSEMENTS)),
            rows_within(_merged(problem_id)),
        )
    )


def detail(actor: Actor, problem_id: int) -> Detail:
    """A problem for its page; one statement. Raises NotFound."""
    row = db.session.execute(*_detailed(actor, problem_id=problem_id)).first()
    if row is None:
        raise NotFound
    problem, following, survivor_title, said, endorsers, merged = row
    brings, needs = _both([Line(*line) for line in said])
    return Detail(
        problem,
        bool(following),
        survivor_title or "",
        brings,
        needs,
        [Endorser(*one) for one in endorsers],
        [Merged(*one) for one in merged],
    )


def _lines_of(problem_id: Any) -> Any:
    return (
        select(ProblemLine.direction, ProblemLine.kind, ProblemLine.text)
        .where(ProblemLine.problem_id == problem_id)
        .order_by(ProblemLine.position, ProblemLine.id)
    )


_lines = kept(_lines_of)


def lines(problem_id: int) -> tuple[list[Line], list[Line]]:
    """What is brought and what is needed; one statement."""
    return _both([Line(*row) for row in db.session.execute(*_lines(problem_id=problem_id))])


def _both(said: list[Line]) -> tuple[list[Line], list[Line]]:
    return [line for line in said if line.direction == "brings"], [
        line for line in said if line.direction == "needs"
    ]


def _endorsers(reader: Actor, problem_id: Any) -> Any:
    query = (
        select(Institution.id, Institution.name, Institution.country)
        .join(Endorsement, Endorsement.institution_id == Institution.id)
        .where(Endorsement.problem_id == problem_id)
    )
    if reader.holds_any("representative"):
        query = query.order_by(Institution.id.in_(reader.ids("representative")).desc())
    return query.order_by(Endorsement.id)


@kept
def _endorsed(reader: Actor, problem_id: Any, limit: Any) -> Any:
    query = _endorsers(reader, problem_id).add_columns(Endorsement.note, Endorsement.endorsed_at)
    return query.limit(limit)


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


def _merged(problem_id: Any) -> Any:
    return (
        select(
            Problem.id,
            Problem.title,
            Problem.language,
            Problem.published_at.is_not(None).label("was_published"),
            case((Person.visibility == "hidden", ""), else_=Person.display_name).label("author"),
            Institution.name.label("institution"),
        )
        .join(Person, Person.id == Problem.author_id)
        .join(Institution, Institution.id == Problem.institution_id)
        .where(Problem.merged_into_id == problem_id)
        .order_by(Problem.id)
        .limit(20)
    )


@kept
def _reviews(problem_id: Any) -> Any:
    return select(Review).where(Review.problem_id == problem_id).order_by(Review.id.desc()).limit(1)


def newest_review(problem_id: int) -> Review | None:
    """The last round, decided or not."""
    return db.session.scalars(*_reviews(problem_id=problem_id)).first()


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


def open_wishes(problem_id: int) -> int:
    """How many wishes of reviewers are not met yet."""
    return db.session.execute(
        select(func.count())
        .select_from(ReviewComment)
        .where(ReviewComment.problem_id == problem_id, ReviewComment.is_wish, ReviewComment.met_at.is_(None))
    ).scalar_one()

"""The discussion of one thing as its page shows it, in four statements beside those of the thing itself."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, literal, select

from app.accounts.models import Person
from app.accounts.policies import visible_people
from app.core import things
from app.core.access import Actor, Answer
from app.core.db import db
from app.core.errors import Words
from app.core.i18n import _l
from app.core.kept import kept
from app.core.paging import COUNT_CAP, Page, Sort, page_by_key
from app.core.things import DECIDERS, EVERYBODY, REVIEWERS, About, Kind
from app.discussion import policies
from app.discussion.models import Comment
from app.discussion.queries.comments import Found
from app.files import queries as files
from app.files.queries import FileRow

NEWEST = Sort("newest", Comment.id, Comment.id)
OLDEST = Sort("oldest", Comment.id, Comment.id, descending=False)
SHOWN_ANSWERS = 3  # the newest; the others stand on the comment's own page
SHOWN_CONTRIBUTORS = 50
SHOWN_AT_A_GLANCE = 2
MOST_IN_TRANSCRIPT = 5000
AUDIENCE_NAMES: dict[str, Words] = {
    EVERYBODY: _l("Everybody who sees this page"),
    REVIEWERS: _l("Its people and those who review it"),
    DECIDERS: _l("Those who decide about it"),
}


class Said(NamedTuple):
    """A comment as it is shown: `text` is empty where it is hidden or was taken back. Equal ones are drawn once (`kept`)."""

    id: int
    kind: str
    thing_id: int
    parent_id: int | None
    author_id: int
    display_name: str
    has_profile: bool
    audience: str
    state: str
    hidden_reason: str
    language: str
    naming: str
    written_at: datetime
    edited_at: datetime | None
    text: str
    files: tuple[FileRow, ...] = ()


@dataclass
class Branch:
    """A first comment with its newest answers, and how many earlier ones there are."""

    said: Said
    answers: list[Said] = field(default_factory=list)
    more_answers: int = 0


@dataclass
class Thread:
    """A page of a discussion, the newest comment last.

    `earlier` and `later` are cursors (for `after`); `audiences` (code, words) those for which the reader may write, the
    widest first; `may_write` the answer of the permission, with its reason where it is a no; `may_name` whether the
    reader may name contributors; `contributors` those who are named (id, display_name, has_profile, comment_id).
    """

    about: About
    comments: list[Branch]
    total: int
    capped: bool
    earlier: str | None
    later: str | None
    audiences: list[tuple[str, Words]]
    may_write: Answer
    may_name: bool
    contributors: list[Any]
    names: dict[str, Words]


@dataclass(frozen=True)
class Glance:
    """A short view of a discussion: how many comments the reader sees, and the newest (display_name, written_at, ...)."""

    about: About
    total: int
    capped: bool
    newest: list[Said]


def names_of(kind: Kind) -> dict[str, Words]:
    """The audiences in the words of a kind."""
    return {**AUDIENCE_NAMES, **kind.audience_names}


def columns(actor: Actor) -> tuple[Any, ...]:
    """What a row of `Said` is made of; the text of what is hidden or taken back is not read."""
    return (
        Comment.id,
        Comment.kind,
        Comment.thing_id,
        Comment.parent_id,
        Comment.author_id,
        Person.display_name,
        visible_people(actor).label("has_profile"),
        Comment.audience,
        Comment.state,
        Comment.hidden_reason,
        Comment.language,
        Comment.naming,
        Comment.written_at,
        Comment.edited_at,
        case((Comment.state == "shown", Comment.text), else_="").label("text"),
    )


def _said(row: Any) -> Said:
    return Said(*row[:15])


def _named(kind: Kind, record: Any, comments: list[Said]) -> list[Said]:
    """The comments under the names by which their authors stand with the thing."""
    if kind.alias is None:
        return comments
    # Whose profile the reader may open, they may name as well.
    hidden = {one.author_id: one.display_name for one in comments if not one.has_profile}
    names = {key: kind.name_of(record, key, name) for key, name in hidden.items()}
    return [one._replace(display_name=names.get(one.author_id, one.display_name)) for one in comments]


def _of(kind: Any, thing_id: Any, audiences: Any) -> tuple[Any, ...]:
    return (Comment.kind == kind, Comment.thing_id == thing_id, policies.visible(audiences))


def _select(actor: Actor) -> Select[Any]:
    return select(*columns(actor)).join(Person, Person.id == Comment.author_id)


@kept
def _first_comments(reader: Any, kind: Any, thing_id: Any, audiences: Any) -> Any:
    here = _of(kind, thing_id, audiences)
    return _select(reader).add_columns(_number(here)).where(*here, Comment.parent_id.is_(None))


@kept
def _newest(reader: Any, kind: Any, thing_id: Any, audiences: Any) -> Any:
    here = _of(kind, thing_id, audiences)
    newest = _select(reader).add_columns(_number(here)).where(*here, Comment.state == "shown")
    return newest.order_by(Comment.id.desc()).limit(SHOWN_AT_A_GLANCE)


@kept
def _newest_answers(reader: Any, parents: Any, audiences: Any) -> Any:
    # Ranked by their keys alone, so that no text is read which is not shown.
    ranked = (
        select(
            Comment.id,
            func.row_number().over(partition_by=Comment.parent_id, order_by=Comment.id.desc()).label("nth"),
            func.count().over(partition_by=Comment.parent_id).label("of_all"),
        )
        .where(Comment.parent_id.in_(parents), policies.visible(audiences))
        .subquery()
    )
    return (
        _select(reader)
        .add_columns(ranked.c.of_all)
        .join(ranked, ranked.c.id == Comment.id)
        .where(ranked.c.nth <= SHOWN_ANSWERS)
        .order_by(Comment.id)
    )


@kept
def _answers_to(reader: Any, parent_id: Any, audiences: Any) -> Any:
    return _select(reader).where(Comment.parent_id == parent_id, policies.visible(audiences))


@kept
def _one(reader: Any, comment_id: Any, audiences: Any) -> Any:
    return _select(reader).where(Comment.id == comment_id, policies.visible(audiences))


@kept
def _contributors(reader: Any, kind: Any, thing_id: Any, audiences: Any) -> Any:
    return (
        select(
            Person.id,
            Person.display_name,
            visible_people(reader).label("has_profile"),
            func.min(Comment.id).label("comment_id"),
        )
        .join(Person, Person.id == Comment.author_id)
        .where(*_of(kind, thing_id, audiences), Comment.naming == "named", Comment.state == "shown")
        .group_by(Person.id)
        .order_by(func.min(Comment.id))
        .limit(SHOWN_CONTRIBUTORS)
    )


def thread(actor: Actor, kind: str, thing: Any, after: str | None = None) -> Thread:
    """A page of the discussion of a thing: 25 first comments with their newest answers, the newest last.

    `thing` is its id, or its record when the caller has made sure that the actor sees it. `after` is a cursor of an
    earlier page. Raises NotFound, and DomainError(`bad_cursor`).
    """
    if isinstance(thing, int):
        found, record = things.find(actor, kind, thing)
    else:
        found, record = things.KINDS[kind], thing
    about = found.about(record)
    audiences = found.audiences(actor, record)
    query, values = _first_comments(actor, kind=kind, thing_id=about.id, audiences=sorted(audiences))
    page = page_by_key(query, NEWEST, after, kept_with=values)
    comments = [Branch(_said(row)) for row in reversed(page.rows)]
    _add_answers(actor, comments, audiences)
    everything = [one for branch in comments for one in (branch.said, *branch.answers)]
    everything = _named(found, record, everything)
    with_files = {one.id: one for one in _with_files(actor, found, record, everything)}
    for branch in comments:
        branch.said = with_files[branch.said.id]
        branch.answers = [with_files[one.id] for one in branch.answers]
    total = page.rows[0].number if page.rows else 0
    names = names_of(found)
    return Thread(
        about,
        comments,
        min(total, COUNT_CAP),
        total > COUNT_CAP,
        page.older,
        page.newer,
        [(name, names[name]) for name in things.AUDIENCES if name in audiences],
        policies.write(actor, found, record),
        actor.is_signed_in and found.names_contributors and bool(found.attach(actor, record)),
        contributors(actor, kind, about.id, audiences),
        names,
    )


def _number(here: tuple[Any, ...]) -> Any:
    """A column: how many comments the reader can read, counted up to one more than is said."""
    counted = select(literal(1).label("one")).where(*here, Comment.state != "withdrawn").limit(COUNT_CAP + 1)
    return select(func.count()).select_from(counted.subquery()).scalar_subquery().label("number")


def _with_files(actor: Actor, kind: Kind, record: Any, comments: list[Said]) -> list[Said]:
    """The comments with their files; one statement, none for no comment."""
    found = files.of_comments(actor, kind.name, record, [one.id for one in comments if one.state == "shown"])
    return [one._replace(files=tuple(found[one.id])) if one.id in found else one for one in comments]


def _add_answers(actor: Actor, comments: list[Branch], audiences: Collection[str]) -> None:
    """Hang the newest answers below their comments; one statement, none for no comment."""
    if not comments:
        return
    by_parent = {branch.said.id: branch for branch in comments}
    newest = _newest_answers(actor, parents=list(by_parent), audiences=sorted(audiences))
    for row in db.session.execute(*newest):
        parent = by_parent[row.parent_id]
        parent.answers.append(_said(row))
        parent.more_answers = row.of_all - min(row.of_all, SHOWN_ANSWERS)


def last_word(kind: str, thing_id: int) -> datetime | None:
    """When somebody last wrote on a thing, for whomever; None when nobody has."""
    found: datetime | None = db.session.scalar(
        select(func.max(Comment.written_at)).where(Comment.kind == kind, Comment.thing_id == thing_id)
    )
    return found


def transcript(actor: Actor, kind: str, record: Any) -> list[Said]:
    """Everything that the actor reads on a thing (the caller made sure that it is seen), the oldest first, with the files.

    Hidden and taken-back comments have no text; at most MOST_IN_TRANSCRIPT.
    """
    found = things.KINDS[kind]
    audiences = sorted(found.audiences(actor, record))
    query = _select(actor).where(*_of(kind, record.id, audiences)).order_by(Comment.id)
    rows = db.session.execute(query.limit(MOST_IN_TRANSCRIPT))
    return _with_files(actor, found, record, _named(found, record, [_said(row) for row in rows]))


def answers(actor: Actor, found: Found, comment: Said, after: str | None) -> tuple[Said, Page]:
    """A comment with its files, and a page of the answers to it, the oldest first; rows are of `Said`."""
    query, values = _answers_to(actor, parent_id=comment.id, audiences=sorted(found.audiences))
    page = page_by_key(query, OLDEST, after, kept_with=values)
    rows = _named(found.kind, found.record, [comment, *(_said(row) for row in page.rows)])
    first, *others = _with_files(actor, found.kind, found.record, rows)
    return first, Page(others, page.newer, page.older)


def said(actor: Actor, comment_id: int, found: Found) -> Said | None:
    """One comment as it is shown, without its files; None where the actor does not belong to its audience.

    `found` is the comment at whose thing it stands.
    """
    call = _one(actor, comment_id=comment_id, audiences=sorted(found.audiences))
    row = db.session.execute(*call).first()
    return None if row is None else _named(found.kind, found.record, [_said(row)])[0]


def contributors(actor: Actor, kind: str, thing_id: int, audiences: Collection[str]) -> list[Any]:
    """Those who are named as contributors to the thing, each once: rows of (id, display_name, has_profile, comment_id)."""
    call = _contributors(actor, kind=kind, thing_id=thing_id, audiences=sorted(audiences))
    return list(db.session.execute(*call))


def glance(actor: Actor, kind: str, record: Any) -> Glance:
    """How many comments the actor sees on a thing (the caller made sure that it is seen), and the newest; one statement."""
    found = things.KINDS[kind]
    about = found.about(record)
    call = _newest(actor, kind=kind, thing_id=about.id, audiences=sorted(found.audiences(actor, record)))
    rows = list(db.session.execute(*call))
    total = rows[0].number if rows else 0
    newest = _named(found, record, [_said(row) for row in rows])
    return Glance(about, min(total, COUNT_CAP), total > COUNT_CAP, newest)

"""The list: filtered, counted to a thousand, paged by key."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, func, select

from app.agreements.models import Agreement, AgreementParty
from app.agreements.policies import inside, visible
from app.core.access import Actor
from app.core.db import db
from app.core.kept import kept
from app.core.paging import PAGE_SIZE, Page, Sort, capped_count, page_by_key
from app.institutions.models import Institution

SORTS = ("newest",)
MOST_EXPORTED = 10_000


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list: facet → values ("whose" is "mine"; "state", "kind"; "project" an id)."""

    chosen: dict[str, list[str]] = field(default_factory=dict)


def _parties() -> Any:
    return (
        select(func.aggregate_strings(Institution.name, "\n"))
        .select_from(AgreementParty)
        .join(Institution, Institution.id == AgreementParty.institution_id)
        .where(AgreementParty.agreement_id == Agreement.id)
        .correlate(Agreement)
        .scalar_subquery()
    )


def _matching(actor: Actor, wanted: Wanted) -> Select[Any]:
    query = select(Agreement.id).where(inside(actor) if wanted.chosen.get("whose") else visible(actor))
    for name, column in (("state", Agreement.state), ("kind", Agreement.kind)):
        if wanted.chosen.get(name):
            query = query.where(column.in_(wanted.chosen[name]))
    if wanted.chosen.get("project"):
        query = query.where(Agreement.project_id.in_([int(key) for key in wanted.chosen["project"]]))
    return query


def _columns(query: Select[Any]) -> Select[Any]:
    ball = (
        select(Institution.name)
        .where(Institution.id == Agreement.ball_institution_id)
        .correlate(Agreement)
        .scalar_subquery()
    )
    return query.add_columns(
        Agreement.code,
        Agreement.kind,
        Agreement.title,
        Agreement.language,
        Agreement.state,
        Agreement.number,
        Agreement.starts_on,
        Agreement.ends_on,
        Agreement.moved_at,
        Agreement.in_force_at,
        Agreement.ball_due_at,
        ball.label("ball"),
        _parties().label("parties"),
    )


def find(
    actor: Actor, wanted: Wanted, cursor: str | None, size: int = PAGE_SIZE
) -> tuple[Page, tuple[int, bool]]:
    """A page of the list and the capped total, in two statements. Raises DomainError(`bad_cursor`)."""
    query = _matching(actor, wanted)
    sort = Sort("newest", Agreement.moved_at, Agreement.id)
    return page_by_key(_columns(query), sort, cursor, size), capped_count(query)


def export(actor: Actor, wanted: Wanted) -> list[Any]:
    """The rows of the list for a file, at most 10,000, in its order."""
    query = _columns(_matching(actor, wanted)).order_by(Agreement.moved_at.desc(), Agreement.id.desc())
    return list(db.session.execute(query.limit(MOST_EXPORTED)))


@kept
def _of_project(reader: Actor, project_id: Any) -> Any:
    return (
        select(
            Agreement.id, Agreement.code, Agreement.kind, Agreement.title, Agreement.language, Agreement.state
        )
        .where(Agreement.project_id == project_id, visible(reader))
        .order_by(Agreement.moved_at.desc(), Agreement.id.desc())
        .limit(20)
    )


def of_project(actor: Actor, project_id: int) -> list[Any]:
    """The agreements of a project that the reader sees, the newest first: id, code, kind, title, language, state."""
    return list(db.session.execute(*_of_project(actor, project_id=project_id)))

"""Institutions: one, a list, those that fit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from app.accounts.models import Person
from app.core import dialects, paging, vocab
from app.core.access import Actor
from app.core.db import alias, db
from app.core.errors import NotFound
from app.core.index import fold
from app.core.kept import kept
from app.core.written import rows_within
from app.institutions.models import (
    INSTITUTION_STATES,
    Institution,
    InstitutionClaim,
    InstitutionDomain,
    InstitutionName,
    domains_of,
)

MOST_FOUND = 100
MOST_EXPORTED = 5000
TAKING_PART = ("verified",)


def get(_actor: Actor, institution_id: int) -> Institution:
    """The institution; the registry is public. Raises NotFound."""
    found = db.session.get(Institution, institution_id)
    if found is None:
        raise NotFound
    return found


_SURVIVOR = alias(Institution)  # once: making one costs a millisecond


class Named(NamedTuple):
    """One of the names of an institution."""

    name: str
    language: str | None


class Titled(NamedTuple):
    """Something that has to do with an institution, for a list of links."""

    id: int
    title: str


@dataclass(frozen=True)
class Shown:
    """An institution with what its page says at once: its names, what it became part of, the actor's open claim, and the
    lists that were asked for beside it.
    """

    institution: Institution
    names: list[Named]
    survivor: str | None
    claim_id: int | None
    beside: list[list[Titled]]


# Of a reader and an institution's id, a select of (id, title) of what that reader sees.
Beside = Callable[[Actor, Any], Select[Any]]


@kept
def _shown(reader: Actor, beside: tuple[Beside, ...], institution_id: Any) -> Any:
    own_claim = and_(
        InstitutionClaim.institution_id == Institution.id,
        InstitutionClaim.asked_by_id == reader.id,
        InstitutionClaim.state == "asked",
    )
    named = (
        select(InstitutionName.name, InstitutionName.language)
        .where(InstitutionName.institution_id == institution_id)
        .order_by(InstitutionName.id)
    )
    return (
        select(Institution, _SURVIVOR.name, InstitutionClaim.id, rows_within(named))
        .add_columns(*(rows_within(titles(reader, institution_id)) for titles in beside))
        .outerjoin(_SURVIVOR, _SURVIVOR.id == Institution.merged_into_id)
        .outerjoin(InstitutionClaim, own_claim)
        .where(Institution.id == institution_id)
    )


def show(actor: Actor, institution_id: int, beside: tuple[Beside, ...] = ()) -> Shown:
    """What the page of an institution shows of itself, with short lists of other features; one statement. Raises NotFound."""
    row = db.session.execute(*_shown(actor, beside, institution_id=institution_id)).first()
    if row is None:
        raise NotFound
    institution, survivor_name, claim_id, named, *lists = row
    return Shown(
        institution,
        [Named(*one) for one in named],
        survivor_name,
        claim_id,
        [[Titled(*one) for one in rows] for rows in lists],
    )


def names(ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Institution id → (name, country), in one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(Institution.id, Institution.name, Institution.country).where(Institution.id.in_(wanted))
    )
    return {key: (name, country) for key, name, country in rows}


def by_country() -> list[tuple[str, int]]:
    """(country, number of verified institutions), the most first."""
    count = func.count()
    rows = db.session.execute(
        select(Institution.country, count)
        .where(Institution.state == "verified")
        .group_by(Institution.country)
        .order_by(count.desc(), Institution.country)
    )
    return [(country, number) for country, number in rows]


@lru_cache(maxsize=2)
def _spread(dialect: str) -> CompoundSelect[Any]:
    """The statement of `spread`: each country and state is looked up in an index, for to group all rows takes far longer."""
    known = dialects.code_list(dialect, "known_country", [term.code for term in vocab.countries()]).subquery()
    # With a limit SQLite asks for each code; without, it may turn the question round and read the whole table.
    has_any = select(literal(1)).where(Institution.country == known.c.code).limit(1).exists()
    parts = [select(literal("country").label("kind"), known.c.code).where(has_any)]
    for state in INSTITUTION_STATES.names:
        # Written out: of a parameter PostgreSQL does not know that some states are rare, and reads the whole table.
        has_any = (
            select(literal(1)).where(Institution.state == literal_column(f"'{state}'")).limit(1).exists()
        )
        parts.append(select(literal("state"), literal(state)).where(has_any))
    return union_all(*parts)


def spread() -> tuple[set[str], set[str]]:
    """The countries and the states of all institutions: what the list can be narrowed by."""
    found: dict[str, set[str]] = {"country": set(), "state": set()}
    for kind, code in db.session.execute(_spread(db.engine.dialect.name)):
        found[kind].add(code)
    return found["country"], found["state"]


@dataclass(frozen=True)
class Chosen:
    """What the list is narrowed to. Without states: those that take part, or, with words, all that are open."""

    words: str = ""
    countries: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    states: tuple[str, ...] = field(default=())
    found: tuple[int, ...] = ()  # ids that the words found, best first


def _narrowed(chosen: Chosen, *columns: Any) -> Select[Any]:
    query = select(*columns).select_from(Institution)
    if chosen.words:
        query = query.where(Institution.id.in_(chosen.found))
    states = chosen.states or (() if chosen.words else TAKING_PART)
    if states:
        query = query.where(Institution.state.in_(states))
    if chosen.countries:
        query = query.where(Institution.country.in_(chosen.countries))
    if chosen.types:
        # The list of types as text: the same on both databases, and every type is a word of its own in quotes.
        listed = cast(Institution.types, String)
        query = query.where(or_(*(listed.contains(f'"{kind}"', autoescape=True) for kind in chosen.types)))
    return query


_COLUMNS = (
    Institution.id, Institution.name, Institution.country, Institution.city, Institution.state,
    Institution.types, Institution.ror, Institution.website,
)  # fmt: skip


def sort_of(name: str) -> paging.Sort:
    """The order of the list: by name, or the newest to take part first."""
    if name == "newest":
        return paging.Sort("newest", Institution.id, Institution.id, descending=True)
    return paging.Sort("name", Institution.sort_name, Institution.id, descending=False)


def page_chosen(_actor: Actor, chosen: Chosen, sort: paging.Sort, cursor: str | None) -> paging.Page:
    """A page of the list; with words all that was found, the likest first. One statement."""
    query = _narrowed(chosen, *_COLUMNS)
    if not chosen.words:
        return paging.page_by_key(query, sort, cursor)
    place = {key: at for at, key in enumerate(chosen.found)}
    return paging.Page(sorted(db.session.execute(query), key=lambda row: place[row.id]))


def count_chosen(_actor: Actor, chosen: Chosen) -> tuple[int, bool]:
    """How many there are, counted up to a limit. One statement."""
    return paging.capped_count(_narrowed(chosen, Institution.id))


def export_chosen(_actor: Actor, chosen: Chosen) -> Iterator[tuple[Any, ...]]:
    """Rows of the list for CSV: name, country, city, types, state, ROR, website; at most 5,000."""
    query = _narrowed(chosen, *_COLUMNS).order_by(Institution.sort_name, Institution.id)
    for row in db.session.execute(query.limit(MOST_EXPORTED)).all():
        ror = f"https://ror.org/{row.ror}" if row.ror else ""
        yield row.name, row.country, row.city, " ".join(row.types), row.state, ror, row.website


def at_domain_of(address: str) -> list[Any]:
    """Institutions at whose domain (or below it) a mail address lies: rows of id, name, country, city, state, domain."""
    domains = domains_of(address)
    if not domains:
        return []
    rows = db.session.execute(
        select(
            Institution.id,
            Institution.name,
            Institution.country,
            Institution.city,
            Institution.state,
            InstitutionDomain.domain,
        )
        .join(InstitutionDomain, InstitutionDomain.institution_id == Institution.id)
        .where(
            InstitutionDomain.domain.in_(domains), Institution.state.in_(["listed", "pending", "verified"])
        )
        .limit(60)
    ).all()
    best = sorted(rows, key=lambda row: (row.state != "verified", -len(row.domain), row.name))
    return list({row.id: row for row in reversed(best)}.values())[::-1]


def listed_like(name: str, country: str) -> list[int]:
    """Ids of open institutions in the country that have this very name, however it is written."""
    return list(
        db.session.scalars(
            select(InstitutionName.institution_id)
            .join(Institution, Institution.id == InstitutionName.institution_id)
            .where(
                InstitutionName.folded == fold(name)[:300],
                Institution.country == country,
                Institution.state.not_in(["closed", "merged"]),
            )
            .distinct()
        )
    )


def open_claims(institution_id: int) -> list[Any]:
    """Who asks to represent it, the oldest first: rows of id, name, asked_at, due_at."""
    return list(
        db.session.execute(
            select(
                InstitutionClaim.id, Person.display_name, InstitutionClaim.asked_at, InstitutionClaim.due_at
            )
            .join(Person, Person.id == InstitutionClaim.asked_by_id)
            .where(InstitutionClaim.institution_id == institution_id, InstitutionClaim.state == "asked")
            .order_by(InstitutionClaim.id)
        )
    )


def domains(institution_id: int) -> list[str]:
    """The domains whose addresses belong to it, in order."""
    return list(
        db.session.scalars(
            select(InstitutionDomain.domain)
            .where(InstitutionDomain.institution_id == institution_id)
            .order_by(InstitutionDomain.domain)
        )
    )

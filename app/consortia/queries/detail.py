"""One consortium: what its page shows, its members, leads and terms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, exists, func, literal, select

from app.accounts.models import Person
from app.consortia.models import Admission, Consortium, ConsortiumTerms, Leadership
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.kept import kept
from app.core.paging import COUNT_CAP, Page, Sort, page_by_key
from app.core.written import rows_within
from app.institutions.models import Affiliation, Institution

MEMBERS_BY_NAME = Sort("name", Institution.sort_name, Institution.id, descending=False)
MEMBERS_BY_NAME_ORDER = (Institution.sort_name, Institution.id)


def get(_actor: Actor, consortium_id: int) -> Consortium:
    """A consortium; all of them are public. Raises NotFound."""
    found = db.session.get(Consortium, consortium_id)
    if found is None:
        raise NotFound
    return found


def _members(consortium_id: Any) -> Any:
    return (
        select(
            Institution.id,
            Institution.name,
            Institution.country,
            Institution.city,
            Institution.ror,
            Admission.member_since,
        )
        .join(Admission, Admission.institution_id == Institution.id)
        .where(Admission.consortium_id == consortium_id, Admission.state == "member")
    )


@kept
def _first_members(consortium_id: Any, limit: Any) -> Any:
    return _members(consortium_id).order_by(*MEMBERS_BY_NAME_ORDER).limit(limit)


def members(consortium_id: int, limit: int = 25) -> list[Any]:
    """The first member institutions by name: id, name, country, city, ror, member_since."""
    return list(db.session.execute(*_first_members(consortium_id=consortium_id, limit=limit)))


# Of a reader and a consortium's id, a select of what is listed there; it is read with the consortium's own row.
Register = Callable[[Actor, Any], Select[Any]]


class Registers(NamedTuple):
    """A consortium for its leads: the first 25 members by name as (id, name, country), and the rows of each list asked for."""

    consortium: Consortium
    members: list[list[Any]]
    beside: list[list[list[Any]]]


@kept
def _registers(reader: Actor, beside: tuple[Register, ...], consortium_id: Any) -> Any:
    first = _members(consortium_id).with_only_columns(Institution.id, Institution.name, Institution.country)
    query: Any = select(Consortium, rows_within(first.order_by(*MEMBERS_BY_NAME_ORDER).limit(25)))
    query = query.add_columns(*(rows_within(register(reader, consortium_id)) for register in beside))
    return query.where(Consortium.id == consortium_id)


def registers(actor: Actor, consortium_id: int, beside: tuple[Register, ...]) -> Registers:
    """A consortium with short lists of other features; one statement. Raises NotFound."""
    row = db.session.execute(*_registers(actor, beside, consortium_id=consortium_id)).first()
    if row is None:
        raise NotFound
    consortium, first, *lists = row
    return Registers(consortium, first, lists)


def _number(consortium_id: Any) -> Any:
    capped: Any = select(literal(1).label("one"))
    capped = capped.where(Admission.consortium_id == consortium_id, Admission.state == "member")
    return select(func.count()).select_from(capped.limit(COUNT_CAP + 1).subquery())


_member_count = kept(_number)


def _capped(number: int) -> tuple[int, bool]:
    return min(number, COUNT_CAP), number > COUNT_CAP


def member_count(consortium_id: int) -> tuple[int, bool]:
    """How many institutions are members, counted up to 1,000."""
    return _capped(db.session.execute(*_member_count(consortium_id=consortium_id)).scalar_one())


def member_page(consortium_id: int, cursor: str | None) -> Page:
    """A page of the member institutions by name."""
    return page_by_key(_members(consortium_id), MEMBERS_BY_NAME, cursor)


def member_export(consortium_id: int, limit: int = 10_000) -> Iterator[tuple[Any, ...]]:
    """Rows of the members' CSV: name, country, city, ROR, member since."""
    for row in db.session.execute(_members(consortium_id).order_by(*MEMBERS_BY_NAME_ORDER).limit(limit)):
        ror = f"https://ror.org/{row.ror}" if row.ror else ""
        yield row.name, row.country, row.city, ror, row.member_since.date().isoformat()


@kept
def _leads(consortium_id: Any) -> Any:
    query: Any = select(
        Leadership.id.label("leadership_id"), Leadership.since, Person.id, Person.display_name,
        Person.romanised_name, Person.visibility,
    )  # fmt: skip
    query = query.join(Person, Person.id == Leadership.person_id)
    query = query.where(Leadership.consortium_id == consortium_id, Leadership.until.is_(None))
    return query.order_by(Leadership.id)


def leads(consortium_id: int) -> list[Any]:
    """Its leads, the first named first: leadership id, person columns."""
    return list(db.session.execute(*_leads(consortium_id=consortium_id)))


def lead_ids(consortium_id: int) -> list[int]:
    """The person ids of its leads."""
    return list(
        db.session.scalars(
            select(Leadership.person_id).where(
                Leadership.consortium_id == consortium_id, Leadership.until.is_(None)
            )
        )
    )


def other_leads_exist(consortium_id: int, institution_id: int, asked_by_id: int | None) -> bool:
    """Whether a lead exists who neither belongs to the institution nor asked for it."""
    belongs = exists().where(
        Affiliation.person_id == Leadership.person_id,
        Affiliation.institution_id == institution_id,
        Affiliation.state == "active",
    )
    query = select(Leadership.id).where(
        Leadership.consortium_id == consortium_id,
        Leadership.until.is_(None),
        Leadership.person_id != (asked_by_id or 0),
        ~belongs,
    )
    return db.session.execute(query.limit(1)).first() is not None


class Own(NamedTuple):
    """The live admission of an institution that the reader represents."""

    id: int
    state: str


@dataclass(frozen=True)
class Shown:
    """A consortium with what its page says at once: the newest shared terms (None before the first), how many institutions
    are members, counted up to 1,000, and the reader's own ones by their id.
    """

    consortium: Consortium
    terms: ConsortiumTerms | None
    member_count: tuple[int, bool]
    own: dict[int, Own]


@kept
def _shown(reader: Actor, consortium_id: Any) -> Any:
    newest = select(func.max(ConsortiumTerms.number)).where(ConsortiumTerms.consortium_id == consortium_id)
    own = select(Admission.institution_id, Admission.id, Admission.state).where(
        Admission.consortium_id == consortium_id,
        Admission.institution_id.in_(reader.ids("representative")),
        Admission.state.in_(["asked", "invited", "member"]),
    )
    query: Any = select(
        Consortium,
        ConsortiumTerms,
        _number(consortium_id).scalar_subquery(),
        rows_within(own.order_by(Admission.id)),
    )
    current = (ConsortiumTerms.consortium_id == Consortium.id) & (
        ConsortiumTerms.number == newest.scalar_subquery()
    )
    return (
        query.select_from(Consortium)
        .outerjoin(ConsortiumTerms, current)
        .where(Consortium.id == consortium_id)
    )


def show(actor: Actor, consortium_id: int) -> Shown:
    """What the page of a consortium shows of itself; one statement. Raises NotFound."""
    row = db.session.execute(*_shown(actor, consortium_id=consortium_id)).first()
    if row is None:
        raise NotFound
    consortium, terms_now, number, own = row
    return Shown(consortium, terms_now, _capped(number), {of: Own(key, state) for of, key, state in own})


@kept
def _terms(consortium_id: Any) -> Any:
    return (
        select(ConsortiumTerms)
        .where(ConsortiumTerms.consortium_id == consortium_id)
        .order_by(ConsortiumTerms.number.desc())
        .limit(1)
    )


def terms(consortium_id: int) -> ConsortiumTerms | None:
    """The newest version of the shared terms, None before the first."""
    return db.session.scalars(*_terms(consortium_id=consortium_id)).first()

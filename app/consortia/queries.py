"""Reads of consortia, their members, leads and terms."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Select, and_, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.consortia import policies
from app.consortia.models import Admission, Consortium, ConsortiumTerms, Leadership
from app.core import index, leaving, waiting
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _l, get_locale
from app.core.kept import kept
from app.core.paging import COUNT_CAP, Page, Sort, capped_count, page_by_key
from app.institutions.models import Affiliation, Institution

MOST_TO_DECIDE = 50
MEMBERS_BY_NAME = Sort("name", Institution.sort_name, Institution.id, descending=False)
MEMBERS_BY_NAME_ORDER = (Institution.sort_name, Institution.id)
SORTS = {"name": Sort("name", Consortium.sort_name, Consortium.id, descending=False)}


@dataclass(frozen=True)
class Row:
    """A thing in another page's list: id, title, number (none for consortia), state, its language."""

    id: int
    title: str
    number: str
    state: str


def name_column() -> Any:
    """SQL of the name in the reader's language, else in English. The language is read when the statement runs."""
    language = bindparam(None, callable_=get_locale, type_=JSON.JSONStrIndexType())
    return func.coalesce(
        Consortium.names[language].as_string(), Consortium.names["en"].as_string(), Consortium.sort_name
    )


def get(_actor: Actor, consortium_id: int) -> Consortium:
    """A consortium; all of them are public. Raises NotFound."""
    found = db.session.get(Consortium, consortium_id)
    if found is None:
        raise NotFound
    return found


def find(asked_words: str, cursor: str | None) -> tuple[Page, tuple[int, bool]]:
    """A page of the public list by name, and how many there are. Rows: the consortium's columns and its members."""
    members = (
        select(func.count())
        .select_from(Admission)
        .where(Admission.consortium_id == Consortium.id, Admission.state == "member")
        .scalar_subquery()
    )
    query = select(
        Consortium.id,
        Consortium.names,
        Consortium.purposes,
        Consortium.state,
        Consortium.is_open,
        Consortium.sdgs,
        members.label("members"),
    )
    query = _with_words(query, asked_words)
    total = capped_count(_with_words(select(Consortium.id), asked_words))
    return page_by_key(query, SORTS["name"], cursor), total


def _with_words(query: Select[Any], words: str) -> Select[Any]:
    hits = index.matching("consortium", words) if words else None
    return query if hits is None else query.where(Consortium.id.in_(hits))


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


@kept
def _member_count(consortium_id: Any) -> Any:
    capped: Any = select(literal(1).label("one"))
    capped = capped.where(Admission.consortium_id == consortium_id, Admission.state == "member")
    return select(func.count()).select_from(capped.limit(COUNT_CAP + 1).subquery())


def member_count(consortium_id: int) -> tuple[int, bool]:
    """How many institutions are members, counted up to 1,000."""
    found = db.session.execute(*_member_count(consortium_id=consortium_id)).scalar_one()
    return min(found, COUNT_CAP), found > COUNT_CAP


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


def admission(actor: Actor, consortium_id: int, admission_id: int) -> Admission:
    """An admission within its consortium, if the reader may see it. Raises NotFound."""
    found = db.session.scalars(
        select(Admission)
        .where(
            Admission.id == admission_id,
            Admission.consortium_id == consortium_id,
            policies.visible_admissions(actor),
        )
        .options(joinedload(Admission.institution), joinedload(Admission.consortium))
    ).first()
    if found is None:
        raise NotFound
    return found


@kept
def _open_admissions(reader: Actor, consortium_id: Any) -> Any:
    return (
        select(Admission)
        .where(
            Admission.consortium_id == consortium_id,
            Admission.state.in_(["asked", "invited"]),
            policies.visible_admissions(reader),
        )
        .options(joinedload(Admission.institution))
        .order_by(Admission.asked_at)
        .limit(100)
    )


def open_admissions(actor: Actor, consortium_id: int) -> list[Admission]:
    """Questions not answered yet that the reader may see, the oldest first."""
    return list(db.session.scalars(*_open_admissions(actor, consortium_id=consortium_id)))


def asker(admission: Admission) -> Person | None:
    """Who asked."""
    return db.session.get(Person, admission.asked_by_id) if admission.asked_by_id else None


@kept
def _own_admissions(reader: Actor, consortium_id: Any) -> Any:
    return select(Admission.institution_id, Admission.id, Admission.state).where(
        Admission.consortium_id == consortium_id,
        Admission.institution_id.in_(reader.ids("representative")),
        Admission.state.in_(["asked", "invited", "member"]),
    )


def own_admissions(actor: Actor, consortium_id: int) -> dict[int, Any]:
    """The live admissions of the institutions that the person represents: institution id → (id, state)."""
    rows = db.session.execute(*_own_admissions(actor, consortium_id=consortium_id))
    return {row.institution_id: row for row in rows}


def institution_choices(ids: Iterable[int]) -> list[tuple[int, str]]:
    """(id, name) of institutions, by name."""
    rows = db.session.execute(
        select(Institution.id, Institution.name)
        .where(Institution.id.in_(list(ids)))
        .order_by(Institution.sort_name)
    )
    return [(row.id, row.name) for row in rows]


@kept
def _of_institution(institution_id: Any) -> Any:
    return (
        select(Consortium.id, name_column().label("name"), Consortium.state)
        .join(Admission, Admission.consortium_id == Consortium.id)
        .where(Admission.institution_id == institution_id, Admission.state == "member")
        .order_by(Consortium.sort_name)
        .limit(100)
    )


def of_institution(_actor: Actor, institution_id: int) -> list[Row]:
    """The consortia of which an institution is a member, by name."""
    rows = db.session.execute(*_of_institution(institution_id=institution_id))
    return [Row(row.id, row.name, "", row.state) for row in rows]


def pairs_open_to(institution_ids: Any) -> Any:
    """A select of where people of these institutions may post: institution_id, consortium_id, name, sort_name."""
    columns = (Consortium.id.label("consortium_id"), name_column().label("name"), Consortium.sort_name)
    active = Consortium.state == "active"
    own = (
        select(Admission.institution_id, *columns)
        .join(Consortium, Consortium.id == Admission.consortium_id)
        .where(Admission.institution_id.in_(institution_ids), Admission.state == "member", active)
    )
    everybody = (
        select(Institution.id, *columns)
        .join(Consortium, Consortium.is_open.is_(True))
        .where(Institution.id.in_(institution_ids), Institution.state == "verified", active)
    )
    return own.union(everybody)


@kept
def _open_to(institution_ids: Any) -> Any:
    return pairs_open_to(institution_ids).order_by("sort_name")


def open_to(institution_ids: Iterable[int]) -> list[tuple[int, int, str]]:
    """Where people of these institutions may post: (institution id, consortium id, name), the open one for each."""
    rows = db.session.execute(*_open_to(institution_ids=list(institution_ids)))
    return [(row[0], row[1], row[2]) for row in rows]


@kept
def _open_for(institution_id: Any, consortium_id: Any) -> Any:
    is_member = exists().where(
        Admission.consortium_id == Consortium.id,
        Admission.institution_id == institution_id,
        Admission.state == "member",
    )
    is_verified = exists().where(Institution.id == institution_id, Institution.state == "verified")
    return select(Consortium).where(
        Consortium.id == consortium_id,
        Consortium.state == "active",
        or_(is_member, and_(Consortium.is_open, is_verified)),
    )


def open_for(institution_id: int, consortium_id: int) -> Consortium | None:
    """The consortium, if people of this institution may post there."""
    asked = _open_for(institution_id=institution_id, consortium_id=consortium_id)
    found: Consortium | None = db.session.scalars(*asked).first()
    return found


@kept
def _led_by(reader: Actor) -> Any:
    return (
        select(Consortium.id, name_column().label("name"), Consortium.state)
        .where(Consortium.id.in_(reader.ids("lead")))
        .order_by(Consortium.sort_name)
    )


def led_by(actor: Actor) -> list[Row]:
    """The consortia that a person leads, by name."""
    if not actor.holds_any("lead"):
        return []
    rows = db.session.execute(*_led_by(actor))
    return [Row(row.id, row.name, "", row.state) for row in rows]


def choices(limit: int = 200) -> list[tuple[str, str]]:
    """(id as text, name) of the active consortia, for filters."""
    rows = db.session.execute(
        select(Consortium.id, name_column().label("name"))
        .where(Consortium.state == "active")
        .order_by(Consortium.sort_name)
        .limit(limit)
    )
    return [(str(row.id), row.name) for row in rows]


@waiting.source
def waiting_for(actor: Actor) -> Select[Any] | None:
    """Institutions that ask to be admitted, for leads; invitations, for representatives."""
    led, represented = actor.ids("lead"), actor.ids("representative")
    if not actor.holds_any("lead") and not actor.holds_any("representative") and not actor.is_admin:
        return None
    own = actor.ids("member", "representative")
    asked = (
        (Admission.state == "asked") & Admission.consortium_id.in_(led) & Admission.institution_id.not_in(own)
    )
    invited = (Admission.state == "invited") & Admission.institution_id.in_(represented)
    return (
        waiting.item(
            "consortia.admission",
            thing_id=Admission.consortium_id,
            item_id=Admission.id,
            title=name_column(),
            who=Institution.name,
            since=Admission.asked_at,
            due=Admission.due_at,
            consortium_id=Admission.consortium_id,
        )
        .select_from(Admission)
        .join(Consortium, Consortium.id == Admission.consortium_id)
        .join(Institution, Institution.id == Admission.institution_id)
        .where((asked | invited) & (Admission.asked_by_id != actor.id))
    )


@leaving.ties
def ties(person_id: int) -> list[leaving.Tie]:
    """A consortium whose only lead this is has to get another lead first."""
    other = aliased(Leadership)
    others = exists().where(
        other.consortium_id == Consortium.id, other.until.is_(None), other.person_id != Leadership.person_id
    )
    rows = db.session.execute(
        select(Consortium.id, name_column().label("name"))
        .join(Leadership, Leadership.consortium_id == Consortium.id)
        .where(Leadership.person_id == person_id, Leadership.until.is_(None), ~others)
    )
    return [
        leaving.Tie(_l("You are the only lead of %(name)s.", name=row.name), f"/consortia/{row.id}/leads")
        for row in rows
    ]


def to_decide(actor: Actor, consortium_id: int) -> list[waiting.Waiting]:
    """What waits for this lead in this consortium, over all features: the nearest due, at most 50."""
    return waiting.waiting_for(actor, MOST_TO_DECIDE, consortium_id)

"""What waits for leads and representatives, the questions and invitations themselves, and what holds a lead who leaves."""

from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import Person
from app.consortia import policies
from app.consortia.models import Admission, Consortium, Leadership
from app.consortia.queries.short import name_column
from app.core import leaving, waiting
from app.core.access import Actor
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import _l
from app.core.kept import kept
from app.institutions.models import Institution

MOST_TO_DECIDE = 50


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

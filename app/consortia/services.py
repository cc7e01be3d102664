"""Actions on consortia: create, describe, set terms, name leads, admit institutions."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import Person
from app.audit.services import record
from app.consortia import notices, policies, queries
from app.consortia.models import (
    ADMISSION_STATES,
    Admission,
    Consortium,
    ConsortiumTerms,
    Leadership,
)
from app.core import clock, index, jobs, leaving
from app.core.access import Actor, authorize
from app.core.db import db, lock, transaction
from app.core.errors import Invalid, RuleBroken
from app.core.i18n import _l
from app.institutions.models import Institution

SETTINGS = (
    "min_institutions",
    "min_countries",
    "decision_days",
    "projects_need_agreement",
    "groundwork_asked",
    "default_visibility",
)
TEXTS = ("names", "purposes", "sdgs", "fields")
MOST_LAPSES = 200


def _slug(name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", index.fold(name)).strip("-")[:50] or "consortium"
    taken = set(db.session.scalars(select(Consortium.slug).where(Consortium.slug.startswith(base))))
    number = 2
    slug = base
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _filled(texts: dict[str, str]) -> dict[str, str]:
    return {code: text for code, text in texts.items() if text}


def _index(consortium: Consortium) -> None:
    index.put("consortium", consortium.id, *consortium.names.values(), *consortium.purposes.values())


def create_consortium(
    actor: Actor,
    *,
    names: dict[str, str],
    purposes: dict[str, str],
    sdgs: list[str],
    fields: list[str],
    first_lead_id: int,
) -> Consortium:
    """Create a consortium and name its first lead. Raises NotAllowed (also for naming oneself), Invalid."""
    with transaction():
        authorize(policies.create, actor, None)
        authorize(policies.name_first_lead, actor, first_lead_id)
        person = db.session.get(Person, first_lead_id)
        if person is None or person.is_closed or person.email_confirmed_at is None:
            raise Invalid({"first_lead": _l("Choose a person who has a confirmed account")})
        names = _filled(names)
        consortium = Consortium(
            slug=_slug(names.get("en") or next(iter(names.values()))),
            names=names,
            purposes=_filled(purposes),
            sort_name=index.fold(names.get("en") or next(iter(names.values())))[:120],
            sdgs=sdgs,
            fields=fields,
            created_by_id=actor.id,
        )
        db.session.add(consortium)
        db.session.flush()
        db.session.add(Leadership(consortium_id=consortium.id, person_id=person.id, named_by_id=actor.id))
        _index(consortium)
        record(
            actor, "consortia.create", consortium, after={"names": names, "first_lead": person.id},
            label=consortium.name_in("en"), consortium_id=consortium.id,
        )  # fmt: skip
        notices.lead_named(actor, consortium, person.id)
    return consortium


def ensure_open_consortium() -> Consortium:
    """The open consortium, made when it is not there yet."""
    with transaction(system="the open consortium exists from the start"):
        found = db.session.scalars(select(Consortium).where(Consortium.is_open)).first()
        if found is None:
            found = Consortium(
                slug="open",
                is_open=True,
                names={"en": "Open consortium", "ar": "الائتلاف المفتوح"},
                purposes={
                    "en": "Every verified institution may post problems here and form teams across institutions.",
                    "ar": "لكل مؤسسة موثّقة أن تنشر هنا مشكلاتها وأن تكوّن فِرقًا مع مؤسسات أخرى.",
                },
                sort_name="open consortium",
            )
            db.session.add(found)
            db.session.flush()
            _index(found)
            record(None, "consortia.create", found, label="Open consortium", consortium_id=found.id)
    return found


def name_first_lead(actor: Actor, consortium: Consortium, *, person_id: int) -> None:
    """An administrator names a lead where there is none, as in the open consortium at its start.

    Raises NotAllowed (also for naming oneself), RuleBroken(`has_lead`), Invalid.
    """
    with transaction():
        authorize(policies.name_first_lead, actor, person_id)
        lock(consortium)
        if queries.lead_ids(consortium.id):
            raise RuleBroken("has_lead", _l("This consortium has a lead, who names further ones."))
        person = db.session.get(Person, person_id)
        if person is None or person.is_closed or person.email_confirmed_at is None:
            raise Invalid({"person": _l("Choose a person who has a confirmed account")})
        db.session.add(Leadership(consortium_id=consortium.id, person_id=person_id, named_by_id=actor.id))
        record(
            actor, "consortia.name_first_lead", consortium, after={"lead": person_id},
            label=consortium.name_in("en"), consortium_id=consortium.id,
        )  # fmt: skip
        notices.lead_named(actor, consortium, person_id)


def change_settings(
    actor: Actor, consortium: Consortium, *, version: int | None = None, **values: Any
) -> None:
    """Change texts and settings (SETTINGS, TEXTS). Raises NotAllowed, Conflict, Invalid when no name is left."""
    with transaction():
        authorize(policies.lead, actor, consortium)
        consortium.expect_version(version)
        before, after = {}, {}
        for name in (*TEXTS, *SETTINGS):
            if name not in values:
                continue
            value = _filled(values[name]) if name in {"names", "purposes"} else values[name]
            if name == "names" and not value:
                raise Invalid({"name_en": _l("Enter a name in at least one language")})
            if getattr(consortium, name) != value:
                before[name], after[name] = getattr(consortium, name), value
                setattr(consortium, name, value)
        if after:
            consortium.sort_name = index.fold(consortium.name_in("en"))[:120]
            _index(consortium)
            record(
                actor, "consortia.change_settings", consortium, before=before, after=after,
                label=consortium.name_in("en"), consortium_id=consortium.id,
            )  # fmt: skip


def write_terms(actor: Actor, consortium: Consortium, *, texts: dict[str, str]) -> ConsortiumTerms:
    """Add a version of the shared terms; earlier ones stay. Raises NotAllowed, Invalid when nothing is written."""
    with transaction():
        authorize(policies.lead, actor, consortium)
        lock(consortium)
        texts = _filled(texts)
        if not texts:
            raise Invalid({"terms_en": _l("Write the terms in at least one language")})
        newest = queries.terms(consortium.id)
        version = ConsortiumTerms(
            consortium_id=consortium.id,
            number=newest.number + 1 if newest else 1,
            texts=texts,
            written_by_id=actor.id,
        )
        db.session.add(version)
        record(
            actor, "consortia.write_terms", consortium, after={"number": version.number},
            label=consortium.name_in("en"), consortium_id=consortium.id,
        )  # fmt: skip
    return version


def add_lead(actor: Actor, consortium: Consortium, *, person_id: int) -> None:
    """Name a further lead. Raises NotAllowed, Invalid."""
    with transaction():
        authorize(policies.lead, actor, consortium)
        lock(consortium)
        person = db.session.get(Person, person_id)
        if person is None or person.is_closed or person.email_confirmed_at is None:
            raise Invalid({"person": _l("Choose a person who has a confirmed account")})
        if person_id in queries.lead_ids(consortium.id):
            raise Invalid({"person": _l("This person leads the consortium already")})
        db.session.add(Leadership(consortium_id=consortium.id, person_id=person_id, named_by_id=actor.id))
        record(
            actor, "consortia.add_lead", consortium, after={"lead": person_id},
            label=consortium.name_in("en"), consortium_id=consortium.id,
        )  # fmt: skip
        notices.lead_named(actor, consortium, person_id)


def end_lead(actor: Actor, consortium: Consortium, *, person_id: int) -> None:
    """End somebody's lead (or one's own); a consortium always keeps one. Raises NotAllowed, RuleBroken(`last_lead`)."""
    with transaction():
        authorize(policies.lead, actor, consortium)
        lock(consortium)
        if queries.lead_ids(consortium.id) == [person_id]:
            raise RuleBroken("last_lead", _l("A consortium always has a lead. Name another one first."))
        _end_lead(person_id, consortium.id)
        record(
            actor, "consortia.end_lead", consortium, before={"lead": person_id},
            label=consortium.name_in("en"), consortium_id=consortium.id,
        )  # fmt: skip
        notices.lead_ended(actor, consortium, person_id)


def _end_lead(person_id: int, consortium_id: int | None = None) -> None:
    query = update(Leadership).where(Leadership.person_id == person_id, Leadership.until.is_(None))
    if consortium_id is not None:
        query = query.where(Leadership.consortium_id == consortium_id)
    db.session.execute(query.values(until=clock.now()))


@leaving.release
def release(_actor: Actor, person_id: int) -> None:
    """Who closes their account leads no more."""
    _end_lead(person_id)


def _new_admission(
    actor: Actor, consortium: Consortium, institution_id: int, side: str, message: str
) -> Admission:
    institution = db.session.get(Institution, institution_id)
    if institution is None or not institution.is_verified:
        raise Invalid({"institution": _l("Choose an institution that has been verified")})
    if consortium.is_open:
        raise RuleBroken(
            "open_to_all", _l("Every verified institution may post here without being admitted.")
        )
    live = db.session.execute(
        select(Admission.id).where(
            Admission.consortium_id == consortium.id,
            Admission.institution_id == institution_id,
            Admission.state.in_(["asked", "invited", "member"]),
        )
    ).first()
    if live:
        raise Invalid({"institution": _l("This institution is a member already, or the question is open")})
    newest = queries.terms(consortium.id)
    admission = Admission(
        consortium_id=consortium.id,
        institution_id=institution_id,
        side=side,
        state="asked" if side == "institution" else "invited",
        message=message,
        terms_number=newest.number if newest else None,
    )
    admission.ask(actor.id)
    db.session.add(admission)
    db.session.flush()
    return admission


def _note(
    actor: Actor | None, action: str, admission: Admission, before: str, note: str | None = None
) -> None:
    consortium = db.session.get_one(Consortium, admission.consortium_id)
    record(
        actor, f"consortia.{action}", admission, before={"state": before}, after={"state": admission.state}, note=note,
        label=consortium.name_in("en"), institution_id=admission.institution_id, consortium_id=admission.consortium_id,
    )  # fmt: skip


def ask_admission(
    actor: Actor, consortium: Consortium, *, institution_id: int, message: str = ""
) -> Admission:
    """A representative asks for their institution, accepting the newest terms. Raises NotAllowed, Invalid."""
    with transaction():
        authorize(policies.ask_admission, actor, consortium, institution_id)
        admission = _new_admission(actor, consortium, institution_id, "institution", message)
        _note(actor, "ask_admission", admission, "")
        notices.admission_asked(actor, admission)
    return admission


def invite_institution(
    actor: Actor, consortium: Consortium, *, institution_id: int, message: str = ""
) -> Admission:
    """A lead invites an institution; its representative answers. Raises NotAllowed, Invalid."""
    with transaction():
        authorize(policies.lead, actor, consortium)
        admission = _new_admission(actor, consortium, institution_id, "consortium", message)
        _note(actor, "invite_institution", admission, "")
        notices.admission_asked(actor, admission)
    return admission


def decide_admission(
    actor: Actor, admission: Admission, *, accept: bool, note: str = "", version: int | None = None
) -> None:
    """Accept or decline (with a word on why). Raises NotAllowed, RuleBroken, Conflict, Invalid."""
    with transaction():
        others = queries.other_leads_exist(
            admission.consortium_id, admission.institution_id, admission.asked_by_id
        )
        authorize(policies.decide_admission, actor, admission, others)
        lock(admission)
        admission.expect_version(version)
        by_administrator = (
            not actor.holds("lead", admission.consortium_id) and admission.side == "institution"
        )
        if not note and (not accept or by_administrator):
            raise Invalid({"note": _l("Say why: the other side reads it")})
        before = ADMISSION_STATES.move(admission, "accept" if accept else "decline")
        admission.decide(actor.id, "accepted" if accept else "declined", note)
        if accept:
            admission.member_since = clock.now()
        _note(actor, "decide_admission", admission, before, note)
        notices.admission_decided(actor, admission, "accepted" if accept else "declined")


def withdraw_admission(actor: Actor, admission: Admission) -> None:
    """Take the question back. Raises NotAllowed, RuleBroken."""
    with transaction():
        authorize(policies.withdraw_admission, actor, admission)
        lock(admission)
        before = ADMISSION_STATES.move(admission, "withdraw")
        admission.decide(actor.id, "withdrawn")
        _note(actor, "withdraw_admission", admission, before)
        notices.admission_decided(actor, admission, "withdrawn")


def leave(actor: Actor, admission: Admission, *, note: str = "") -> None:
    """Take an institution out; what it posted stays. Raises NotAllowed, RuleBroken."""
    with transaction():
        authorize(policies.leave, actor, admission)
        lock(admission)
        before = ADMISSION_STATES.move(admission, "leave")
        admission.member_until = clock.now()
        _note(actor, "leave", admission, before, note)
        notices.institution_left(actor, admission)


@jobs.periodic("consortia.admissions", every=timedelta(minutes=10))
def lapse_and_remind() -> int:
    """Let questions lapse that are past their date, telling both sides, and remind once at half time."""
    now = clock.now()
    done = 0
    with transaction(system="questions lapse after 14 days"):
        overdue = select(Admission).where(Admission.state.in_(["asked", "invited"]), Admission.due_at <= now)
        for admission in db.session.scalars(
            overdue.limit(MOST_LAPSES).with_for_update(skip_locked=True)
        ).all():
            before = ADMISSION_STATES.move(admission, "lapse")
            admission.decide(None, "lapsed")
            _note(None, "lapse_admission", admission, before)
            notices.admission_decided(None, admission, "lapsed")
            done += 1
    with transaction(system="a reminder at half time"):
        waiting = select(Admission).where(
            Admission.state.in_(["asked", "invited"]), Admission.reminded_at.is_(None), Admission.due_at > now
        )
        oldest = waiting.order_by(Admission.asked_at).limit(MOST_LAPSES).with_for_update(skip_locked=True)
        for admission in db.session.scalars(oldest).all():
            if (
                admission.asked_at
                and admission.due_at
                and clock.halfway(admission.asked_at, admission.due_at) <= now
            ):
                admission.reminded_at = now
                notices.admission_reminder(admission)
                done += 1
    return done

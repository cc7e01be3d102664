"""Who is told what about institutions and affiliations; the words stand in `templates/institutions/mail/`."""

from collections.abc import Iterable
from typing import Any

from app.accounts.models import Person
from app.core.access import Actor
from app.core.db import db
from app.core.errors import Words
from app.institutions import queries
from app.institutions.models import Affiliation, Institution, InstitutionClaim
from app.notifications.services import tell


def _name_of(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.display_name if person else ""


def _institution(key: int) -> Institution:
    return db.session.get_one(Institution, key)


def _affiliation(
    people: Iterable[int],
    what: str,
    asked: Affiliation,
    reason: str,
    *,
    path: str | None = None,
    actor: Actor | None = None,
    **facts: Any,
) -> None:
    """Tell people about an affiliation; the path is the institution's page unless another is given."""
    institution = _institution(asked.institution_id)
    tell(
        people,
        f"institutions.{what}",
        about=asked,
        path=path or f"/institutions/{institution.id}",
        reason=reason,
        facts={"institution": institution.name, "person": _name_of(asked.person_id), **facts},
        actor=actor,
    )


def _decision_page(asked: Affiliation) -> str:
    return f"/institutions/{asked.institution_id}/affiliations/{asked.id}"


def affiliation_asked(asked: Affiliation, actor: Actor) -> None:
    """To the representatives: somebody asks to belong."""
    people = queries.representatives_of(asked.institution_id)
    _affiliation(
        people,
        "affiliation_asked",
        asked,
        "representative",
        path=_decision_page(asked),
        actor=actor,
        due=asked.due_at,
    )


def affiliation_reminder(asked: Affiliation) -> None:
    """To the representatives, at half time."""
    people = queries.representatives_of(asked.institution_id)
    _affiliation(
        people, "affiliation_reminder", asked, "representative", path=_decision_page(asked), due=asked.due_at
    )


def affiliation_confirmed(asked: Affiliation, actor: Actor) -> None:
    """To who asked."""
    _affiliation([asked.person_id], "affiliation_confirmed", asked, "asked_affiliation", actor=actor)


def affiliation_declined(asked: Affiliation, actor: Actor, why: Words, note: str) -> None:
    """To who asked, with the reason."""
    _affiliation(
        [asked.person_id], "affiliation_declined", asked, "asked_affiliation", actor=actor,
        why=why, note=note,
    )  # fmt: skip


def affiliation_lapsed(asked: Affiliation) -> None:
    """To both sides: nobody answered in time."""
    _affiliation(
        [asked.person_id],
        "affiliation_lapsed",
        asked,
        "asked_affiliation",
        path=f"/institutions/{asked.institution_id}/join",
    )
    people = queries.representatives_of(asked.institution_id)
    _affiliation(people, "affiliation_unanswered", asked, "representative")


def affiliation_ended(ended: Affiliation, actor: Actor, why: Words, note: str) -> None:
    """To the person whose affiliation a representative ended."""
    _affiliation(
        [ended.person_id],
        "affiliation_ended",
        ended,
        "affiliated",
        actor=actor,
        why=why,
        note=note,
    )


def representative_left(left: Affiliation, actor: Actor) -> None:
    """To the other representatives: one of them left or stepped back."""
    people = queries.representatives_of(left.institution_id)
    path = f"/institutions/{left.institution_id}/people"
    _affiliation(people, "representative_left", left, "representative", path=path, actor=actor)


def role_changed(changed: Affiliation, actor: Actor, was_representative: bool) -> None:
    """To the person who was given another role."""
    what = "role_changed" if was_representative else "representative_appointed"
    _affiliation(
        [changed.person_id], what, changed, "affiliated", actor=actor,
        is_representative=changed.role == "representative",
        is_signatory=changed.is_signatory, is_deputy=changed.is_deputy,
    )  # fmt: skip


def _claim(
    people: Iterable[int | None],
    what: str,
    asked: InstitutionClaim,
    reason: str,
    actor: Actor | None,
    **facts: Any,
) -> None:
    institution = _institution(asked.institution_id)
    path = f"/institutions/{institution.id}"
    if reason == "administrator":
        path = f"{path}/claims/{asked.id}"
    told = {"institution": institution.name, "person": _name_of(asked.asked_by_id), **facts}
    tell(people, f"institutions.{what}", about=asked, path=path, reason=reason, facts=told, actor=actor)


def claim_asked(asked: InstitutionClaim, actor: Actor) -> None:
    """To the administrators who may decide."""
    people = queries.administrators(but_tied_to=asked.institution_id)
    _claim(people, "claim_asked", asked, "administrator", actor, due=asked.due_at)


def claim_reminder(asked: InstitutionClaim) -> None:
    """To the administrators, at half time."""
    people = queries.administrators(but_tied_to=asked.institution_id)
    _claim(people, "claim_reminder", asked, "administrator", None, due=asked.due_at)


def claim_accepted(asked: InstitutionClaim, actor: Actor) -> None:
    """To who asked: they represent it now."""
    _claim([asked.asked_by_id], "claim_accepted", asked, "claimed_institution", actor)


def claim_declined(asked: InstitutionClaim, actor: Actor | None, why: Words, note: str) -> None:
    """To who asked, with the reason."""
    _claim([asked.asked_by_id], "claim_declined", asked, "claimed_institution", actor, why=why, note=note)


def claim_lapsed(asked: InstitutionClaim) -> None:
    """To both sides: nobody answered in time."""
    _claim([asked.asked_by_id], "claim_lapsed", asked, "claimed_institution", None)
    people = queries.administrators(but_tied_to=asked.institution_id)
    _claim(people, "claim_unanswered", asked, "administrator", None)


def _to_people(what: str, institution: Institution, people: list[int], actor: Actor, note: str) -> None:
    tell(
        people,
        f"institutions.{what}",
        about=institution,
        path=f"/institutions/{institution.id}",
        reason="representative",
        facts={"institution": institution.name, "note": note},
        actor=actor,
    )


def suspended(institution: Institution, people: list[int], actor: Actor, note: str) -> None:
    """To the representatives."""
    _to_people("suspended", institution, people, actor, note)


def restored(institution: Institution, people: list[int], actor: Actor, note: str) -> None:
    """To the representatives."""
    _to_people("restored", institution, people, actor, note)


def closed(institution: Institution, people: list[int], actor: Actor, note: str) -> None:
    """To the representatives."""
    _to_people("closed", institution, people, actor, note)


def closed_in_ror(institution_id: int, heir: str | None) -> None:
    """To the administrators: ROR has closed an institution that has people here."""
    institution = _institution(institution_id)
    tell(
        queries.administrators(but_tied_to=institution_id),
        "institutions.closed_in_ror",
        about=institution,
        path=f"/institutions/{institution_id}/administer",
        reason="administrator",
        facts={"institution": institution.name, "heir": heir or ""},
    )
